#!/usr/bin/env bash
# Times the arithmetic on an NVIDIA GPU beside the CPU's, and PyTorch's on the
# same GPU, in one run: the tutorial's step (C=8000, H=100, bptt 4, a sentence of
# 22 words an update), batches (C=8000, H=512), evaluation only, and generation.
#
# The floor is what a step cannot go below on a device that does its products, or
# reads and writes its weights once, at the best rate that was seen there in the
# same run: by our own product or, where PyTorch is there, by cuBLAS.
#
#	bench/cuda.sh [SECONDS]		seconds a figure (2)
#	C H WIDE N SENTENCES WRITE	other sizes: words, hidden units of the net and
#					of batches, large products, sentences to learn
#					and to write
#	TORCH=cpu			PyTorch's device
set -eu -o pipefail
here=$(cd "$(dirname "$0")/../.." && pwd)
: "${BUILD:=$here/build/release}"
: "${C:=8000}" "${H:=100}" "${WIDE:=512}" "${N:=4096}" "${SENTENCES:=200}" "${WRITE:=256}" "${TORCH:=cuda}"
seconds=${1:-2}
step=$BUILD/tests/bench/step oracle=$here/tests/oracle bptt=4
export UNROLL_PLUGINS=${UNROLL_PLUGINS:-$BUILD/plugins}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# most COLUMN FILE...: the largest number there
most() {
	local column=$1
	shift
	cat "$@" | awk -v c="$column" '$c > most { most = $c } END { print most }'
}

# row NAME DEVICE MODE HIDDEN TOGETHER: from "milliseconds a sentence, words/s"; the
# weights are read, and, except in evaluation, written, once for TOGETHER sentences
row() {
	awk -v name="$1" -v device="$2" -v look="$([ "$3" = eval ] && echo 1 || echo 0)" -v h="$4" \
	    -v together="$5" -v c="$C" -v bptt=$bptt -v products="${products[$2]}" \
	    -v moves="${moves[$2]}" '{
		words = $1 * $2 / 1000
		flop = words * (look ? 2 * h * c + 2 * h * h : 6 * h * c + (4 + 2 * bptt) * h * h)
		bytes = 4 * (look ? 1 : 2) * ((h * c + h * h) / together + words * h)
		floor = flop / products > bytes / moves ? flop / products : bytes / moves
		printf "| %s | %s | %.1f | %d | %.3g | %.3g | %.3g |\n", name, device, $1 * 1000, $2,
		    flop / $1 * 1e-6, floor * 1e-3, floor * 1e-6 / $1 }'
}

# ours NAME DEVICE MODE HIDDEN BATCH [TOGETHER]
ours() {
	"$step" "$3" "$2" 0 "$4" "$C" $bptt "$5" "$seconds" < "$work/lines" |
	    awk '{ print $1, $3 }' | row "$1" "$2" "$3" "$4" "${6:-$5}"
}

# theirs NAME MODE HIDDEN BATCH: the recurrence as nn.RNN, and written out
theirs() {
	local how look=
	[ -n "$torch" ] || return 0
	[ "$2" != eval ] || look=--look
	for how in 'nn.RNN' 'steps written out'; do
		# shellcheck disable=SC2046,SC2086
		"$torch" "$oracle/bench_torch.py" --device "$TORCH" --data "$work/lines" --vocab "$C" \
		    --hidden "$3" --batch "$4" --passes 5 --warm-up "$SENTENCES" $look \
		    $([ "$how" = nn.RNN ] || echo --plain) |
		    sed -n 's/.*mean \([0-9.]*\), \([0-9]*\) words.*/\1 \2/p' |
		    row "$1" 'cuda' "$2" "$3" "$4" | sed "s/| cuda |/| PyTorch, $how |/"
	done
}

# writing DEVICE: words a second of sample, the model's loading included
writing() {
	local begun ended words
	begun=$(date +%s%N)
	words=$("$BUILD/bin/sample" -q -d "$1" -n $WRITE -M 50 -t "$work/m.npz" | sed '1,/^$/d' | wc -w)
	ended=$(date +%s%N)
	echo "sample -n $WRITE -M 50, H=$H: $1 $((words * 1000000 / ((ended - begun) / 1000))) words/s"
}

# shellcheck source=tests/cuda/harness.bash
. "$here/tests/cuda/harness.bash"
gpu_or_exit bench-cuda "$step" floor cuda 0 64
"$step" floor cuda 0 "$N" > "$work/cuda"
"$step" floor cpu 0 "$N" > "$work/cpu"
"$step" gen "$SENTENCES" "$C" 1 > "$work/lines"
printf 'products of %d x %d: cuda %s, cpu %s' "$N" "$N" "$(cat "$work/cuda")" "$(cat "$work/cpu")"
torch=$("$oracle/find-python.sh" 'import torch') || torch=
if [ -z "$torch" ]; then
	printf '\nbench-cuda: no python3 with PyTorch: left out\n' >&2
elif "$torch" "$oracle/bench_products_torch.py" "$TORCH" "$N" > "$work/cublas" 2> "$work/why"; then
	printf ', PyTorch on %s %s' "$TORCH" "$(cat "$work/cublas")"
else
	printf '\nbench-cuda: left out: %s\n' "$(tail -n 1 "$work/why")" >&2
	torch=
fi
declare -A products=([cpu]=$(most 1 "$work/cpu") [cuda]=$(most 1 "$work/cuda" ${torch:+"$work/cublas"}))
declare -A moves=([cpu]=$(most 3 "$work/cpu") [cuda]=$(most 3 "$work/cuda" ${torch:+"$work/cublas"}))
printf '\n\n| work | on | us a sentence | words/s | GFLOP/s | floor, us | of the floor |\n'
printf '| --- | --- | --- | --- | --- | --- | --- |\n'
for device in cuda cpu; do
	ours "H=$H, an update a sentence, queued" $device queue "$H" 128
done
for device in cuda cpu; do
	ours "H=$H, an update a sentence, one call each" $device sgd "$H" 1
done
theirs "H=$H, an update a sentence" sgd "$H" 1
for batch in 32 128; do
	for device in cuda cpu; do
		ours "H=$WIDE, -B $batch" $device sgd "$WIDE" $batch
	done
	theirs "H=$WIDE, -B $batch" sgd "$WIDE" $batch
done
for device in cuda cpu; do
	ours "H=$H, evaluation only" $device eval "$H" 4096 186
done
theirs "H=$H, evaluation only" eval "$H" 186
echo
"$oracle/as-stream.sh" "$C" < "$work/lines" > "$work/stream"
"$BUILD/bin/train" -q -d cpu -H "$H" -e 0 -E 0 -o "$work/m.npz" "$work/stream" > "$work/log"
for device in cuda cpu; do
	writing $device
done
