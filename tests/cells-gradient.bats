#!/usr/bin/env bats
# cells --gradient: how far back the loss at a word reaches.
# shellcheck disable=SC2154

load helper

export TOOL=cells	# the program that refused() runs

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	printf '%s\n' 'a b c d a b' 'b c a' 'd d a b c' > sentences
	vocab -q -n 0 sentences | encode > words.index
	printf 'abcd ab\ncab\n' | tok -C -S | vocab -q -S -n 0 | encode > chars.index
	train -q -c gru -H 4 -L 2 -m 3 -t -e 2 -E 0 -o gru.npz words.index
	train -q -c lstm -H 4 --softmax tree -e 1 -E 0 -o tree.npz words.index
	train -q -c lstm -H 4 -T 4 -e 1 -E 0 -o chunks.npz chars.index
	train -q -c lstm -H 4 -T 0 -e 1 -E 0 -o lines.npz chars.index
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	cp "$BATS_FILE_TMPDIR"/* .
}

@test "the norms are those of central differences: every cell, layer and output" {
	run -0 "$BUILD/tests/unit/state_gradient" cpu
	run -0 "$BUILD/tests/unit/state_gradient" ref
}

@test "a line for each layer and k: norm, ratio to k = 0, and words that have a state there" {
	cells --gradient --lags 3 gru.npz words.index > got
	[ "$(cut -f 1,2 got | paste -sd ' ')" = $'0\t0 0\t1 0\t2 0\t3 1\t0 1\t1 1\t2 1\t3' ]
	awk -F '\t' 'NF != 5 || !($3 > 0) || ($2 == 0) != ($4 == 1) { exit 1 }' got
	# sentences of 7, 4 and 6 predicted words, the ends included
	[ "$(head -n 4 got | cut -f 5 | paste -sd ' ')" = '17 14 11 8' ]
	# no sentence has a state 7 words before
	cells --gradient gru.npz words.index | cut -f 2 | sort -nu | paste -sd ' ' | grep -qx '0 1 2 3 4 5 6'
	cells --gradient --lags 3 -l 1 gru.npz < words.index | diff - <(tail -n 4 got)
	cells --gradient --lags 3 tree.npz words.index | wc -l | grep -qx 4
}

@test "the ratio compares the same words" {
	# each sentence alone, then their sums: mean norms are weighted by their words
	for i in 1 2 3; do
		sed -n "${i}p" sentences | encode -v gru.npz | cells --gradient -l 0 gru.npz > $i
	done
	cat 1 2 3 | awk -F '\t' '
		$2 == 0 { own = $3 }
		{ n[$2] += $5; norm[$2] += $3 * $5; sum0[$2] += $3 * $5 / $4 }
		END { for (k = 0; k in n; k++) print norm[k] / n[k], norm[k] / sum0[k], n[k] }' > want
	cells --gradient -l 0 gru.npz words.index | cut -f 3- | paste -d ' ' - want | tr '\t' ' ' | awk '
		function far(a, b) { return a / b > 1 + 1e-4 || a / b < 1 - 1e-4 }
		NF != 6 || far($1, $4) || far($2, $5) || $3 != $6 { exit 1 }
		END { exit NR != 7 }'
}

@test "a stream is one sequence, or each of its lines, as in training; -n ends it" {
	[ "$(cells --gradient chunks.npz chars.index | tail -n 1 | cut -f 2,5)" = $'10\t1' ]
	[ "$(cells --gradient lines.npz chars.index | tail -n 1 | cut -f 2,5)" = $'6\t1' ]
	[ "$(cells --gradient --lags 0 -n 5 chunks.npz chars.index | cut -f 5)" = 5 ]
	[ "$(cells --gradient --lags 0 -n 9 lines.npz chars.index | cut -f 5)" = 9 ]
	[ "$(cells --gradient --lags 0 -n 9 gru.npz words.index | cut -f 5 | uniq)" = 9 ]
	# the next file begins a sequence of its own
	[ "$(cells --gradient chunks.npz chars.index chars.index | tail -n 1 | cut -f 2,5)" = $'10\t2' ]
}

@test "the same on any number of threads, and nearly the same by another device" {
	cells --gradient -j 1 chunks.npz chars.index > one
	cells --gradient -j 3 chunks.npz chars.index | cmp - one
	cells --gradient -d ref chunks.npz chars.index | paste - one |
	    awk '{ d = $3 / $8 - 1; if (d > 1e-5 || d < -1e-5) exit 1 }'
}

@test "options that do not go together, and a text without a word to predict" {
	refused 2 "-r cannot be combined with --gradient, which lists all units of a layer as one; drop it" --gradient -r gru.npz words.index
	for option in '-u 1' '-f table' '-c never' '-k 2'; do
		# shellcheck disable=SC2086
		refused 2 "--gradient" --gradient $option gru.npz words.index
	done
	refused 2 "--lags: the reach of --gradient; add --gradient" --lags 3 gru.npz words.index
	refused 2 "--lags: 'x' is not a whole number" --gradient --lags x gru.npz words.index
	printf a | tok -C -S | encode -v chunks.npz > short
	refused 1 'no word to predict' --gradient -q chunks.npz short
	head -c -9 words.index > part
	refused 1 'part: ' --gradient gru.npz part
	cells --gradient -n 3 gru.npz part | head -n 1 | cut -f 5 | grep -qx 3
	run -1 --separate-stderr bash -c "cells --gradient gru.npz words.index > /dev/full"
	one_line_error cells
}
