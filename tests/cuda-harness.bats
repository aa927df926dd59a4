#!/usr/bin/env bats
# The scripts that test and measure on a GPU, here with an emulated one: they must not pass
# without having tested anything.

load helper

setup() {
	export UNROLL_PLUGINS=$BUILD/emulated
	[ -e "$BUILD/emulated/libunroll-cuda.so" ] || skip 'no C++ compiler'
	[ -z "${SAN:-}" ] || skip 'the scripts are the same under a sanitizer'
	cd "$BATS_TEST_TMPDIR" || return
	on_gpu=$TOP/tests/cuda/on-gpu.sh
}

# fails_untested COMMAND...: status 1, and the last line says why nothing was tested
fails_untested() {
	run -1 "$@"
	[[ "${lines[-1]}" == *': nothing was tested: '* ]]
}

@test "no driver, no GPU: one line, and a failure where a GPU is required" {
	for fail in driver device; do
		for script in "$on_gpu" "$TOP/tests/bench/cuda.sh"; do
			EMU_FAIL=$fail run -0 --separate-stderr "$script"
			[ -z "$output" ]
			[[ "$stderr" == *-cuda': SKIP: device cuda: no NVIDIA '*' is here'* ]] ||
			    [[ "$stderr" == *-cuda': SKIP: no NVIDIA '*' is here'* ]]
			EMU_FAIL=$fail REQUIRE_GPU=1 fails_untested "$script"
		done
	done
}

@test "whatever else keeps the device from starting is a failure" {
	for script in "$on_gpu" "$TOP/tests/bench/cuda.sh"; do
		BUILD=$PWD/none fails_untested "$script"		# no programs
		EMU_FAIL=version fails_untested "$script"		# a driver that is too old
		EMU_FAIL='malloc 1' fails_untested "$script"	# an error of the first call
	done
	mkdir -m 755 other
	install -m 755 /dev/null other/libunroll-cuda.so
	UNROLL_PLUGINS=$PWD/other fails_untested "$on_gpu"
}

@test "a check fails if it fails, and if its time is up; without one the script fails" {
	. "$TOP/tests/cuda/harness.bash"
	run -1 count_checks name
	[ "$output" = "name: 0 checks, 0 failed, $SECONDS s" ]
	RESULTS=$PWD/results
	{
		check 9 right true
		check 9 wrong sh -c 'echo because; exit 3'
		check 1 slow sleep 60
		skipped tool 'it is not here'
	} > out
	grep -q '^ok right ' out
	grep -q '^not ok wrong: status 3$' out
	grep -q '^# because$' out
	grep -q '^not ok slow: not finished after 1 s$' out
	run -1 count_checks name
	[[ "$output" == 'name: 3 checks, 2 failed, '* ]]
	[ "$(cut -f 1 results | tr '\n' ' ')" = '0 3 124 skip ' ]
}

@test "what the GPU's folder holds is enough, wherever it is copied to" {
	KIT_PLUGIN=$BUILD/emulated/libunroll-cuda.so "$TOP/tests/cuda/kit.sh" "$PWD/made" > size
	mv made kit
	unset UNROLL_PLUGINS BUILD
	EMU_FAIL=device fails_untested kit/tests/cuda/checks.sh
	SECONDS_ALL=0 run -1 kit/tests/cuda/checks.sh
	[ "${lines[-1]}" = 'checks: 0 made, 0 failed' ]
	# with a device that lacks the memory for the kernel, on which all is fast to fail
	EMU_SHARED=1000 EMU_MEMORY=100000 SECONDS_ALL=1 C=40 run -1 kit/tests/cuda/checks.sh
	echo "$output"
	[[ "$output" == *'| steps: the tutorial'*'| FAILED: '* ]]
	[[ "${lines[-1]}" == 'checks: '[1-9]*' made, '[1-9]*' failed' ]]
	rm kit/bin/train
	fails_untested env LD_LIBRARY_PATH= kit/tests/cuda/on-gpu.sh
}
