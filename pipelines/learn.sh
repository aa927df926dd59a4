#!/bin/sh
# learn.sh OUT EPOCHS OPTION...: OUT/train.index to OUT/model.npz and OUT/loss.log
#
# The model is written as OUT/part.npz and takes its name when it is complete.
# With the same options and sentences, a part of no more epochs is gone on with,
# and so is a complete model; otherwise training begins anew.
set -eu
out=$1 epochs=$2
shift 2
train=${PROGRAM_PREFIX-}train
# -j changes nothing in a model; the rest and the sentences do
what="$(echo "$*" | sed 's/-j [0-9]* *//') $(cksum < "$out/train.index")"

# number FILE: the number in it, or nothing
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
	echo "learn: going on with $out/$from" >&2
	"$train" -R "$out/$from" -e "$epochs" -o "$out/part.npz" "$out/train.index" >> "$out/loss.log"
else
	"$train" "$@" -e "$epochs" -o "$out/part.npz" "$out/train.index" > "$out/loss.log"
fi
mv "$out/part.npz" "$out/model.npz"
rm -f "$out/.part"
echo "$epochs" > "$out/.whole"
