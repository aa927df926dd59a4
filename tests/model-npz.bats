#!/usr/bin/env bats
# Model files that are not a zip of arrays, or are damaged: each is refused with the reason.
# shellcheck disable=SC2030,SC2031  # status is of each test
load helper
load forged

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

@test "a truncated model is refused, wherever it ends" {
	"$UNIT/model" make m.npz 3 5 f4 10
	run "$UNIT/npz" cut m.npz
	[ "$status" -eq 0 ]
	[ "$output" = "$(wc -c < m.npz) beginnings, 0 of them read" ]
}

@test "a byte changed anywhere is refused, or has no effect" {
	"$UNIT/model" make m.npz 3 5 f4 10
	run "$UNIT/npz" flip m.npz
	[ "$status" -eq 0 ]
	[ "$output" = "$((6 * $(wc -c < m.npz))) flips: most refused, some harmless, 0 unnoticed" ]
	floats 6
	one_array "$(head_of '<f4' '2, 3')" @floats -z 1
	run "$UNIT/npz" flip bad.npz
	[ "$status" -eq 0 ]
	[[ "$output" == *" 0 unnoticed" ]]
}

@test "files that are not a zip" {
	: > bad.npz
	refused "is empty"
	echo hello > bad.npz
	refused "is not a zip file"
	head -c 5000 /dev/zero > bad.npz
	refused "is not a zip file"
	rm bad.npz
	refused "No such file or directory"
	mkdir bad.npz
	refused "is a directory"
	rmdir bad.npz
	mkfifo bad.npz
	refused "is not a regular file"
	rm bad.npz
	"$UNIT/model" make whole.npz 3 5 f4 10
	head -c 700 whole.npz > bad.npz
	refused "is cut off: the directory at the zip's end is missing"
}

@test "members that are not arrays" {
	forge U.npy '' =hello
	refused "array 'U' is not in .npy format"
	forge U.npy '' ''
	refused "array 'U' is not in .npy format"
	printf '\223NUMPY\1\0\377\377{' > member
	forge U.npy '' @member
	refused "array 'U' has a malformed .npy header"
	printf '\223NUMPY\1\0\377\17{' > member
	forge U.npy '' @member
	refused "array 'U' is shorter than its own header"
	one_array "$(head_of '<f4' '2, 3')" 24 -v 4
	refused "array 'U' is of an unknown .npy version"
}

@test "malformed headers" {
	local h
	for h in "{}" "{" "words" "$(head_of '<f4' '2, 3')x" "$(head_of '<f4' '2 3')" \
	    "$(head_of '<f4' '6')" "$(head_of '<f4' '-2, -3')" "$(head_of '<f4' '2, 03')" \
	    "$(head_of '<f4' '2,, 3')" "$(head_of '<f4' '2, 3' Maybe)" \
	    "$(head_of '<f4' '2, 3' "False, 'descr': '<f4'")" \
	    "$(head_of '<f4' '2, 3' "False, 'more': 1")" \
	    "{'descr': '<f4', 'shape': (2, 3)}" "{'descr': '<f4' 'shape': (2, 3)}" \
	    "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3" \
	    "{'descr': '\\x3cf4', 'fortran_order': False, 'shape': (2, 3)}" \
	    "{'descr': <f4, 'fortran_order': False, 'shape': (2, 3)}" \
	    "{'descr': '<f4', 'fortran_order': False, 'shape': [2, 3]}"; do
		one_array "$h" 24
		echo "$h"
		refused "array 'U' has a malformed .npy header"
	done
}

@test "unsupported types, and big-endian data" {
	one_array "$(head_of '>f4' '2, 3')" 24
	refused "array 'U' is big-endian; save it with numpy's astype('<f4')"
	one_array "$(head_of '>f8' '2, 3')" 48
	refused "array 'U' is big-endian; save it with numpy's astype('<f8')"
	one_array "$(head_of '|O' '2, 3')" 48
	refused "array 'U' holds Python objects, not numbers"
	one_array "$(head_of '<f2' '2, 3')" 12
	refused "array 'U' is of type '<f2', not one of <f4 <f8 |u1 <u4 <i8"
	one_array "$(head_of '<U5' '2, 3')" 120
	refused "array 'U' is of type '<U5', not one of <f4 <f8 |u1 <u4 <i8"
	one_array "{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (6,), }" 24
	refused "array 'U' is of a structured type, not of plain numbers"
}

@test "sizes that overflow, or differ from the data" {
	local big=18446744073709551616 half=4294967296
	one_array "$(head_of '<f4' "$big, 3")" 24
	refused "array 'U' claims a size beyond any memory"
	one_array "$(head_of '<f4' "$half, $half")" 24
	refused "array 'U' claims a size beyond any memory"
	one_array "$(head_of '<f4' "4611686018427387904, 1")" 24	# 2^64 bytes
	refused "array 'U' claims a size beyond any memory"
	one_array "$(head_of '|u1' "$half, $half, 0")" 0
	refused "array 'U' claims a size beyond any memory"
	one_array "$(head_of '<f4' '100000, 100000')" 24
	refused "array 'U' holds 24 bytes of data where its shape says 40000000000"
	one_array "$(head_of '<f4' '2, 2')" 24
	refused "array 'U' holds 24 bytes of data where its shape says 16"
	one_array "$(head_of '<f4' '1, 1, 1, 1, 6')" 24
	refused "array 'U' has more than 4 dimensions"
}

@test "a zip with wrong sizes" {
	local head
	head=$(head_of '<f4' '2, 3')
	one_array "$head" 24 -c 4000000000
	refused "array 'U' has two different sizes"
	one_array "$head" 24 -c 4000000000 -k 4000000000
	[ "$(stat -c %s bad.npz)" -lt 1000 ]
	run "$UNIT/model" show bad.npz
	[ "$status" -eq 1 ]
	[ "${#lines[@]}" -eq 1 ]
	one_array "$(head_of '<f4' '1000000, 1000')" 24 -z 1 -c 4000000064
	refused "array 'U' claims more bytes than its compressed data can hold"
	one_array "$head" 24 -m 12
	refused "array 'U' is compressed with a method other than deflate"
	one_array "$head" 24 -m 8
	run "$UNIT/model" show bad.npz
	[ "$status" -eq 1 ]
	[[ "$output" == "model: bad.npz: array 'U' "* ]]
	one_array "$head" 24 -e 1
	refused "array 'U' is encrypted"
}

@test "a false size allocates no memory" {
	[ -z "${SAN:-}" ] || skip "a sanitizer reserves more addresses than that"
	one_array "$(head_of '<f4' '1000000, 1000')" 24 -z 1 -c 4000000064
	run bash -c "ulimit -v 100000; '$UNIT/model' show bad.npz"
	[ "$output" = "model: bad.npz: array 'U' claims more bytes than its compressed data can hold" ]
	config 's/hidden=2/hidden=65536/; s/vocab=3/vocab=16777216/'
	run bash -c "ulimit -v 100000; '$UNIT/model' show bad.npz"
	[ "$output" = "model: bad.npz: array 'U' is 2 x 3, not 65536 x 16777216" ]
}

@test "an array that appears twice" {
	weights W.npy "$(head_of '<f4' '2, 2')" @four
	refused "is damaged: an array appears twice"
}

@test "a member with an unprintable name is ignored" {
	forge $'U\n.npy' '' =x $'\e[31mU.npy' '' =x
	refused "array 'U' is missing"
}

@test "what a small file expands to is limited, and read only where it is needed" {
	local bomb=200000000 limit='' too_much='claims too much: what a file expands to is limited to 64 times its size; save it without compression'
	# a sanitizer reserves more addresses than that
	[ -n "${SAN:-}" ] || limit='ulimit -v 100000;'
	within() {
		run bash -c "ulimit -t 2; $limit '$UNIT/model' show bad.npz"
		echo "$output"
	}
	# an array that does not belong is not read
	weights -z 1 X.npy "$(head_of '|u1' "$bomb,")" $bomb
	[ "$(stat -c %s bad.npz)" -lt 300000 ]
	within
	[ "$status" -eq 0 ]
	config '' -z 1 X.npy "$(head_of '|u1' "$bomb,")" $bomb
	within
	[ "$output" = "model: bad.npz: array 'X' does not belong to this kind of network" ]
	# no more is one of the wrong shape
	forge U.npy "$(head_of '<f4' '2, 3')" @floats V.npy "$(head_of '<f4' '3, 2')" @floats \
	    -z 1 W.npy "$(head_of '<f4' '10000, 5000')" $bomb
	within
	[ "$output" = "model: bad.npz: array 'W' $too_much" ]
	# and one that fits its shape may not expand without limit
	forge -z 1 U.npy "$(head_of '<f4' '5000, 10000')" $bomb -z 1 V.npy "$(head_of '<f4' '10000, 5000')" $bomb \
	    -z 1 W.npy "$(head_of '<f4' '5000, 5000')" 100000000
	within
	[ "$output" = "model: bad.npz: array 'U' $too_much" ]
	weights -z 1 vocab.npy "$(head_of '|u1' "$bomb,")" $bomb
	within
	[ "$output" = "model: bad.npz: array 'vocab' $too_much" ]
	head -c 70000 /dev/zero > zeros
	weights config.npy "$(head_of '|u1' '70000,')" @zeros
	within
	[ "$output" = "model: bad.npz: array 'config' is longer than 65536 bytes" ]
}
