#!/usr/bin/env bash
# What a model is worth after so many seconds: bits a word of the validation set against
# elapsed time, for several nets and output layers on one text, one after another, as a
# table and a curve for BENCH.md.
#
#	CSV=FILE	the text; TOK_FLAGS, VOCAB (8000), FRACTION for validation (0.0625)
#	EPOCHS=N	epochs of the LSTMs (4); the tutorial's net has as many
#	HIDDEN=N	units of the LSTMs (200)
#	THREADS=N	threads (0: all)
#	WHAT=LIST	some of: tutorial exact sampled tree adaptive torch
set -eu -o pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
: "${BUILD:=build/release}" "${EPOCHS:=4}" "${HIDDEN:=200}" "${THREADS:=0}" "${VOCAB:=8000}"
: "${FRACTION:=0.0625}" "${TOK_FLAGS:=}" "${WHAT:=tutorial exact sampled tree adaptive torch}"
CSV=$(realpath "${CSV:-$top/data/comments.csv}") BUILD=$(cd "$top" && realpath "$BUILD")
PATH=$BUILD/bin:$PATH
work=$(mktemp -d "$BUILD/tests/bench/quality.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
cd "$work"

# train_one NAME OPTION...: lines NAME, epoch, seconds since the start, loss
train_one() {
	local name=$1 start=$EPOCHREALTIME
	shift
	train -q -j "$THREADS" -e "$EPOCHS" -E 1 -v valid.index -o "$name.npz" --force "$@" train.index |
	    stamped "$start" | sed -n 's/^\([0-9.]*\) .*Validation loss after .*epoch=\([0-9]*\): /\2 \1 /p' |
	    awk -v name="$name" '$1 > 0 { print name, $0 }'
}

# stamped START: a filter: each line with the seconds since START, as it comes
stamped() {
	local line
	while IFS= read -r line; do
		awk -v a="$1" -v b="$EPOCHREALTIME" -v line="$line" 'BEGIN { printf "%.1f %s\n", b - a, line }'
	done
}

one() {
	local lstm=(-c lstm -H "$HIDDEN" -m "$HIDDEN" -O adam -r 0.003 -S cosine -B 32 -p 0.2
	    --embed-dropout 0.2 --shuffle)
	case $1 in
	tutorial) train_one tutorial -H 100 -r 0.005 ;;
	exact) train_one exact "${lstm[@]}" -t ;;
	sampled) train_one sampled "${lstm[@]}" -t --softmax sampled ;;
	tree | adaptive) train_one "$1" "${lstm[@]}" --softmax "$1" ;;
	torch)
		python=$("$top/tests/oracle/find-python.sh" 'import torch') || {
			echo 'quality: no python3 with PyTorch' >&2
			return
		}
		"$python" "$top/tests/oracle/quality_torch.py" train.text valid.text --hidden "$HIDDEN" \
		    --epochs "$EPOCHS" --threads "$THREADS" | sed 's/^/torch /'
		;;
	*)
		echo "quality: WHAT: '$1' is none of the nets" >&2
		return 2
		;;
	esac
}

# the lines of `tok` in two parts, one vocabulary
# shellcheck disable=SC2086 # options
tok -q $TOK_FLAGS "$CSV" > tokens
vocab -q -n "$VOCAB" -t tokens > vocab.tsv
last=$(awk -v f="$FRACTION" 'END { printf "%d", NR * (1 - f) }' tokens)
head -n "$last" tokens | encode -q -v vocab.tsv > train.index
tail -n +"$((last + 1))" tokens | encode -q -v vocab.tsv > valid.index
head -n "$last" tokens | encode -q -t -v vocab.tsv > train.text
tail -n +"$((last + 1))" tokens | encode -q -t -v vocab.tsv > valid.text

echo "Text: $(basename "$CSV"), $(head -n "$last" tokens | wc -wl | awk '{ print $1 + $2 }') words to learn," \
    "$(tail -n +"$((last + 1))" tokens | wc -wl | awk '{ print $1 + $2 }') to validate, $VOCAB in the" \
    "vocabulary; load when it began: $(cut -d ' ' -f 1 /proc/loadavg)."
echo
for what in $WHAT; do
	one "$what"
done > points
echo '| net | bits a word after each epoch | seconds |'
echo '| --- | --- | --- |'
awk '{ if (!($1 in bits)) order[++n] = $1
	bits[$1] = bits[$1] (bits[$1] == "" ? "" : ", ") sprintf("%.3f", $4 / log(2)); at[$1] = $3 }
    END { for (i = 1; i <= n; i++) print "| " order[i] " | " bits[order[i]] " | " at[order[i]] " |" }' points
if command -v gnuplot > /dev/null; then
	for what in $(cut -d ' ' -f 1 points | uniq); do
		awk -v w="$what" '$1 == w { print $3, $4 / log(2) }' points > "$what.xy"
		plots="${plots:+$plots, }'$what.xy' with linespoints title '$what'"
	done
	echo
	gnuplot -e "set terminal dumb 78 24; set xlabel 'seconds'; set ylabel 'bits'; set logscale x; plot $plots" |
	    sed -n 's/^/    /; /[^ ]/p'
fi
