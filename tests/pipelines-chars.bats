#!/usr/bin/env bats
# The pipelines for characters: names.mk, min-char.mk and char-rnn.mk.
# shellcheck disable=SC2154

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	unset MAKEFLAGS MFLAGS MAKELEVEL
	for i in 1 2 3 4 5 6 7 8; do
		printf '%s\n' 'To be, or not to be,' 'that is the question.' ''
	done > book.txt
}

# chars NAME VARIABLE... [TARGET]: runs pipelines/NAME.mk
chars() {
	local name=$1
	shift
	make -s -f "$TOP/pipelines/$name.mk" THREADS=1 "$@"
}

@test "names: a model and a sample at each point, and a report" {
	run -0 chars names HIDDEN=8 POINTS='1 3' SAMPLES=5 report
	[[ "$output" == *'epoch 1'*'epoch 3'* ]]
	[[ "$output" == *best* ]]
	cd names
	[ "$(wc -l < at-1.txt)" -eq 5 ]
	[ "$(wc -l < best.txt)" -eq 5 ]
	[ -e best.npz ]
	[ ! -e part-1.npz ]
	[ "$(wc -l < at-3.txt)" -eq 5 ]
	sample -q -s 10 -n 5 at-3.npz | decode | cmp - at-3.txt
	[ "$(grep -c 'Validation loss' loss.log)" -ge 4 ]
	grep -q 'epoch=3' loss.log
	grep -q '<section' cells.html
	# the whole text, shuffled
	decode train.index > text
	run -1 cmp -s text "$TOP/data/names.txt"
	sort text | cmp - "$TOP/data/names.txt"
	if command -v gnuplot > /dev/null; then
		[ -s loss.svg ]
		[ -s loss.png ]
	fi
}

@test "points may be given in any order and repeatedly" {
	chars names HIDDEN=8 POINTS='2 1' OUT=wild 2> /dev/null
	chars names HIDDEN=8 POINTS='1 2' 2> /dev/null
	cmp names/at-1.npz wild/at-1.npz
	cmp names/at-2.npz wild/at-2.npz
	cut -c 21- names/loss.log > want
	cut -c 21- wild/loss.log | cmp - want
	run -0 --separate-stderr chars names HIDDEN=8 POINTS='2 1 2' OUT=wild
	[ -z "$output$stderr" ]
	# sorted as numbers
	chars names HIDDEN=4 POINTS='10 9' 2> said
	grep -q 'train -R names/at-9.npz -e 10 ' said
	for p in 'two' '1 -2' '1.5'; do
		run -2 --separate-stderr chars names POINTS="$p"
		[[ "$stderr" == *"POINTS: '${p#1 }' is not a whole number"* ]]
	done
}

@test "a second run does nothing; a change rebuilds only what depends on it" {
	cp "$TOP/data/names.txt" book
	touch -d '1 hour ago' book
	set -- names TEXT=book
	chars "$@" HIDDEN=8 POINTS='1 2' 2> /dev/null
	touch -d '1 minute ago' names/* names/.[a-z]*
	cp -p names/at-1.npz names/at-2.npz .
	run -0 --separate-stderr chars "$@" HIDDEN=8 POINTS='1 2'
	[ -z "$output$stderr" ]
	run -0 --separate-stderr chars "$@" HIDDEN=8 POINTS='1 2' SAMPLES=3
	[ -z "$stderr" ]
	[ "$(wc -l < names/at-2.txt)" -eq 3 ]
	# a later point continues from the last
	run -0 --separate-stderr chars "$@" HIDDEN=8 POINTS='1 2 4' SAMPLES=3
	[[ "$stderr" == *'train -R names/at-2.npz -e 4 '* && "$stderr" != *'-e 1 '* ]]
	cmp at-2.npz names/at-2.npz
	# and reaches the same model as a single run
	chars "$@" HIDDEN=8 POINTS=4 OUT=whole 2> /dev/null
	cmp names/at-4.npz whole/at-4.npz
	run -0 --separate-stderr chars "$@" HIDDEN=9 POINTS='1 2 4' SAMPLES=3
	[[ "$stderr" == *'-H 9 '*' -e 1 '* ]]
	run -1 cmp -s at-1.npz names/at-1.npz
}

@test "interrupted training resumes and reaches the same model" {
	setsid make -s -f "$TOP/pipelines/names.mk" THREADS=1 HIDDEN=16 POINTS=150 > /dev/null 2>&1 &
	for ((i = 0; i < 1000; i++)); do
		[ ! -e names/part-150.npz ] || break
		sleep 0.02
	done
	kill -TERM -- -$!
	wait $! || true
	[ ! -e names/at-150.npz ]
	run -0 --separate-stderr chars names HIDDEN=16 POINTS=150
	[[ "$stderr" == *'resuming from names/part-150.npz'* ]]
	chars names HIDDEN=16 POINTS=150 OUT=whole 2> /dev/null
	cmp names/at-150.npz whole/at-150.npz
	[ "$(grep -c 'epoch=150:' names/loss.log)" -ge 1 ]
}

@test "min-char: plain cells in chunks, a smoothed loss, samples of a given length" {
	run -0 --separate-stderr chars min-char TEXT=book.txt HIDDEN=10 POINTS='5 200' LENGTH=50 report
	[[ "$output" == *'chunk 5'*'chunk 200'* ]]
	[[ "$stderr" == *'-c rnn '*'-T 25 '*'-O adagrad -r 0.1 '*'-k 5 '* ]]
	[ "$(wc -m < min-char/at-200.txt)" -eq 50 ]
	[ "$(grep -c 'Smoothed loss after' min-char/loss.log)" -eq 2 ]
	decode min-char/train.index | cmp - book.txt
	# it has learned something from this short text
	grep -qE 'be|to|is|the' min-char/at-200.txt
}

@test "char-rnn: stacked cells, parallel streams, the last part as validation set" {
	for i in 1 2 3 4; do
		cat book.txt
	done > longer.txt
	run -0 --separate-stderr chars char-rnn TEXT=longer.txt HIDDEN=6 STREAMS=4 CHUNK=10 VALID=0.2 \
	    POINTS='1 2' LENGTH=40 PRIME='To be' DROPOUT=0.1 report
	[[ "$stderr" == *'-c lstm -L 2 '*'-p 0.1 -O rmsprop -r 0.002 -S decay '*'-B 4 '* ]]
	[ "$(wc -m < char-rnn/at-2.txt)" -eq 40 ]
	[[ "$(cat char-rnn/at-2.txt)" == 'To be'* ]]
	grep -q 'Validation loss after num_examples_seen=[0-9]* epoch=2' char-rnn/loss.log
	grep -q 'Layer 1 of 2' char-rnn/cells.html
	[[ "$output" == *'epoch 1'*'epoch 2'* ]]
}

@test "the name of a text may contain spaces" {
	cp book.txt 'a book.txt'
	for name in min-char names; do
		chars $name TEXT=book.txt OUT=one HIDDEN=4 POINTS=2 2> /dev/null
		run -0 --separate-stderr chars $name TEXT='a book.txt' OUT=two HIDDEN=4 POINTS=2
		cmp one/at-2.txt two/at-2.txt
		run -0 --separate-stderr chars $name TEXT='a book.txt' OUT=two HIDDEN=4 POINTS=2
		[ -z "$output$stderr" ]
		rm -r one two
	done
	run -2 --separate-stderr chars min-char TEXT='no book.txt'
	[[ "$stderr" == *'no book.txt'* ]]
}

@test "a text is required, and a missing one is named" {
	run -2 chars min-char
	[[ "$output" == *'TEXT is not given; try: make -f '*'min-char.mk TEXT=book.txt'* ]]
	run -2 chars char-rnn TEXT=missing.txt
	[[ "$output" == *'missing.txt'* ]]
	[ ! -e char-rnn/train.index ]
}

@test "best.npz has the lowest validation loss; there is none without a validation set" {
	chars names HIDDEN=24 RATE=0.02 POINTS='2 60' > /dev/null 2>&1
	best=$(sed -n 's/.*Validation loss .*: //p' names/loss.log | sort -g | head -n 1)
	last=$(sed -n 's/.*Validation loss .*: //p' names/loss.log | tail -n 1)
	[ "$best" != "$last" ]
	# the last tenth of the 541 names
	decode names/train.index | tail -n 54 | tok -C | encode -v names/best.npz > valid.index
	score -t names/best.npz valid.index |
	    awk -F '\t' -v best="$best" '$1 == "loss" { d = $2 - best; exit !(d < 2e-3 && d > -2e-3) }'
	chars names HIDDEN=8 VALID= POINTS=1 OUT=none > /dev/null 2>&1
	[ ! -e none/best.npz ]
	grep -q ': Loss after' none/loss.log
}

@test "values reach the commands as they are, whatever they contain" {
	local p
	printf '%s\n' "d'a" 'd"b' 'd$(echo)c' 'd`e' 'd;f' 'd\g' > "it's \$a text"
	for p in "d'a" 'd"' 'd$' 'd`' 'd$(touch ran)' 'd;' 'd\' '$(shell touch ran)' "';touch ran;'"; do
		rm -f out/at-1.txt
		run make -s -f "$TOP/pipelines/names.mk" TEXT="it's \$a text" POINTS=1 HIDDEN=2 SAMPLES=1 VALID= \
		    OUT=out PRIME="$p" out/at-1.txt
		[ ! -e ran ]
		case $p in
		*touch*) continue ;;		# of characters that the model lacks
		esac
		echo "$p: $output"
		[ "$status" -eq 0 ]
		run head -n 1 out/at-1.txt
		[ "${output:0:${#p}}" = "$p" ]
	done
	# a newline is a character that the model lacks, and no second command
	run make -s -f "$TOP/pipelines/names.mk" TEXT="it's \$a text" POINTS=1 HIDDEN=2 SAMPLES=1 VALID= OUT=out \
	    PRIME=$'d\ntouch ran' out/at-1.txt
	[ "$status" -ne 0 ]
	[[ "$output" == *'sample: '* ]]
	[ ! -e ran ]
	for v in HIDDEN CELL RATE SEED SAMPLES TEMPERATURE THREADS UNITS TOK_FLAGS VALID; do
		run make -s -f "$TOP/pipelines/names.mk" POINTS=1 OUT="other-$v" HIDDEN=2 $v='$(shell touch ran)`touch ran`;touch ran' \
		    "other-$v/at-1.txt"
		[ ! -e ran ]
	done
	run -2 make -s -f "$TOP/pipelines/names.mk" POINTS='1 2;touch' OUT=out
	[[ "$output" == *"POINTS: '2;touch' is not a whole number"* ]]
}

@test "folders with spaces work or are refused in one line" {
	mkdir 'a b'
	cd 'a b'
	head -n 40 "$TOP/data/names.txt" > list
	run -0 make -s -f "$TOP/pipelines/names.mk" TEXT=list POINTS=1 HIDDEN=2 SAMPLES=1 VALID=
	[ -s names/at-1.txt ]
	for out in 'a b' "it's" 'a$b' 'a;b'; do
		run -2 make -s -f "$TOP/pipelines/names.mk" TEXT=list POINTS=1 OUT="$out"
		[ "${#lines[@]}" -eq 1 ]
		[[ "$output" == *"OUT: '$out' has a space or a special character"* ]]
	done
	run -2 make -s -f "$TOP/pipelines/names.mk" TEXT='a:b' POINTS=1
	[[ "$output" == *"TEXT: 'a:b' has a character that make does not take"* ]]
	cp -r "$TOP/pipelines" .
	cd ..
	run -2 make -s -f 'a b/pipelines/names.mk' POINTS=1
	[ "${#lines[@]}" -eq 1 ]
	[[ "$output" == *'the folder of this makefile has a space in its name; rename it, or start make there'* ]]
}
