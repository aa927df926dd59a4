#!/usr/bin/env bash
# Training by two processes of one thread against one process of two threads, and a model
# of many processes on a network.
#
#	bench/mpi.sh [STEPS]	steps of a run (60)
#	WORDS=8000 SENTENCES=4000 BATCH=64	sizes
#
# A figure is words a second by the clock, and the processor time of a word: on a machine
# that others use, the second says more.  The model takes the time of a step of one process
# with one thread, and the bytes that are added up.  Each of R processes has a batch of its
# own, so that the batch of a step is R times as large.  A sum of D bytes over R processes
# takes, with latency L and bandwidth W, 2 (R - 1) L + 2 (R - 1) / R * D / W; of sparse
# gradients D grows with R until all rows are touched: the model takes D as it was measured
# with two, and as if each process touched other rows, up to the size of the model.
set -eu -o pipefail
here=$(cd "$(dirname "$0")/../.." && pwd)
: "${BUILD:=$here/build/release}" "${WORDS:=8000}" "${SENTENCES:=4000}" "${BATCH:=64}"
steps=${1:-60}	# at a rate at which the loss does not rise: a run that diverges is slower
PATH=$BUILD/bin:$PATH
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 TIMEFORMAT='%U %S'
command -v mpirun > /dev/null || { echo "bench-mpi: mpirun: not installed; 'make deps' installs it" >&2; exit 1; }
[ -e "$BUILD/plugins/libunroll-mpi.so" ] || { echo 'bench-mpi: built without MPI' >&2; exit 1; }

"$BUILD/tests/bench/step" gen "$SENTENCES" "$WORDS" 1 | "$here/tests/oracle/as-stream.sh" "$WORDS" > "$work/index"

# run N PROCESSES THREADS OPTION...: N steps; sets speed (words/s), cpu (seconds), share
# (percent of the time) and bytes (added up in a step)
run() {
	local n=$1 processes=$2 threads=$3 start=()
	shift 3
	[ "$processes" -eq 1 ] || start=(mpirun --oversubscribe --bind-to none -n "$processes")
	{ time "${start[@]}" train -j "$threads" -B "$BATCH" -N "$n" -E 0 -e 1000 -r 0.0001 -o "$work/m.npz" --force "$@" \
	    "$work/index" > "$work/log" 2> "$work/err"; } 2> "$work/time"
	speed=$(sed -n 's/.* words, \([0-9]*\)\/s$/\1/p' "$work/err")
	share=$(sed -n 's/.*took \([0-9.]*\) % of.*/\1/p' "$work/err")
	bytes=$(sed -n 's/.*added up \([0-9]*\) kB.*/\1/p' "$work/err")
	words=$(sed -n 's/.*, \([0-9]*\) words, .*/\1/p' "$work/err")
	cpu=$(awk '{ print $1 + $2 }' "$work/time")
}

# figures NAME OPTION...: the three ways of a configuration
figures() {
	local name=$1 way first cpu_first words_first
	shift
	for way in '1 1' '1 2' '2 1'; do
		# shellcheck disable=SC2086
		run $((steps / 4)) $way "$@"
		cpu_first=$cpu words_first=$words
		# shellcheck disable=SC2086
		run "$steps" $way "$@"
		printf '%-14s %-5s %9d %12.2f %10s %10s\n' "$name" "${way/ / x }" "$speed" \
		    "$(awk -v c="$cpu" -v d="$cpu_first" -v w="$words" -v v="$words_first" \
		    'BEGIN { print 1e6 * (c - d) / (w - v) }')" "${share:--}" "${bytes:--}"
		[ "$way" != '1 1' ] || first=$(awk -v w="$words" -v n="$steps" -v c="$cpu" -v d="$cpu_first" \
		    'BEGIN { print (c - d) / (n - int(n / 4)) }')
	done
	echo "$name $first $bytes $(stat -c %s "$work/m.npz")" >> "$work/model"
}

echo 'configuration  ranks x threads  words/s  us of processor a word  % in messages  kB added up a step'
figures 'rnn 100' -H 100
figures 'lstm 200 sampled' -c lstm -H 200 --softmax sampled
echo
echo 'model: efficiency in percent, a batch of its own for each process; latency 20 us'
awk '{
	step = $(NF - 2); kb = $(NF - 1); all = $NF
	name = $1; for (i = 2; i < NF - 2; i++) name = name " " $i
	for (gbit = 25; gbit <= 200; gbit *= 8) {
		printf "%-18s %3d Gbit/s:", name, gbit
		for (r = 8; r <= 512; r *= 8) {
			for (grown = 0; grown < 2; grown++) {
				d = kb * 1e3 * (grown ? r / 2 : 1)
				d = d < all ? d : all
				t = 2 * (r - 1) * 20e-6 + 2 * (r - 1) / r * d / (gbit * 1e9 / 8)
				e[grown] = 100 * step / (step + t)
			}
			printf "  %3d: %4.1f to %4.1f", r, e[1], e[0]
		}
		print ""
	}
}' "$work/model"
