#!/usr/bin/env bats
# Training by several processes that MPI starts: the same losses as one process, the same
# bytes every time, and one clear line where something is missing.

load helper

setup() {
	TOOL=train
	cd "$BATS_TEST_TMPDIR" || return
	small_data > text
	small_data | head -c 0 > empty
}

# need_mpi: skips where the plugin was not built or nothing starts processes
need_mpi() {
	[ -e "$BUILD/plugins/libunroll-mpi.so" ] || skip 'built without MPI'
	command -v mpirun > /dev/null || skip 'no mpirun here'
	[ -z "${SAN:-}" ] || skip 'not with a sanitizer: the MPI library is not built with it'
}

# ranks N ARGUMENT...: train by N processes, of one thread each
ranks() {
	local n=$1
	shift
	OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 \
	    mpirun --oversubscribe -n "$n" train -q -j 1 "$@"
}

# losses FILE: the losses of a log
losses() {
	sed 's/.*: //' "$1"
}

# near TOLERANCE A B: the losses of two logs differ by no more than that, line by line
near() {
	[ -s "$2" ]
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

@test "several processes compute what one does, in double over 200 steps" {
	need_mpi
	alike 1e-6 2 -D -N 200 -B 3 -e 1000 -l 1 -E 10 -H 7 -O adam -p 0.3 -m 5 -K 1 -c lstm -L 2
	[ "$(wc -l < one.log)" -gt 200 ]
	cp many.npz first.npz
	ranks 2 -o many.npz --force -D -N 200 -B 3 -e 1000 -l 1 -E 10 -H 7 -O adam -p 0.3 -m 5 -K 1 -c lstm -L 2 text > again.log
	cmp first.npz many.npz
	cmp <(losses many.log) <(losses again.log)
}
