#!/usr/bin/env bats
# pipelines/lm.mk and plan.sh: a word model in the time there is.

load helper

setup() {
	[ -z "${SAN:-}" ] || skip 'its programs have tests of their own, and it takes long'
	unset MAKEFLAGS MFLAGS MAKELEVEL
	cd "$BATS_TEST_TMPDIR" || return
	cp "$TOP/data/comments.csv" small.csv
}

lm() {
	make -f "$TOP/pipelines/lm.mk" CSV=small.csv OUT=out VOCAB=100 BUDGET=1s THREADS=1 "$@"
}

@test "lm: a plan, a model, its loss in bits, samples; and a second run does nothing" {
	run -0 lm -s report
	[[ "$output" =~ epochs=[1-9][0-9]*\ -c\ lstm\ .*[0-9]+\ seconds ]]
	[[ "$output" =~ 'best validation loss '([0-9.]+)', '([0-9.]+)' bits a word, perplexity '([0-9.]+)', after epoch ' ]]
	awk -v n="${BASH_REMATCH[1]}" -v b="${BASH_REMATCH[2]}" -v p="${BASH_REMATCH[3]}" 'BEGIN {
		exit !(n > 1 && n < 4.6 && (b - n / log(2)) ^ 2 < 1e-5 && (p / exp(n) - 1) ^ 2 < 1e-4) }'
	[ "$(wc -l < out/samples.txt)" -eq 10 ]
	run -0 lm -q
	run -0 lm -q BUDGET=1s
	run -1 lm -q BUDGET=2s
	run -1 lm -q VALID=0.1
}

@test "lm: the same plan gives the same model, interrupted or not" {
	run -0 lm -s SEED=4
	mv out/model.npz whole.npz
	printf 'epochs=%s\n%s\n' "$(sed -n 's/^epochs=//p' out/plan)" "$(tail -n 1 out/plan)" | cmp - out/plan
	# taken up again in the middle: the part of an earlier, shorter run
	rm -f out/model.npz out/best.npz out/.whole
	read -r -a options < <(tail -n 1 out/plan)
	train -q "${options[@]}" -j 1 -v 0.05 -s 4 -E 1 -P 3 -e "$(sed -n 's/^epochs=//p' out/plan)" -N 7 \
	    -o out/part.npz --force out/train.index > out/loss.log
	sed -n 's/^epochs=//p' out/plan > out/.part
	run -0 lm SEED=4
	[[ "$output" == *'learn: resuming from out/part.npz'* ]]
	cmp whole.npz out/model.npz
}

@test "lm: what is no time is refused, and no CSV" {
	local budget
	for budget in 0 ten 5x 1.5m -3m ''; do
		run -2 lm "BUDGET=$budget"
		[[ "$output" == *"BUDGET: '$budget' is not a time such as 90s, 10m or 1h"* ]]
	done
	run -2 lm CSV=
	[[ "$output" == *'CSV is not given'* ]]
}

@test "plan: more time is more epochs or a larger net; an epoch that is too long is said" {
	export BUDGET=1s
	lm -s out/train.index 2> log
	run -0 --separate-stderr "$TOP/pipelines/plan.sh" 100000 22000 out/train.index
	[ "${lines[0]}" = epochs=30 ]
	run -0 --separate-stderr "$TOP/pipelines/plan.sh" 100000 1100000 out/train.index
	[[ "${lines[1]}" == *' -H 400 '* ]]
	run -0 --separate-stderr "$TOP/pipelines/plan.sh" 1 90000000 out/train.index
	[ "${lines[0]}" = epochs=1 ]
	[[ "${lines[1]}" == *' -H 100 '* ]]
	[[ "$stderr" == *'one epoch takes longer than 1 seconds'* ]]
}
