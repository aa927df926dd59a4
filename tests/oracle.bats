#!/usr/bin/env bats
# The oracle's own soundness: its numbers can be had again, and the tool that
# compares numbers says no when it should.

load helper

close() {
	awk -v tol="$1" -f "$ORACLE/close.awk" "$2" "$3"
}

@test "close.awk lets last digits pass and nothing else" {
	cd "$BATS_TEST_TMPDIR" || return
	printf 'dU 1 2\n0.5 -100\n' > want
	printf 'dU 1 2\n0.50000001 -100.0000001\n' > got
	run -0 close 1e-7 want got
	run -1 close 1e-9 want got
	printf 'dU 1 2\n-0.5 -100\n' > got
	run -1 close 1e-7 want got
	[[ "$output" == "close: line 2, field 1: -0.5, expected 0.5: differs by 1" ]]
	printf 'dV 1 2\n0.5 -100\n' > got
	run -1 close 1e-7 want got
	printf 'dU 1 2\n0.5 nan\n' > got
	run -1 close 1e-7 want got
	run -1 close 1e-7 got got
	printf 'dU 1 2\n0.5\n' > got
	run -1 close 1e-7 want got
	printf 'dU 1 2\n' > got
	run -1 close 1e-7 want got
	: > got
	run -1 close 1e-7 want got
	run -1 close 1e-7 got want
	printf 'dU 1 2\n0.5 -100\n\n' > got
	run -1 close 1e-7 want got
}

@test "NumPy gives the expectations again" {
	need_numpy
	PYTHON=$PYTHON SHARED=$BATS_TEST_TMPDIR/nowhere "$ORACLE/make-goldens.sh" "$BATS_TEST_TMPDIR/new"
	cd "$BATS_TEST_TMPDIR/new"
	cmp tiny.tsv "$EXPECT/tiny.tsv"
	cmp tiny.index.txt "$EXPECT/tiny.index.txt"
	for f in tiny.*.grad tiny.*.params tiny.*.score; do
		close 1e-12 "$EXPECT/$f" "$f"
	done
	for f in tiny.loss tiny.*.loss chars.*.loss; do
		close 1e-9 "$EXPECT/$f" "$f"
	done
	for f in torch.*; do
		[ ! -e "$f" ] || close 1e-12 "$EXPECT/$f" "$f"
	done
	[ "$(find . -name 'tiny.*' | wc -l)" -eq "$(find "$EXPECT" -name 'tiny.*' ! -name tiny.tokens | wc -l)" ]
}

@test "the two ways to the gradient agree, and an error in one shows" {
	need_numpy
	for b in 0 1 4 1000; do
		run -0 "$PYTHON" "$ORACLE/rnn_numpy.py" --data "$EXPECT/tiny.index.txt" \
		    --vocab 30 --hidden 7 --bptt $b --check
	done
	sed 's/np.add.at(dU, place, reach)/dU[place] = reach/' "$ORACLE/rnn_numpy.py" \
	    > "$BATS_TEST_TMPDIR/wrong.py"
	run -1 "$PYTHON" "$BATS_TEST_TMPDIR/wrong.py" --data "$EXPECT/tiny.index.txt" \
	    --vocab 30 --hidden 7 --check
}

@test "an index stream made by the page reads as the lines it was made of" {
	need_numpy
	cd "$BATS_TEST_TMPDIR" || return
	small_data > stream
	for data in stream "$EXPECT/tiny.index.txt"; do
		"$PYTHON" "$ORACLE/rnn_numpy.py" --data "$data" --vocab 30 --hidden 16 --score > got
		close 1e-9 "$EXPECT/tiny.h16.start.score" got
	done
	sed '$d' stream > cut.stream
	run -1 "$PYTHON" "$ORACLE/rnn_numpy.py" --data cut.stream --vocab 30 --hidden 16 --score
}

@test "NumPy gives the first epochs on the shared corpora again" {
	need_numpy
	need reddit-head.index-200.txt movie-reviews.tokens.gz movie-reviews.vocab.tsv \
	    trained-model-theano.npz
	cd "$BATS_TEST_TMPDIR" || return
	"$PYTHON" "$ORACLE/rnn_numpy.py" --data "$SHARED/reddit-head.index-200.txt" --vocab 200 \
	    --hidden 20 --epochs 3 --literal > got
	head -n 4 "$EXPECT/reddit-200.h20.loss" > want
	close 1e-9 want got
	"$PYTHON" "$ORACLE/encode.py" --tokens "$SHARED/movie-reviews.tokens.gz" --limit 100 \
	    --table "$SHARED/movie-reviews.vocab.tsv" > movie.txt
	"$PYTHON" "$ORACLE/rnn_numpy.py" --data movie.txt --epochs 1 > got
	head -n 2 "$EXPECT/movie-100.h100.loss" > want
	close 1e-9 want got
	"$PYTHON" "$ORACLE/rnn_numpy.py" --data "$EXPECT/theano.index.txt" \
	    --model "$SHARED/trained-model-theano.npz" --score > got
	close 1e-9 "$EXPECT/theano.score" got
}
