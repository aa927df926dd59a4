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
#
# The dense gradients of the output layer and of layers above the first travel while the layers
# below them compute theirs: what is left of their time is what outlasts the backward pass.  When
# that completes each layer follows from the multiplications of the layers: the backward pass
# takes two thirds of a layer's, and the output layer's is over first.
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

# travels LAYERS HIDDEN GATES EMBEDDING ROWS DENSE: "kB@fraction ..." of the gradients that
# travel early: when each is complete, in a fraction of the time of a step before the end of the
# backward pass.  ROWS of V are multiplied; DENSE of them have a dense gradient
travels() {
	awk -v l="$1" -v h="$2" -v g="$3" -v e="$4" -v rows="$5" -v dense="$6" 'BEGIN {
		first = g * h * (h + e)
		upper = 2 * g * h * h
		all = first + (l - 1) * upper + rows * h
		printf "%d@%.4f", dense * h * 4 / 1000, 2 / 3 * (first + (l - 1) * upper) / all
		for (i = l - 1; i > 0; i--)
			printf ",%d@%.4f", upper * 4 / 1000, 2 / 3 * (first + (i - 1) * upper) / all
	}'
}

# figures NAME TRAVELS OPTION...: the three ways of a configuration
figures() {
	local name=$1 travels=$2 way first cpu_first words_first
	shift 2
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
	echo "$name $travels $first $bytes $(stat -c %s "$work/m.npz")" >> "$work/model"
}

echo 'configuration  ranks x threads  words/s  us of processor a word  % in messages  kB added up a step'
figures 'rnn 100' "$(travels 1 100 1 0 "$WORDS" "$WORDS")" -H 100
figures 'lstm 200 sampled' "$(travels 1 200 4 0 1025 0)" -c lstm -H 200 --softmax sampled
figures 'lstm 3 x 200' "$(travels 3 200 4 200 "$WORDS" "$WORDS")" -c lstm -L 3 -H 200 -m 200
echo
echo 'model: efficiency in percent, a batch of its own for each process; latency 20 us'
awk '
# time of a sum of d kB over r processes
function message(d, r) {
	return 2 * (r - 1) / r * d * 1e3 / (gbit * 1e9 / 8)
}

# time that messages of d kB add to a step
function added(d, r,    i, n, part, of, early, free) {
	n = split(travels, part, ",")
	free = -1e9	# when the network is free, in seconds after the end of the backward pass
	for (i = 1; i <= n; i++) {
		split(part[i], of, "@")
		of[1] = of[1] < d - early ? of[1] : d - early
		early += of[1]
		free = (free > -of[2] * step ? free : -of[2] * step) + message(of[1], r)
	}
	return 2 * (r - 1) * 20e-6 + (free > 0 ? free : 0) + message(d - early, r)
}

{
	travels = $(NF - 3); step = $(NF - 2); kb = $(NF - 1); all = $NF / 1e3
	name = $1; for (i = 2; i < NF - 3; i++) name = name " " $i
	for (gbit = 1; gbit <= 100; gbit *= 10) {
		printf "%-18s %3d Gbit/s:", name, gbit
		for (r = 8; r <= 512; r *= 8) {
			for (grown = 0; grown < 2; grown++) {
				d = kb * (grown ? r / 2 : 1)
				e[grown] = 100 * step / (step + added(d < all ? d : all, r))
			}
			printf "  %3d: %4.1f to %4.1f", r, e[1], e[0]
		}
		print ""
	}
}' "$work/model"
