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

# resumes_exactly STREAM OPTION...: of every update rule, the same bytes on any number of
# threads and after two interruptions
resumes_exactly() {
	local stream=$1 rule n
	shift
	for rule in sgd momentum adagrad rmsprop adam adamw; do
		rm -f ./*.npz
		same_on_threads "$@" -B 3 -p 0.2 -K 1 -E 2 -O $rule -e 4 -N 12 "$stream"
		train -q "$@" -B 3 -p 0.2 -K 1 -E 2 -O $rule -e 4 -N 5 -o half.npz "$stream" > log
		for n in 6 12; do
			train -q -R half.npz -N $n "$stream" > log
		done
		cmp 1.npz half.npz
	done
}

# devices_agree OPTION...: blas and cpu train the model that ref trains
devices_agree() {
	local d
	need_numpy
	for d in ref blas cpu; do
		run train -q -D -d $d -H 20 -m 9 -B 4 -O adam "$@" -E 0 -e 3 -o $d.npz words
		[ "$status" -eq 0 ] || [[ "$output" == *'no such plugin'* ]]
		[ ! -e $d.npz ] || at_most 1e-12 "$(worst ref.npz $d.npz)"
	done
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
	local text
	head -c 2000 "$TOP/data/comments.csv" | tok -q -C | vocab -q -S -n 0 | encode > chars
	for text in words chars; do
		resumes_exactly $text -H 6 -m 5 -a yes -c lstm --softmax sampled --samples 9
	done
}

@test "sampled: devices agree" {
	devices_agree -t -c gru --softmax sampled --samples 12
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
	refused 2 '--samples cannot change in a resumed run (-R)' -R m.npz --samples 5 words
	refused 2 '--noise-power cannot change in a resumed run (-R)' -R m.npz --noise-power 0 words
}

@test "tree: gradients agree with finite differences, of every cell" {
	local c
	for c in rnn lstm gru; do
		run -0 gradcheck -q -c $c -a --softmax tree
		run -0 gradcheck -q -c $c -L 2 -I 8 --project 5 -p 0.3 --softmax tree
		run -1 gradcheck -q -c $c -a --softmax tree -x V
		run -1 gradcheck -q -c $c -a --softmax tree -x c
	done
}

@test "tree: the same bytes on any number of threads, and however often a run is resumed" {
	resumes_exactly words -H 6 -m 5 -c gru --softmax tree
}

@test "tree: devices agree" {
	devices_agree -c lstm --softmax tree
}

@test "tree: score gives the probabilities that another program finds in the model" {
	need_numpy
	train -q -D -H 12 --softmax tree -O adam -r 0.02 -e 20 -E 0 -o m.npz words
	"$PYTHON" "$ORACLE/tree_numpy.py" m.npz > want
	# every word as the first of a sentence, and the end of it, which is left out
	small_stream < <(for w in {2..29}; do echo "0 $w 1"; done) > firsts
	score -q -w m.npz firsts | awk -F '\t' 'NR % 2 { print $2 }' > got
	sed -n '3,30p' want | awk -v tol=2e-6 -f "$ORACLE/close.awk" - got
}

@test "tree: score's ranks and totals, and samples, belong to one distribution" {
	train -q -D -H 12 --softmax tree -O adam -r 0.02 -e 40 -E 40 -o m.npz words > log
	score -q -t m.npz words > totals
	[ "$(sed -n 's/^loss	//p' totals)" = "$(sed -n '$ s/.*: //p' log)" ]
	# the most probable first word is that of rank 1, and what sampling near 0 draws
	small_stream < <(for w in {2..29}; do echo "0 $w 1"; done) > firsts
	score -q -w m.npz firsts | awk -F '\t' 'NR % 2 && $3 == 1 { print $1 }' > first
	[ "$(wc -l < first)" -eq 1 ]
	[ "$(sample -q -n 1 -T 0.001 m.npz | decode | cut -d ' ' -f 1)" = "$(cat first)" ]
}

@test "tree: what does not fit is refused" {
	refused 2 'no row for each word' -t -m 8 --softmax tree words
	refused 2 'needs --softmax sampled' --softmax tree --samples 4 words
	train -q -e 1 -E 0 --softmax tree -o t.npz words
	train -q -e 1 -E 0 -o m.npz words
	refused 1 'omit --softmax' -i t.npz --softmax sampled -o x.npz words
	refused 1 'omit --softmax' -i m.npz --softmax tree -o x.npz words
	train -q -i t.npz -e 1 -E 0 -o x.npz words
}

@test "adaptive: the losses of an independent program, with Adam's updates of whole clusters" {
	train -q -D -H 8 -b 1000 -r 0.01 -O adam -S constant -e 12 -E 1 -s 5 --softmax adaptive \
	    --cutoffs 6,15 --reduction 2 words | sed -E 's/^.* epoch=([0-9]+): (.*)$/\1 \2 0.01/' > got
	awk -v tol=6e-7 -f "$ORACLE/close.awk" "$EXPECT/tiny.adaptive.loss" got
}

@test "adaptive: gradients agree with finite differences, of every cell" {
	local c p
	for c in rnn lstm gru; do
		run -0 gradcheck -q -c $c -C 12 -a --softmax adaptive
		run -0 gradcheck -q -c $c -C 12 -L 2 -I 8 --project 9 -p 0.3 --softmax adaptive \
		    --cutoffs 1,2,4 --reduction 2
	done
	for p in V c V1 c1 P1 V2 c2 P2; do
		run -1 gradcheck -q -C 12 -a --softmax adaptive -x $p
	done
}

@test "adaptive: the same bytes on any number of threads, and however often a run is resumed" {
	resumes_exactly words -H 9 -m 5 -c lstm --softmax adaptive --cutoffs 6,15
}

@test "adaptive: devices agree" {
	devices_agree -c gru --softmax adaptive --cutoffs 5,14,25
}

@test "adaptive: a cluster that a step does not touch stays as it is, moments included" {
	need_numpy
	# the second cluster's words are in the first sentence alone
	small_stream < <(printf '0 2 25 1\n0 2 12 3 1\n0 12 1\n0 3 4 1\n') > part
	train -q -H 8 -O adam -K 1 --softmax adaptive --cutoffs 10,20 -e 1 -E 0 -N 1 -o 1.npz part
	train -q -H 8 -O adam -K 1 --softmax adaptive --cutoffs 10,20 -e 1 -E 0 -o 4.npz part
	"$PYTHON" - <<-'END'
	import numpy as np
	a, b = np.load("1.npz"), np.load("4.npz")
	for k in a:
	    if k not in ("vocab", "config"):
	        same = k[:2] in ("V2", "c2", "P2")
	        assert (a[k] == b[k]).all() == same, k
	assert a["V1.steps"] == 0 and b["V1.steps"] == 3 and b["V2.steps"] == 1
	END
}

@test "adaptive: score gives the probabilities that another program finds in the model" {
	need_numpy
	train -q -D -H 12 --softmax adaptive --cutoffs 6,15 --reduction 2 -O adam -r 0.02 -e 20 -E 0 \
	    -o m.npz words
	"$PYTHON" "$ORACLE/adaptive_numpy.py" m.npz > want
	small_stream < <(for w in {2..29}; do echo "0 $w 1"; done) > firsts
	score -q -w m.npz firsts | awk -F '\t' 'NR % 2 { print $2 }' > got
	sed -n '3,30p' want | awk -v tol=2e-6 -f "$ORACLE/close.awk" - got
}

@test "adaptive: score's ranks and totals, and samples, belong to one distribution" {
	train -q -D -H 12 --softmax adaptive --cutoffs 4,15 -O adam -r 0.02 -e 20 -E 20 -o m.npz words > log
	score -q -t m.npz words > totals
	[ "$(sed -n 's/^loss	//p' totals)" = "$(sed -n '$ s/.*: //p' log)" ]
	# ranks are those of the probabilities, except for the two words that are not in the list
	small_stream < <(for w in {2..29}; do echo "0 $w 1"; done) > firsts
	score -q -w m.npz firsts | awk -F '\t' 'NR % 2 { print $2, $3 }' | sort -k 1,1gr > ranks
	awk '{ print $2 }' ranks | sort -c -n -u
	[ "$(sample -q -n 1 -T 0.001 m.npz | decode | cut -d ' ' -f 1)" = \
	    "$(score -q -w m.npz firsts | awk -F '\t' 'NR % 2 && $3 == 1 { print $1 }')" ]
	sample -q -n 30 -k 5 -T 0.7 m.npz | decode > sentences
	[ "$(wc -l < sentences)" -eq 30 ]
	cells -q m.npz words > units
	[ -s units ]
}

@test "adaptive: what does not fit is refused" {
	refused 2 'shorter rows than the embeddings' -t -m 8 --softmax adaptive words
	refused 2 'needs --softmax adaptive' --cutoffs 5 words
	refused 2 'needs --softmax adaptive' --softmax tree --reduction 2 words
	refused 2 'not a list of at most 4 rising' --softmax adaptive --cutoffs 5,5 words
	refused 2 'not a list of at most 4 rising' --softmax adaptive --cutoffs 1,2,3,4,5 words
	refused 1 'below the number of words' --softmax adaptive --cutoffs 30 words
	train -q -e 1 -E 0 --softmax adaptive -o a.npz words
	train -q -e 1 -E 0 -o m.npz words
	refused 1 'omit --softmax' -i a.npz --softmax full -o x.npz words
	refused 1 'omit --softmax' -i m.npz --softmax adaptive -o x.npz words
	refused 2 'cannot be used with -i' -i a.npz --softmax adaptive --cutoffs 3 -o x.npz words
	refused 2 '--cutoffs cannot change in a resumed run (-R)' -R a.npz --cutoffs 3 words
	train -q -i a.npz -e 1 -E 0 -o x.npz words
}
