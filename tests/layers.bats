#!/usr/bin/env bats
# The architecture: which folder may include which, and what each may call.

load helper

setup() {
	cd "$TOP" || return
	shopt -s globstar nullglob
	CODE=(bin/*.c lib/**/*.[ch] transport/**/*.[ch] kernels/**/*.[ch] kernels/**/*.cu)
	KERNELS=(kernels/**/*.[ch] kernels/**/*.cu)
}

# none PATTERN FILE...: no line of these files matches
none() {
	local pattern=$1
	shift
	run grep -nE "$pattern" "$@"
	echo "$output"
	[ "$status" -eq 1 ]
}

# sees: "FOLDER SEEN" a line, from the SEES lines of the Makefile
sees() {
	make -s -f - print 2>/dev/null <<-'END'
		include Makefile
		F := $(filter SEES_lib/% SEES_kernels% SEES_transport%,$(.VARIABLES))
		print: ; @$(foreach f,$F,$(foreach s,$($f),echo $(f:SEES_%=%) $s;))
	END
}

# arrows FILE...: "FOLDER SEEN" for each include of a header of another folder; of
# headers of one name, that of a folder which it may see
arrows() {
	local allowed
	allowed=$(sees)
	awk '
		FNR == 1 { folder = FILENAME; sub(/\/[^\/]*$/, "", folder) }
		/^#include "/ { split($0, q, "\""); print folder, q[2] }' "$@" | sort -u |
	while read -r folder header; do
		for f in "$folder/$header" $(sed -n "s|^$folder \(.*\)|\1/$header|p" <<< "$allowed") \
		    lib/*/"$header" transport/"$header" kernels/"$header" kernels/*/"$header" kernels/*/*/"$header"; do
			[ -f "$f" ] || continue
			[ "${f%/*}" = "$folder" ] || echo "$folder ${f%/*}"
			break
		done
	done | sort -u
}

# wrong_arrows FILE...: those that the Makefile does not allow
wrong_arrows() {
	sees | sort -u > "$BATS_TEST_TMPDIR/allowed"
	arrows "$@" | grep -v '^bin ' | comm -23 - "$BATS_TEST_TMPDIR/allowed"
}

@test "a folder includes headers of folders below it only" {
	run -0 wrong_arrows "${CODE[@]}"
	[ -z "$output" ]
}

@test "the folders form floors: no circle" {
	run -0 bash -c "$(declare -f sees); sees | sort -u | tsort"
	[ "${#lines[@]}" -ge 15 ]
}

@test "the floors are those of the Makefile: base lowest, train and generate highest" {
	sees > "$BATS_TEST_TMPDIR/sees"
	run -1 grep -qE '^lib/base |^kernels/cells ' "$BATS_TEST_TMPDIR/sees"
	run -1 grep -qE ' lib/(train|generate)$' "$BATS_TEST_TMPDIR/sees"
	run -1 grep -qE '^kernels.* lib/' "$BATS_TEST_TMPDIR/sees"
}

@test "a planted include upwards is noticed" {
	mkdir -p "$BATS_TEST_TMPDIR/house"
	cp -r Makefile mk bin lib transport kernels tests "$BATS_TEST_TMPDIR/house"
	cd "$BATS_TEST_TMPDIR/house"
	sed -i '1i #include "trainer.h"' lib/stream/vocab.c
	sed -i '1i #include "mem.h"' kernels/pool.c
	run wrong_arrows lib/**/*.[ch] kernels/**/*.[ch]
	[ "$output" = "kernels lib/base
lib/stream lib/train" ]
}

@test "only kernels/ knows about BLAS and CUDA" {
	none '#include <(cblas|cublas|cuda)' bin/*.c lib/**/*.[ch] kernels/*.[ch] kernels/{ref,cells,cpu}/**/*.[ch]
}

@test "only transport/mpi knows about MPI" {
	none '#include <mpi' bin/*.c lib/**/*.[ch] transport/*.[ch] "${KERNELS[@]}"
	none '\bMPI_' bin/*.c lib/**/*.[ch] transport/*.[ch] "${KERNELS[@]}"
}

@test "only lib/ knows about zip, deflate, CSV and Unicode tables" {
	none '#include <(zip|zlib|utf8proc|csv)\.h>' bin/*.c "${KERNELS[@]}"
	none '#include <csv\.h>' lib/*/*.h lib/{base,stream,model,net,train,generate,inspect}/*.c
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
		[ -n "$(find bin lib kernels/backend.h kernels/registry.h -name "$h")" ]
	done
}

@test "the library sees no more of the arithmetic than its interface" {
	[ "$(arrows lib/**/*.[ch] | grep ' kernels' | cut -d ' ' -f 2 | sort -u)" = kernels ]
	for h in $(sed -n 's/^#include "\(.*\)"/\1/p' lib/**/*.[ch] | sort -u); do
		[ -n "$(find lib transport/transport.h transport/bf16.h kernels/backend.h kernels/registry.h -name "$h")" ] || { echo "$h"; false; }
	done
}

@test "no include climbs out of its directory" {
	none '#include "\.' "${CODE[@]}" tests/*/*.c
}

@test "the library never exits, except in prog.c, options.c and device.c" {
	local files
	mapfile -t files < <(printf '%s\n' lib/**/*.c | grep -vE '/(prog|options|device)\.c$')
	none '\b(exit|_exit|abort|die|die_errno|die_usage)\(' "${files[@]}" transport/**/*.c kernels/**/*.c
}

@test "the library never speaks, except in prog.c, options.c, device.c and progress.c" {
	local files
	mapfile -t files < <(printf '%s\n' lib/**/*.[ch] | grep -vE '/(prog|options|device|progress)\.[ch]$')
	none '\b(printf|puts|putchar|perror|vprintf)\(|\b(stdout|stderr)\b' "${files[@]}"
	none 'prog_(warn|note)' "${files[@]}"
}

@test "kernels do no input or output" {
	none '#include <(stdio|fcntl)\.h>' "${KERNELS[@]}"
}

@test "no call that cannot say that it failed, or that writes without a bound" {
	none '\b(atoi|atol|atof|sscanf|fscanf|gets|strcat|sprintf)\(' "${CODE[@]}"
}

@test "feature macros stand on the command line; a kernel that needs more says for what" {
	none '#(define|undef) *_(GNU|XOPEN|POSIX|DEFAULT|BSD|FILE)' bin/*.c lib/**/*.[ch]
	run -0 bash -c "grep -hE '#(define|undef) *_(GNU|XOPEN|POSIX|DEFAULT|BSD|FILE)' \
	    ${KERNELS[*]} | grep -vE '/[*] [a-z_]+ [*]/$' | cat"
	[ -z "$output" ]
}

@test "floating point keeps its meaning: no fast-math" {
	none 'fast-math|-Ofast|associative-math|finite-math' Makefile mk/*
}

@test "files have 500 lines at most" {
	for f in "${CODE[@]}" tests/*/*.c tests/bench/*; do
		n=$(wc -l < "$f")
		[ "$n" -le 500 ] || { echo "$f: $n lines"; false; }
	done
}

@test "functions have 50 lines at most and 7 parameters; half of them have 12 lines or fewer" {
	awk '
		FNR == 1 { name = ""; head = "" }
		/^[a-z_0-9A-Z]+\(/ { name = $0; sub(/\(.*/, "", name); head = "" }
		name != "" && !begin { head = head $0 }
		/^\{/ && name != "" { begin = FNR }
		/^\}/ && begin {
			sub(/\)[^)]*$/, "", head)
			while (sub(/\([^()]*\)/, "", head) && head ~ /\(.*\(/);
			sub(/^[^(]*\(/, "", head)
			n = FNR - begin - 1
			print n, gsub(/,/, ",", head) + 1, FILENAME ": " name
			begin = 0; name = ""
		}' bin/*.c lib/**/*.c "${KERNELS[@]}" | sort -n > "$BATS_TEST_TMPDIR/functions"
	[ "$(wc -l < "$BATS_TEST_TMPDIR/functions")" -gt 800 ]
	run awk '$1 > 50 || $2 > 7' "$BATS_TEST_TMPDIR/functions"
	echo "$output"
	[ -z "$output" ]
	median=$(awk '{ n[NR] = $1 } END { print n[int((NR + 1) / 2)] }' "$BATS_TEST_TMPDIR/functions")
	[ "$median" -lt 12 ]
}

@test "headers have a guard and compile alone" {
	for h in lib/*/*.h kernels/backend.h; do
		folder=${h%/*}
		guard=$(basename "$h" .h | tr a-z- A-Z_)_H
		grep -q "^#ifndef $guard$" "$h"
		seen=$(sees | sed -n "s|^$folder |-I|p")
		# shellcheck disable=SC2086
		"${CC:-cc}" -std=c11 -D_XOPEN_SOURCE=700 -Wall -Werror -I"$folder" $seen -fsyntax-only -x c "$h"
	done
}

@test "nothing is left for later" {
	none '\b(TODO|FIXME|XXX|HACK)\b' "${CODE[@]}" mk/* pipelines/* man/*.[1-9]
}
