#!/usr/bin/env bats
# train and the best model beside the latest: whose it is, when it is removed, copied or
# reported.
# shellcheck disable=SC2154

load helper

export TOOL=train	# whose refusals refused() looks at

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	small_data > words
}

# ---- That of another run

@test "a new run does not leave another run's best model beside its own" {
	train -q -H 8 -v 0.3 -e 3 -o s.npz words > log
	cp s.best.npz was.npz
	run -0 --separate-stderr train -H 12 -e 2 -o s.npz words
	[ "${stderr_lines[0]}" = 'train: s.npz: the model that is there will be replaced' ]
	[ "${stderr_lines[1]}" = 'train: s.best.npz: the best model of another run; the first save will remove it' ]
	[ -e s.npz ]
	[ ! -e s.best.npz ]
	# also where the latest model is gone; -q and --force are silent
	for o in -q --force; do
		rm s.npz
		cp was.npz s.best.npz
		run -0 --separate-stderr train $o -H 12 -e 2 -o s.npz words
		[[ "$stderr" != *another* ]]
		[ ! -e s.best.npz ]
	done
	# with -v its own takes the place, or none if there was no evaluation yet
	cp was.npz s.best.npz
	run -0 --separate-stderr train -H 12 -v 0.3 -e 2 -o s.npz words
	[ "${stderr_lines[1]}" = 'train: s.best.npz: the best model of another run; the first save will remove it' ]
	run -0 grep -aqx hidden=12 s.best.npz
	cp was.npz s.best.npz
	train -q -H 12 -v 0.3 -E 9 -e 2 -N 5 --save-every 1 -o s.npz words > log
	[ ! -e s.best.npz ] || grep -aqx hidden=12 s.best.npz
	# with no epoch at all the initial weights are what was asked for
	cp was.npz s.best.npz
	train -q -H 12 -e 0 -o s.npz words > log
	[ ! -e s.best.npz ]
}

@test "another run's best model stays until the first save, and where nothing is saved" {
	train -q -H 8 -v 0.3 -e 3 -o s.npz words > log
	cp s.npz was.npz
	cp s.best.npz was.best.npz
	# diverged in the first epoch
	"$BUILD/tests/unit/scale" s.npz V 4e38 steep.npz
	run -1 --separate-stderr train -q -i steep.npz -r 1e6 -E 1 -o s.npz words
	cmp s.npz was.npz
	cmp s.best.npz was.best.npz
	# no text
	run -1 train -H 3 -o s.npz /missing
	cmp s.best.npz was.best.npz
	# the model cannot be written
	run -1 --separate-stderr bash -c 'ulimit -f 1; train -q -H 30 -e 2 -E 1 -o s.npz words'
	cmp s.best.npz was.best.npz
	# a resumed run keeps its own, and that of -i is an input
	train -q -R s.npz -e 3 words > log
	cmp s.best.npz was.best.npz
	run -0 --separate-stderr train -i s.best.npz -e 1 -o s.npz words
	[ "${stderr_lines[1]}" = 'train: s.best.npz: the best model of another run; it stays, because -i reads it' ]
	cmp s.best.npz was.best.npz
	run -0 --separate-stderr train -i s.best.npz -v 0.3 -e 1 -o s.npz words
	[ "${stderr_lines[1]}" = 'train: s.best.npz: the best model of another run; the first save will remove it' ]
	run -1 cmp -s s.best.npz was.best.npz
}

@test "only a model that train has written is removed" {
	echo 'my notes' > s.best.npz
	train -q -H 3 -e 1 -o s.npz words > log
	[ "$(cat s.best.npz)" = 'my notes' ]
	refused 1 's.best.npz: exists and is not a model' -q -H 3 -e 1 -v 0.3 -o s.npz words
	# nor by a run that is resumed
	train -q -H 3 -e 2 -v 0.3 -o r.npz words > log
	refused 1 's.best.npz: exists and is not a model' -q -R r.npz -e 3 -o s.npz words
	[ "$(cat s.best.npz)" = 'my notes' ]
	: > s.best.npz
	train -q -H 3 -e 1 -o s.npz words > log
	[ -e s.best.npz ]
}

@test "without -o a best model that is there is not removed either" {
	train -q -H 8 -v 0.3 -e 3 words > log
	cp model.best.npz was.npz
	rm model.npz
	refused 1 'model.best.npz: exists already; choose another file with -o' -H 3 -e 1 words
	cmp model.best.npz was.npz
	train -q --force -H 3 -e 1 words > log
	[ ! -e model.best.npz ]
}

@test "the best model that another run is writing is not removed" {
	train -q -H 3 -e 1 -v 0.3 -o s.npz words > log
	small_data repeated 3000 > long
	: > log
	train -H 20 -e 500 -E 1 -v 0.1 -o s long > log 2> err 3>&- &
	pid=$!
	for _ in {1..1500}; do
		[ ! -s log ] || break
		sleep 0.02
	done
	refused 1 "s.best.npz: process $pid is writing it" -q -H 3 -e 1 -o s.npz words
	kill -TERM $pid
	wait $pid || true
}

# ---- Copied, trusted, reported

@test "a best model is copied only if it is that of the run" {
	train -q -H 3 -r 0.5 -e 4 -v 0.3 -o s.npz words > log
	cp s.npz was.npz
	cp s.best.npz was.best.npz
	train -q -c lstm -H 3 -e 4 -v 0.3 -o lstm.npz words > log
	train -q -H 3 -r 0.5 -s 1 -e 4 -v 0.3 -o seed.npz words > log
	train -q -H 3 -r 0.1 -e 1 -v 0.3 -o rate.npz words > log
	small_data sed 's/5/6/g' > text
	train -q -H 3 -r 0.5 -e 4 -v 0.3 -o text.npz text > log
	for other in lstm seed text; do
		cp $other.best.npz s.best.npz
		run -0 --separate-stderr train -q -R s.npz -o $other.copy.npz words
		[ "$stderr" = "train: s.best.npz: not copied to $other.copy.best.npz: it is of another run" ]
		cmp $other.copy.npz was.npz
		[ ! -e $other.copy.best.npz ]
	done
	# the same network and text, and yet not the model with the lowest loss
	cp rate.best.npz s.best.npz
	run -0 --separate-stderr train -q -R s.npz -o c.npz words
	[[ "$stderr" == 'train: s.best.npz: not copied to c.best.npz: its lowest validation loss is 3.'*', that of the run 3.'* ]]
	[ ! -e c.best.npz ]
	# by a run that trains as well; and what was at the new place does not pass for it
	cp lstm.best.npz d.best.npz
	run -0 --separate-stderr train -R s.npz -e 5 -r 0 -o d.npz words
	[ "${stderr_lines[0]}" = 'train: d.best.npz: the best model of another run; the first save will remove it' ]
	[[ "${stderr_lines[1]}" == 'train: s.best.npz: not copied to d.best.npz: its lowest'* ]]
	[ ! -e d.best.npz ]
	# its own
	cp was.best.npz s.best.npz
	cp lstm.best.npz e.best.npz
	run -0 --separate-stderr train -q -R s.npz -o e.npz words
	[ -z "$stderr" ]
	cmp e.best.npz was.best.npz
	# resumed from the best one, which is at its place already
	cp s.best.npz was.best.npz
	rm s.npz
	run -0 --separate-stderr train -R s.best.npz -e 5 -r 0 -o s.npz words
	[[ "$stderr" != *another* && "$stderr" != *'not copied'* ]]
	[[ "$stderr" == *'; s.best.npz: the lowest, '* ]]
	cmp s.best.npz was.best.npz
}

@test "the report names the best model only where it is" {
	train -q -H 3 -r 0.5 -e 4 -v 0.3 -o s.npz words > log
	best=$(sed -n 's/^best=//p' < <(grep -a '^best=' s.npz) | awk '{ printf "%.4f", $1 }')
	# -r 0: the loss stays what it is, and is no new best one
	cp s.npz m.npz
	cp s.best.npz m.best.npz
	run -0 --separate-stderr train -R m.npz -e 5 -r 0 words
	[[ "$stderr" == *"; m.best.npz: the lowest, $best (perplexity "*'), after epoch '* ]]
	run -0 --separate-stderr train -R s.npz -e 5 -r 0 -o copy.npz words
	[[ "$stderr" == *"; copy.best.npz: the lowest, $best (perplexity "* ]]
	[ -e copy.best.npz ]
	cp s.npz gone.npz
	for o in '' '-o other.npz'; do
		# shellcheck disable=SC2086
		run -0 --separate-stderr train -R gone.npz -e 5 -r 0 $o words
		[[ "$stderr" =~ "; the lowest was $best (perplexity "[0-9.]+"), after epoch "[0-9]+", but its model is not there" ]]
		[[ "$stderr" != *'best.npz: the lowest'* ]]
		cp s.npz gone.npz
	done
	# or where another run's is
	train -q -c lstm -H 3 -e 4 -v 0.3 -o lstm.npz words > log
	cp s.npz mixed.npz
	cp lstm.best.npz mixed.best.npz
	run -0 --separate-stderr train -R mixed.npz -e 5 -r 0 words
	[ "${stderr_lines[0]}" = 'train: mixed.best.npz: not the best model of this run: it is of another run' ]
	[[ "$stderr" == *"; the lowest was $best (perplexity "*'but its model is not there'* ]]
	cmp mixed.best.npz lstm.best.npz
}

# ---- What is said before the first step

@test "that a model will be replaced is said when training begins" {
	train -q -H 2 -e 1 -o m.npz words > log
	for o in '-v /missing' '-H 3 -d blas' '-i /missing'; do
		# shellcheck disable=SC2086
		UNROLL_PLUGINS=/no/such/folder refused 1 '' $o -o m.npz words
		[[ "$stderr" != *replaced* ]]
	done
	run -0 --separate-stderr train -R m.npz -o m.npz -e 2 words
	cp m.npz n.npz
	run -0 --separate-stderr train -R m.npz -o n.npz -e 2 words
	[ "${stderr_lines[0]}" = 'train: n.npz: the model that is there will be replaced' ]
}
