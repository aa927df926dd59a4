#!/usr/bin/env bats
# train on a stream: how it is cut, what is carried, what is evaluated, and the
# streams that are hardly one.

load helper

export TOOL=train	# whose refusals refused() looks at

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	head -c 480 "$TOP/data/comments.csv" | tok -q -C -S -f text -l never > tokens
	vocab -q -S -n 0 tokens | encode > chars
}

# stream WORD...: a stream of these tokens, each line of "/" apart
stream() {
	printf '%s\n' "$*" | sed 's, / ,\n,g' | vocab -q -S -n 0 | encode
}

# losses ARGUMENT...: the log without its times
losses() {
	train -q -H 4 "$@" > log || return
	sed 's/^[0-9-]* [0-9:]*: //' log
}

@test "lines of a stream are one sequence: where they end changes nothing" {
	stream a b / c a b b / a c c > lines
	stream a b c a b / b a / c c > others
	for o in '-T 3' '-T 3 -B 2' '-T 100'; do
		# shellcheck disable=SC2086
		losses $o -e 4 -E 1 -o one.npz lines > one
		# shellcheck disable=SC2086
		losses $o -e 4 -E 1 -o two.npz others > two
		cmp one two
	done
	losses -T 0 -e 4 -E 1 -o one.npz lines > one
	losses -T 0 -e 4 -E 1 -o two.npz others > two
	run -1 cmp -s one two
}

# steps N ARGUMENT...: an epoch of nine tokens has so many
steps() {
	losses "${@:2}" -e 1 -E 1 -o m.npz nine > got
	grep -q "num_examples_seen=$1 epoch=1:" got || { echo "$@"; cat got; return 1; }
}

@test "steps of an epoch: the longest part's length, in chunks" {
	# nine tokens are eight steps: of 3 parts the first two have 3, the last 2
	stream a b / c a b b / a c c > nine
	steps 8 -T 1
	steps 3 -T 3
	steps 1 -T 8
	steps 1 -T 1000000000
	steps 3 -T 1 -B 3
	steps 2 -T 2 -B 3
	steps 1 -T 1 -B 8
	steps 1 -T 1 -B 1000
	steps 1 -B 2
	steps 3 -T 0	# lines
}

@test "the state is carried from chunk to chunk" {
	losses -c lstm -H 30 -O adam -r 0.01 -T 20 -e 40 -E 0 -o m.npz chars
	score -q -t -D m.npz chars | sed -n 's/^loss\t//p' > want
	# at rate 0, token by token: each loss out of the smoothed ones
	for o in '-T 1' '-T 4'; do
		# shellcheck disable=SC2086
		train -q -D -i m.npz -r 0 $o -l 1 -e 1 -E 0 -o still.npz chars | sed 's/.*: //' > smoothed
		awk -v c="$(sed -n '1s/.*size=\([0-9]*\).*/\1/p;q' chars)" -v t="${o#-T }" '
			NR == FNR { want = $1; next }
			FNR == 1 { was = t * log(c) }
			{ n = $1 - 0.999 * was; last = n / 0.001 / t; was = $1; sum += FNR * t > 479 ? 3 * last : t * last }
			END { d = sum / 479 - want; print sum / 479, want; exit !(want < 1 && d * d < 1e-4) }' want smoothed
	done
}

@test "an evaluation reads a stream as 32 parts" {
	head -c 20000 "$TOP/data/comments.csv" | tok -q -C -S -f text -l never | vocab -q -S -n 0 | encode > long
	losses -D -e 0 -E 1 -c gru -o m.npz long > got
	# one sequence or 32: nearly the same number
	score -t m.npz long | sed -n 's/^loss\t//p' > want
	paste -d ' ' got want | awk '{ d = $(NF - 1) - $NF; exit !(d * d < 1e-4) }'
}

@test "the smoothed loss begins at chance, and is told every n steps" {
	stream a b a b a b a b a b a > ab
	train -q -D -r 0 -H 4 -T 5 -l 1 -N 1 -E 0 -o m.npz ab | sed 's/.*: //' > got
	# one chunk of five at some loss near ln 2
	awk '{ d = $1 - 5 * log(2); exit !(d * d < 1e-4) }' got
	losses -T 16 -l 7 -N 30 -E 0 -o m.npz chars | sed 's/.*seen=\([0-9]*\).*/\1/' | paste -sd ' ' > got
	echo '7 14 21 28' | diff - got
	losses -T 16 -l 7 -N 30 -E 0 -o m.npz chars | grep -c '^Smoothed loss after num_examples_seen=[0-9]* epoch=[0-9]*: [0-9.]*$' | grep -qx 4
	# of sentences it is a word's
	vocab -q -n 0 tokens | encode > sentences
	losses -D -r 0 -l 1 -N 1 -E 0 -o m.npz sentences | sed 's/.*: //' > got
	size=$(sed -n '1s/.*size=\([0-9]*\).*/\1/p;q' sentences)
	awk -v c="$size" '{ d = $1 - log(c); exit !(d * d < 1e-4) }' got
}

@test "streams too short for what is asked of them" {
	stream a > one
	refused 1 'one: no sentence to train on' one
	stream a b > two
	for o in '' '-B 100' '-T 1' '-T 1 -B 7 -c lstm' '-T 0'; do
		# shellcheck disable=SC2086
		losses $o -e 3 -E 1 -o m.npz two > got
		[ "$(wc -l < got)" -eq 4 ]
		grep -q 'num_examples_seen=3 epoch=3' got
	done
	refused 1 '-v 0.5: too little text; the training or the validation set would be empty; give more text, or another fraction' -v 0.5 two
	refused 1 'one: no sentence to train on' -v one one
	stream a b a b > four
	losses -v 0.5 -e 3 -E 1 -o m.npz four > got
	grep -c '^Validation loss' got | grep -qx 4
}

@test "a chunk longer than the text asks for no more memory than the text" {
	case ${SAN:-} in *address*) skip 'ulimit -v and ASan do not mix' ;; esac
	losses -T 479 -j 1 -e 2 -E 1 -o want.npz chars > want
	ulimit -v 1000000
	losses -T 1000000000 -j 1 -e 2 -E 1 -b 479 -o got.npz chars > got
	cmp want got
}

@test "UNKNOWN_TOKEN is a token like any other" {
	vocab -q -S -n 9 tokens | encode > some
	sed -n 1p some | grep -q 'size=9 '
	losses -c lstm -T 16 -B 3 -e 5 -E 1 -O adam -o m.npz some > got
	awk 'NR == 1 { first = $NF } END { exit !(NR == 6 && $NF < first) }' got
}

@test "biases are for streams and gated cells, unless -a says otherwise" {
	vocab -q -n 0 tokens | encode > sentences
	has() {
		train -q -o model.npz -H 2 -e 0 -E 0 "${@:2}"
		[ "$(grep -ac '^bias=1$' model.npz)" -eq "$1" ]
	}
	has 1 chars
	has 1 -T 0 chars
	has 0 -a no chars
	has 0 sentences
	has 1 -a yes sentences
	has 1 -c lstm sentences
	has 1 -c gru sentences
	has 0 -c gru -a no sentences
}

@test "the same bytes on any number of threads, of any network" {
	for o in '-c rnn -B 5' '-c lstm -L 2 -B 20 -T 10 -p 0.4 -O adam' \
	    '-c gru -L 3 -B 7 -T 20 -m 12 -t -O rmsprop -K 1 -k 0.5 -v 0.2'; do
		# shellcheck disable=SC2086
		same_on_threads -H 40 -e 3 -E 1 $o chars
	done
}

@test "-T and -b where they mean nothing are refused" {
	vocab -q -n 0 tokens | encode > sentences
	refused 1 'sentences: -T is for streams, and this one holds sentences' -T 9 sentences
	train -q -o model.npz -T 0 -H 2 -e 0 -E 0 sentences
	for c in lstm gru; do
		refused 2 '-b applies to cell rnn only' -c $c -b 9 chars
		train -q -o model.npz -c $c -H 2 -e 0 -E 0 chars
		refused 2 '-b applies to cell rnn only' -i model.npz -o new.npz -b 9 chars
	done
}
