#!/usr/bin/env bats
# Every backend, in double and in float, against the oracle's numbers in
# tests/expect; how those came about is in tests/oracle/README.md.

load helper

ORACLE=$TOP/tests/oracle
BACKENDS='ref blas cpu'

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	small_data > tiny.stream
}

# oracle BACKEND f32|f64 ...: tests/unit/oracle.c
oracle() {
	"$BUILD/tests/unit/oracle" "$@"
}

# close TOL EXPECTED GOT: the same except for last digits
close() {
	awk -v tol="$1" -f "$ORACLE/close.awk" "$2" "$3"
}

# small_losses BACKEND REAL: as tiny.loss has them
small_losses() {
	for h in 1 7 16; do
		for b in 0 1 4 1000; do
			oracle "$1" "$2" $h $b losses 0.02 20 1 < tiny.stream | sed "s/^/$h $b /"
		done
	done
}

@test "gradients from the oracle's start are the oracle's" {
	for k in $BACKENDS; do
		for case in 3.0.6 3.1.6 3.4.6 3.1000.6 7.4.4 3.4.12; do
			IFS=. read -r h b s <<< "$case"
			oracle "$k" f64 "$h" "$b" gradient "$s" < tiny.stream > got
			close 1e-12 "$EXPECT/tiny.h$h.b$b.s$s.grad" got
			oracle "$k" f32 "$h" "$b" gradient "$s" < tiny.stream > got
			close 1e-5 "$EXPECT/tiny.h$h.b$b.s$s.grad" got
		done
	done
}

@test "another bptt is another gradient" {
	oracle ref f64 3 3 gradient 6 < tiny.stream > got
	run -1 close 1e-4 "$EXPECT/tiny.h3.b4.s6.grad" got
}

@test "twenty epochs on the small data, by hidden units and bptt" {
	for k in $BACKENDS; do
		small_losses "$k" f64 > got
		close 1e-9 "$EXPECT/tiny.loss" got
		small_losses "$k" f32 > got
		close 1e-5 "$EXPECT/tiny.loss" got
	done
}

@test "the rate is halved when the loss rose since the evaluation before" {
	for k in $BACKENDS; do
		oracle "$k" f64 16 1000 losses 0.05 20 1 < tiny.stream > got
		close 1e-8 "$EXPECT/tiny.halve.loss" got
		oracle "$k" f64 16 1000 losses 0.05 12 5 < tiny.stream > got
		close 1e-8 "$EXPECT/tiny.every5.loss" got
	done
}

@test "weights after three epochs, and ln P of sentences before and after" {
	for k in $BACKENDS; do
		oracle "$k" f64 3 4 params 0.1 3 < tiny.stream > got
		close 1e-11 "$EXPECT/tiny.h3.params" got
		oracle "$k" f64 3 4 score 0.1 3 < tiny.stream > got
		close 1e-10 "$EXPECT/tiny.h3.score" got
		oracle "$k" f64 16 4 score 0.1 0 < tiny.stream > got
		close 1e-10 "$EXPECT/tiny.h16.start.score" got
	done
}

@test "losses on Reddit comments: ten digits in double, 2e-4 in float" {
	need reddit-head.index-200.txt
	"$ORACLE/as-stream.sh" 200 < "$SHARED/reddit-head.index-200.txt" > reddit.stream
	for k in $BACKENDS; do
		oracle "$k" f64 20 4 losses 0.005 10 1 < reddit.stream > got
		close 1e-9 "$EXPECT/reddit-200.h20.loss" got
	done
	oracle blas f64 100 4 losses 0.005 10 1 < reddit.stream > got
	close 1e-9 "$EXPECT/reddit-200.h100.loss" got
	oracle blas f32 100 4 losses 0.005 10 1 < reddit.stream > got
	close 3.7e-5 "$EXPECT/reddit-200.h100.loss" got
}

@test "losses on film reviews, 8000 words: ten digits in double, 2e-4 in float" {
	need movie-reviews.tokens.gz movie-reviews.vocab.tsv
	gzip -dc "$SHARED/movie-reviews.tokens.gz" | head -n 100 |
	    awk 'NR == FNR { row[$2] = $1; next }
		{ printf "0"; for (i = 1; i <= NF; i++) printf " %d", $i in row ? row[$i] : 7999; print " 1" }' \
	        "$SHARED/movie-reviews.vocab.tsv" - > movie.txt
	"$ORACLE/as-stream.sh" 8000 < movie.txt > movie.stream
	oracle blas f64 100 4 losses 0.005 9 1 < movie.stream > got
	close 1e-9 "$EXPECT/movie-100.h100.loss" got
	oracle blas f32 100 4 losses 0.005 9 1 < movie.stream > got
	close 2.2e-5 "$EXPECT/movie-100.h100.loss" got
}

@test "ln P under the tutorial's published model" {
	need trained-model-theano.npz
	"$ORACLE/as-stream.sh" 8000 < "$EXPECT/theano.index.txt" > theano.stream
	for k in $BACKENDS; do
		oracle "$k" f32 "$SHARED/trained-model-theano.npz" 4 score 0 0 < theano.stream > got
		close 2e-6 "$EXPECT/theano.score" got
	done
}

@test "whole networks give PyTorch's loss and gradients" {
	for file in "$EXPECT"/torch.stack.*; do
		for k in $BACKENDS; do
			run "$BUILD/tests/unit/stack" "$k" < "$file"
			[[ "$output" != *'no such plugin'* ]] || continue
			echo "$file on $k: $output"
			[ "$status" -eq 0 ]
			[ "$output" = '0 failures' ]
		done
		# the last number of the last gradient, and the second batch's loss
		sed '$ s/[^ ]*$/0.5/' "$file" > wrong
		run -1 "$BUILD/tests/unit/stack" ref < wrong
		sed '/^loss2 /{n;s/$/1/;s/^/1/}' "$file" > wrong
		run -1 "$BUILD/tests/unit/stack" ref < wrong
		[[ "$output" == *'not ok loss2'* ]]
		# states that are not carried over
		sed '/^lengths1 /{n;s/.*/3 4 3/}' "$file" > wrong
		run -1 "$BUILD/tests/unit/stack" ref < wrong
	done
}
