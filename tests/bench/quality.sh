#!/usr/bin/env bash
# What a model is worth after so many seconds: bits a word of the validation set against
# elapsed time, for several nets and output layers on one text, one after another, as a
# table and a curve for BENCH.md.
#
#	CSV=FILE	the text; TOK_FLAGS, VOCAB (8000), FRACTION for validation (0.0625)
#	TRAIN=FILE	instead: lines of tokens to learn, and VALID=FILE to validate
#	EPOCHS=N	epochs (4)
#	HIDDEN=N	units of the LSTMs (200)
#	RATE=X		their learning rate (0.006); large has two thirds of it
#	THREADS=N	threads (0: all)
#	WHAT=LIST	some of: tutorial exact sampled tree adaptive large torch; large is a
#			sampled LSTM of twice HIDDEN units; NAME:N has N epochs
#
# The LSTMs read the sentences as one stream, in which </s> ends each of them; the tutorial's
# net reads sentence by sentence, and its bits are those of words and ends of sentences, too.
set -eu -o pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
: "${BUILD:=build/release}" "${EPOCHS:=4}" "${HIDDEN:=200}" "${RATE:=0.006}" "${THREADS:=0}" "${VOCAB:=8000}"
: "${FRACTION:=0.0625}" "${TOK_FLAGS:=}" "${TRAIN:=}" "${WHAT:=tutorial exact sampled tree adaptive torch}"
CSV=$(realpath "${CSV:-$top/data/comments.csv}") BUILD=$(cd "$top" && realpath "$BUILD")
[ -z "$TRAIN" ] || TRAIN=$(realpath "$TRAIN") VALID=$(realpath "$VALID")
PATH=$BUILD/bin:$PATH
work=$(mktemp -d "$BUILD/tests/bench/quality.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
cd "$work"

# train_one NAME EPOCHS TEXT OPTION...: lines NAME, epoch, seconds since the start, loss
train_one() {
	local name=$1 epochs=$2 text=$3 start=$EPOCHREALTIME
	shift 3
	train -q -j "$THREADS" -e "$epochs" -E 1 -v "valid.$text" -o "$name.npz" --force "$@" "train.$text" |
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

# lstm NAME EPOCHS UNITS OPTION...
lstm() {
	train_one "$1" "$2" stream -c lstm -H "$3" -m "$3" -O adam -r "$RATE" -S constant --average -B 32 -T 35 "${@:4}"
}

# one NAME EPOCHS
one() {
	case $1 in
	tutorial) train_one tutorial "$2" index -H 100 -r 0.005 ;;
	exact) lstm exact "$2" "$HIDDEN" -p 0.2 -t ;;
	sampled) lstm sampled "$2" "$HIDDEN" -p 0.2 -t --softmax sampled ;;
	tree | adaptive) lstm "$1" "$2" "$HIDDEN" -p 0.2 --softmax "$1" ;;
	large)
		lstm large "$2" $((2 * HIDDEN)) -r "$(awk -v r="$RATE" 'BEGIN { print r * 2 / 3 }')" -t \
		    --softmax sampled -p 0.4 --embed-dropout 0.2 --dropout-masks sequence --shuffle
		;;
	torch)
		python=$("$top/tests/oracle/find-python.sh" 'import torch') || {
			echo 'quality: no python3 with PyTorch' >&2
			return
		}
		"$python" "$top/tests/oracle/quality_torch.py" train.text valid.text --hidden "$HIDDEN" \
		    --epochs "$2" --rate "$RATE" --threads "$THREADS" | sed 's/^/torch /'
		;;
	*)
		echo "quality: WHAT: '$1' is none of the nets" >&2
		return 2
		;;
	esac
}

if [ -n "$TRAIN" ]; then
	cp "$TRAIN" train.tokens
	cp "$VALID" valid.tokens
else
	# shellcheck disable=SC2086 # options
	tok -q $TOK_FLAGS "$CSV" > tokens
	last=$(awk -v f="$FRACTION" 'END { printf "%d", NR * (1 - f) }' tokens)
	head -n "$last" tokens > train.tokens
	tail -n +"$((last + 1))" tokens > valid.tokens
fi
vocab -q -n "$VOCAB" -t train.tokens > vocab.tsv
sed 's|$| </s>|' train.tokens | vocab -q -S -n "$VOCAB" -t > stream.tsv
for part in train valid; do
	encode -q -v vocab.tsv $part.tokens > $part.index
	sed 's|$| </s>|' $part.tokens | encode -q --unit stream -v stream.tsv > $part.stream
	sed 's|$| </s>|' $part.tokens | encode -q -t --unit stream -v stream.tsv > $part.text
done

# words FILE: and ends of sentences
words() {
	wc -wl < "$1" | awk '{ print $1 + $2 }'
}

echo "Text: $(basename "${TRAIN:-$CSV}"), $(words train.tokens) words to learn, $(words valid.tokens) to" \
    "validate, $VOCAB in the vocabulary; load when it began: $(cut -d ' ' -f 1 /proc/loadavg)."
echo
for what in $WHAT; do
	epochs=${what#*:}
	[ "$epochs" != "$what" ] || epochs=$EPOCHS
	one "${what%:*}" "$epochs"
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
