#!/usr/bin/env bats
# train: what it saves, interrupting and resuming, and what it refuses.  Its
# numbers are in train-oracle.bats.
# shellcheck disable=SC2154

load helper

export TOOL=train	# whose refusals refused() looks at

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	small_data > tiny.stream
}

@test "the loss log is in the tutorial's words" {
	train -q -D -H 16 -b 1000 -r 0.05 -e 20 -E 1 -o m.npz tiny.stream > log
	grep -cE '^[0-9]{4}(-[0-9]{2}){2} ([0-9]{2}:){2}[0-9]{2}: Loss after num_examples_seen=[0-9]+ epoch=[0-9]+: [0-9]+\.[0-9]{6}$' log > n
	grep -cE '^Setting learning rate to 0\.0(25000|12500)$' log >> n
	wc -l < log >> n
	printf '21\n2\n23\n' | diff - n
	grep -q 'num_examples_seen=26 epoch=2:' log
}

@test "-E evaluates before every nth epoch and at the end; 0 never" {
	train -q -e 4 -E 3 -H 2 -o m.npz tiny.stream > log
	sed 's/.*epoch=\([0-9]*\).*/\1/' log | paste -sd ' ' > got
	echo '0 3 4' | diff - got
	train -q -e 2 -E 0 -H 2 -o none.npz tiny.stream > log
	[ ! -s log ]
	[ -s none.npz ]
}

@test "the whole pipe on film reviews: every digit" {
	need movie-reviews.tokens.gz
	gzip -dc "$SHARED/movie-reviews.tokens.gz" | vocab -q -n 8000 | encode |
	    train -q -o model.npz -n 100 -D -e 9 -E 1 > log
	sed 's/.*: //' log | paste -sd ' ' > got
	echo 8.987477 8.976690 8.960155 8.776372 6.559214 6.210522 6.014919 5.876439 5.778011 \
	    5.707734 | diff - got
}

@test "-e 0 saves the weights of the seed, with either -E" {
	train -q -e 0 -H 2 -o a.npz tiny.stream > log
	[ "$(wc -l < log)" -eq 1 ]
	train -q -e 0 -E 0 -H 2 -o b.npz tiny.stream
	score a.npz tiny.stream > a
	score b.npz tiny.stream | cmp - a
	train -q -e 0 -E 0 -H 2 -s 11 -o c.npz tiny.stream
	run -1 cmp -s a <(score c.npz tiny.stream)
}

@test "any number of threads gives the same bytes" {
	for real in '' -D; do
		for b in 1 5; do
			# shellcheck disable=SC2086
			same_on_threads $real -B $b -H 20 -e 3 -E 1 tiny.stream
		done
	done
}

@test "with 8000 words, too" {
	need reddit-head.index-200.txt
	"$ORACLE/as-stream.sh" 8000 < "$SHARED/reddit-head.index-200.txt" > s
	same_on_threads -H 64 -e 1 -E 0 s
}

@test "several operands and standard input are read one after another" {
	train -q -H 3 -e 2 -o one.npz tiny.stream tiny.stream > log
	cp tiny.stream copy
	train -q -H 3 -e 2 -o two.npz - copy < tiny.stream > log
	cmp one.npz two.npz
	small_data repeated 2 | train -q -H 3 -e 2 -o three.npz > log
	cmp one.npz three.npz
}

@test "-n learns from the first sentences only" {
	small_data head -n 4 > four
	train -q -H 3 -e 3 -o four.npz four > a
	train -q -H 3 -e 3 -n 4 -o n4.npz tiny.stream > b
	diff <(cut -c 21- a) <(cut -c 21- b)
	score four.npz tiny.stream > a
	score n4.npz tiny.stream | cmp - a
}

@test "-B takes several sentences a step" {
	train -q -D -H 3 -e 1 -E 1 -B 13 -o all.npz tiny.stream > log
	train -q -D -H 3 -e 1 -E 1 -o each.npz tiny.stream > log
	run -1 cmp -s all.npz each.npz
	# one step with all: as large a batch as there is changes nothing more
	train -q -D -H 3 -e 1 -E 1 -B 1000 -o more.npz tiny.stream > log
	score more.npz tiny.stream > a
	score all.npz tiny.stream | cmp - a
}

@test "ten epochs are four and then six more" {
	for real in '' -D; do
		for every in 1 3 5; do
			rm -f model.npz
			train -q $real -H 8 -r 0.05 -e 10 -E $every -o whole.npz tiny.stream > whole
			train -q -o model.npz $real -H 8 -r 0.05 -e 4 -E $every tiny.stream > log
			train -q -R model.npz -e 10 tiny.stream >> log
			cmp whole.npz model.npz
		done
	done
}

@test "a run stopped by SIGTERM in an epoch resumes to the same model" {
	small_data repeated 3000 > long
	train -q -H 30 -e 1 -E 1 -o whole.npz long > log
	# the first line says that the epoch begins; another delay if it was missed
	for delay in 0.05 0.1 0.02 0.2 0.5 0.01; do
		stop_after $delay train -H 30 -e 1 -E 1 -o half.npz long
		! grep -q ' epoch 1 after [1-9]' err || break
	done
	[ "$stopped" -eq 143 ]
	grep -qE '^train: interrupted in epoch 1 after [1-9][0-9]* sentences; resume with: train -R half\.npz long$' err
	run -1 cmp -s whole.npz half.npz
	train -q -R half.npz -o half.npz -e 1 long > log
	cmp whole.npz half.npz
}

@test "-R takes the options again that may change" {
	train -q -o model.npz -H 3 -e 1 -E 1 tiny.stream > log
	cp model.npz was.npz
	train -q -R was.npz -o faster.npz -e 2 -r 0.5 tiny.stream > log
	train -q -R was.npz -o model.npz -e 2 tiny.stream > log
	run -1 cmp -s model.npz faster.npz
	for option in -D '-H 3' '-n 2' '-s 3'; do
		# shellcheck disable=SC2086
		refused 2 "${option:0:2} cannot change" -R was.npz $option tiny.stream
	done
	refused 2 'use one of them' -R was.npz -i was.npz tiny.stream
}

@test "-R refuses other sentences, and a model that no training wrote" {
	train -q -o model.npz -H 3 -e 1 -E 0 tiny.stream
	small_data repeated 2 > other
	refused 1 'the training text is not that of the run' -R model.npz other
	cp model.npz before.npz
	need trained-model-theano.npz
	"$ORACLE/as-stream.sh" 8000 < "$EXPECT/theano.index.txt" > s
	refused 1 'no training progress to resume' -R "$SHARED/trained-model-theano.npz" s
	cmp model.npz before.npz
}

@test "-i begins with a model's weights" {
	train -q -D -H 3 -e 2 -E 0 -o a.npz tiny.stream
	train -q -i a.npz -e 0 -E 1 -o b.npz tiny.stream > log
	loss=$(score -t a.npz tiny.stream | sed -n 's/^loss\t//p')
	grep -q "epoch=0: $loss\$" log
	refused 1 'has 3 hidden units, not 4; omit -H' -i a.npz -H 4 tiny.stream
	train -q -i a.npz -H 3 -e 1 -E 0 -o b.npz tiny.stream
}

@test "-i takes the tutorial's published model, and gives it a vocabulary" {
	need trained-model-theano.npz
	"$ORACLE/as-stream.sh" 8000 < "$EXPECT/theano.index.txt" > s
	train -q -i "$SHARED/trained-model-theano.npz" -e 0 -E 1 -o m.npz s > log
	want=$(awk '{ sum -= $1; n += $2 } END { printf "%.6f", sum / n }' "$EXPECT/theano.score")
	awk -v want="$want" '{ far = $NF - want } END { exit !(far * far < 1e-10) }' log
	sample -n 1 m.npz | decode > text
	[ -s text ]
}

@test "NumPy reads the model, with the tutorial's names and shapes" {
	need_numpy
	for real in '' -D; do
		train -q -o model.npz $real -H 3 -e 1 -E 0 tiny.stream
		"$PYTHON" - > got <<-'END'
			import numpy
			m = numpy.load("model.npz")
			for k in "UVW":
			    print(k, m[k].shape, m[k].dtype)
			print(bytes(m["vocab"]).decode().split("\t")[0])
		END
		t=float32
		[ -z "$real" ] || t=float64
		printf '%s\n' "U (3, 30) $t" "V (30, 3) $t" "W (3, 3) $t" SENTENCE_START | diff - got
	done
}

@test "the model is the old one or the new one, and nothing lies beside it" {
	train -q -o model.npz -H 3 -e 1 -E 1 tiny.stream > log
	train -q -o model.npz -H 3 -e 2 -E 1 tiny.stream > log
	ls > got
	printf '%s\n' got log model.npz tiny.stream | diff - got
}

@test "a loss that is no number stops the run; the last good model stays" {
	train -q -H 16 -e 0 -E 0 -o start.npz tiny.stream
	"$BUILD/tests/unit/scale" start.npz V 4e38 steep.npz
	"$BUILD/tests/unit/scale" start.npz V 1e36 less.npz
	train -q -i less.npz -r 0 -e 1 -E 1 --max-loss-ratio 0 -o m.npz tiny.stream > log 2> err
	cp m.npz was.npz
	run -1 --separate-stderr train -R m.npz -r 1e6 -e 9 --max-loss-ratio 0 tiny.stream
	[[ "${stderr_lines[-1]}" == 'train: the loss is no longer a number in epoch 2 after 1 sentences (rate 1e+06); try a smaller -r, or clip the gradient with -k or -K (last model saved: m.npz)' ]]
	cmp m.npz was.npz
	refused 1 '(last model saved: none)' -i steep.npz -r 1e6 -e 9 -E 0 -o none.npz tiny.stream
	[ ! -e none.npz ]
}

@test "weights that are no numbers stop the run where it saves, even while the loss is one" {
	train -q -H 16 -e 0 -E 0 -o start.npz tiny.stream
	"$BUILD/tests/unit/scale" start.npz V 1e25 steep.npz
	refused 1 'the weights are no longer finite in epoch 1 after 1 sentences (rate 0.1); try a smaller -r, or clip the gradient with -k or -K (last model saved: none)' \
		-i steep.npz -O adagrad -e 9 -E 0 -N 1 -o none.npz tiny.stream
	[ ! -e none.npz ]
}

@test "a place that cannot take a model is refused before the work" {
	mkdir folder
	refused 1 'folder: is a directory' -o folder tiny.stream
	refused 1 'no/where.npz: ' -o no/where.npz tiny.stream
	refused 1 '/dev/null: is not a regular file' -o /dev/null tiny.stream
	refused 1 '/dev/full: is not a regular file' -o /dev/full tiny.stream
	refused 1 'No such file' -o '' tiny.stream
	ln -s nowhere dangling
	refused 1 'leads nowhere' -o dangling tiny.stream
}

@test "a full disk under the loss log is an error" {
	run -1 --separate-stderr pipe 'train -e 1 -H 2 tiny.stream > /dev/full'
	one_line_error train
	[[ "$stderr" == *'write error on standard output'* ]]
}

@test "inputs that are no index stream" {
	refused 1 'standard input: empty input' < /dev/null
	refused 1 'missing.stream: No such file' missing.stream
	refused 1 '.: Is a directory' .
	refused 1 'missing from the pipe?' "$EXPECT/tiny.tokens"
	vocab -q "$EXPECT/tiny.tokens" > v
	refused 1 'a vocabulary stream where an index stream' v
	sed '1,/^$/!d' tiny.stream > header
	refused 1 'without its last frame' header
	small_stream < /dev/null > none
	refused 1 'none: no sentence to train on' none
	head -c -30 tiny.stream > short
	refused 1 'short: ' short
	sed 's/^0 2 /0 3 /' tiny.stream > flipped
	refused 1 'checksum mismatch' flipped
	"$ORACLE/as-stream.sh" 40 < "$EXPECT/tiny.index.txt" > other
	refused 1 'other: its vocabulary differs from that of the previous stream' tiny.stream other
	[ ! -e model.npz ]
}

@test "models that are none, or in other words" {
	for o in -i -R; do
		refused 1 'missing.npz: No such file' $o missing.npz tiny.stream
		refused 1 'is an index stream; name a file that train wrote' $o tiny.stream tiny.stream
		refused 1 'is a directory' $o . tiny.stream
	done
	train -q -o model.npz -e 0 -E 0 -H 2 tiny.stream
	"$ORACLE/as-stream.sh" 30 < "$EXPECT/tiny.index.txt" > other
	refused 1 'encode -v MODEL' -i model.npz -o new.npz other
	refused 1 'encode -v MODEL' -R model.npz other
}

@test "out of memory is one line" {
	case ${SAN:-} in *address*) skip 'ulimit -v and ASan do not mix' ;; esac
	ulimit -v 2000000
	refused 1 'a model of 60000 hidden units and 30 words: ' -j 1 -H 60000 tiny.stream
}

@test "a step that is too long for memory is told with its length and what helps" {
	case ${SAN:-} in *address*) skip 'ulimit -v and ASan do not mix' ;; esac
	awk 'BEGIN { printf "0"; for (i = 1; i < 900000; i++) printf " %d", 2 + i % 27; print " 1" }' |
	    small_stream > long.stream
	yes 'abcdefg' 2> said | head -c 800000 | tok -C -S | vocab -q -S -n 0 | encode > joined
	ulimit -v 300000
	for o in '' '-E 0' '-c lstm -E 0' '-c gru -O adam'; do
		# shellcheck disable=SC2086
		refused 1 'device cpu: out of memory for a batch of 900000 words; use shorter sentences, ' -d cpu -j 1 -H 100 $o long.stream
	done
	refused 1 ' 700000 words; use shorter chunks, a smaller batch' -d cpu -j 1 -H 100 -E 0 -T 700000 joined
}

@test "a device that is not there" {
	refused 2 'is none of auto|cpu|cuda|blas|ref' -d abacus tiny.stream
	for d in auto cpu blas ref; do
		train -q -o model.npz -d $d -H 2 -e 1 -E 0 tiny.stream
	done
}

@test "option values are checked for form and range" {
	for o in B b e E H j n s; do
		for v in x '' -1 1.5 99999999999999999999; do
			refused 2 "-$o: '$v' is not a whole number" -$o "$v" tiny.stream
		done
	done
	for v in x '' -1 nan inf 1e7 0x10; do
		refused 2 "-r: '$v' is not a number" -r "$v" tiny.stream
	done
	refused 2 "-r: '1e-400' is too close to 0 for a number; give 0, or 5e-324 at least" -r 1e-400 tiny.stream
	refused 2 'unknown option -Z' -Z
	refused 2 '--no-such-option' --no-such-option
	refused 2 '-o needs an argument' -o
	for v in 0 65537; do
		refused 2 '-H: ' -H $v tiny.stream
	done
	refused 2 '-B: ' -B 0 tiny.stream
}

@test "-h and -V go to standard output; -h fits a screen" {
	run -0 --separate-stderr train -h
	[ -z "$stderr" ]
	[ "${#lines[@]}" -le 76 ]
	[[ "${lines[1]}" == 'usage: train [options] [index-stream ...]' ]]
	run -0 train -V
	[[ "$output" == 'train (unroll) '* ]]
	run -1 --separate-stderr pipe 'train -h > /dev/full'
	one_line_error train
}

@test "-R resumes in its own file, up to the same number of epochs" {
	train -q -H 3 -e 6 -E 2 -o whole.npz tiny.stream > log
	train -q -H 3 -e 2 -E 2 -o part.npz tiny.stream > log
	train -q -R part.npz tiny.stream > log		# its two epochs are done
	run -1 cmp -s whole.npz part.npz
	train -q -R part.npz -e 6 tiny.stream > log
	cmp whole.npz part.npz
	[ ! -e model.npz ]
	trap '' INT		# what is ignored when it begins stays ignored
	train -q -H 3 -e 1000 -E 0 -o deaf.npz tiny.stream > log &
	sleep 0.1
	kill -INT $! 2> /dev/null || :
	wait $!
}

@test "a model, a device and a place are looked at before a stream is waited for" {
	mkfifo never
	sleep 20 > never &
	refused 1 'missing.npz: No such file' -R missing.npz < never
	UNROLL_ISA=abacus refused 1 'UNROLL_ISA' < never
	kill $!
}

@test "a model is not taken from a pipe" {
	refused 1 '-: a model cannot go through a pipe; name a file' -o - tiny.stream
	refused 1 "-: a model cannot go through a pipe; name a file" -i - tiny.stream
	refused 1 "-: a model cannot go through a pipe; name a file" -R - tiny.stream
	[ ! -e - ]
	train -q -H 2 -e 0 -o ./- tiny.stream > log
	[ -s ./- ]
}

@test "a long sentence takes the memory that train(1) states, and no more" {
	case ${SAN:-} in *address*) skip 'ulimit -v and ASan do not mix' ;; esac
	local t=300000 c=500 h=32 w=8 limit
	awk -v n=$t -v c=$c 'BEGIN { printf "0"; for (i = 1; i < n; i++) printf " %d", 2 + i * i % (c - 3); print " 1" }' |
	    "$ORACLE/as-stream.sh" $c > long.stream
	# r (T W H' + (4096 + 256) C) + 30 T, and 150 MB of addresses that are not used
	limit=$((4 * (t * w * (h + 16) + 4352 * c) + 30 * t + 150000000))
	for rule in sgd momentum; do
		bash -c "ulimit -v $((limit / 1024)); train -q -j 1 -H $h -O $rule -r 1e-6 -e 1 -E 1 -o m.npz long.stream" > log
		[ "$(wc -l < log)" -eq 2 ]
	done
}
