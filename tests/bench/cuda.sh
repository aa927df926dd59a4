#!/usr/bin/env bash
# Times the arithmetic on an NVIDIA GPU beside the CPU's, and PyTorch's on the
# same GPU, in one run: the tutorial's step (C=8000, H=100, bptt 4, a sentence of
# 22 words an update), batches (C=8000, H=512) of plain and gated cells and with products in
# TF32, evaluation only, generation, and training with a sampled and an adaptive softmax.
#
# The floor is what a step cannot go below on a device that does its products, or
# reads and writes its weights once, at the best rate that was seen there in the
# same run: by our own product or, where PyTorch is there, by cuBLAS.
#
#	bench/cuda.sh [SECONDS]		seconds a figure (2)
#	C H WIDE N SENTENCES WRITE EPOCHS	other sizes: words, hidden units of the net and
#					of batches, large products, sentences to learn
#					and to write, passes of train over them
#	TORCH=cpu			PyTorch's device
set -eu -o pipefail
here=$(cd "$(dirname "$0")/../.." && pwd)
: "${BUILD:=$here/build/release}"
: "${C:=8000}" "${H:=100}" "${WIDE:=512}" "${N:=4096}" "${SENTENCES:=200}" "${WRITE:=256}" "${EPOCHS:=20}" "${TORCH:=cuda}"
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

# CELL (rnn) and PRECISION (full) of the rows that follow are variables of step's
export CELL=rnn PRECISION=

# row NAME DEVICE MODE HIDDEN TOGETHER: from "milliseconds a sentence, words/s"; the
# weights are read, and, except in evaluation, written, once for TOGETHER sentences
row() {
	awk -v name="$1" -v device="$2" -v look="$([ "$3" = eval ] && echo 1 || echo 0)" -v h="$4" \
	    -v together="$5" -v c="$C" -v bptt=$bptt -v products="${products[$2$PRECISION]}" \
	    -v moves="${moves[$2]}" -v gates="${gates[$CELL]}" '{
		words = $1 * $2 / 1000
		back = gates == 1 ? 4 + 2 * bptt : 6 * gates
		flop = words * (look ? 2 * h * c + 2 * gates * h * h : 6 * h * c + back * h * h)
		bytes = 4 * (look ? 1 : 2) * ((h * c + gates * h * h) / together + words * gates * h)
		floor = flop / products > bytes / moves ? flop / products : bytes / moves
		printf "| %s | %s | %.1f | %d | %.3g | %.3g | %.3g |\n", name, device, $1 * 1000, $2,
		    flop / $1 * 1e-6, floor * 1e-3, floor * 1e-6 / $1 }'
}

# ours NAME DEVICE MODE HIDDEN BATCH [TOGETHER]
ours() {
	"$step" "$3" "$2" 0 "$4" "$C" $bptt "$5" "$seconds" < "$work/lines" |
	    awk '{ print $1, $3 }' | row "$1" "$2" "$3" "$4" "${6:-$5}"
}

# theirs NAME MODE HIDDEN BATCH: the recurrence as nn.RNN, and written out, or as nn.LSTM, nn.GRU
theirs() {
	local how hows=('nn.RNN' 'steps written out') look=
	[ -n "$torch" ] || return 0
	[ "$2" != eval ] || look=--look
	[ "$CELL" = rnn ] || hows=("nn.${CELL^^}")
	for how in "${hows[@]}"; do
		# shellcheck disable=SC2046,SC2086
		"$torch" "$oracle/bench_torch.py" --device "$TORCH" --data "$work/lines" --vocab "$C" \
		    --hidden "$3" --batch "$4" --passes 5 --warm-up "$SENTENCES" $look \
		    $([ "$how" != 'steps written out' ] || echo --plain) --cell "$CELL" |
		    sed -n 's/.*mean \([0-9.]*\), \([0-9]*\) words.*/\1 \2/p' |
		    row "$1" 'cuda' "$2" "$3" "$4" | sed "s/| cuda |/| PyTorch, $how |/"
	done
}

# writing DEVICE: words a second of sample, the model's loading included
writing() {
	local begun ended words
	begun=$(date +%s%N)
	words=$("$BUILD/bin/sample" -q -d "$1" -n "$WRITE" -M 50 -t "$work/m.npz" | sed '1,/^$/d' | wc -w)
	ended=$(date +%s%N)
	echo "sample -n $WRITE -M 50, H=$H: $1 $((words * 1000000 / ((ended - begun) / 1000))) words/s"
}

# training DEVICE SOFTMAX: words a second of train, by its own clock
training() {
	"$BUILD/bin/train" --progress never --force -d "$1" --softmax "$2" -H "$WIDE" -B 128 -e "$EPOCHS" \
	    -E 0 -o "$work/trained.npz" "$work/stream" 2>&1 > "$work/log" |
	    sed -n "s|^train: finished .* \([0-9]*\)/s.*|train --softmax $2, H=$WIDE, -B 128: $1 \1 words/s|p"
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
if PRECISION=tf32 "$step" floor cuda 0 "$N" > "$work/tf32" 2> "$work/why"; then
	printf ', in TF32 %s' "$(cat "$work/tf32")"
	products[cudatf32]=$(most 1 "$work/tf32")
else
	printf '\nbench-cuda: TF32 left out: %s\n' "$(tail -n 1 "$work/why")" >&2
fi
declare -A gates=([rnn]=1 [gru]=3 [lstm]=4)
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
	if [ -n "${products[cudatf32]:-}" ]; then
		PRECISION=tf32 ours "H=$WIDE, -B $batch, TF32" cuda sgd "$WIDE" $batch
	fi
done
for CELL in lstm gru; do
	for batch in 32 128; do
		for device in cuda cpu; do
			ours "H=$WIDE, $CELL, -B $batch" $device sgd "$WIDE" $batch
		done
		theirs "H=$WIDE, $CELL, -B $batch" sgd "$WIDE" $batch
	done
done
CELL=rnn
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
for softmax in full sampled adaptive; do
	for device in cuda cpu; do
		training $device $softmax
	done
done
