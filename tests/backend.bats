#!/usr/bin/env bats
# Every backend against the definition: tests/unit/backend*.c run each entry of
# backend.h on awkward shapes, in float and double, on one thread and on more.

load helper

# agree BACKEND [SEED]: a device that is not here is skipped, not passed
agree() {
	local shapes=("$@")
	[ -z "${SAN:-}" ] || shapes=("$1" "${2:-1}" 8)	# a fault of memory shows in small shapes, too
	for t in backend backend_cells backend_sparse; do
		run "$BUILD/tests/unit/$t" "${shapes[@]}"
		if [ "$status" -eq 77 ]; then
			skip "$output"
		fi
		echo "$output"
		[ "$status" -eq 0 ]
		[[ "$output" == *" 0 failures" ]]
	done
}

@test "ref agrees with itself on more threads" {
	agree ref 1 13
}

@test "cpu agrees with ref" {
	agree cpu
}

@test "blas agrees with ref" {
	agree blas
}

@test "auto agrees with ref, with other numbers" {
	agree auto 20151 8
}

@test "rows that lazy updates pass by come to what they come to when all are updated" {
	for k in ref cpu blas; do
		run "$BUILD/tests/unit/lazy_updates" $k
		[ "$status" -ne 77 ] || continue	# no such backend in this build
		echo "$output"
		[ "$output" = '0 failures' ]
	done
}

@test "the definition's gradients are the slopes of what it computes" {
	run -0 "$BUILD/tests/unit/backend_slopes"
	[ "$output" = '0 failures' ]
	run -1 "$BUILD/tests/unit/backend_slopes" sabotage
	echo "$output"
	[ "${lines[-1]}" = '20 failures' ]
}

@test "LSTM and GRU give PyTorch's states and gradients" {
	for cell in lstm gru; do
		for k in ref cpu blas; do
			run "$BUILD/tests/unit/torch" $k $cell < "$EXPECT/torch.$cell"
			[ "$status" -ne 77 ] || continue	# no such backend in this build
			echo "$output"
			[ "$status" -eq 0 ]
		done
		sed '$ s/^[^ ]*/0.5/' "$EXPECT/torch.$cell" > "$BATS_TEST_TMPDIR/wrong"
		run -1 "$BUILD/tests/unit/torch" ref $cell < "$BATS_TEST_TMPDIR/wrong"
	done
}

@test "parallel regions: each task runs once, within its own region" {
	run -0 "$BUILD/tests/unit/pool" 0.2
	[ -z "$output" ]
}

@test "a missing backend is reported by exit status 77" {
	run -77 "$BUILD/tests/unit/backend" abacus
	[[ "$output" == *'no such device'* ]]
}

@test "auto takes blas where cpu has no vector instructions and UNROLL_ISA is not set" {
	local real
	run -0 "$BUILD/tests/unit/registry"
	for real in 0 3; do
		[ "${lines[real]}" = 'vectors: cpu, no reason' ]
		[ "${lines[real + 1]}" = "none: blas, the cpu device has no kernels for the vector instructions of this processor" ]
		[ "${lines[real + 2]}" = 'named: cpu, no reason' ]
	done
	mkdir "$BATS_TEST_TMPDIR/none" "$BATS_TEST_TMPDIR/broken"
	UNROLL_PLUGINS=$BATS_TEST_TMPDIR/none run -0 "$BUILD/tests/unit/registry"
	[ "${lines[1]}" = 'none: cpu, no reason' ]
	echo 'not a shared object' > "$BATS_TEST_TMPDIR/broken/libunroll-blas.so"
	UNROLL_PLUGINS=$BATS_TEST_TMPDIR/broken run -0 "$BUILD/tests/unit/registry"
	[[ "${lines[1]}" == 'none: cpu, '*libunroll-blas.so* ]]
}

# isa NAME: the instruction set is skipped where the processor lacks it
isa() {
	UNROLL_ISA=$1 agree cpu 7 13
}

@test "cpu agrees with ref on AVX-512" {
	isa avx512
}

@test "cpu agrees with ref on AVX2" {
	isa avx2
}

@test "cpu agrees with ref on NEON" {
	isa neon
}

@test "cpu agrees with ref in plain C" {
	isa plain
}

@test "exp, tanh and the logistic function are libm's to within the stated bounds, on every instruction set" {
	for t in "$BUILD"/tests/isa/elementary.*; do
		[ -f "$t" ] && [[ $t != *.[od] ]] || continue
		run "$t"
		echo "$t: $output"
		[ "$status" -eq 0 ] || [ "$status" -eq 77 ]
	done
}

@test "an instruction set that is not known is refused, not replaced" {
	printf 'a b\n' | pipe 'vocab -q -n 0 | encode' > "$BATS_TEST_TMPDIR/i"
	cd "$BATS_TEST_TMPDIR" || return
	for name in avx1024 AVX2 ' ' avx; do
		UNROLL_ISA=$name run -1 --separate-stderr train -e 0 -o m.npz i
		one_line_error train
		[[ "$stderr" == "train: device cpu: UNROLL_ISA is '$name', which is none of this processor's instruction sets: "*plain ]]
	done
	# those that it has are the ones that are taken
	IFS=', ' read -ra names <<< "${stderr##*: }"
	for name in "${names[@]}"; do
		UNROLL_ISA=$name train -q -e 0 -o m.npz i
	done
	UNROLL_ISA=$'\e[31m' run -1 --separate-stderr train -e 0 -o m.npz i
	[[ "$stderr" == *"UNROLL_ISA is '?[31m', "* ]]
	UNROLL_ISA=$(printf '%01000d' 1) run -1 --separate-stderr train -e 0 -o m.npz i
	one_line_error train
	[[ "$stderr" == *': '*plain ]]
}

@test "the instruction sets' losses agree to 2e-4" {
	cd "$BATS_TEST_TMPDIR" || return
	small_data > tiny.stream
	train -e 8 -E 1 -H 33 -o m.npz tiny.stream | sed 's/.*: //' > best
	for name in avx512 avx2 neon plain; do
		UNROLL_ISA=$name train -e 8 -E 1 -H 33 -o m.npz tiny.stream 2> why |
		    sed 's/.*: //' > other
		! grep -q 'none of this processor' why || continue
		paste best other | awk '{ d = $1 - $2; if (d > 2e-4 || d < -2e-4) bad = 1; n++ }
			END { exit bad || n != 9 }'
	done
}

@test "a plugin of another version, or none, is refused" {
	printf 'a b\n' | pipe 'vocab -q -n 0 | encode' > "$BATS_TEST_TMPDIR/i"
	cd "$BATS_TEST_TMPDIR" || return
	mkdir none broken
	echo 'not a shared object' > broken/libunroll-blas.so
	for folder in none broken; do
		UNROLL_PLUGINS=$PWD/$folder run -1 --separate-stderr train -d blas -e 0 -o m.npz i
		one_line_error train
		[[ "$stderr" == *"device blas: "*"$PWD/$folder"* ]]
	done
}

@test "a plugin is loaded only from an absolute path where nobody else may write" {
	printf 'a b\n' | pipe 'vocab -q -n 0 | encode' > "$BATS_TEST_TMPDIR/i"
	cd "$BATS_TEST_TMPDIR" || return
	mkdir -m 755 safe
	install -m 755 "$BUILD/plugins/libunroll-blas.so" safe
	plugged() {
		run "-$1" --separate-stderr train -q -d blas -e 0 -H 2 -o m.npz i
		[ "$1" -eq 0 ] || one_line_error train
		[ "$1" -eq 0 ] || [ "$stderr" = "train: device blas: $2; -d auto takes a device that is there" ]
	}
	export UNROLL_PLUGINS=safe
	plugged 1 'UNROLL_PLUGINS is not an absolute path'
	UNROLL_PLUGINS=$PWD/safe
	plugged 0
	for mode in 775 757; do
		chmod $mode safe
		plugged 1 "$PWD/safe: others may write to it, so it is not loaded; chmod go-w ends that"
		chmod 755 safe
		chmod $mode safe/libunroll-blas.so
		plugged 1 "$PWD/safe/libunroll-blas.so: others may write to it, so it is not loaded; chmod go-w ends that"
		chmod 755 safe/libunroll-blas.so
	done
	# auto takes another device
	chmod 775 safe
	run -0 "$BUILD/tests/unit/registry"
	[ "${lines[1]}" = 'none: cpu, no reason' ]
	chmod 755 safe
	if [ "$(id -u)" -eq 0 ]; then
		chown 12345 safe/libunroll-blas.so
		plugged 1 "$PWD/safe/libunroll-blas.so: its owner is neither root nor the user, so it is not loaded"
	fi
	# a folder beside the program's own does not count
	unset UNROLL_PLUGINS
	mkdir -p copy/bin copy/plugins copy/lib/unroll
	cp "$BUILD/bin/train" copy/bin
	echo 'not a shared object' | tee copy/plugins/libunroll-blas.so > copy/lib/unroll/libunroll-blas.so
	run -0 copy/bin/train -q -d blas -e 0 -H 2 -o m.npz i
}

@test "two workers that reduce their gradients as layers complete them take the steps of one" {
	for k in ref cpu; do
		run -0 "$BUILD/tests/unit/reduce" $k
		[ "$output" = '0 failures' ]
		run -1 "$BUILD/tests/unit/reduce" $k sabotage
		echo "$output"
		[ "${lines[-1]}" = '6 failures' ]
	done
}
