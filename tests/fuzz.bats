#!/usr/bin/env bats
# What fuzzing found once, and a good input of every kind, passes.

load helper

@test "every fuzz target has a saved corpus, and every corpus a target" {
	for f in "$TOP"/tests/fuzz/*.c; do
		name=$(basename "$f" .c)
		[ "$name" = replay ] || [ -d "$TOP/tests/fuzz/corpus/$name" ]
	done
	for d in "$TOP"/tests/fuzz/corpus/*/; do
		[ -f "$TOP/tests/fuzz/$(basename "$d").c" ]
	done
}

@test "the saved corpora pass" {
	cd "$BATS_TEST_TMPDIR"
	for d in "$TOP"/tests/fuzz/corpus/*/; do
		name=$(basename "$d")
		run "$BUILD/tests/fuzz/$name" "$d"
		echo "$name: $output"
		[ "$status" -eq 0 ]
		[ "$output" = "$(find "$d" -type f | wc -l) inputs" ]
	done
}
