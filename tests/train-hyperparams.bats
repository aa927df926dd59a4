#!/usr/bin/env bats
# train: rates and how they fall, text held out, the best model, stopping early,
# and what these options refuse.  The optimisers' numbers are in train-oracle.bats.
# shellcheck disable=SC2154

load helper

export TOOL=train	# whose refusals refused() looks at

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	small_data > words
}

# config KEY: its value in model.npz
config() {
	grep -a "^$1=" "${2:-model.npz}" | sed 's/.*=//'
}

# validation: the validation losses of the log, one a line
validation() {
	sed -n 's/.*: Validation loss .*: //p' log
}

# near WANT GOT
near() {
	awk -v a="$1" -v b="$2" 'BEGIN { d = a - b; exit !(d * d < 1e-20) }' || { echo "$2, not $1"; return 1; }
}

@test "each optimiser has its usual rate, and -r another" {
	while read -r rule rate; do
		train -q -o model.npz -H 2 -e 0 -E 0 -O "$rule" words
		near "$rate" "$(config rate)"
		train -q -o model.npz -H 2 -e 0 -E 0 -O "$rule" -r 0.25 words
		near 0.25 "$(config rate)"
	done <<-'END'
		sgd 0.005
		momentum 0.0005
		adagrad 0.1
		rmsprop 0.002
		adam 0.001
	END
}

@test "-S decay: times -f from the end of epoch -F on" {
	train -q -o model.npz -H 2 -S decay -F 3 -f 0.5 -r 0.04 -e 5 -E 0 words > log
	near 0.005 "$(config rate)"
	near 0.04 "$(config rate0)"
	printf 'Setting learning rate to 0.0%s\n' 20000 10000 05000 | diff - log
	train -q -o model.npz -H 2 -S decay -r 1 -e 11 -E 0 words > log
	near 0.9409 "$(config rate)"
}

@test "-S cosine: half a cosine over all epochs, step by step" {
	for n in 1 2 7 14 26 39; do
		train -q -o model.npz -H 2 -S cosine -r 0.08 -e 3 -E 0 -N $n words
		near "$(awk -v n=$n 'BEGIN { printf "%.17g", 0.04 * (1 + cos(atan2(0, -1) * (n - 1) / 39)) }')" "$(config rate)"
	done
}

@test "-S constant does not fall where halve does" {
	train -q -o model.npz -H 16 -b 1000 -r 0.05 -e 20 -E 1 words > log
	grep -q 'Setting learning rate' log
	train -q -o model.npz -H 16 -b 1000 -r 0.05 -e 20 -E 1 -S constant words > log
	run -1 grep -q 'Setting learning rate' log
	near 0.05 "$(config rate)"
}

@test "-k and -K bound a step" {
	# one step at rate 1: what the weights moved is the gradient
	need_numpy
	moved() {
		train -q --force -D -H 3 -B 13 -r 1 -N 1 -E 0 "$@" words
		"$PYTHON" -c 'import numpy
a, b = numpy.load("start.npz"), numpy.load("model.npz")
g = [a[k] - b[k] for k in "UVW"]
print("%.12f %.12f" % (max(abs(x).max() for x in g), sum((x * x).sum() for x in g) ** 0.5))'
	}
	train -q -D -H 3 -e 0 -E 0 -o start.npz words
	read -r most norm < <(moved)
	awk -v a="$most" -v n="$norm" 'BEGIN { exit !(a > 0.5 && n > 1) }'
	read -r most norm < <(moved -k 0.01)
	near 0.01 "$most"
	read -r most norm < <(moved -K 0.5)
	near 0.5 "$norm"
	# the norm first, and then each number
	read -r most norm < <(moved -K 0.5 -k 0.01)
	near 0.01 "$most"
	read -r a b < <(moved -K 1000 -k 1000)
	read -r most norm < <(moved)
	[ "$a $b" = "$most $norm" ]
}

@test "-v SHARE: the last of the sentences are not learned from" {
	small_data head -n 9 > first
	small_data tail -n +10 > last
	train -q -D -H 4 -e 3 -E 1 -v 0.3 -o share.npz words > log
	train -q -D -H 4 -e 3 -E 1 -v last -o file.npz first > other
	cmp <(cut -c 21- log) <(cut -c 21- other)
	grep -c ': Validation loss after num_examples_seen=' log | grep -qx 4
	score share.npz words > want
	score file.npz words | cmp - want
	loss=$(score -q -t -D share.npz last | sed -n 's/^loss\t//p')
	tail -n 1 log | grep -q ": $loss\$"
	# a number that is a file's name
	cp last 0.3
	train -q -D -H 4 -e 3 -E 1 -v ./0.3 -o file.npz first > other
	cmp <(cut -c 21- log) <(cut -c 21- other)
}

@test "the best model is kept beside the last one" {
	train -q -D -H 16 -b 1000 -r 0.1 -S constant -e 12 -E 1 -v 0.3 -o m.npz words > log
	small_data tail -n +10 > last
	best=$(validation | tail -n +2 | sort -g | head -n 1)
	[ "$(tail -n 1 log | sed 's/.*: //')" != "$best" ]
	[ "$(score -q -t -D m.best.npz last | sed -n 's/^loss\t//p')" = "$best" ]
	grep -a '^best=' m.npz | sed 's/best=//' | awk -v b="$best" '{ exit !(sprintf("%.6f", $1) == b) }'
	# names without the ending
	train -q -H 2 -e 1 -E 1 -v 0.3 -o model words > log
	[ -s model.best.npz ]
	mkdir -p full.best.npz
	refused 1 'full.best.npz: is a directory' -H 2 -e 1 -E 1 -v 0.3 -o full.npz words
}

@test "the last evaluation of all may be the best, and is noted nowhere else" {
	train -q -D -H 8 -r 0.05 -S constant -e 3 -E 2 -v 0.3 -o m.npz words > log
	validation | paste -sd ' ' | awk '{ exit !(NF == 3 && $3 < $2 && $2 < $1) }'
	[ "$(config epoch m.best.npz)" -eq 3 ]
	# going on comes to what one run comes to
	train -q -R m.npz -e 6 words > again
	train -q -D -H 8 -r 0.05 -S constant -e 6 -E 2 -v 0.3 -o whole.npz words > log
	cmp m.npz whole.npz
}

@test "-P stops after so many evaluations without gain" {
	for p in 1 2 3; do
		train -q -D -H 16 -b 1000 -r 0.1 -S constant -e 100 -E 1 -v 0.3 -P $p -o m.npz words > log
		validation | awk -v p=$p '
			NR <= 2 || $1 < best { best = $1; stale = 0; next }
			{ stale++; if (stale == p) end = NR }
			END { exit !(end == NR && NR < 100) }'
		# it continues only when asked to
		train -q -R m.npz words > again
		[ "$(wc -l < again)" -le 1 ]
		train -q -R m.npz -P 0 -e 30 words > again
		tail -n 1 again | grep -q 'epoch=30:'
	done
}

@test "-N stops after so many steps, in the middle of an epoch too, and 0 does not" {
	train -q -o model.npz -H 2 -e 9 -E 0 -N 20 words
	[ "$(config steps)" -eq 20 ]
	[ "$(config epoch) $(config sentence)" = '1 7' ]
	train -q -o model.npz -H 2 -e 9 -E 0 -B 5 -N 4 words
	[ "$(config epoch) $(config sentence) $(config seen)" = '1 5 18' ]
	train -q -o model.npz -H 2 -e 2 -E 0 -N 0 words
	[ "$(config epoch) $(config steps)" = '2 26' ]
	train -q -o model.npz -H 2 -e 2 -E 0 -N 1000 words
	[ "$(config steps)" -eq 26 ]
}

@test "dropout: by the seed and the step, and none when looking" {
	train -q -D -c lstm -L 2 -H 8 -e 3 -E 0 -p 0.5 -o a.npz words
	train -q -D -c lstm -L 2 -H 8 -e 3 -E 0 -p 0.5 -o b.npz words
	cmp a.npz b.npz
	train -q -D -c lstm -L 2 -H 8 -e 3 -E 0 -o none.npz words
	run -1 cmp -s a.npz none.npz
	train -q -D -c lstm -L 2 -H 8 -e 3 -E 3 -p 0.5 -o b.npz words > log
	loss=$(score -q -t -D b.npz words | sed -n 's/^loss\t//p')
	tail -n 1 log | grep -q ": $loss\$"
	train -q -D -c lstm -L 2 -H 8 -e 3 -E 0 -p 0 -o b.npz words
	cmp none.npz b.npz
}

@test "options that go together, values, and words" {
	refused 2 '-f needs -S decay' -f 0.5 words
	refused 2 '-F needs -S decay' -S cosine -F 5 words
	refused 2 '-t needs embeddings; give their size with -m' -t words
	refused 2 '-P needs a validation set; give it with -v' -P 3 words
	refused 2 '-P counts evaluations, which -E 0 turns off' -P 3 -v 0.2 -E 0 words
	refused 1 'nowhere: No such file' -v nowhere words
	for x in 1.5 0 1 -0.1 nan; do
		refused 2 '-v: a fraction must be between 0 and 1' -v $x words
	done
	refused 2 'is also an input' -o words words
	cp words other
	refused 2 '-o: other is also an input' -o other -v other words
	mv other o.best.npz
	refused 2 '-o: o.best.npz is also an input' -o o.npz -v o.best.npz words
	mv o.best.npz other
	refused 2 'is also an input' -o other < other
	refused 2 'is also an input' -o other words - < other
	cmp words other
	refused 1 'too little text; the training or the validation set would be empty' -v 0.01 words
	refused 1 'too little text; the training or the validation set would be empty' -v 0.99 words
	"$ORACLE/as-stream.sh" 40 < "$EXPECT/tiny.index.txt" > other
	refused 1 'other: its vocabulary differs from that of the previous stream' -v other words
	for o in F l L m N P T; do
		for v in x '' -1 1.5 99999999999999999999; do
			refused 2 "-$o: '$v' is not a whole number" -$o "$v" words
		done
	done
	for o in f k K p; do
		for v in x '' -1 nan inf 1e31 0x0 0X1p-2; do
			refused 2 "-$o: '$v' is not a number" -$o "$v" words
		done
		for v in 1e-400 -1e-400; do
			refused 2 "-$o: '$v' is too close to 0 for a number" -$o "$v" words
		done
	done
	refused 2 "-p: '1' is not a number from 0 to 0.99" -p 1 words
	for v in 0 13; do
		refused 2 "-L: '$v' is not a whole number from 1 to 12" -L $v words
	done
	for o in 'a auto|yes|no' 'c rnn|lstm|gru' 'I auto|tutorial|normal|uniform' \
	    'O sgd|momentum|adagrad|rmsprop|adam' 'S halve|decay|cosine|constant'; do
		refused 2 "-${o%% *}: 'x' is none of ${o#* }" "-${o%% *}" x words
	done
	[ ! -e model.npz ]
}

@test "-I: the first weights are NumPy's, by each way of drawing them" {
	need_numpy
	for init in tutorial normal uniform; do
		train -q -o model.npz -D -c lstm -L 2 -m 4 -H 3 -s 7 -I $init -e 0 -E 0 words
		"$PYTHON" - $init <<-'END'
			import sys
			import numpy as np
			m, r, init = np.load("model.npz"), np.random.RandomState(7), sys.argv[1]
			order = "E U V W U2 W2" if init == "tutorial" else "E U W b U2 W2 b2 V c"
			seen = set("b b2 c".split())
			for k in order.split():
			    shape = m[k].shape
			    if init == "tutorial":
			        want = r.uniform(-shape[1] ** -0.5, shape[1] ** -0.5, shape)
			    elif init == "uniform":
			        want = r.uniform(-0.08, 0.08, shape)
			    else:
			        want = np.zeros(shape) if k[0] in "bc" else r.randn(*shape) * 0.01
			    if k[0] == "b":
			        want[0, 3:6] = 1
			    assert np.array_equal(m[k], want), k
			    seen.discard(k)
			for k in seen:
			    want = np.zeros(m[k].shape)
			    if k[0] == "b":
			        want[0, 3:6] = 1
			    assert np.array_equal(m[k], want), k
		END
	done
	train -q -c lstm -H 3 -e 0 -E 0 -o auto.npz words
	train -q -o model.npz -c lstm -H 3 -e 0 -E 0 -I uniform words
	cmp auto.npz model.npz
	train -q -H 3 -e 0 -E 0 -o auto.npz words
	train -q -o model.npz -H 3 -e 0 -E 0 -I tutorial words
	cmp auto.npz model.npz
}

@test "weight decay pulls weights towards 0, not biases, and by the rate" {
	train -q -o model.npz -a yes -H 3 -e 1 -E 0 -O adamw --weight-decay 0 words > log
	train -q -a yes -H 3 -e 1 -E 0 -O adam -o adam.npz words > log
	# without decay it is adam, except for the name in the config
	for array in U V W b c; do
		cmp <(unzip -p model.npz $array.npy) <(unzip -p adam.npz $array.npy)
	done
	need_numpy
	train -q -a yes -H 3 -e 1 -N 1 -E 0 -r 0.1 -O adam -o adam.npz words > log
	train -q -a yes -H 3 -e 1 -N 1 -E 0 -r 0.1 -O adamw -o decayed.npz words > log
	train -q -a yes -H 3 -e 0 -E 0 -o start.npz words > log
	"$PYTHON" - <<-'END'
		import numpy as np
		adam, decayed, start = (np.load(f + ".npz") for f in ("adam", "decayed", "start"))
		for k in "U V W b c".split():
		    pull = 0 if k in "bc" else 0.1 * 0.01 * start[k]
		    assert np.allclose(adam[k] - decayed[k], pull, atol=1e-7), k
	END
}

@test "a projection layer makes V as wide as it is" {
	train -q -o model.npz -H 7 --project 2 -e 1 -E 0 words > log
	[ "$(unzip -p model.npz V.npy | head -c 128 | grep -ac ', 2)')" -eq 1 ]
	[ "$(unzip -p model.npz P.npy | head -c 128 | grep -ac '(2, 7)')" -eq 1 ]
	unzip -p model.npz config.npy | grep -aqx 'project=2'
	same_on_threads -H 7 --project 2 -e 3 -E 1 -B 5 -c gru words
}

@test "options of projections and weight decay that make no sense are refused" {
	train -q -o model.npz -H 3 -e 1 -E 0 words > log
	refused 2 '--weight-decay needs -O adamw' --weight-decay 0.1 words
	refused 2 'embedding size' --project 2 -m 3 -t words
	refused 2 "--project cannot be used with -i or -R" --project 2 -R model.npz words
	refused 2 "--project cannot be used with -i or -R" --project 2 -i model.npz words
	refused 2 'is not a whole number' --project -1 words
}

@test "--warmup: the rate rises in proportion to the step, whatever the schedule" {
	# with sgd a step moves the weights in proportion to the rate
	train -q -o full.npz -H 2 -r 0.08 -E 0 -N 1 words
	train -q -o model.npz -H 2 -r 0.32 --warmup 4 -E 0 -N 1 words
	cmp <(unzip -p full.npz W.npy) <(unzip -p model.npz W.npy)
	near 0.32 "$(config rate)"
	# step 4 and those after it have the rate itself
	train -q -o full.npz -H 2 -r 0.08 --warmup 1 -E 0 -e 2 words
	train -q -o model.npz -H 2 -r 0.08 -E 0 -e 2 words
	cmp <(unzip -p full.npz W.npy) <(unzip -p model.npz W.npy)
}

# orders OPTION...: the smoothed losses of two epochs without learning
orders() {
	train -q -i trained.npz --force -o model.npz -r 0 -E 0 -e 2 -l 1 "$@" | awk '{ print $NF }'
}

@test "--shuffle: every epoch has each sentence once, in an order of its own" {
	local part
	train -q -o model.npz -H 8 -r 0.05 -E 0 -e 30 words
	mv model.npz trained.npz
	orders words > plain
	orders --shuffle words > mixed
	orders --shuffle words | cmp - mixed
	for part in plain mixed; do
		# from the smoothed losses back to those of the steps, 13 in each epoch
		awk 'NR > 1 { printf "%.1f\n", ($1 - 0.999 * last) / 0.001 } { last = $1 }' $part > steps
		sed -n 1,12p steps > $part.1
		sed -n 14,25p steps > $part.2
	done
	cmp plain.1 plain.2
	run -1 cmp -s mixed.1 plain.1
	run -1 cmp -s mixed.1 mixed.2
}

@test "--shuffle: a resumed run has the same orders, sentences and streams" {
	local text n
	seq -f 'line %g of the text' 1 30 | tok -q -f text -C -S | vocab -q -S -n 0 | encode -q > stream
	for text in words stream; do
		train -q -o model.npz --force -H 3 -m 2 -B 3 -E 0 -e 3 --shuffle $text
		train -q -o half.npz --force -H 3 -m 2 -B 3 -E 0 -e 3 --shuffle -N 2 $text
		for n in 4 5; do
			train -q -R half.npz -N $n $text
		done
		train -q -R half.npz $text
		cmp model.npz half.npz
		train -q -o half.npz --force -H 3 -m 2 -B 3 -E 0 -e 3 $text
		run -1 cmp -s model.npz half.npz
	done
}

@test "--embed-dropout and --dropout-masks: what they need" {
	refused 2 '--embed-dropout needs embeddings' --embed-dropout 0.2 words
	train -q -o model.npz -H 2 -E 0 -N 1 words
	refused 2 '--embed-dropout needs embeddings' --embed-dropout 0.2 -R model.npz words
	train -q -o model.npz -H 2 -m 3 -E 0 -N 1 --dropout-masks sequence -p 0.5 words
	[ "$(config masks)" = sequence ]
	train -q -R model.npz --embed-dropout 0.25 --dropout-masks word -N 2 words
	near 0.25 "$(config embed_dropout)"
	[ -z "$(config masks)" ]
}
