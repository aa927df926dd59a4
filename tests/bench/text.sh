#!/usr/bin/env bash
# Times the text programs in MB of CSV a second, against NLTK and wc -w, in one
# run and in turn, and prints a table for BENCH.md.
#
#	CSV=FILE	a corpus, repeated to MEGABYTES (100)
#	PUNKT=DIR	Punkt tables, for tok -p and for NLTK, which needs them
#	ROUNDS=N	rounds (3); the table holds their medians
# shellcheck disable=SC2016  # backquotes are for Markdown
set -eu -o pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
: "${BUILD:=build/release}" "${ROUNDS:=3}" "${MEGABYTES:=100}"
[ -n "${CSV:-}" ] || CSV=$top/../shared/data/movie-reviews.csv
[ -e "$CSV" ] || CSV=$top/data/comments.csv
: "${PUNKT:=$top/../shared/data/punkt_tab/english}"
CSV=$(realpath "$CSV") PUNKT=$(realpath -m "$PUNKT") BUILD=$(cd "$top" && realpath "$BUILD")
PATH=$BUILD/bin:$PATH
export PATH LC_ALL=C.UTF-8
work=$(mktemp -d "$BUILD/tests/bench/text.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM

# repeated BYTES: the header once, and the records as often as that takes
repeated() {
	local n body
	body=$(tail -n +2 "$CSV" | wc -c)
	head -n 1 "$CSV"
	for ((n = ($1 + body - 1) / body; n > 0; n--)); do
		tail -n +2 "$CSV"
	done
}

# piece BYTES: whole records, that many bytes and the rest of a record
piece() {
	awk -v most="$1" '{ print; n += length($0) + 1; quotes += gsub(/"/, "") }
		n >= most && quotes % 2 == 0 { exit }' "$CSV"
}

# once NAME COMMAND: adds a line to the file NAME, seconds and KiB
once() {
	"$BUILD/tests/bench/timed" "$1" bash -o pipefail -c "$2"
}

one_round() {
	once wc 'exec wc -w big.csv > /dev/null'
	once tok 'exec tok -q big.csv > /dev/null'
	[ -z "$punkt" ] || once tok-p "exec tok -q -p '$PUNKT' big.csv > /dev/null"
	once vocab 'exec vocab -q -n 8000 tokens > /dev/null'
	once encode 'exec encode -q stream > /dev/null'
	once pipe 'tok -q big.csv | vocab -q -n 8000 | encode -q > /dev/null'
	[ -z "$nltk" ] || once nltk \
	    "exec '$nltk' '$top/tests/oracle/tok_nltk.py' -p '$PUNKT' < small.csv > /dev/null"
}

# median FILE COLUMN
median() {
	awk -v c="$2" '{ print $c }' "$1" | sort -g | awk '{ a[NR] = $1 } END {
		print NR % 2 ? a[(NR + 1) / 2] : (a[NR / 2] + a[NR / 2 + 1]) / 2 }'
}

# rate NAME: MB a second; nothing where it did not run
rate() {
	local of=big.csv
	[ -e "$1" ] || return 0
	[ "$1" != nltk ] || of=small.csv
	awk -v s="$(median "$1" 1)" -v n="$(wc -c < $of)" 'BEGIN { print n / 1e6 / s }'
}

# row NAME WORDS
row() {
	[ -e "$1" ] || return 0
	awk -v name="$2" -v r="$(rate "$1")" -v wc="$(rate wc)" -v nltk="$(rate nltk)" \
	    -v kib="$(median "$1" 2)" 'BEGIN {
		printf "| %s | %.2f | %.2f | %s | %.1f |\n", name, r, r / wc,
		    nltk ? sprintf("%.1f", r / nltk) : "-", kib / 1024 }'
}

machine() {
	echo "Machine: $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)," \
	    "$(nproc) processors; $(uname -sr); $(${CC:-cc} --version | head -n 1);" \
	    "$nltk_version."
	echo "Load when it began: $load."
	echo "Text: $(basename "$CSV"), repeated to $(wc -c < big.csv) bytes" \
	    "(for NLTK: $(wc -c < small.csv)); medians of $ROUNDS rounds."
}

load=$(cut -d ' ' -f 1 /proc/loadavg)
punkt=
[ ! -d "$PUNKT" ] || punkt=yes
nltk=$("$top/tests/oracle/find-python.sh" 'import nltk') || nltk=
[ -n "$punkt" ] || nltk=
cd "$work"
echo "bench-text: making $MEGABYTES MB of $CSV" >&2
repeated $((MEGABYTES * 1000000)) > big.csv
piece 2000000 > small.csv
tok -q big.csv > tokens
vocab -q -n 8000 tokens > stream
for ((round = 1; round <= ROUNDS; round++)); do
	echo "bench-text: round $round of $ROUNDS" >&2
	one_round
done
nltk_version="NLTK is not here, or has no tables"
[ -z "$nltk" ] || nltk_version="NLTK $("$nltk" -c 'import nltk; print(nltk.__version__)')"
machine
echo
echo '| program | MB/s of CSV | of `wc -w` | of NLTK | peak MiB |'
echo '| --- | --- | --- | --- | --- |'
row tok '`tok`'
row tok-p '`tok -p`'
row vocab '`vocab -n 8000`'
row encode '`encode`'
row pipe '`tok`, `vocab`, `encode` in a pipe'
row wc '`wc -w`'
row nltk 'NLTK, the tutorial'"'"'s recipe'
