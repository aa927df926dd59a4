#!/usr/bin/env bash
# A text through shards on all processors against one pipe: tok, vocab and encode.
#
#	bench/shards.sh [ROUNDS]	how many rounds of each, in turn (3)
#	CSV=FILE			the text; without it 100 MB of data/comments.csv, repeated
#	SHARDS=n			4 for each processor without it
#
# For each round: seconds by the clock and of the processors.  The last line has the quotient of
# the shortest times; on two processors it is to be at most 0.6.
set -eu -o pipefail
here=$(cd "$(dirname "$0")/../.." && pwd)
: "${BUILD:=$here/build/release}" "${CSV:=}" "${SHARDS:=$((4 * $(nproc)))}"
rounds=${1:-3}
PATH=$BUILD/bin:$PATH
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
if [ -z "$CSV" ]; then
	CSV=text.csv
	head -n 1 "$here/data/comments.csv" > body
	tail -n +2 "$here/data/comments.csv" > once
	times=$((100000000 / $(stat -c %s once) + 1))
	for ((i = 0; i < times; i++)); do cat once; done | cat body - > text.csv
fi
TIMEFORMAT='%R %U %S'

# shellcheck disable=SC2317,SC2329
pipe() {
	tok -q "$CSV" | vocab -q -n 8000 -o vocab.tsv | encode > whole.index
}

# shellcheck disable=SC2317,SC2329
shards() {
	env -u MAKEFLAGS -u MFLAGS make -s -j "$(nproc)" -f "$here/pipelines/shards.mk" \
	    CSV="$CSV" OUT=out SHARDS="$SHARDS" VOCAB=8000
}

# timed WAY: appends its seconds to WAY.times
timed() {
	rm -rf out
	{ time "$1" 2> err; } 2> spent || { cat err >&2; exit 1; }
	awk -v way="$1" '{ printf "%-8s %6.2f s, of the processors %6.2f s\n", way, $1, $2 + $3 }' spent
	cut -d ' ' -f 1 spent >> "$1.times"
}

echo "$(stat -c %s "$CSV") bytes, $SHARDS shards, $(nproc) processors"
for ((i = 0; i < rounds; i++)); do
	timed pipe
	timed shards
done
cmp vocab.tsv out/vocab.tsv
for f in out/shard-*.index; do decode "$f"; done | cmp - <(decode whole.index)
paste <(sort -n pipe.times | head -n 1) <(sort -n shards.times | head -n 1) |
    awk '{ printf "shards / pipe: %.2f\n", $2 / $1 }'
