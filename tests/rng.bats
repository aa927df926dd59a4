load helper

UNIT=$BUILD/tests/unit

# Prints the lines of expect/rng.txt for this seed, from our generator.
ours() {
	paste -d' ' <("$UNIT/rng" bits "$1" 640) <("$UNIT/rng" unit "$1" 640) \
	    <("$UNIT/rng" uniform "$1" 640 -0.1 0.3) |
	    awk -v seed="$1" '{ print seed, NR - 1, $0 }'
}

@test "a seed gives NumPy's numbers, across blocks" {
	local seed n=0
	for seed in 0 1 10 4294967295; do
		ours "$seed" > "$BATS_TEST_TMPDIR/$seed"
		grep "^$seed " "$EXPECT/rng.txt" > "$BATS_TEST_TMPDIR/want"
		run grep -cxFf "$BATS_TEST_TMPDIR/$seed" "$BATS_TEST_TMPDIR/want"
		[ "$output" -eq 15 ]
		n=$((n + output))
	done
	[ "$n" -eq "$(wc -l < "$EXPECT/rng.txt")" ]
}

@test "many numbers drawn at once are those drawn one by one; so are those after a run passed by" {
	"$UNIT/rng" bits 7 5000 > "$BATS_TEST_TMPDIR/single"
	"$UNIT/rng" fill 7 5000 | cmp - "$BATS_TEST_TMPDIR/single"
	# number 2, 5, 9, ... : a run of 1, 2, 3, ... and the one that is printed
	awk -v at=2 -v run=1 'NR == at { print; at += ++run + 1 }' "$BATS_TEST_TMPDIR/single" > "$BATS_TEST_TMPDIR/some"
	[ "$(wc -l < "$BATS_TEST_TMPDIR/some")" -eq 98 ]
	"$UNIT/rng" skip 7 98 | cmp - "$BATS_TEST_TMPDIR/some"
}

@test "adjacent seeds give different numbers" {
	run "$UNIT/rng" bits 10 4
	local ten=$output
	run "$UNIT/rng" bits 11 4
	[ "${#lines[@]}" -eq 4 ]
	[ "$output" != "$ten" ]
}

@test "the expected numbers are NumPy's" {
	need_numpy
	run "$PYTHON" "$ORACLE/seeds.py" rng
	[ "$output" = "$(cat "$EXPECT/rng.txt")" ]
	run "$PYTHON" "$ORACLE/seeds.py" weights
	[ "$output" = "$(cat "$EXPECT/weights.txt")" ]
}
