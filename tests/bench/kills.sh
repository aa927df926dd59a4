#!/usr/bin/env bash
# Kills one of two processes of a training at a random moment, again and again: after each
# time the last model must be whole, and the resumed run must end with the model of a run that
# nobody has disturbed, byte for byte.
#
#	bench/kills.sh [TIMES]		how many times (50)
#	RANKS=2 STEPS=60 SEED=1		processes; length of the run; of the moments
#
# The moment is a random fraction of the time that the undisturbed run takes, from the start of
# the processes to their end; a run that is killed before its first save starts anew.
set -eu -o pipefail
here=$(cd "$(dirname "$0")/../.." && pwd)
: "${BUILD:=$here/build/release}" "${RANKS:=2}" "${STEPS:=60}" "${SEED:=1}"
times=${1:-50}
PATH=$BUILD/bin:$PATH
RANDOM=$SEED
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_mpi_yield_when_idle=1
export OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_hwloc_base_binding_policy=none
command -v mpirun > /dev/null || { echo "kills: mpirun: not installed; 'make deps' installs it" >&2; exit 1; }
tok "$here/data/comments.csv" | vocab -q -n 300 | encode > index
settings=(-c lstm -H 8 -m 6 -O adam -p 0.2 -B 4 --softmax sampled --samples 20 -e 1000 -E 0 --save-every 3)

# train_all MODEL ARGUMENT...: in the background; sets `job`
train_all() {
	mpirun -n "$RANKS" train -q -j 1 -N "$STEPS" -o "$@" > log 2> err &
	job=$!
}

# pick: sets `victim`, the pid of a random process of the job; false: there is none
pick() {
	local all
	# MPICH has a process between mpirun and ours
	mapfile -t all < <(pgrep -x -P "$(pgrep -d , -P "$job" || true),$job" train)
	[ "${#all[@]}" -gt 0 ] || return
	victim=${all[RANDOM % ${#all[@]}]}
}

start=${EPOCHREALTIME/./}
train_all whole.npz "${settings[@]}" index
wait "$job"
us=$((${EPOCHREALTIME/./} - start))
echo "undisturbed: $STEPS steps by $RANKS processes in $((us / 1000)) ms"

killed=0 unsaved=0 late=0
for ((k = 1; killed < times; k++)); do
	rm -f m.npz
	train_all m.npz "${settings[@]}" index
	sleep "$(awk -v us="$us" -v x="$RANDOM" 'BEGIN { printf "%.6f", us * x / 32768 / 1e6 }')"
	if ! pick || ! kill -KILL "$victim" 2> /dev/null; then
		wait "$job" || { cat err >&2; exit 1; }
		late=$((late + 1))
		continue
	fi
	ended=0
	wait "$job" || ended=$?
	[ "$ended" -ne 0 ] || { echo "kill $k: the job ended with status 0" >&2; exit 1; }
	killed=$((killed + 1))
	left=$(find . -type f ! -name '*.lock' | grep -vE '^\./(index|log|err|m.npz|whole.npz)$' || true)
	[ -z "$left" ] || { echo "kill $k: $left stays behind" >&2; exit 1; }
	if [ -e m.npz ]; then
		info m.npz > /dev/null
		score -q m.npz index > /dev/null
		train_all m.npz -R m.npz --save-every 3 index
	else
		unsaved=$((unsaved + 1))
		train_all m.npz "${settings[@]}" index
	fi
	wait "$job" || { cat err >&2; exit 1; }
	cmp m.npz whole.npz
	[ $((killed % 10)) -ne 0 ] || echo "$killed kills"
done
echo "$killed kills, $unsaved of them before the first save, $late runs that ended before: each model was whole, and" \
    "each run ended with the same bytes"
