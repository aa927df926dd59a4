#!/usr/bin/env bats
# What train tells: losses that explode, models without training, the end of a run, the
# command that continues it, and the losses of training and validation beside each other.
# shellcheck disable=SC2154

load helper

export TOOL=train	# whose refusals refused() looks at

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	small_data > words
}

# losses KIND: those of the log of that kind, "EPOCH LOSS" a line
losses() {
	sed -nE "s/^[0-9-]+ [0-9:]+: $1 after num_examples_seen=[0-9]+ epoch=([0-9]+): /\1 /p" log
}

@test "a loss far above that of guessing ends the run; the last good model stays" {
	small_data repeated 20 > long
	train -q -H 20 -e 1 -E 1 -o m.npz long > log
	cp m.npz was.npz
	# found by the steps, in the middle of an epoch
	run -1 --separate-stderr train -R m.npz -r 50 -e 9 long
	[[ "${stderr_lines[-1]}" == 'train: the loss of most of the latest steps is above 10 times that of guessing, ln 30 = 3.4012, in epoch 2 after '[1-9]*' sentences (rate 50); try a smaller -r, or clip the gradient with -k or -K (last model saved: m.npz)' ]]
	cmp m.npz was.npz
	# or by an evaluation, before it is saved
	run -1 --separate-stderr train -q -H 20 -e 9 -E 1 -r 50 -o new.npz words
	[[ "$stderr" == *'train: the loss, '*', is above 10 times that of guessing, ln 30 = 3.4012, in epoch 2 after 0 sentences (rate 50); try a smaller -r, '* ]]
	[ ! -e new.npz ] || grep -aqx 'epoch=0' new.npz
	# a clipped gradient is the remedy
	train -q -H 20 -e 9 -E 1 -r 50 -K 0.001 -o new.npz words > log
}

@test "--max-loss-ratio is the limit, and 0 none" {
	run -1 --separate-stderr train -q -H 20 -e 9 -E 1 -r 50 --max-loss-ratio 4.5 -o m.npz words
	[[ "$stderr" == *'is above 4.5 times that of guessing'* ]]
	run -0 --separate-stderr train -q -H 20 -e 9 -E 1 -r 50 --max-loss-ratio 0 -o m.npz words
	grep -aqx 'epoch=9' m.npz
	for v in x '' -1 nan; do
		refused 2 "--max-loss-ratio: '$v' is not a number" --max-loss-ratio "$v" words
	done
}

@test "a loss above three times that of guessing is told, once" {
	run -0 --separate-stderr train -q -H 20 -e 9 -E 1 -r 50 --max-loss-ratio 0 -o m.npz words
	grep -c 'is above 3 times that of guessing, ln 30 = 3.4012, in epoch 2 after 0 sentences (rate 50): training may be diverging; try a smaller -r, or clip the gradient with -k or -K' <<< "$stderr" | grep -qx 1
	small_data repeated 20 > long
	run -0 --separate-stderr train -q -H 20 -e 1 -E 0 -r 50 --max-loss-ratio 0 -o m.npz long
	[[ "${stderr_lines[0]}" == 'train: the loss of most of the latest steps is above 3 times that of guessing'*' in epoch 1 after 5'[0-9]' sentences (rate 50): '* ]]
	# no run that learns is disturbed
	run -0 --separate-stderr train -q -H 20 -e 3 -o m.npz long
	[ -z "$stderr" ]
}

@test "a run that is resumed anywhere ends at the same step, and only a bad stretch is noted" {
	small_data repeated 30 > long
	set -- -H 20 -e 9 -E 0 -r 50 --max-loss-ratio 10
	for batch in 1 2; do
		run -1 --separate-stderr train -q "$@" -B $batch -o whole.npz long
		whole=${stderr_lines[-1]%% (*}
		for n in 20 50; do
			run -0 --separate-stderr train -q "$@" -B $batch -N $n -o half.npz long
			grep -aqE '^steep=[1-9]' half.npz
			run -1 --separate-stderr train -q -R half.npz --max-loss-ratio 10 long
			[ "${stderr_lines[-1]%% (*}" = "$whole" ]
		done
	done
	train -q -H 20 -e 9 -E 0 -N 77 -o good.npz long
	run -1 grep -aq '^steep=' good.npz
	run -1 grep -aq '^train_' good.npz
}

@test "the tutorial's defaults are far from the limit, and so is each optimiser at its start" {
	tok -q "$TOP/data/comments.csv" | vocab -q -n 500 | encode > comments
	for rule in sgd momentum adagrad rmsprop adam; do
		run -0 --separate-stderr train -q -O $rule -N 400 -e 1 -o m.npz comments
		[ -z "$stderr" ]
	done
}

@test "a model that ends worse than it began is named" {
	run -0 --separate-stderr train -H 16 -b 1000 -r 2 -S constant -e 3 -E 1 --max-loss-ratio 0 -o m.npz words
	grep -qE '^train: m\.npz: the model is worse than at the beginning: its loss is [0-9.]+, and was 3\.[34][0-9]+; try a smaller -r, or clip the gradient with -k or -K$' <<< "$stderr"
	# without an evaluation, by the loss of training
	run -0 --separate-stderr train -H 16 -b 1000 -r 2 -S constant -e 3 -E 0 --max-loss-ratio 0 -o n.npz words
	grep -q 'n.npz: the model is worse than at the beginning: its loss is ' <<< "$stderr"
	run -0 --separate-stderr train -H 16 -e 3 -E 0 -o n.npz words
	[[ "$stderr" != *worse* ]]
	# and by those who use it, once
	for tool in score sample cells; do
		text=words
		[ $tool != sample ] || text=
		run -0 --separate-stderr $tool m.npz $text
		[ "${#stderr_lines[@]}" -eq 1 ]
		[[ "$stderr" =~ ^"$tool: m.npz: its loss at the latest evaluation, "[0-9.]+", is above that of guessing, ln 30 = 3.4012; it was trained too little, or training diverged"$ ]]
		run -0 --separate-stderr $tool -q m.npz $text
		[ -z "$stderr" ]
	done
}

@test "a model that has had no training is named by train, score, sample and cells" {
	run -0 --separate-stderr train -H 4 -e 0 -o m.npz words
	[[ "${stderr_lines[0]}" == 'train: finished after 0 epochs (-e); '* ]]
	[ "${stderr_lines[1]}" = 'train: m.npz: a model that has had no training' ]
	[ "${#stderr_lines[@]}" -eq 2 ]
	for tool in score sample cells; do
		text=words
		[ $tool != sample ] || text=
		run -0 --separate-stderr $tool m.npz $text
		[ "$stderr" = "$tool: m.npz: this model has had no training" ]
		run -0 --separate-stderr $tool -q m.npz $text
		[ -z "$stderr" ]
	done
	# but not by one that fails before it has done anything
	for fail in 'score m.npz /missing' 'score m.npz m.npz' 'cells m.npz /missing' 'cells m.npz m.npz' \
	    'cells -u 99 m.npz words' 'sample -v /missing m.npz' 'sample -x zzz m.npz'; do
		# shellcheck disable=SC2086
		run -1 --separate-stderr $fail
		one_line_error "${fail%% *}"
	done
	train -q -R m.npz -e 1 words > log
	for tool in score cells; do
		run -0 --separate-stderr $tool m.npz words
		[ -z "$stderr" ]
	done
}

@test "the end of a run is told: why, losses, files, and how to continue" {
	run -0 --separate-stderr train -H 4 -e 2 -o m.npz words
	[ "${#stderr_lines[@]}" -eq 2 ]
	[[ "${stderr_lines[0]}" =~ ^'train: finished after 2 epochs (-e); 0:0'[0-9]', 328 words, '[0-9]+'/s'$ ]]
	[[ "${stderr_lines[1]}" =~ ^'train: m.npz: loss 3.3'[0-9]+' (perplexity 29.'[0-9]+')'$ ]]
	run -0 --separate-stderr train -H 4 -e 9 -E 0 -N 20 -o n.npz words
	[[ "${stderr_lines[0]}" == 'train: stopped after 20 steps (-N); '* ]]
	[[ "${stderr_lines[1]}" =~ ^'train: n.npz: never evaluated, training loss 3.'[0-9]+$ ]]
	run -0 --separate-stderr train -q -H 4 -e 2 -o m.npz words
	[ -z "$stderr" ]
}

@test "the best validation loss and its epoch are told, of a resumed run as well" {
	set -- -H 16 -b 1000 -r 0.1 -S constant -v 0.3
	run -0 --separate-stderr train "$@" -e 100 -P 3 -o m.npz words
	echo "$output" > log
	read -r best_epoch best < <(losses 'Validation loss' | tail -n +2 | sort -s -g -k 2 | head -n 1)
	read -r last_epoch last < <(losses 'Validation loss' | tail -n 1)
	[ "$last_epoch" -eq $((best_epoch + 3)) ]
	short() { printf '%.4f' "$1"; }
	[[ "${stderr_lines[0]}" == "train: early stopping after epoch $last_epoch: no lower validation loss in 3 evaluations (-P); "* ]]
	[[ "${stderr_lines[1]}" == "train: m.npz: validation loss $(short "$last") (perplexity "*"), training loss "*"; m.best.npz: the lowest, $(short "$best") (perplexity "*"), after epoch $best_epoch" ]]
	[ "${stderr_lines[-1]}" = 'train: to continue: train -R m.npz -P 6 words' ]
	run -0 --separate-stderr train -R m.npz -P 4 words
	[[ "$stderr" == *"; m.best.npz: the lowest, $(short "$best") (perplexity "*"), after epoch $best_epoch"* ]]
}

# pasted ARGUMENT...: trains an epoch with these arguments, and then what a run that has
# ended says when it is asked to resume; runs that
pasted() {
	train -q -H 2 -e 1 -E 1 -o 'm $x.npz' "$@" > log < words
	run -0 --separate-stderr train -R 'm $x.npz' "$@" < words
	command=${stderr#*to continue: }
	eval "${command#*input: }" > log 2> err < words
	grep -aqx 'epoch=2' 'm $x.npz'
}

@test "the command that continues can be pasted, whatever the names are" {
	mkdir "a b" ./-d
	cp words "a b/it's"
	cp words ./-d/w
	cp words ./-w
	pasted -j 2 -d cpu -v "a b/it's" words ./-w
	[ "$command" = "train -R 'm \$x.npz' -v 'a b/it'\\''s' -d cpu -j 2 -e 2 words ./-w" ]
	pasted --max-loss-ratio 0 -- -w -d/w
	[ "$command" = "train -R 'm \$x.npz' --max-loss-ratio 0 -e 2 -- -w -d/w" ]
	# a name that no message can show
	cp words $'new\nline\xff'
	pasted $'new\nline\xff'
	[ "$command" = "train -R 'm \$x.npz' -e 2 \$'new\\012line\\377'" ]
	# standard input is no name
	pasted
	[ "$command" = "with the same text on standard input: train -R 'm \$x.npz' -e 2" ]
	pasted words -
	[ "$command" = "with the same text on standard input: train -R 'm \$x.npz' -e 2 words -" ]
	# the program is called as it was
	train -q -H 2 -e 1 -E 1 -o m.npz words > log
	run -0 --separate-stderr "$BUILD/bin/train" -R m.npz words
	[[ "$stderr" == *"to continue: $BUILD/bin/train -R m.npz -e 2 words" ]]
}

@test "with -v every epoch is evaluated, unless -E says otherwise" {
	train -q -H 4 -e 7 -v 0.3 -o m.npz words > log
	[ "$(losses 'Validation loss' | cut -d ' ' -f 1 | xargs)" = '0 1 2 3 4 5 6 7' ]
	train -q -H 4 -e 7 -E 5 -v 0.3 -o m.npz words > log
	[ "$(losses 'Validation loss' | cut -d ' ' -f 1 | xargs)" = '0 5 7' ]
	train -q -H 4 -e 7 -o m.npz words > log
	[ "$(losses Loss | cut -d ' ' -f 1 | xargs)" = '0 5 7' ]
	[ "$(wc -l < log)" -eq 3 ]
}

@test "the first best model is one that has been trained" {
	train -q -H 4 -e 0 -E 1 -v 0.3 -o none.npz words > log
	[ ! -e none.best.npz ]
	run -1 grep -aq '^best=' none.npz
	# worse than untrained, and yet the best of those that are trained
	train -q -D -H 16 -b 1000 -r 0.4 -S constant -e 1 -v 0.3 -o m.npz words > log
	losses 'Validation loss' | awk '{ loss[NR] = $2 } END { exit !(NR == 2 && loss[2] > loss[1]) }'
	grep -aqx 'epoch=1' m.best.npz
}

@test "the training loss of an epoch is the mean over its words, of each step before its update" {
	# at rate 0 it is the loss of the text
	small_data head -n 9 > first
	small_data tail -n +10 > last
	for o in '' '-B 4' '-c lstm -B 3'; do
		# shellcheck disable=SC2086
		train -q -D -H 4 -r 0 -e 2 -v last -o m.npz $o first > log
		loss=$(score -q -t -D m.npz first | sed -n 's/^loss\t//p')
		diff <(losses 'Training loss') <(printf '%s\n' "1 $loss" "2 $loss")
	done
	head -c 480 "$TOP/data/comments.csv" | tok -q -C -S -f text -l never | vocab -q -S -n 0 | encode > chars
	train -q -D -H 4 -r 0 -T 1000 -e 1 -v chars -o m.npz chars > log
	loss=$(score -q -t -D m.npz chars | sed -n 's/^loss\t//p')
	[ "$(losses 'Training loss')" = "1 $loss" ]
	# the line stands before that of the validation loss
	[ "$(sed 's/.*: \(.*\) after.*/\1/' log | paste -sd ,)" = 'Validation loss,Training loss,Validation loss' ]
}

@test "the progress line has both losses" {
	case ${SAN:-} in ?*) skip 'too slow to time' ;; esac
	small_data repeated 4000 > long
	TERM=xterm script -qec "stty cols 200; train -H 30 -e 2 -v 0.01 -o m.npz long > log" /dev/null < /dev/null > drawn
	tr '\r' '\n' < drawn | grep -qE '^train: epoch 1 of 2, loss [0-9]\.[0-9]{4}, validation loss 3\.[0-9]{4}: [0-9]+ of [0-9]+ sentences, [0-9]+/s'
}
