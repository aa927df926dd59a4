#!/bin/sh
# plan.sh SECONDS WORDS INDEX: chooses the net and the epochs of a word model that trains in
# so many seconds on this machine, and prints two lines: "epochs=N" and the options of
# train.  WORDS is the size of the text, INDEX its index stream; THREADS as in lm.mk.
#
# The choice is the largest net of the table for texts of this size that reads it three times
# in the time, by its speed in some steps here; reasons go to standard error.
set -eu
seconds=$1 words=$2 index=$3
train=${PROGRAM_PREFIX-}train
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

# Hidden units, words of the text from and to, dropout rates of outputs and embeddings, learning
# rate: BENCH.md has the losses that they were chosen by.
table='
64	0	1000000	0.6	0.5	0.01
128	0	1000000	0.6	0.5	0.006
200	200000	1000000	0.4	0.2	0.006
100	1000000	0	0.1	0	0.006
200	1000000	0	0.2	0	0.006
400	1000000	0	0.4	0.2	0.004
800	4000000	0	0.4	0.2	0.003
'

say() {
	echo "plan: $*" >&2
}

# options HIDDEN DROPOUT EMBED-DROPOUT RATE
options() {
	[ "$words" -ge 400000 ] && batch=32 || batch=16
	size=$(sed -n '1s/.* size=\([0-9]*\).*/\1/p' "$index")
	[ "$size" -ge 500 ] && output='--softmax adaptive' || output=-t
	echo "-c lstm -H $1 -m $1 $output -O adam -r $4 -S constant --average -B $batch -p $2" \
	    "--embed-dropout $3 --shuffle"
}

# timed STEPS OPTIONS: their words, and words a second
timed() {
	# shellcheck disable=SC2086 # options
	"$train" $2 -j "${THREADS:-0}" -e 1000000 -E 0 -N "$1" --save-every 0 -o "$work/model.npz" --force \
	    "$index" 2>&1 > "$work/log" | sed -n 's/.*, \([0-9]*\) words, \([0-9]*\)\/s.*/\1 \2/p'
}

# speed OPTIONS: words a second: the higher speed of 30 steps, and of as many as take two seconds, or
# a twentieth of the time there is if that is less
speed() {
	timed 30 "$1" > "$work/short"
	steps=$(awk -v s="$seconds" '{ printf "%d", 30 * $2 / $1 * (s < 40 ? s / 20 : 2) }' "$work/short")
	if [ "${steps:-0}" -gt 30 ]; then
		timed "$steps" "$1" >> "$work/short"
	fi
	awk '$2 > most { most = $2 } END { print most + 0 }' "$work/short"
}

chosen='' epochs=1
while read -r hidden least most dropout embed learning; do
	if [ -z "$hidden" ] || [ "$words" -lt "$least" ] ||
	    { [ "$most" -gt 0 ] && [ "$words" -ge "$most" ]; }; then
		continue
	fi
	these=$(options "$hidden" "$dropout" "$embed" "$learning")
	rate=$(speed "$these")
	[ "${rate:-0}" -gt 0 ] || { say "$index: the speed of train cannot be measured"; exit 1; }
	# a tenth more for the evaluations
	fit=$((seconds * rate * 10 / 11 / words))
	say "$hidden hidden units: $rate words/s, $fit epochs in the time"
	[ -z "$chosen" ] || [ "$fit" -ge 3 ] || break
	chosen=$these epochs=$fit
done <<-END
	$table
END
if [ "$epochs" -lt 1 ]; then
	say "one epoch takes longer than $seconds seconds; more threads or less text would help"
	epochs=1
fi
[ "$epochs" -le 30 ] || epochs=30
echo "epochs=$epochs"
echo "$chosen"
