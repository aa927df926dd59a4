#!/usr/bin/env bats
# The architecture, as greps: bin -> lib -> kern.h <- kernels.

load helper

setup() {
	cd "$TOP" || return
}

# none PATTERN FILE...: no line of these files matches
none() {
	local pattern=$1
	shift
	run grep -nE "$pattern" "$@"
	echo "$output"
	[ "$status" -eq 1 ]
}

@test "only kernels/ knows about BLAS and CUDA" {
	none '#include <(cblas|cublas|cuda)' bin/*.c lib/*.[ch] kernels/*.[ch] kernels/ref/*.[ch]
}

@test "only lib/ knows about zip, deflate and Unicode tables" {
	none '#include <(zip|zlib|utf8proc)\.h>' bin/*.c kernels/*.[ch] kernels/*/*.[ch]
}

@test "programs see our headers and those of C and POSIX, nothing else" {
	local known='assert ctype errno fcntl float getopt inttypes limits locale math poll signal
	    stdalign stdarg stdbool stddef stdint stdio stdlib string strings sys/resource
	    sys/stat sys/time sys/types sys/wait time unistd'
	# shellcheck disable=SC2086
	run bash -c "grep -hE '^#include <' bin/*.c | grep -vE '<($(echo $known | tr ' ' '|'))\.h>'"
	echo "$output"
	[ "$status" -eq 1 ]
	for h in $(sed -n 's/^#include "\(.*\)"/\1/p' bin/*.c | sort -u); do
		[ -f "lib/$h" ] || [ "$h" = kern.h ]
	done
}

@test "the library sees no more of the arithmetic than kern.h" {
	for h in $(sed -n 's/^#include "\(.*\)"/\1/p' lib/*.[ch] | sort -u); do
		[ -f "lib/$h" ] || [ "$h" = kern.h ]
	done
}

@test "kernels see nothing of lib/ and bin/" {
	for h in $(sed -n 's/^#include "\(.*\)"/\1/p' kernels/*.[ch] kernels/*/*.[ch] kernels/cuda/*.cu | sort -u); do
		[ -n "$(find kernels -name "$h")" ]
	done
}

@test "no include climbs out of its directory" {
	none '#include "\.' bin/*.c lib/*.[ch] kernels/*.[ch] kernels/*/*.[ch] kernels/cuda/*.cu tests/*/*.c
}

@test "the library never exits, except in prog.c, opt.c and device.c" {
	local files
	mapfile -t files < <(printf '%s\n' lib/*.c | grep -vE '/(prog|opt|device)\.c$')
	none '\b(exit|_exit|abort|die|die_errno|die_usage)\(' "${files[@]}" kernels/*.c kernels/*/*.c
}

@test "the library never speaks, except in prog.c, opt.c, device.c and progress.c" {
	local files
	mapfile -t files < <(printf '%s\n' lib/*.[ch] | grep -vE '/(prog|opt|device|progress)\.[ch]$')
	none '\b(printf|puts|putchar|perror|vprintf)\(|\b(stdout|stderr)\b' "${files[@]}"
	none 'prog_(warn|note)' "${files[@]}"
}

@test "kernels do no input or output" {
	none '#include <(stdio|fcntl)\.h>' kernels/*.[ch] kernels/*/*.[ch] kernels/cuda/*.cu
}

@test "no call that cannot say that it failed, or that writes without a bound" {
	none '\b(atoi|atol|atof|sscanf|fscanf|gets|strcat|sprintf)\(' \
	    bin/*.c lib/*.c kernels/*.c kernels/*/*.c kernels/cuda/*.cu
}

@test "feature macros stand on the command line; a kernel that needs more says for what" {
	none '#(define|undef) *_(GNU|XOPEN|POSIX|DEFAULT|BSD|FILE)' bin/*.c lib/*.[ch]
	run -0 bash -c "grep -hE '#(define|undef) *_(GNU|XOPEN|POSIX|DEFAULT|BSD|FILE)' \
	    kernels/*.[ch] kernels/*/*.[ch] kernels/cuda/*.cu | grep -vE '/[*] [a-z_]+ [*]/$' | cat"
	[ -z "$output" ]
}

@test "floating point keeps its meaning: no fast-math" {
	none 'fast-math|-Ofast|associative-math|finite-math' Makefile mk/*
}

@test "files have 500 lines at most" {
	for f in bin/*.c lib/*.[ch] kernels/*.[ch] kernels/*/*.[ch] kernels/cuda/*.cu tests/*/*.c bench/*; do
		n=$(wc -l < "$f")
		[ "$n" -le 500 ] || { echo "$f: $n lines"; false; }
	done
}

@test "functions have 100 lines at most, and main has 60" {
	run awk '
		FNR == 1 { name = "" }
		/^[a-z_0-9]+\(/ { name = $0; sub(/\(.*/, "", name); next }
		/^\{/ && name != "" { begin = FNR }
		/^\}/ && begin {
			n = FNR - begin + 1
			if (n > (name == "main" && FILENAME ~ /^bin/ ? 62 : 102))
				print FILENAME ": " name ": " n
			begin = 0; name = ""; functions++
		}
		END { print functions > "/dev/stderr" }' bin/*.c lib/*.c kernels/*.c kernels/*/*.c kernels/cuda/*.cu
	echo "$output"
	[[ "$output" =~ ^[0-9]+$ ]]
	[ "$output" -gt 200 ]
}

@test "headers have a guard and compile alone" {
	for h in lib/*.h kernels/kern.h; do
		guard=$(basename "$h" .h | tr a-z- A-Z_)_H
		grep -q "^#ifndef $guard$" "$h"
		"${CC:-cc}" -std=c11 -D_XOPEN_SOURCE=700 -Wall -Werror -Ilib -Ikernels -fsyntax-only -x c "$h"
	done
}

@test "nothing is left for later" {
	none '\b(TODO|FIXME|XXX|HACK)\b' bin/*.c lib/*.[ch] kernels/*.[ch] kernels/*/*.[ch] kernels/cuda/*.cu mk/* pipelines/* man/*
}
