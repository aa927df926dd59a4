# close.awk - two files are the same except for the last digits of their numbers
#
#   awk -v tol=1e-9 -f close.awk EXPECTED GOT
#
# Line by line and field by field: numbers may differ by tol, relative to the
# expected one where that is above 1; everything else must be the same.  NaN and
# infinity never are.  Says where the worst difference stands; status 1 for no.
function abs(x) { return x < 0 ? -x : x }
function number(s) { return s ~ /^[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?$/ }
function fail(why) { print "close: line " FNR ": " why; bad = 1; exit 1 }
BEGIN {
	if (tol == "" || ARGC != 3) {
		print "usage: awk -v tol=1e-9 -f close.awk EXPECTED GOT"
		bad = 1
		exit 2
	}
}
FILENAME == ARGV[1] && FNR == NR { want[FNR] = $0; n = FNR; next }
{
	got = FNR
	if (FNR > n) fail("more than the " n " lines expected")
	m = split(want[FNR], w)
	if (m != NF) fail(NF " fields, " m " expected")
	for (i = 1; i <= NF; i++) {
		if (tolower($i) ~ /^[-+]?(nan|inf)/) fail("field " i ": " $i)
		if (number(w[i]) && number($i)) {
			d = abs(w[i] - $i) / (abs(w[i]) > 1 ? abs(w[i]) : 1)
			if (d > worst) { worst = d; where = FNR; field = i; a = w[i]; b = $i }
		} else if (w[i] != $i)
			fail("field " i ": " $i ", expected " w[i])
	}
}
END {
	if (bad) exit bad
	if (n == 0) { print "close: nothing to compare with"; exit 1 }
	if (got + 0 < n) { print "close: ends after " got + 0 " of " n " lines"; exit 1 }
	if (worst > tol) {
		print "close: line " where ", field " field ": " b ", expected " a ": differs by " worst
		exit 1
	}
}
