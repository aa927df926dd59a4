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

if [ -z "${PYTHON:-}" ]; then
	for PYTHON in python3 /usr/bin/python3; do
		"$PYTHON" -c 'import numpy' 2>/dev/null && break
		PYTHON=
	done
fi
if [ -z "$PYTHON" ]; then
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

# Gated cells are PyTorch's word, where it is installed.
for torch in python3 /usr/bin/python3; do
	"$torch" -c 'import torch' 2>/dev/null || continue
	for cell in lstm gru; do
		"$torch" "$here/cells_torch.py" $cell > "$out/torch.$cell"
	done
	break
done
