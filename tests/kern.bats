#!/usr/bin/env bats
# Every backend against the definition: tests/unit/kern.c runs each entry of
# kern.h on awkward shapes, in float and double, on one thread and on more.

load helper

# agree BACKEND [SEED]: a device that is not here is skipped, not passed
agree() {
	run "$BUILD/tests/unit/kern" "$@"
	if [ "$status" -eq 77 ]; then
		skip "$output"
	fi
	echo "$output"
	[ "$status" -eq 0 ]
	[[ "$output" == *" 0 failures" ]]
}

@test "ref agrees with itself on more threads" {
	agree ref
}

@test "cpu agrees with ref" {
	agree cpu
}

@test "blas agrees with ref" {
	agree blas
}

@test "auto agrees with ref, with other numbers" {
	agree auto 20151
}

@test "a backend that is not there is told by its status" {
	run -77 "$BUILD/tests/unit/kern" abacus
	[[ "$output" == *'no such device'* ]]
}
