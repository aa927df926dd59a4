#!/usr/bin/env bats
# train --softmax: output layers that cost less than the vocabulary, against their oracle,
# by finite differences, and in everything else that a run promises.

load helper

export TOOL=train	# whose refusals refused() looks at

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	small_data > words
}

# worst A B: the largest difference between numbers of two models
worst() {
	"$PYTHON" - "$@" <<-'END'
	import sys, numpy as np
	a, b = (np.load(f) for f in sys.argv[1:])
	assert sorted(a) == sorted(b)
	print(max(abs(a[k].astype(float) - b[k]).max() for k in a if k not in ("vocab", "config")))
	END
}

# at_most LIMIT NUMBER
at_most() {
	awk -v limit="$1" -v x="$2" 'BEGIN { exit !(x <= limit) }'
}

@test "sampled: the losses of an independent program, with Adam's rows and a power of the counts" {
	train -q -D -H 8 -b 1000 -r 0.01 -O adam -S constant -e 12 -E 1 -s 5 --softmax sampled \
	    --samples 6 --noise-power 0.75 words |
	    sed -E 's/^.* epoch=([0-9]+): (.*)$/\1 \2 0.01/' > got
	awk -v tol=6e-7 -f "$ORACLE/close.awk" "$EXPECT/tiny.sampled.loss" got
}

@test "sampled: gradients agree with finite differences, of every cell and with tied weights" {
	local c
	for c in rnn lstm gru; do
		run -0 gradcheck -q -c $c -a --softmax sampled --samples 30
		run -0 gradcheck -q -c $c -a -L 2 -I 8 -T -p 0.3 --softmax sampled
		run -1 gradcheck -q -c $c -a --softmax sampled -x V
		run -1 gradcheck -q -c $c -a --softmax sampled -x c
	done
}

@test "sampled: the same bytes on any number of threads, and however often a run is resumed" {
	local rule text n
	head -c 2000 "$TOP/data/comments.csv" | tok -q -C | vocab -q -S -n 0 | encode > chars
	for text in words chars; do
		for rule in sgd momentum adagrad rmsprop adam adamw; do
			rm -f ./*.npz
			set -- -H 6 -m 5 -a yes -c lstm -B 3 -p 0.2 -K 1 -E 2 -O $rule \
			    --softmax sampled --samples 9 -e 4
			same_on_threads "$@" -N 12 "$text"
			train -q "$@" -N 5 -o half.npz "$text" > log
			for n in 6 12; do
				train -q -R half.npz -N $n "$text" > log
			done
			cmp 1.npz half.npz
		done
	done
}

@test "sampled: devices agree" {
	local d
	need_numpy
	for d in ref blas cpu; do
		run train -q -D -d $d -H 20 -m 9 -t -c gru -B 4 -O adam --softmax sampled --samples 12 \
		    -E 0 -e 3 -o $d.npz words
		[ "$status" -eq 0 ] || [[ "$output" == *'no such plugin'* ]]
		[ ! -e $d.npz ] || at_most 1e-12 "$(worst ref.npz $d.npz)"
	done
}

@test "sampled: score and sample use the whole vocabulary" {
	train -q -H 12 --softmax sampled --samples 8 -O adam -r 0.01 -e 20 -E 20 -o m.npz words > log
	score -t m.npz words > totals
	# the loss that train evaluated
	[ "$(sed -n 's/^loss	//p' totals)" = "$(sed -n '$ s/.*: //p' log)" ]
	sample -q -n 20 m.npz | decode > sentences
	[ "$(wc -l < sentences)" -eq 20 ]
}

@test "sampled: what does not fit is refused" {
	refused 2 'needs --softmax sampled' --samples 5 words
	refused 2 'needs --softmax sampled' --noise-power 0.5 words
	train -q -e 1 -E 0 --softmax sampled -o m.npz words
	refused 2 'cannot change in a resumed run' -R m.npz --softmax full words
}
