#!/bin/sh
# Writes the arithmetic's expectations anew, from NumPy and PyTorch alone, into tests/expect
# or the folder named first.  Those that need a corpus or a model from outside
# the project are left as they are where that is not found.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
expect=$here/../expect
out=${1:-$expect}
shared=${SHARED:-$here/../../../shared/data}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

if [ -z "${PYTHON:-}" ] && ! PYTHON=$("$here/find-python.sh" 'import numpy'); then
	echo "make-goldens: no python3 with NumPy" >&2
	exit 1
fi
mkdir -p "$out"

rnn() {
	"$PYTHON" "$here/rnn_numpy.py" "$@"
}
tiny() {
	rnn --data "$out/tiny.index.txt" --vocab 30 --seed 10 --literal "$@"
}

# the small data set: twelve sentences of tiny.tokens, and the shortest there is
{
	"$PYTHON" "$here/encode.py" --tokens "$expect/tiny.tokens" --size 30 \
	    --write-table "$out/tiny.tsv"
	echo 0 1
} > "$out/tiny.index.txt"

# hidden, bptt, epoch, loss, rate from there on
for h in 1 7 16; do
	for b in 0 1 4 1000; do
		tiny --hidden $h --bptt $b --rate 0.02 --epochs 20 | sed "s/^/$h $b /"
	done
done > "$out/tiny.loss"

# A rate so high that it is halved twice; an evaluation only now and then.
# Higher ones are chaos: 1e-16 in a weight shows in the loss after two epochs.
tiny --hidden 16 --bptt 1000 --rate 0.05 --epochs 20 > "$out/tiny.halve.loss"
tiny --hidden 16 --bptt 1000 --rate 0.05 --epochs 12 --every 5 > "$out/tiny.every5.loss"

# the sampled softmax with Adam: 6 words drawn by counts to the power of 0.75
"$here/as-stream.sh" "$out/tiny.tsv" < "$out/tiny.index.txt" > "$tmp/tiny.stream"
"$PYTHON" "$here/sampled_numpy.py" "$tmp/tiny.stream" 8 6 0.75 0.01 12 5 > "$out/tiny.sampled.loss"
# the adaptive softmax with Adam: clusters of 9 and 15 words, of 4 and 2 numbers each
"$PYTHON" "$here/adaptive_numpy.py" "$tmp/tiny.stream" 8 6,15 2 0.01 12 5 > "$out/tiny.adaptive.loss"

# gradients before the first step: sentence 6 has 60 words, 4 has 11, 12 none
for b in 0 1 4 1000; do
	tiny --hidden 3 --bptt $b --gradient 6 > "$out/tiny.h3.b$b.s6.grad"
done
tiny --hidden 7 --bptt 4 --gradient 4 > "$out/tiny.h7.b4.s4.grad"
tiny --hidden 3 --bptt 4 --gradient 12 > "$out/tiny.h3.b4.s12.grad"

# parameters after three epochs, and what that model says of the sentences
tiny --hidden 3 --bptt 4 --rate 0.1 --epochs 3 --every 0 --params \
    --save "$tmp/h3.npz" > "$out/tiny.h3.params"
tiny --model "$tmp/h3.npz" --score > "$out/tiny.h3.score"
tiny --hidden 16 --score > "$out/tiny.h16.start.score"

# min-char-rnn on characters of our own corpus.  At its own rate, 0.1, a change of
# 1e-17 in one weight is one of 7e-4 in the loss after 100 chunks: only the beginning
# says who is right.  At 0.01 a thousand chunks do.
chars() {
	"$PYTHON" "$here/min_char_numpy.py" --text "$@"
}
few() {
	head -n 30 "$here/../../data/comments.csv" |
	    chars --hidden 20 --chunk 10 --every 20 --steps 1000 --rule "$@" | sed "s/^/$1 /"
}
chars --every 4 --steps 24 < "$here/../../data/comments.csv" > "$out/chars.begin.loss"
chars --rate 0.01 < "$here/../../data/comments.csv" > "$out/chars.loss"
# several passes, side by side, by each rule; chunks and parts do not come out even
{
	few sgd --clip 0 --rate 0.005 --streams 1
	few sgd --clip 2 --rate 0.005 --streams 3
	few sgd --clip 1 --clip-norm 4 --rate 0.02 --streams 4
	few momentum --clip 5 --rate 0.0005 --streams 2
	few adagrad --clip 0 --rate 0.01 --streams 4
	few rmsprop --clip 0 --rate 0.002 --streams 4
	few adam --clip 0 --clip-norm 30 --rate 0.001 --streams 4
	few adamw --clip 0 --rate 0.002 --streams 4 --weight-decay 0.3
} > "$out/chars.rules.loss"

# The rest is too much for the literal way; rnn_numpy.py --check compares.
if [ -e "$shared/trained-model-theano.npz" ]; then
	rnn --data "$expect/theano.index.txt" --model "$shared/trained-model-theano.npz" \
	    --score > "$out/theano.score"
fi
if [ -e "$shared/reddit-head.index-200.txt" ]; then
	for h in 20 100; do
		rnn --data "$shared/reddit-head.index-200.txt" --vocab 200 --hidden $h \
		    --epochs 10 > "$out/reddit-200.h$h.loss"
	done
fi
if [ -e "$shared/movie-reviews.tokens.gz" ]; then
	"$PYTHON" "$here/encode.py" --tokens "$shared/movie-reviews.tokens.gz" --limit 100 \
	    --table "$shared/movie-reviews.vocab.tsv" > "$tmp/movie-100.index.txt"
	rnn --data "$tmp/movie-100.index.txt" --epochs 9 > "$out/movie-100.h100.loss"
fi

# Gated cells and whole networks are PyTorch's word, where it is installed.
if torch=$("$here/find-python.sh" 'import torch'); then
	for cell in lstm gru; do
		"$torch" "$here/cells_torch.py" $cell > "$out/torch.$cell"
	done
	for net in 'rnn --layers 3 --bias' 'lstm --embed 4 --bias' 'lstm --embed 6 --tied' \
	    'gru --layers 3' 'gru --embed 4 --bias --tied'; do
		# shellcheck disable=SC2086
		"$torch" "$here/stack_torch.py" $net > "$out/torch.stack.$(echo "$net" | tr -d ' -')"
	done
fi
