# awk -f boundaries.awk WANT GOT: the sentence boundaries of two token streams of
# one text, by place (bytes other than spaces before them).  Prints how many
# each has, how many are common, precision and recall in percent, and the
# smaller of the two.  With -v show=1, the lines of GOT that begin or end at a
# place that WANT has not, and the reverse.
{
	text = $0
	gsub(/ /, "", text)
	place[FILENAME] += length(text)
	at = place[FILENAME]
	if (FILENAME == ARGV[1]) {
		want[at] = $0
		nwant++
	} else {
		got[at] = $0
		ngot++
		if (at in want)
			common++
		else if (show)
			print "+ " $0
	}
}
END {
	if (show)
		for (at in want)
			if (!(at in got))
				print "- " want[at]
	p = ngot ? 100 * common / ngot : 0
	r = nwant ? 100 * common / nwant : 0
	printf "want %d got %d common %d precision %.3f recall %.3f least %.3f\n",
	    nwant, ngot, common, p, r, p < r ? p : r
}
