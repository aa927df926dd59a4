#!/usr/bin/env bash
# Times the text programs in MB of CSV a second, against NLTK and wc -w, in one
# run and in turn, and prints a table for BENCH.md; and the modes of tok by the time of
# processors, against tok without options on the same text.
#
#	CSV=FILE	a corpus, repeated to MEGABYTES (100)
#	PUNKT=DIR	Punkt tables, for tok -p and for NLTK, which needs them
#	ROUNDS=N	rounds (3); the tables hold their medians
#	MODES=1		the table of modes only
# shellcheck disable=SC2016  # backquotes are for Markdown
set -eu -o pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
: "${BUILD:=build/release}" "${ROUNDS:=3}" "${MEGABYTES:=100}" "${MODES:=}"
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

# modes: on each line, what tok is given, its input, and its name in the table
modes() {
	printf '%s\t%s\t%s\n' \
	    '' big.csv '`tok`' \
	    '--words unicode' big.csv '`--words unicode`' \
	    '--words web' big.csv '`--words web`' \
	    '--words space' big.csv '`--words space`' \
	    '--normalise nfc' big.csv '`--normalise nfc`' \
	    '--normalise nfkc' big.csv '`--normalise nfkc`' \
	    '--language auto' big.csv '`--language auto`' \
	    '--words unicode --language auto --normalise nfc' big.csv \
	    '`--words unicode --language auto --normalise nfc`' \
	    '-f paragraphs' big.txt '`-f paragraphs`, lines of 72 characters' \
	    '--one --ids 0' big.csv '`--one --ids 0`' \
	    '--delimiter auto' big.csv '`--delimiter auto`' \
	    '' big.utf16 'UTF-16 with a mark' \
	    '--encoding latin1' big.latin1 '`--encoding latin1`' \
	    '' big.gz 'gzip data' \
	    '' big.xz 'xz data' \
	    '' big.zst 'zstd data'
}

# mode_inputs: big.csv as the inputs of the modes, those for which there is a program
mode_inputs() {
	tail -n +2 big.csv | sed 's/$/\n/' | fold -s -w 72 > big.txt
	{ printf '\377\376'; iconv -f UTF-8 -t UTF-16LE big.csv; } > big.utf16
	iconv -f UTF-8 -t ISO-8859-1//TRANSLIT big.csv > big.latin1
	gzip -k -c big.csv > big.gz
	! command -v xz > /dev/null || xz -c big.csv > big.xz
	! command -v zstd > /dev/null || zstd -q -c big.csv > big.zst
}

# each_mode: in turn, so that what else runs disturbs all of them
each_mode() {
	local options input n=0
	while IFS=$(printf '\t') read -r options input _; do
		n=$((n + 1))
		[ ! -e "$input" ] || once "mode$n" "exec tok -q $options $input > /dev/null"
	done < <(modes | sed 's/^\t/ \t/')
}

# mode_table: throughput by the time of processors, of that of plain tok; bytes count as UTF-8
# in a CSV file, whatever the input
mode_table() {
	local n=0 name
	echo '| input or options of `tok` | of plain `tok` |'
	echo '| --- | --- |'
	while IFS=$(printf '\t') read -r _ _ name; do
		n=$((n + 1))
		[ -e "mode$n" ] || continue
		awk -v name="$name" -v plain="$(median mode1 3)" -v s="$(median "mode$n" 3)" \
		    'BEGIN { printf "| %s | %.2f |\n", name, plain / s }'
	done < <(modes | sed 's/^\t/ \t/')
}

one_round() {
	each_mode
	[ -z "$MODES" ] || return 0
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
mode_inputs
if [ -z "$MODES" ]; then
	tok -q big.csv > tokens
	vocab -q -n 8000 tokens > stream
fi
for ((round = 1; round <= ROUNDS; round++)); do
	echo "bench-text: round $round of $ROUNDS" >&2
	one_round
done
nltk_version="NLTK is not here, or has no tables"
[ -z "$nltk" ] || nltk_version="NLTK $("$nltk" -c 'import nltk; print(nltk.__version__)')"
machine
echo
mode_table
[ -z "$MODES" ] || exit 0
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
