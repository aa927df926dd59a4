#!/usr/bin/env bats
# train -R: a run that was ended anywhere and taken up again comes to the same
# bytes, whatever the network, the optimiser, the rate and the text.

load helper

export TOOL=train	# whose refusals refused() looks at

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	small_data > words
	head -c 480 "$TOP/data/comments.csv" | tok -q -C -S -f text -l never | vocab -q -S -n 0 |
	    encode > chars
}

# the log without its times
untimed() {
	sed 's/^[0-9-]* [0-9:]*: //' "$@"
}

# halves TEXT OPTION...: 34 steps at once, and 17 and then 17 more, on other
# numbers of threads: models and logs, and the best models if there are any
halves() {
	local text=$1
	shift
	rm -f ./*.npz
	echo "$text $*"		# for the report, if it ends here
	train -q -j 1 -H 4 -e 5 -E 1 -l 5 "$@" -N 34 -o whole.npz "$text" > whole.log || return
	train -q -j $((halves % 4 ? 1 : 3)) -H 4 -e 5 -E 1 -l 5 "$@" -N 17 -o half.npz "$text" > one.log || return
	train -q -j $((halves % 5 ? 1 : 2)) -R half.npz -N 34 "$text" > two.log || return
	cmp whole.npz half.npz || return
	# the first half's last lines are where it ended
	{ untimed one.log | sed '$d' | sed '${/^Training/d;}'; untimed two.log; } | cmp - <(untimed whole.log) || return
	if [ -e whole.best.npz ]; then
		cmp whole.best.npz half.best.npz || return
		best=$((best + 1))
	fi
	halves=$((halves + 1))
}

# The Nth of what follows it, from 0, again from the first one after the last.
turn() {
	local n=$1
	shift
	shift $((n % $#))
	printf '%s' "$1"
}

# all_of N: so many of N combinations as every() runs
all_of() {
	if [ -n "${SAN:-}" ]; then echo $(($1 / 3)); else echo "$1"; fi
}

# every TEXT BATCH...: cells, optimisers and schedules in every combination, and
# with them in turn all that else a run can have
every() {
	local cell rule rate n=0
	for cell in rnn lstm gru; do
		for rule in sgd momentum adagrad rmsprop adam adamw; do
			for rate in halve 'decay -F 1 -f 0.5' cosine constant; do
				# with a sanitizer, every third one
				[ -z "${SAN:-}" ] || [ $((n % 3)) -eq 0 ] || { n=$((n + 1)); continue; }
				# shellcheck disable=SC2046,SC2086
				halves "$@" -c $cell -O $rule -S $rate $(turn $n '' '-m 3' '-m 3 -t' '-m 4 -t' '--project 5' '-m 3 --project 2') \
				    $(turn $((n / 4)) '' '-p 0.3') $(turn $((n / 3)) '' '-v 0.2') \
				    $(turn $((n / 5)) '' '-k 0.5' '-K 2') $(turn $((n / 7)) '' -D) \
				    $(turn $((n / 2)) '-L 1' '-L 2' '-L 3') $(turn $n '-a yes' '-a no' '-a auto') || return
				n=$((n + 1))
			done
		done
	done
}

@test "two halves are a whole: sentences, any network, optimiser and rate" {
	halves=0 best=0
	every words
	[ "$halves" -eq "$(all_of 72)" ]
	[ "$best" -gt $((halves / 4)) ]
}

@test "two halves are a whole: several sentences a step" {
	halves=0 best=0
	for p in 0 0.3; do
		for cell in rnn lstm gru; do
			halves words -B 5 -c $cell -O adam -p $p -m 3 -v 0.2 -e 20
		done
	done
	[ "$halves" -eq 6 ]
}

@test "two halves are a whole: a stream, any network, optimiser and rate" {
	halves=0 best=0
	every chars -T 16
	[ "$halves" -eq "$(all_of 72)" ]
	[ "$best" -gt $((halves / 4)) ]
}

@test "two halves are a whole: parts of a stream side by side" {
	halves=0 best=0
	every chars -T 16 -B 4
	[ "$halves" -eq "$(all_of 72)" ]
}

@test "two halves are a whole: lines of a stream, a validation set of its own, other initial weights" {
	halves=0
	halves chars -T 0 -c gru -p 0.2 -e 50
	head -c 450 "$TOP/data/comments.csv" | tail -c 300 | tok -q -C -S -f text -l never > tokens
	encode -q -v <(sed '1s|.*|#table 1 unit=stream rules=characters,ends|; /^$/,$d' chars) tokens > others
	for start in '' '-I normal' '-I uniform' '-I tutorial' '-s 3'; do
		rm -f ./*.npz
		# shellcheck disable=SC2086
		train -q -c lstm -H 4 -T 16 -e 5 -E 1 -O adam $start -v others -N 34 -o whole.npz chars > log
		# shellcheck disable=SC2086
		train -q -c lstm -H 4 -T 16 -e 5 -E 1 -O adam $start -v others -N 17 -o half.npz chars > log
		refused 1 'its validation set was a file; give the same file with -v' -R half.npz chars
		train -q -R half.npz -v others -N 34 chars > log
		cmp whole.npz half.npz
		cmp whole.best.npz half.best.npz
	done
}

@test "a run is resumed with its own validation set" {
	local other='the validation set is not that of the run; use the same text, or start a new run with -i'
	local none='the run has no validation set and -v cannot add one; start a new run with -i'
	mapfile -t text < "$EXPECT/tiny.index.txt"
	printf '%s\n' "${text[@]:0:5}" | "$ORACLE/as-stream.sh" "$EXPECT/tiny.tsv" > five
	printf '%s\n' "${text[@]:1:5}" | "$ORACLE/as-stream.sh" "$EXPECT/tiny.tsv" > others
	train -q -H 3 -e 2 -E 1 -v five -o file.npz words > log
	train -q -H 3 -e 2 -E 1 -v 0.3 -o share.npz words > log
	train -q -H 3 -e 2 -E 1 -o neither.npz words > log
	cp file.npz file.was
	refused 1 "file.npz: $other" -R file.npz -v others -e 4 words
	refused 1 'give the same file with -v' -R file.npz -e 4 words
	cmp file.npz file.was
	# before any evaluation, too
	train -q -H 3 -e 2 -E 0 -v five -o late.npz words > log
	refused 1 "late.npz: $other" -R late.npz -v others -e 4 words
	refused 1 'give the same file with -v' -R late.npz -e 4 words
	for v in five 0.2; do
		refused 1 'the fraction of text for validation is 0.3 in this run; repeat its -v' -R share.npz -v $v words
	done
	refused 1 "neither.npz: $none" -R neither.npz -v five -e 4 words
	refused 1 'the fraction of text for validation is 0 in this run; repeat its -v' -R neither.npz -v 0.3 -e 4 words
	# the same sentences to learn from, and one of those held out is another
	{ printf '%s\n' "${text[@]:0:${#text[@]}-1}"; echo "${text[0]}"; } |
	    "$ORACLE/as-stream.sh" "$EXPECT/tiny.tsv" > last-other
	refused 1 "share.npz: $other" -R share.npz -e 4 last-other
	train -q -R share.npz -e 4 words > log
	train -q -R share.npz -v 0.3 -e 5 words > log	# as it was
	refused 1 'neither.npz: -P needs a validation set, and this run has none; start a new run with -i' \
	    -R neither.npz -P 2 -e 4 words
	refused 2 '-P counts evaluations, which -E 0 turns off' -R share.npz -P 2 -E 0 words
	train -q -R file.npz -e 4 -v five words > log
}

@test "a run that has ended is left as it is" {
	local ended='nothing to do: the run has finished after'
	# by -e, by -N in the midst of an epoch, by -P
	train -q -H 3 -e 4 -E 2 -o epochs.npz words > log
	train -q -H 3 -e 4 -E 2 -N 17 -o steps.npz words > log
	run -0 --separate-stderr train -H 3 -e 9 -E 1 -r 0.5 -v 0.3 -P 2 -o patience.npz words
	[[ "${stderr_lines[0]}" =~ ^'train: early stopping after epoch '[3-9]': no lower validation loss in 2 evaluations (-P); ' ]]
	mkdir was
	cp ./*.npz was
	for e in 4 3 0; do
		run -0 --separate-stderr train -R epochs.npz -e $e words
		[ -z "$output" ]
		[ "$stderr" = "train: epochs.npz: $ended 4 epochs, 52 steps; to continue: train -R epochs.npz -e 8 words" ]
		cmp epochs.npz was/epochs.npz
	done
	run -0 --separate-stderr train -R steps.npz -N 17 words
	[[ "$stderr" == "train: steps.npz: $ended 1 epochs, 17 steps; "* && -z "$output" ]]
	run -0 --separate-stderr train -R patience.npz words
	[[ "$stderr" == "train: patience.npz: $ended "*'; to continue: train -R patience.npz -P 4 words' && -z "$output" ]]
	for m in epochs steps patience; do
		cmp $m.npz was/$m.npz
	done
	cmp patience.best.npz was/patience.best.npz
	# at another place it is the same model, and -q is silent
	run -0 --separate-stderr train -q -R epochs.npz -e 2 -o other.npz words
	[ -z "$output$stderr" ]
	cmp other.npz was/epochs.npz
	# what was asked for on top of it is done
	train -q -R epochs.npz -e 5 words > log
	run -1 cmp -s epochs.npz was/epochs.npz
}

@test "in a new place a run has its best model, too" {
	set -- -H 3 -r 0.5 -e 12 -E 1 -v 0.3
	train -q "$@" -o whole.npz words > log
	train -q "$@" -N 54 -o a.npz words > log
	cp a.best.npz was.npz
	train -q -R a.npz -o b.npz words > log
	cmp whole.npz b.npz
	cmp whole.best.npz b.best.npz
	cmp b.best.npz was.npz		# or the rest of the run would have written it
	cmp a.best.npz was.npz
	rm b.best.npz
	run -0 --separate-stderr train -R a.npz -N 54 -o c.npz words
	cmp c.best.npz was.npz
	# a name that is the same file's; and one that was taken away
	ln -s a.npz link.npz
	ln -s a.best.npz link.best.npz
	train -q -R a.npz -N 54 -o link.npz words
	cmp a.best.npz was.npz
	rm a.best.npz
	run -0 --separate-stderr train -q -R a.npz -N 63 -o d.npz words
	[ "$stderr" = 'train: a.best.npz: not copied to d.best.npz: No such file or directory' ]
	[ ! -e d.best.npz ]
	run -0 --separate-stderr train -q -R a.npz -N 63 words
	[ -z "$stderr" ]
}

@test "a last evaluation is made again where nothing tells that it was made" {
	train -q -H 3 -e 3 -E 2 -v 0.3 -o a.npz words > first
	cp a.npz was.npz
	mv a.best.npz best.npz		# as if it had been ended in that evaluation
	train -q -R a.npz words > again
	cmp a.npz was.npz
	cmp a.best.npz best.npz
	tail -n 1 first | untimed | cmp - <(untimed again)
}

@test "the halves are no whole if a state was lost: the test can fail" {
	need_numpy
	for lost in carry W.1 V.2; do
		train -q -c lstm -H 4 -T 16 -B 4 -O adam -e 5 -E 0 -N 34 -o whole.npz chars
		train -q -c lstm -H 4 -T 16 -B 4 -O adam -e 5 -E 0 -N 17 -o half.npz chars
		"$PYTHON" - $lost <<-'END'
			import sys
			import numpy
			m = dict(numpy.load("half.npz"))
			m[sys.argv[1]] = m[sys.argv[1]] * 0
			numpy.savez("half.npz", **m)
		END
		train -q -R half.npz -N 34 chars
		run -1 cmp -s whole.npz half.npz
	done
}

@test "one step at a time is all at once" {
	train -q -c gru -H 4 -T 16 -B 3 -O adam -p 0.3 -S cosine -e 3 -E 1 -v 0.1 -o whole.npz chars > log
	train -q -c gru -H 4 -T 16 -B 3 -O adam -p 0.3 -S cosine -e 3 -E 1 -v 0.1 -N 1 -o some.npz chars > log
	for ((n = 2; n <= 30; n++)); do
		train -q -R some.npz -N $n chars > log
	done
	cmp whole.npz some.npz
	cmp whole.best.npz some.best.npz
}

@test "a stream stopped by SIGTERM in an epoch resumes to the same model" {
	for _ in {1..6}; do
		tail -n +2 "$TOP/data/comments.csv"
	done | tok -q -C -S -f text -l never | vocab -q -S -n 0 | encode > long
	set -- -c lstm -L 2 -H 24 -T 25 -B 20 -O rmsprop -p 0.2 -e 1 -E 0 -l 20 -N 800
	train -q "$@" -o whole.npz long > log
	# the first line says that it is on its way; another delay if it was missed
	for delay in 0.1 0.05 0.2 0.02 0.5 0.01; do
		stop_after $delay train "$@" -o half.npz long
		[ "$stopped" -eq 0 ] || break
	done
	[ "$stopped" -eq 143 ]
	grep -qE '^train: interrupted in epoch 1 after [1-9][0-9]* chunks; resume with: train -R half\.npz -N 800 long$' err
	run -1 cmp -s whole.npz half.npz
	train -q -R half.npz -N 800 long > log
	cmp whole.npz half.npz
}

@test "what may be given again takes effect, and the rest is refused" {
	train -q -c gru -H 4 -T 16 -B 4 -O adam -e 9 -E 1 -v 0.2 -N 12 -o was.npz chars > log
	train -q -R was.npz -N 30 -o same.npz chars > log
	for option in '-k 0.01' '-K 0.01' '-p 0.5' '-r 0.1' '-E 2' '-l 3' '-P 7' '-e 8'; do
		# shellcheck disable=SC2086
		train -q -R was.npz $option -N 30 -o other.npz chars > log
		run -1 cmp -s same.npz other.npz
	done
	# at the beginning of an epoch -B may change, in its midst not
	train -q -R was.npz -B 2 -N 30 -o other.npz chars > log
	run -1 cmp -s same.npz other.npz
	train -q -R was.npz -N 15 -o midst.npz chars > log
	refused 2 "-B cannot change in the middle of an epoch of a stream" -R midst.npz -B 2 chars
	train -q -R midst.npz -B 4 -N 30 -o other.npz chars > log
	cmp same.npz other.npz
	refused 2 '-b applies to cell rnn only' -R was.npz -b 3 chars
	refused 1 'the fraction of text for validation is 0.2 in this run; repeat its -v' -R was.npz -v 0.3 chars
	for option in '-a yes' '-c rnn' '-D' '-f 0.5' '-F 3' '-H 3' '-I normal' '-L 2' '-m 3' '-n 2' \
	    '-O sgd' '-s 3' '-S halve' '-t' '-T 9'; do
		# shellcheck disable=SC2086
		refused 2 "${option:0:2} cannot change in a resumed run (-R)" -R was.npz $option chars
	done
	refused 2 '--weight-decay needs -O adamw' -R was.npz --weight-decay 0.5 chars
	for option in '-a yes' '-c rnn' '-I normal' '-L 2' '-m 3' '-t'; do
		# shellcheck disable=SC2086
		refused 2 "${option:0:2} cannot be used with -i" -i was.npz $option chars
	done
}

@test "-i from the midst of a stream begins with the weights and nothing else" {
	train -q -H 4 -T 16 -B 4 -O adam -e 9 -E 0 -N 9 -o was.npz chars
	train -q -i was.npz -T 0 -N 9 -E 0 -o lines.npz chars
	train -q -R lines.npz -N 12 chars
	train -q -i was.npz -T 16 -N 9 -E 0 -o one.npz chars
	train -q -i was.npz -T 16 -N 4 -E 0 -o two.npz chars
	train -q -R two.npz -N 9 chars
	cmp one.npz two.npz
	train -q -i was.npz -D -O rmsprop -T 16 -N 9 -E 0 -o double.npz chars
	train -q -R double.npz -N 12 chars
}

@test "a model written before there were optimisers can be resumed" {
	need_numpy
	train -q -H 3 -e 2 -E 1 words > log
	"$PYTHON" - <<-'END'
		import numpy
		m = dict(numpy.load("model.npz"))
		lines = bytes(m["config"]).decode().splitlines(True)
		old = [line for line in lines if not line.startswith("steps=")]
		assert len(old) == len(lines) - 1 == 22
		m["config"] = numpy.frombuffer("".join(old).encode(), "u1")
		numpy.savez("old.npz", **m)
	END
	train -q -R model.npz -e 4 words > new.log
	train -q -R old.npz -e 4 words > old.log
	cmp <(untimed new.log) <(untimed old.log)
	score model.npz words > want
	score old.npz words | cmp - want
}
