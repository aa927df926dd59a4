#!/bin/sh
# Makes data/loss.svg, the picture in README.md: the losses of three cells on
# data/comments.csv.  Run it from the top of the clone after make; it takes about a
# minute and needs gnuplot.
set -eu
cd "$(dirname "$0")/.."
PATH=$PWD/bin:$PATH
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

tok -q data/comments.csv | vocab -q -n 2000 | encode > "$work/index"
for cell in rnn lstm gru; do
	train -q -c $cell -H 64 -m 64 -t -O adam -B 8 -p 0.3 -v 0.1 -E 1 -e 25 \
		-o "$work/$cell.npz" "$work/index" > "$work/$cell.full"
	grep -v 'Training loss' "$work/$cell.full" > "$work/$cell.log"
done
pipelines/curves.sh -x epochs -T 'Validation loss on data/comments.csv' -o "$work/loss" \
	"$work/rnn.log" "$work/lstm.log" "$work/gru.log"
cp "$work/loss.svg" data/loss.svg
