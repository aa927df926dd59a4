#!/usr/bin/env bats
# A limit on the number of threads: programs run on those that there are, and say so.
# shellcheck disable=SC2154

load helper

export TOOL=train

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	small_data > tiny.stream
	case ${SAN:-} in *address* | *thread*) skip 'a preloaded library and sanitizers do not mix' ;; esac
	# the library that lets only the first $THREADS threads be started
	cat > few.c <<-'END'
		#define _GNU_SOURCE
		#include <dlfcn.h>
		#include <errno.h>
		#include <pthread.h>
		#include <stdlib.h>

		typedef int create(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);

		int
		pthread_create(pthread_t *t, const pthread_attr_t *a, void *(*f)(void *), void *arg)
		{
			static int started;

			if (started++ >= atoi(getenv("THREADS")))
				return EAGAIN;
			return ((create *)dlsym(RTLD_NEXT, "pthread_create"))(t, a, f, arg);
		}
	END
	"${CC:-cc}" -shared -fPIC -o few.so few.c -ldl
}

# few N COMMAND...: runs a command that can start N threads
few() {
	local n=$1
	shift
	THREADS=$n LD_PRELOAD=$PWD/few.so "$@"
}

@test "train runs on the threads that there are, to the same model, and says so" {
	train -q -j 4 -H 20 -B 5 -e 3 -E 1 -o want.npz tiny.stream > log
	for n in 0 1 2; do
		rm -f got.npz
		run -0 --separate-stderr few $n train -j 4 -d cpu -H 20 -B 5 -e 3 -E 1 -o got.npz tiny.stream
		[[ "${stderr_lines[0]}" == "train: running on $((n + 1)) thread"*", not 4: the system allows no more; raise its limit (ulimit -u) or give -j $((n + 1))" ]]
		cmp want.npz got.npz
	done
	run -0 --separate-stderr few 3 train -j 4 -d cpu -H 20 -B 5 -e 3 -E 1 -o got.npz tiny.stream
	[[ "$stderr" != *'running on'* ]]
	run -0 --separate-stderr few 0 train -q -j 4 -d cpu -H 20 -e 1 -o got.npz tiny.stream
	[ -z "$stderr" ]
}

@test "so do the programs that use a model, and every device" {
	train -q -H 20 -e 1 -o m.npz tiny.stream > log
	for device in cpu blas; do
		score -d $device m.npz tiny.stream > want
		run -0 --separate-stderr few 0 score -j 3 -d $device m.npz tiny.stream
		diff want - <<< "$output"
		[[ "$stderr" == *'score: running on 1 thread, not 3: '* ]]
		few 0 sample -q -j 3 -d $device m.npz > /dev/null
	done
	run -0 --separate-stderr few 0 score -j 3 -d ref m.npz tiny.stream
	[ -z "$stderr" ]
}
