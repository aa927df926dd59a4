#!/bin/sh
# rerank.sh -m MODEL [-l WEIGHT] [-b BONUS] [-c] [-n COUNT | -a] [FILE ...]: ranks the
# candidates of an n-best list again, with a language model.
#
# A line is a candidate: "id TAB score TAB sentence", or as Moses writes it, "id ||| sentence
# ||| features ||| score".  The sentence is tokens with spaces between them, as tok cut the
# text of the model, or empty.  Candidates of an id need not follow each other.  The new score is
#
#	score + WEIGHT ln P(sentence) + BONUS words
#
# (-c: the score given is a cost, as Kaldi has it, and is subtracted), and the best candidate
# of each id is written as "id TAB new score TAB sentence", in the order of the ids' first
# lines.  -n: the COUNT best of each; -a: all lines in their order, "id TAB new score TAB
# score TAB ln P TAB sentence".
set -eu
name=${0##*/} model='' weight=1 bonus=0 sign=1 count=1 all=0
prefix=${PROGRAM_PREFIX-}
# the programs next to the folder, if there are any
PATH=$(cd "$(dirname "$0")/.." && pwd)/bin:$PATH

fail() {
	echo "$name: $1" >&2
	exit "${2:-1}"
}

# show: a filter: control characters as "?", which could drive the terminal
show() {
	LC_ALL=C tr '\001-\010\013-\037\177' '[?*]' | LC_ALL=C sed 's/\xc2[\x80-\x9f]/?/g'
}

usage() {
	fail "usage: $name -m model [-l weight] [-b bonus] [-c] [-n count | -a] [file ...]" 2
}

# number OPTION VALUE
number() {
	echo "$2" | grep -Eqx '[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?' ||
	    fail "-$1: '$2' is not a number" 2
}

while getopts :m:l:b:cn:a option; do
	case $option in
	m) model=$OPTARG ;;
	l) number l "$OPTARG"; weight=$OPTARG ;;
	b) number b "$OPTARG"; bonus=$OPTARG ;;
	c) sign=-1 ;;
	n) count=$OPTARG ;;
	a) all=1 ;;
	*) usage ;;
	esac
done
shift $((OPTIND - 1))
[ -n "$model" ] || usage
case $count in
'' | *[!0-9]* | 0) fail "-n: '$count' is not a number of candidates, from 1" 2 ;;
esac
[ "$all$count" = 01 ] || [ "$all" = 0 ] || [ "$count" = 1 ] || fail '-n and -a exclude each other' 2
for file; do
	[ "$file" = - ] || { [ -r "$file" ] && [ ! -d "$file" ]; } || fail "$file: cannot be read"
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

# one form: id TAB score TAB sentence, single spaces
cat -- "$@" > "$work/given"
LC_ALL=C awk -v name="$name" '
function fail(what) {
	printf "%s: line %d: %s\n", name, NR, what > "/dev/stderr"
	exit 1
}
{
	if (NR == 1)
		sub(/^\357\273\277/, "")
	if ($0 ~ /\r$/)
		fail("ends in CRLF; remove the carriage returns, for example with: tr -d \047\\r\047")
	if ($0 ~ /\|\|\|/) {
		n = split($0, part, /[ \t]*\|\|\|[ \t]*/)
		if (n < 4)
			fail("fewer than four fields between |||; Moses writes id, sentence, features, score")
		id = part[1]; sentence = part[2]; score = part[4]
	} else {
		if (split($0, part, "\t") != 3)
			fail("not \"id TAB score TAB sentence\", nor Moses\047 form; is the file text?")
		id = part[1]; score = part[2]; sentence = part[3]
	}
	gsub(/[ \t]+/, " ", sentence)
	sub(/^ /, "", sentence)
	sub(/ $/, "", sentence)
	gsub(/[ \t]/, "", score)
	if (score !~ /^[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?$/)
		fail("the score \047" score "\047 is not a number")
	printf "%s\t%s\t%s\n", id, score, sentence
}' "$work/given" > "$work/list"
[ -s "$work/list" ] || fail 'no candidates: the input is empty; a line is "id TAB score TAB sentence"'

# the status of a pipe is that of its last command, so each step has a file
{
	# without words, a candidate is a sentence that ends at once
	! grep -q '	$' "$work/list" || echo '#tokens 1 lines=empty'
	cut -f 3 "$work/list"
} > "$work/tokens"
"${prefix}encode" -v "$model" < "$work/tokens" > "$work/index" ||
    fail 'the candidates are not tokens of this model; lines of the message above are theirs'
"${prefix}score" -q "$model" "$work/index" > "$work/scores"
cut -f 1 "$work/scores" > "$work/logp"
paste "$work/logp" "$work/list" | LC_ALL=C awk -F '\t' -v OFS='\t' -v weight="$weight" -v bonus="$bonus" \
    -v sign="$sign" -v count="$count" -v all="$all" '
{
	total = sign * $3 + weight * $1 + bonus * split($4, words, " ")
	if (all + 0) {
		print $2, sprintf("%.6f", total), $3, $1, $4
		next
	}
	if (!($2 in n))
		id[++ids] = $2
	k = ++n[$2]
	t[$2, k] = total
	s[$2, k] = $4
}
END {
	for (i = 1; i <= ids; i++)
		for (j = 1; j <= count && j <= n[id[i]]; j++) {
			best = 0
			for (k = 1; k <= n[id[i]]; k++)
				if (!((id[i], k) in taken) && (best == 0 || t[id[i], k] > t[id[i], best]))
					best = k
			taken[id[i], best] = 1
			print id[i], sprintf("%.6f", t[id[i], best]), s[id[i], best]
		}
}' > "$work/ranked"
if [ -t 1 ]; then
	show < "$work/ranked"
else
	cat "$work/ranked"
fi
