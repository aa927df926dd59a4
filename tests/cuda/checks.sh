#!/usr/bin/env bash
# checks.sh: what is worth most on a GPU that is there for minutes, most important
# first: is the kernel of many sentences right, how fast is it, the other kernels, the
# programs, then races.  For the folder of kit.sh, or, with BUILD, for a build.
#
#	SECONDS_ALL=480		no check is begun after so many seconds
#	SECONDS_EACH=2		seconds a figure
#	OUT=FOLDER		keeps results.tsv and what was printed
#
# Status 1 if a check failed, or if none was made; an absent GPU is a failure.
set -u -o pipefail
here=$(cd "$(dirname "$0")/../.." && pwd)
: "${BUILD:=$here}" "${OUT:=$(mktemp -d)}" "${SECONDS_ALL:=480}" "${SECONDS_EACH:=2}"
export BUILD OUT SECONDS_EACH REQUIRE_GPU=1 RESULTS=$OUT/results.tsv
export UNROLL_PLUGINS=${UNROLL_PLUGINS:-$BUILD/plugins}
export LD_LIBRARY_PATH=$BUILD/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
# shellcheck source=tests/cuda/harness.bash
. "$here/tests/cuda/harness.bash"
mkdir -p "$OUT"
: > "$RESULTS"
step=$BUILD/tests/bench/step

# in_time NAME
in_time() {
	[ "$SECONDS" -ge "$SECONDS_ALL" ] || return 0
	skipped "$1" 'no time was left'
	return 1
}

# part NAME: of on-gpu.sh, whose checks end with the time that is left
part() {
	timeout -k 5 $((SECONDS_ALL - SECONDS)) "$here/tests/cuda/on-gpu.sh" "$1"
	[ $? -ne 124 ] || skipped "the rest of $1" 'no time was left'
}

# timed MODE HIDDEN BATCH
timed() {
	"$BUILD/tests/bench/step" "$1" cuda 0 "$2" "${C:-8000}" 4 "$3" "$SECONDS_EACH" < "$OUT/lines"
}
export -f timed

speed() {
	figures 30 'H=100, an update a sentence, queued (the tutorial)' timed queue 100 128
	figures 30 'H=100, an update a sentence, one call each' timed sgd 100 1
	figures 30 'products of 4096 x 4096, and copies' "$step" floor cuda 0 "${N:-4096}"
	for batch in 1 32 128; do
		figures 30 "H=512, -B $batch" timed sgd 512 $batch
	done
	for cell in lstm gru; do
		for batch in 32 128; do
			CELL=$cell figures 30 "H=512, $cell, -B $batch" timed sgd 512 $batch
		done
	done
	PRECISION=tf32 figures 30 'products of 4096 x 4096 in TF32, and copies' "$step" floor cuda 0 "${N:-4096}"
	PRECISION=tf32 figures 30 'H=512, -B 128, TF32' timed sgd 512 128
	figures 30 'H=100, evaluation only' timed eval 100 4096
}

counters() {
	if ! command -v ncu > /dev/null; then
		skipped 'ncu' 'it is not here'
		return
	fi
	figures 90 'ncu of the kernel of many sentences' ncu --clock-control none \
	    -k regex:train_sentences -s 1 -c 1 --section SpeedOfLight --section WarpStateStats \
	    --section MemoryWorkloadAnalysis "$step" queue cuda 0 100 8000 4 128 0.01 < "$OUT/lines"
}

# table: what was recorded
table() {
	printf '\n| check | result | seconds | last line |\n| --- | --- | --- | --- |\n'
	awk -F '\t' '{
		r = $1 == "skip" ? "skipped" : $1 == 0 ? "ok" : $1 == 124 ? "FAILED: time" : "FAILED: " $1
		printf "| %s | %s | %s | %s |\n", $3, r, $2, $4
		n += $1 != "skip"
		bad += $1 != "skip" && $1 != 0
	} END {
		printf "\nchecks: %d made, %d failed\n", n, bad
		exit bad || !n
	}' "$RESULTS"
}

command -v nvidia-smi > /dev/null && nvidia-smi --query-gpu=name,driver_version,clocks.max.sm,clocks.sm,power.limit,mig.mode.current \
    --format=csv,noheader 2>&1 | tail -n 1
if ldd "$BUILD/bin/train" "$step" "$UNROLL_PLUGINS/libunroll-cuda.so" | grep 'not found'; then
	echo 'checks: nothing was tested: a library is missing'
	exit 1
fi
gpu_or_exit checks "$step" floor cuda 0 64
"$step" gen 200 "${C:-8000}" 1 > "$OUT/lines"
[ "$SECONDS_ALL" -eq 0 ] || check 60 'steps: the tutorial'\''s net, many sentences in one kernel' \
    "$BUILD/tests/unit/steps" cuda 1 target
in_time speed && speed
for p in kernels programs sanitizers; do
	in_time "$p" && part "$p"
done
in_time counters && counters
in_time nets && part nets
table
