#!/usr/bin/env bats
# train --grow: a model's weights in a vocabulary with more words.
# shellcheck disable=SC2154

load helper

export TOOL=train	# whose refusals refused() looks at

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	small_data > old.index
	small_data | decode | grep . > old.text
	printf '%s\n' 'the heron looks at the pike .' 'pike and heron , heron and pike' 'the pike waits' \
	    'the pike looks at the sea .' 'a heron wants fish' > more.text
	cat more.text more.text old.text > new.text
	head -n 40 "$TOP/data/comments.csv" | cut -c -60 | tok -q -C -S -f text -l never > chars
	train -q -H 5 -r 0.1 -e 20 -E 0 -o old.npz old.index
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	cp "$BATS_FILE_TMPDIR"/* .
}

# encoded MODEL TEXT: the text with the words of the model and all others
encoded() {
	info --words "$1" > list
	vocab -q -n 0 --keep list "$2" | encode
}

# compare OLD NEW SCRATCH: each word of OLD has its weights in NEW; new words have those of SCRATCH,
# a new model of the same seed, and in the output also the mean of the rarest tenth of OLD's
compare() {
	"$PYTHON" - "$@" <<-'EOF'
		import numpy, sys
		old, new, scratch = map(numpy.load, sys.argv[1:])
		def words(m):
		    return [l.split("\t")[0] for l in bytes(m["vocab"]).decode().splitlines()]
		was, now = words(old), words(new)
		at = [now.index(w) for w in was]
		added = [i for i in range(len(now)) if i not in at]
		marks = ("SENTENCE_START", "SENTENCE_END", "UNKNOWN_TOKEN")
		plain = [i for i, w in enumerate(was) if w not in marks]
		rare = plain[-(max(len(plain) // 10, 1)):]
		assert added and at != sorted(at)
		assert {k for k in old.files if "." not in k} == set(new.files), new.files
		moved = 0
		for k in old.files:
		    if k in ("vocab", "config") or "." in k:
		        continue
		    x, y = old[k], new[k]
		    if x.shape == y.shape:
		        assert (x == y).all(), k
		        continue
		    axis = 0 if k == "V" else len(x.shape) - 1
		    assert y.shape[axis] == len(now), k
		    assert (y.take(at, axis) == x).all(), k
		    fresh = scratch[k].take(added, axis)
		    assert k == "c" or len(set(fresh.ravel())) == fresh.size, k
		    if k in "Vc":
		        mean = x.take(rare, axis).astype(float).mean(axis, keepdims=True)
		        fresh = fresh + mean if k == "V" else mean + 0 * fresh
		    assert abs(y.take(added, axis) - fresh).max() < 1e-6, k
		    moved += 1
		assert moved >= 2
	EOF
}

@test "words keep their weights, whatever their row; new ones are drawn from the seed" {
	need_numpy
	while read -r name options; do
		# shellcheck disable=SC2086
		train -q $options -H 5 -e 2 -E 0 -o $name.npz old.index
		encoded $name.npz new.text > new.index
		train -q -i $name.npz --grow -s 4 -e 0 -E 0 -o grown.npz --force new.index
		# shellcheck disable=SC2086
		train -q $options -H 5 -s 4 -e 0 -E 0 -o scratch.npz --force new.index
		compare $name.npz grown.npz scratch.npz || { echo "$name"; false; }
	done <<-'END'
		rnn -a no
		gru -c gru -m 3 -O adam
		lstm -c lstm -L 2 -a no -D
		tied -c lstm -m 4 -t
		sampled --softmax sampled --samples 9 -c gru
		projected --project 3 -m 2
	END
}

@test "it says how many words are new, and begins with a loss near that of the model" {
	encoded old.npz new.text > new.index
	run -0 --separate-stderr train -i old.npz --grow -e 0 -E 1 -o new.npz new.index
	[ "${stderr_lines[0]}" = "train: old.npz: 3 words are new, 30 are the model's" ]
	encode -q -v new.npz old.text > again.index
	score -t new.npz again.index > new.totals
	score -t old.npz old.index > old.totals
	paste old.totals new.totals | awk '$1 == "loss" && $4 > $2 && $4 < $2 + 0.2 { found = 1 } END { exit !found }'
}

# last LOG: the last loss in it
last() {
	sed -n 's/.*epoch=[1-9]*: //p' "$1" | tail -n 1
}

@test "after an epoch the loss is below that of a new model, with and without sampling" {
	encoded old.npz new.text > new.index
	for softmax in full sampled; do
		o="-r 0.02 -e 1 -E 1 --softmax $softmax -s 3"
		# shellcheck disable=SC2086
		train -q $o -i old.npz --grow -o new.npz --force new.index > grown
		# shellcheck disable=SC2086
		train -q $o -H 5 -o scratch.npz --force new.index > scratch
		awk -v a="$(last grown)" -v b="$(last scratch)" 'BEGIN { exit !(a > 0 && a < b - 0.1) }'
	done
	train -q -R new.npz -e 2 new.index	# it is a run like any other
	sample -n 1 new.npz | decode > text
	[ -s text ]
}

@test "the same words with other counts need --grow, and change no weight" {
	need_numpy
	cat old.text old.text | vocab -q -n 0 | encode > twice.index
	refused 1 "is not the model's" -i old.npz -o new.npz twice.index
	run -0 --separate-stderr train -i old.npz --grow -e 0 -E 0 -o new.npz twice.index
	[ "${stderr_lines[0]}" = "train: old.npz: 0 words are new, 30 are the model's" ]
	"$PYTHON" -c 'import numpy
a, b = numpy.load("old.npz"), numpy.load("new.npz")
assert all((a[k] == b[k]).all() for k in "UVW") and (a["vocab"][:40] != b["vocab"][:40]).any()'
}

@test "a stream: UNKNOWN_TOKEN is new, or no longer needed; words are not" {
	vocab -q -S -n 20 chars | encode > some.index
	vocab -q -S -n 0 chars | encode > all.index
	train -q -c gru -H 4 -e 1 -E 0 -o some.npz some.index
	run -0 --separate-stderr train -i some.npz --grow -e 1 -E 0 -o all.npz all.index
	[[ "${stderr_lines[0]}" == *"19 are the model's; UNKNOWN_TOKEN has no row any more" ]]
	refused 1 "lacks " -i all.npz --grow -o x.npz some.index
}

@test "refusals: words that are gone, another unit, output layers of counts, no model" {
	refused 2 '--grow needs -i' --grow old.index
	refused 2 '--grow needs -i' --grow -R old.npz old.index
	vocab -q -n 0 more.text | encode > more.index
	refused 1 "old.npz: the text's vocabulary lacks 17 of the model's 30 words, the first is 'is'; keep them: info --words MODEL > LIST, then vocab --keep LIST" \
	    -i old.npz --grow -o x.npz more.index
	vocab -q -S -n 0 new.text | encode > stream.index
	refused 1 'unit=sentence' -i old.npz --grow -o x.npz stream.index
	for softmax in tree adaptive; do
		# shellcheck disable=SC2046
		train -q -H 4 --softmax $softmax $([ $softmax = tree ] || echo --cutoffs 9) -e 0 -o $softmax.npz old.index
		refused 1 "$softmax.npz: " -i $softmax.npz --grow -o x.npz /missing
		[[ "$stderr" == *"the vocabulary cannot grow; train a new model" ]]
	done
	[ ! -e x.npz ]
}
