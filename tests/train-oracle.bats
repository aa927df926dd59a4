#!/usr/bin/env bats
# train and score against the oracle's numbers in tests/expect; how those came
# about is in tests/oracle/README.md.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	small_data > tiny.stream
}

# close TOL EXPECTED GOT: the same except for last digits
close() {
	awk -v tol="$1" -f "$ORACLE/close.awk" "$2" "$3"
}

# losses TRAIN-ARGUMENT...: the loss log as the oracle writes it
losses() {
	train -q -o model.npz "$@" > log || return
	awk '
	function flush() { if (epoch != "") print epoch, loss, rate; epoch = "" }
	/: Loss after num_examples_seen=[0-9]+ epoch=[0-9]+: / {
		flush()
		loss = $NF
		epoch = $(NF - 1)
		gsub(/[^0-9]/, "", epoch)
		next
	}
	/^Setting learning rate to / { rate = $NF; next }
	{ print "not in the loss log: " $0 }
	END { flush() }' rate="$RATE" log
}

@test "train -D: every digit on the small data, by hidden units and bptt" {
	RATE=0.02
	for h in 1 7 16; do
		for b in 0 1 4 1000; do
			losses -D -H $h -b $b -r $RATE -e 20 -E 1 tiny.stream | sed "s/^/$h $b /"
		done
	done > got
	close 6e-7 "$EXPECT/tiny.loss" got
}

@test "train in float stays within 2e-4 of that" {
	RATE=0.02
	for h in 1 7 16; do
		for b in 0 1 4 1000; do
			losses -H $h -b $b -r $RATE -e 20 -E 1 tiny.stream | sed "s/^/$h $b /"
		done
	done > got
	close 5e-5 "$EXPECT/tiny.loss" got
}

@test "the rate is halved when the loss rose, seen at evaluations only" {
	RATE=0.05
	losses -D -H 16 -b 1000 -r $RATE -e 20 -E 1 tiny.stream > got
	close 6e-7 "$EXPECT/tiny.halve.loss" got
	losses -D -H 16 -b 1000 -r $RATE -e 12 -E 5 tiny.stream > got
	close 6e-7 "$EXPECT/tiny.every5.loss" got
}

@test "score -D: ln P and tokens of every sentence, before and after training" {
	train -q -D -H 16 -b 4 -e 0 -E 0 -o start.npz tiny.stream > log
	score start.npz tiny.stream > scores
	awk '{ print $1, $2 }' scores > got
	close 1e-5 "$EXPECT/tiny.h16.start.score" got
	train -q -D -H 3 -b 4 -r 0.1 -e 3 -E 0 -o h3.npz tiny.stream > log
	score h3.npz tiny.stream > scores
	awk '{ print $1, $2 }' scores > got
	close 1e-5 "$EXPECT/tiny.h3.score" got
}

@test "the weights after three epochs are the oracle's, read by NumPy" {
	need_numpy
	train -q -D -H 3 -b 4 -r 0.1 -e 3 -E 0 -o h3.npz tiny.stream > log
	"$PYTHON" "$ORACLE/rnn_numpy.py" --data "$EXPECT/tiny.index.txt" --model h3.npz \
	    --epochs 0 --params > got
	close 1e-11 "$EXPECT/tiny.h3.params" got
}

# A step at rate 1 from the start: what the weights lost is the gradient.
@test "one step of train -D takes away the oracle's gradient" {
	need_numpy
	for case in 3.0.6 3.1.6 3.4.6 3.1000.6 7.4.4 3.4.12; do
		IFS=. read -r h b s <<< "$case"
		sed -n "$((s + 1))p" "$EXPECT/tiny.index.txt" > one.txt
		small_stream < one.txt > one.stream
		train -q -D -H "$h" -b "$b" -r 1 -e 1 -E 0 -o one.npz one.stream > log
		"$PYTHON" - "$h" "$ORACLE" > got <<-'END'
			import sys
			sys.path.insert(0, sys.argv[2])
			import rnn_numpy as rnn
			start = rnn.Net.initial(30, int(sys.argv[1]), 10)
			after = rnn.Net.load("one.npz")
			for name in "UVW":
			    rnn.show("d" + name, getattr(start, name) - getattr(after, name))
		END
		sed 1d "$EXPECT/tiny.h$h.b$b.s$s.grad" > want
		close 1e-12 want got
	done
}

@test "vocab and encode make the small data from its tokens" {
	pipe "vocab -q -n 30 -o table.tsv '$EXPECT/tiny.tokens' | encode -q -t > stream"
	cut -f 1,2 table.tsv > got
	cmp "$EXPECT/tiny.tsv" got
	sed '1,/^$/d; /^#end/d' stream > got
	head -n 12 "$EXPECT/tiny.index.txt" > want
	cmp want got
}

@test "train gives the oracle's losses on Reddit comments, all digits and in float" {
	need reddit-head.index-200.txt
	"$ORACLE/as-stream.sh" 200 < "$SHARED/reddit-head.index-200.txt" > reddit.stream
	RATE=0.005
	for h in 20 100; do
		losses -D -H $h -r $RATE -e 10 -E 1 reddit.stream > got
		close 2e-7 "$EXPECT/reddit-200.h$h.loss" got
		losses -H $h -r $RATE -e 10 -E 1 reddit.stream > got
		close 3.7e-5 "$EXPECT/reddit-200.h$h.loss" got
	done
}

@test "train gives the oracle's losses on film reviews, all digits and in float" {
	need movie-reviews.tokens.gz movie-reviews.vocab.tsv
	cut -f 2,3 "$SHARED/movie-reviews.vocab.tsv" > table.tsv
	gzip -dc "$SHARED/movie-reviews.tokens.gz" | head -n 100 > tokens
	encode -q -v table.tsv < tokens > movie.stream
	RATE=0.005
	losses -D -H 100 -r $RATE -e 9 -E 1 movie.stream > got
	close 2e-7 "$EXPECT/movie-100.h100.loss" got
	losses -H 100 -r $RATE -e 9 -E 1 movie.stream > got
	close 2.2e-5 "$EXPECT/movie-100.h100.loss" got
}

@test "score gives the oracle's ln P under the tutorial's published model" {
	need trained-model-theano.npz
	"$ORACLE/as-stream.sh" 8000 < "$EXPECT/theano.index.txt" > theano.stream
	score "$SHARED/trained-model-theano.npz" theano.stream > scores
	awk '{ print $1, $2 }' scores > got
	close 1e-5 "$EXPECT/theano.score" got
}

# smoothed ARGUMENT...: step and smoothed loss, as the oracle writes them
smoothed() {
	train -q -I normal -a yes -E 0 "$@" -o chars.npz | sed 's/.* Smoothed loss after num_examples_seen=\([0-9]*\) epoch=[0-9]*: /\1 /'
}

# characters LINES: the beginning of our corpus as a stream of characters
characters() {
	head -n "$1" "$TOP/data/comments.csv" | tok -q -C -S -f text -l never | vocab -q -n 0 -S | encode
}

@test "min-char-rnn on characters: its beginning, and a thousand chunks at a smaller rate" {
	characters 10000 > all
	smoothed -D -T 25 -b 1000 -O adagrad -k 5 -l 4 -N 24 all > got
	close 1e-8 "$EXPECT/chars.begin.loss" got
	smoothed -D -T 25 -b 1000 -O adagrad -k 5 -l 100 -N 1000 -r 0.01 all > got
	close 1e-8 "$EXPECT/chars.loss" got
	smoothed -T 25 -O adagrad -k 5 -l 100 -N 1000 -r 0.01 all > got
	close 1e-6 "$EXPECT/chars.loss" got
	# a shorter way back, or another limit, shows
	smoothed -D -T 25 -b 23 -O adagrad -k 5 -l 4 -N 24 all > got
	run -1 close 1e-8 "$EXPECT/chars.begin.loss" got
	smoothed -D -T 25 -O adagrad -k 4 -l 4 -N 24 all > got
	run -1 close 1e-8 "$EXPECT/chars.begin.loss" got
}

# as make-goldens.sh has them, each with the rule's name before it
all_rules() {
	while read -r rule options; do
		# shellcheck disable=SC2086
		smoothed $1 -H 20 -T 10 -l 20 -N 1000 -O "$rule" $options few | sed "s/^/$rule /"
	done <<-'END'
		sgd -r 0.005
		sgd -r 0.005 -B 3 -k 2
		sgd -r 0.02 -B 4 -k 1 -K 4
		momentum -B 2 -k 5
		adagrad -r 0.01 -B 4
		rmsprop -B 4
		adam -B 4 -K 30
		adamw -B 4 -r 0.002 --weight-decay 0.3
	END
}

@test "every optimiser, streams side by side, limits of the gradient: the oracle's losses" {
	characters 30 > few
	all_rules -D > got
	close 2e-8 "$EXPECT/chars.rules.loss" got
	all_rules '' > got
	close 1e-6 "$EXPECT/chars.rules.loss" got
}

@test "min-char-rnn on Shakespeare, beside NumPy" {
	need_numpy
	need tinyshakespeare.txt
	tok -q -C -S -f text -l never "$SHARED/tinyshakespeare.txt" | vocab -q -n 0 -S | encode > plays
	"$PYTHON" "$ORACLE/min_char_numpy.py" --text --every 10 --steps 100 < "$SHARED/tinyshakespeare.txt" > want
	smoothed -D -T 25 -O adagrad -k 5 -l 10 -N 100 plays > got
	close 1e-8 want got
	"$PYTHON" "$ORACLE/min_char_numpy.py" --text --rate 0.01 < "$SHARED/tinyshakespeare.txt" > want
	smoothed -D -T 25 -O adagrad -k 5 -l 100 -N 1000 -r 0.01 plays > got
	close 1e-8 want got
}
