#!/usr/bin/env bash
# Times the arithmetic on an NVIDIA GPU beside the CPU's, in one run: the
# tutorial's step (C=8000, H=100, bptt 4, a sentence of 22 words an update),
# batches (C=8000, H=512), and looking only.  The floor is the operations over
# what the same device does of large products in the same run.
#
#	bench/cuda.sh [SECONDS]		seconds a figure (2)
set -eu -o pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
: "${BUILD:=$here/build/release}"
seconds=${1:-2}
step=$BUILD/bench/step
export UNROLL_PLUGINS=${UNROLL_PLUGINS:-$BUILD/plugins}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if ! "$step" floor cuda 0 > "$work/cuda" 2> "$work/why"; then
	sed 's/^step: /bench-cuda: SKIP: /' "$work/why" >&2
	exit 0
fi
"$step" floor cpu 0 > "$work/cpu"
"$step" gen 200 8000 1 > "$work/lines"
printf 'products: cuda %s, cpu %s\n\n' "$(cat "$work/cuda")" "$(cat "$work/cpu")"
printf '| work | device | us a sentence | words/s | GFLOP/s | of the floor |\n'
printf '| --- | --- | --- | --- | --- | --- |\n'

# row NAME MODE H BATCH: a line for each device
row() {
	local device
	for device in cuda cpu; do
		"$step" "$2" $device 0 "$3" 8000 4 "$4" "$seconds" < "$work/lines" |
		    awk -v name="$1" -v device=$device -v most="$(cut -d ' ' -f 1 "$work/$device")" \
		        '{ printf "| %s | %s | %.1f | %s | %s | %.2f |\n", name, device, $1 * 1000, $3, $5, $5 / most }'
	done
}

row 'H=100, queued, an update a sentence' queue 100 128
row 'H=100, one call a sentence' sgd 100 1
row 'H=512, -B 32' sgd 512 32
row 'H=512, -B 128' sgd 512 128
row 'H=100, only looking' eval 100 4096
