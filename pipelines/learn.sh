#!/bin/sh
# learn.sh OUT EPOCHS OPTION...: trains OUT/train.index into OUT/model.npz and
# OUT/loss.log; the options are those of train.
#
# The model is written as OUT/part.npz and renamed when it is complete.  Training
# resumes from a part, or from a complete model, that was made with the same
# options and sentences for at most EPOCHS epochs; otherwise it starts anew.
set -eu
out=$1 epochs=$2
shift 2
train=${PROGRAM_PREFIX-}train
# the options and sentences that determine the model; -j does not affect it
what="$(echo "$*" | sed 's/-j [0-9]* *//') $(cksum < "$out/train.index")"

# number FILE: the number in FILE, or nothing if there is no such file
number() {
	cat "$1" 2>/dev/null || true
}

part=$(number "$out/.part") whole=$(number "$out/.whole")
if [ "$(cat "$out/.learnt" 2>/dev/null)" != "$what" ]; then
	part='' whole=''
fi
if [ -n "$part" ] && [ -e "$out/part.npz" ] && [ "$part" -le "$epochs" ]; then
	from=part.npz
elif [ -n "$whole" ] && [ -e "$out/model.npz" ] && [ "$whole" -le "$epochs" ]; then
	from=model.npz
else
	from=''
	rm -f "$out/part.npz" "$out/.part" "$out/.whole"
	echo "$what" > "$out/.learnt"
fi
echo "$epochs" > "$out/.part"
if [ -n "$from" ]; then
	echo "learn: resuming from $out/$from" >&2
	"$train" -R "$out/$from" -e "$epochs" -o "$out/part.npz" "$out/train.index" >> "$out/loss.log"
else
	"$train" "$@" -e "$epochs" -o "$out/part.npz" "$out/train.index" > "$out/loss.log"
fi
mv "$out/part.npz" "$out/model.npz"
rm -f "$out/.part"
echo "$epochs" > "$out/.whole"
