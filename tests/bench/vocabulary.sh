#!/usr/bin/env bash
# How training speed and memory grow with the vocabulary, by output layer, as a table for
# BENCH.md: an LSTM on made-up words whose frequencies follow Zipf's law.
#
#	SIZES=LIST	words of the vocabularies (8000 100000 1000000)
#	WHAT=LIST	some of: sampled adaptive full
#	HIDDEN=N	units, and the size of embeddings (200)
#	STEPS=N		steps that are timed (100; a tenth of it for full)
#	THREADS=N	threads (0: all)
#	FULL_UP_TO=N	largest vocabulary of the full softmax (100000)
set -eu -o pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
: "${BUILD:=build/release}" "${SIZES:=8000 100000 1000000}" "${WHAT:=sampled adaptive full}"
: "${HIDDEN:=200}" "${STEPS:=100}" "${THREADS:=0}" "${FULL_UP_TO:=100000}"
BUILD=$(cd "$top" && realpath "$BUILD")
PATH=$BUILD/bin:$PATH
work=$(mktemp -d "$BUILD/tests/bench/vocabulary.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
cd "$work"

# zipf SIZE: sentences of 20 words: each of SIZE words once, and four million whose rank r has a
# probability in proportion to 1/r
zipf() {
	awk -v c="$1" 'BEGIN {
		srand(1)
		for (n = 0; n < 4e6 + c; n++)
			printf "w%d%s", n < c ? n + 1 : exp(rand() * log(c + 1)), n % 20 == 19 ? "\n" : " "
	}'
}

timed() {
	"$BUILD/tests/bench/timed" "$@"
}

# options OUTPUT-LAYER
options() {
	case $1 in
	sampled) echo '-t --softmax sampled' ;;
	adaptive) echo '--softmax adaptive' ;;
	full) echo '-t' ;;
	*) echo "vocabulary.sh: WHAT: '$1' is none of the output layers" >&2; return 2 ;;
	esac
}

# one_row OUTPUT-LAYER SIZE: a row of the table
one_row() {
	local steps=$STEPS options
	[ "$1" != full ] || steps=$(((STEPS + 9) / 10))
	options=$(options "$1")
	# shellcheck disable=SC2086 # options
	timed used train -c lstm -H "$HIDDEN" -m "$HIDDEN" -O adam -B 32 -T 35 -p 0.2 $options -j "$THREADS" \
	    -e 1 -E 0 -N "$steps" --save-every 0 -o model.npz --force index > loss.log 2> report
	sed -n 's|.* tokens, \([0-9]*\)/s.*|\1|p' report | awk -v what="$1" -v size="$2" -v options="$options" \
	    -v kib="$(tail -n 1 used | cut -d ' ' -f 2)" -v first="first.$1" '{
		if ((getline rate < first) <= 0) { rate = $1; print rate > first }
		printf "| %d | %s | %d | %.2f | %.0f |\n", size, "`" options "`", $1, $1 / rate, kib / 1024 }'
	rm -f model.npz
}

echo "Load when it began: $(cut -d ' ' -f 1 /proc/loadavg); $THREADS threads (0: $(nproc))."
echo
echo '| words | output layer | words/s | of the first | MiB |'
echo '| --- | --- | --- | --- | --- |'
for size in $SIZES; do
	zipf "$size" > tokens
	timed text bash -o pipefail -c 'vocab -q -S -n 0 tokens | encode -q > index'
	for what in $WHAT; do
		if [ "$what" != full ] || [ "$size" -le "$FULL_UP_TO" ]; then
			one_row "$what" "$size"
		fi
	done
	awk -v size="$size" -v mb="$(($(wc -c < tokens) / 1000))" '{ n++; line = $0 }
		END { split(line, f, " "); printf "vocab | encode, %d words: %.1f MB/s\n", size, mb / 1000 / f[1] }' text >> text.lines
done
echo
cat text.lines
