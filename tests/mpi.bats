#!/usr/bin/env bats
# Training by several processes that MPI starts: the same losses as one process, the same
# bytes every time, and one clear line where something is missing.

load helper

# find_mpirun: where several MPIs are installed, mpirun becomes that of the plugin
find_mpirun() {
	local of=openmpi
	! ldd "$BUILD/plugins/libunroll-mpi.so" 2> /dev/null | grep -q libmpich || of=mpich
	command -v "mpirun.$of" > /dev/null || return 0
	mkdir bin
	printf '#!/bin/sh\nexec mpirun.%s "$@"\n' $of > bin/mpirun	# that of MPICH finds its parts by its path
	chmod +x bin/mpirun
	PATH=$PWD/bin:$PATH
}

setup() {
	export TOOL=train
	# processes that wait leave the processor to others
	export OMPI_MCA_mpi_yield_when_idle=1 OMPI_MCA_hwloc_base_binding_policy=none OMPI_MCA_rmaps_base_oversubscribe=1
	export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
	cd "$BATS_TEST_TMPDIR" || return
	find_mpirun
	small_data > text
	tr -cs 'a-z' '_' < "$TOP/data/names.txt" | head -c 240 | fold -w 1 | { cat; echo; } | vocab -S -n 0 2> vocab.err | encode > chars
}

# need_mpi: skips where the plugin was not built or nothing starts processes
need_mpi() {
	[ -e "$BUILD/plugins/libunroll-mpi.so" ] || skip 'built without MPI'
	command -v mpirun > /dev/null || skip 'no mpirun here'
	[ -z "${SAN:-}" ] || skip 'not with a sanitizer: the MPI library is not built with it'
}

# is_mpich: the mpirun of MPICH 4.0 aborts at the end of a long standard input
is_mpich() {
	mpirun --version | grep -q HYDRA
}

# ranks N ARGUMENT...: train by N processes, of one thread each
ranks() {
	local n=$1
	shift
	mpirun -n "$n" train -q -j 1 "$@"
}

# losses FILE: the losses of a log
losses() {
	sed 's/.*: //' "$1"
}

# near TOLERANCE A B: the losses of two logs differ by no more than that, line by line
near() {
	[ -s "$3" ]
	paste <(losses "$2") <(losses "$3") |
	    awk -F '\t' -v by="$1" 'NF != 2 || ($1 != $2 && ($1 + 0 == 0 || $1 - $2 > by || $2 - $1 > by)) {
		print; bad = 1 } END { exit bad }'
}

# alike TOLERANCE RANKS ARGUMENT...: so many processes have the losses that one has
alike() {
	local by=$1 n=$2
	shift 2
	train -q -j 1 -o one.npz --force "$@" text > one.log
	ranks "$n" -o many.npz --force "$@" text > many.log
	near "$by" one.log many.log
}

@test "started by MPI without the plugin: one line, not several trainings over one model" {
	export UNROLL_PLUGINS=$PWD OMPI_COMM_WORLD_SIZE=2 OMPI_COMM_WORLD_RANK=0
	refused 1 "MPI started it as one of 2 processes, and this build has no such plugin in $PWD" -o m.npz text
	[ ! -e m.npz ]
	OMPI_COMM_WORLD_RANK=1
	run -1 --separate-stderr train -o m.npz text
	[ -z "$output$stderr" ]
}

@test "one process of MPI, or none, trains as ever without the plugin" {
	train -q -e 1 -o one.npz text > log
	UNROLL_PLUGINS=$PWD OMPI_COMM_WORLD_SIZE=1 OMPI_COMM_WORLD_RANK=0 train -q -e 1 -o same.npz text > log
	cmp one.npz same.npz
}

@test "started by another MPI than the plugin's: one line" {
	need_mpi
	PMI_SIZE=2 PMI_RANK=0 refused 1 'is not the MPI of its plugin' -o m.npz text
}

@test "several processes compute what one does, in double over 200 steps, the same every time" {
	need_mpi
	local same=(-D -N 200 -B 3 -e 1000 -l 1 -E 10 -H 7 -O adam -p 0.3 -m 5 -K 1 -c lstm -L 2)
	alike 1e-6 2 "${same[@]}"
	[ "$(wc -l < one.log)" -gt 200 ]
	ranks 2 -o again.npz "${same[@]}" text > again.log
	cmp many.npz again.npz
	cmp <(losses many.log) <(losses again.log)
}

@test "in float, of sampled outputs, trees and tied ones, more processes than some batches have sentences" {
	need_mpi
	alike 2e-4 2 -N 60 -B 5 -e 100 -l 1 -m 6 -H 8 --softmax sampled --samples 5 -O rmsprop -c gru -p 0.2 -v 0.2 -P 2
	alike 2e-4 3 -N 60 -B 3 -e 100 -l 1 -m 6 -H 8 --softmax tree -k 0.5
	alike 2e-4 2 -d ref -N 30 -B 4 -e 100 -l 1 -m 6 -t -H 8 -O momentum -K 0.5
}

@test "shuffled lines, and masks of words and of whole sequences, are those of one process" {
	need_mpi
	local same=(-D -N 30 -B 5 -e 100 -l 1 -m 6 -H 8 -O adam -p 0.3 --embed-dropout 0.2 --shuffle)
	alike 1e-6 3 "${same[@]}" --dropout-masks sequence
	alike 1e-6 2 "${same[@]}" --warmup 9 --average -N 40 -E 1 -v 0.2
	cp chars text
	alike 1e-6 2 "${same[@]}" -T 4 -c gru --dropout-masks sequence
}

@test "a stream from a pipe; resumed by another number of processes in the middle of an epoch" {
	need_mpi
	# one run of 24 chunks an epoch, and the same in three pieces
	local stream=(-D -B 5 -T 2 -e 2 -c lstm -H 6 -p 0.2 -l 1 -E 1 -O adam)
	train -q -j 1 -o one.npz "${stream[@]}" chars > one.log
	ranks 2 -o piped.npz "${stream[@]}" < chars > piped.log
	near 1e-6 one.log piped.log
	ranks 2 -o many.npz "${stream[@]}" -N 11 chars > 1.log
	train -q -j 1 -R many.npz -N 19 chars > 2.log
	ranks 3 -R many.npz chars > 3.log
	cat 1.log 2.log 3.log | grep Smoothed > pieces
	near 1e-6 <(grep Smoothed one.log) pieces
	tail -n 1 3.log > last
	near 1e-6 <(tail -n 1 one.log) last
}

# peaks OPTION...: the memory of two processes that train on a stream for one step, in kB;
# sets `peak`
peaks() {
	rm -f peak.?
	mpirun -n 2 sh -c 'exec "$BUILD/tests/bench/timed" peak.${OMPI_COMM_WORLD_RANK:-$PMI_RANK} "$@"' sh \
	    train -q -j 1 -o m.npz --force -T 100 -B 8 -H 1 -N 1 "$@" > log
	mapfile -t peak < <(tail -q -n 1 peak.0 peak.1 | cut -d ' ' -f 2)
	echo "peak: ${peak[*]} kB"
}

@test "the memory of each process is what unroll-cluster(7) states, from a file and from a pipe" {
	need_mpi
	local long=4000000 short
	yes "$(printf 'a b c d e f g %.0s' {1..250})h" | head -n $((long / 1751)) | vocab -S -n 0 2> err | encode > long
	peaks -E 0 chars
	short=("${peak[@]}")
	# process 0 has the text, in a block that may be half as large again; the other its half
	for way in '-E 0' '-E 1 -v 0.25' '-E 0 -'; do
		[ "$way" != '-E 0 -' ] || ! is_mpich || continue
		# shellcheck disable=SC2086
		if [ "$way" = '-E 0 -' ]; then peaks $way < long; else peaks $way long; fi
		[ $((peak[0] - short[0])) -lt $((long * 4 / 1000 * 3 / 2 + 2000)) ]
		[ $((peak[1] - short[1])) -lt $((long * 4 / 1000 / 2 + 2000)) ]
	done
}

@test "the examples of unroll-cluster(7) run, one after another" {
	need_mpi
	cp "$TOP/data/comments.csv" .
	n=0
	while IFS= read -r line; do
		echo "$line"
		! is_mpich || line=${line/< words.index/words.index}
		touch before
		run -0 bash -o pipefail -c "$line" < /dev/null
		[ -n "$output" ] || [ -n "$(find . -newer before -name '*.index')" ]
		n=$((n + 1))
	done < <(sed -n '/^\.Sh DESCRIPTION/,$s/^\.Dl \(\(tok\|mpirun\|train\) .*\)/\1/p' "$TOP/man/unroll-cluster.7")
	[ "$n" -ge 6 ]
}

@test "large gradients, which travel during the backward pass: of layers, outputs, and tied ones" {
	need_mpi
	# 4 * 130 * 130 numbers and more; 2 layers, so that one is complete before the other
	local same=(-D -N 5 -e 100 -l 1 -B 3 -H 130 -m 3 -c lstm -L 2)
	alike 1e-6 2 "${same[@]}"
	ranks 2 -o again.npz "${same[@]}" text > log
	cmp many.npz again.npz
	alike 1e-6 3 -D -N 5 -e 100 -l 1 -B 3 -H 4 -m 2500 -t
	alike 1e-6 2 -D -N 5 -e 100 -l 1 -B 3 -H 40 --project 2500
}

@test "--local-steps 1: the mean of the weights after each step, for sgd and momentum" {
	need_mpi
	alike 1e-6 3 -D -N 30 -B 5 -e 100 -l 1 -m 6 -H 8 -O momentum -p 0.3 --local-steps 1
	alike 1e-6 2 -D -N 30 -B 5 -e 100 -l 1 -H 8 -c lstm --softmax sampled --samples 5 --local-steps 1
}

@test "--local-steps 4: the same every time, saved between averages alone, and resumed exactly" {
	need_mpi
	# five steps an epoch: averages after steps 4, 5, 8, 10, 12, 15, 16, ...
	local same=(-N 24 -B 3 -e 100 -l 1 -E 3 -H 7 -O adam -p 0.3 --save-every 1 --local-steps)
	ranks 2 -o whole.npz "${same[@]}" 4 text > log
	ranks 2 -o again.npz "${same[@]}" 4 text > log
	cmp whole.npz again.npz
	ranks 2 -o every.npz "${same[@]}" 1 text > log
	run -1 cmp -s whole.npz every.npz
	ranks 2 -o part.npz "${same[@]}" 4 -N 12 text > log
	ranks 2 -R part.npz -N 24 text > log
	cmp whole.npz part.npz
	# one process has nothing to average
	train -q -j 1 -o one.npz "${same[@]}" 0 text > one.log
	train -q -j 1 -o many.npz "${same[@]}" 4 text > many.log
	near 0 one.log many.log
}

@test "--local-steps: what it cannot be used with" {
	refused 1 'must be a multiple of the 4 steps' -o m.npz -N 10 --local-steps 4 text
	refused 1 '--local-steps needs -O sgd or adagrad' -o m.npz --softmax tree -O adam --local-steps 4 text
	refused 2 '--local-steps cannot be used with --average' --average --local-steps 4 text
	[ ! -e m.npz ]
}

@test "bfloat16 is rounded to nearest, ties to even" {
	run -0 "$BUILD/tests/unit/bf16"
	[ "$output" = '0 failures' ]
}

@test "--reduce bf16: near the losses of one process, the same every time, and resumed exactly" {
	need_mpi
	# bfloat16 has 8 significant bits
	alike 0.03 2 -N 24 -B 5 -e 100 -l 1 -H 130 -m 3 -c lstm -L 2 -O adam --reduce bf16
	run -1 near 0 one.log many.log
	alike 0.03 3 -N 24 -B 5 -e 100 -l 1 -m 6 -H 8 -r 0.05 -c gru --softmax sampled --samples 5 --reduce bf16
	run -1 near 0 one.log many.log
	ranks 3 -o again.npz -N 24 -B 5 -e 100 -l 1 -m 6 -H 8 -r 0.05 -c gru --softmax sampled --samples 5 --reduce bf16 text > again.log
	cmp many.npz again.npz
	ranks 3 -o part.npz -N 11 -B 5 -e 100 -l 1 -m 6 -H 8 -r 0.05 -c gru --softmax sampled --samples 5 --reduce bf16 text > log
	ranks 3 -R part.npz -N 24 text > log
	cmp many.npz part.npz
}

@test "--reduce bf16 halves what is sent, and what it cannot be used with" {
	need_mpi
	local way
	for way in full bf16; do
		mpirun -n 2 train -j 1 -N 2 -B 4 -H 200 -E 0 --reduce $way -o $way.npz text > log 2> $way.err
	done
	kb() { sed -n 's/.*added up \([0-9]*\) kB.*/\1/p' "$1.err"; }
	[ "$(kb full)" -gt 180 ]
	[ $(($(kb bf16) * 2 - $(kb full))) -le 1 ]
	refused 1 'this model is in double precision' -o m.npz -D --reduce bf16 text
	refused 2 '--reduce cannot be used with --local-steps' --reduce bf16 --local-steps 4 text
	refused 2 'cannot change in a resumed run' -R full.npz --reduce bf16 text
}

@test "of several GPUs each process takes one, modulo how many there are" {
	need_mpi
	[ -e "$BUILD/emulated/libunroll-cuda.so" ] || skip 'no C++ compiler'
	mkdir plugins
	chmod go-w plugins
	cp "$BUILD/emulated/libunroll-cuda.so" "$BUILD/plugins/libunroll-mpi.so" plugins
	export UNROLL_PLUGINS=$PWD/plugins EMU_DEVICES=2
	local same=(-d cuda -H 5 -B 4 -N 6 -e 100 -l 1 -E 0 -c gru -m 3)
	alike 2e-4 2 "${same[@]}"
	# the second GPU fails whoever takes it: process 1 of two, and nobody where there is only one
	export EMU_FAIL=second
	run -1 --separate-stderr ranks 2 -o two.npz "${same[@]}" text
	[[ "$stderr" == *'device cuda: '* ]]
	[ ! -e two.npz ]
	EMU_DEVICES=1 alike 2e-4 3 "${same[@]}"
}

@test "worker 0 alone writes, and says how much went into messages" {
	need_mpi
	run -0 --separate-stderr mpirun -n 2 train -j 1 -B 4 -e 1 -E 1 -o m.npz text
	[ "$(grep -c 'Loss after' <<< "$output")" -eq 2 ]
	[ "$(grep -c 'm.npz: loss' <<< "$stderr")" -eq 1 ]
	[[ "$stderr" == *"train: 2 processes; messages between them, and waiting for each other, took "*" % of the time; they added up "*" kB in each step"* ]]
	[ "$(echo m.npz unroll-*)" = 'm.npz unroll-*' ]
	# nothing to do is nothing for all
	run -0 --separate-stderr mpirun -n 2 train -R m.npz text
	[[ "$stderr" == *'nothing to do: the run has finished after 1 epochs'* ]]
}

@test "what worker 0 refuses, it alone reports, and all end" {
	need_mpi
	run -1 --separate-stderr ranks 2 -B 1 -o m.npz text
	[ "$(grep -c '^train: ' <<< "$stderr")" -eq 1 ]
	[[ "$stderr" == *'a batch of 1 cannot be divided among 2 processes; give a larger -B, or start fewer'* ]]
	run -1 --separate-stderr ranks 2 -B 4 -o /no/such/folder/m.npz text
	[ "$(grep -c '^train: ' <<< "$stderr")" -eq 1 ]
}

# interrupted SIGNAL WHICH: two processes train for long; the signal goes to this one (0, 1)
# when the model has been saved.  Sets `ended`, the status of mpirun
interrupted() {
	local pids job
	rm -f m.npz
	ranks 2 -B 4 -T 3 -c lstm -H 8 -e 1000000 -E 0 --save-every 3 -o m.npz chars > log 2> err &
	job=$!
	for _ in {1..1000}; do
		[ ! -e m.npz ] || break
		sleep 0.01
	done
	sleep "0.0$((RANDOM % 10))"
	pids=("$job")	# down to ours: there are a shell, mpirun, and MPICH's proxy between
	until pgrep -x train -P "$(IFS=,; echo "${pids[*]}")" > /dev/null; do
		mapfile -t pids < <(pgrep -P "$(IFS=,; echo "${pids[*]}")")
		[ "${#pids[@]}" -gt 0 ] || return
	done
	mapfile -t pids < <(pgrep -x train -P "$(IFS=,; echo "${pids[*]}")")
	kill "-$1" "${pids[$2]}"
	ended=0
	wait "$job" || ended=$?
}

@test "a killed process ends all; the last model is whole, and resuming it is exact" {
	need_mpi
	local long=(-B 4 -T 3 -c lstm -H 8 -e 1000000)
	for which in 0 1; do
		interrupted KILL $which
		[ "$ended" -ne 0 ]
		steps=$(grep -a -o '^steps=[0-9]*' m.npz)
		to=$((${steps#steps=} + 7))
		train -q -j 1 -R m.npz -N $to -E 100000 chars | tail -n 1 > resumed.log
		train -q -j 1 -o whole.npz --force "${long[@]}" -N $to -E 100000 chars | tail -n 1 > whole.log
		near 2e-4 whole.log resumed.log
	done
}

@test "a signal to one process stops all after the step, with the model saved" {
	need_mpi
	interrupted TERM 1
	[ "$ended" -ne 0 ]
	grep -q '^train: interrupted in epoch .* resume with: train -R m.npz' err
	[ ! -e unroll-m.npz.lock ]
}
