#!/usr/bin/env bats
# pipelines/curves.sh and pipelines/beside.sh: plots of losses, texts in columns.
# shellcheck disable=SC2154

load helper

CURVES=$TOP/pipelines/curves.sh
BESIDE=$TOP/pipelines/beside.sh

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	cat > run.log <<-'END'
		2026-01-02 03:04:05: Loss after num_examples_seen=0 epoch=0: 4.500000
		2026-01-02 03:04:05: Validation loss after num_examples_seen=0 epoch=0: 4.600000
		2026-01-02 03:05:05: Loss after num_examples_seen=4000 epoch=5: 2.250000
		Setting learning rate to 0.002500
		2026-01-02 03:05:05: Validation loss after num_examples_seen=4000 epoch=5: 2.750000
		2026-01-02 03:06:05: Loss after num_examples_seen=8000 epoch=10: nan
		2026-01-02 03:07:05: Loss after num_examples_seen=12000 epoch=15: 1.5e+00
		Loss after num_examples_seen=13000 epoch=16: much
		2026-01-02 03:07:06: Smoothed loss after num_examples_seen=13100 epoch=16: 87.5
	END
	printf '%s\n' '----' ' txt' 'iter 0, loss: 104.359680' 'iter 100, loss: 98.5' 'iter 200 loss: 1e2' \
	    'the iter 300, loss: 5' > min.log
}

need_gnuplot() {
	command -v gnuplot > /dev/null || skip 'no gnuplot'
}

# refused_by SCRIPT STATUS WORDS ARGUMENT...: fails with one line that has WORDS
refused_by() {
	local script=$1 status_wanted=$2 words=$3
	shift 3
	run "-$status_wanted" --separate-stderr "$script" "$@"
	one_line_error "$(basename "$script" .sh)"
	[[ "$stderr" == *"$words"* ]]
}

@test "curves -t: which lines of a log are read" {
	"$CURVES" -t run.log iter=min.log > got
	tr ' ' '\t' > want <<-'END'
		run loss 0 0 4.500000
		run validation 0 0 4.600000
		run loss 4000 5 2.250000
		run validation 4000 5 2.750000
		run loss 8000 10 nan
		run loss 12000 15 1.5e+00
		run smoothed 13100 16 87.5
		iter loss 0 - 104.359680
		iter loss 100 - 98.5
		iter loss 200 - 1e2
	END
	diff want got
	sed 's/$/\r/' run.log | "$CURVES" -t run=- > crlf
	head -n 7 want | diff - crlf
}

@test "curves -t: the log of train" {
	small_data > tiny.stream
	train -q -H 4 -e 3 -E 1 -o m.npz tiny.stream > tiny.log
	"$CURVES" -t tiny.log > got
	[ "$(grep -c '^tiny	loss	' got)" -eq 4 ]
	sed 's/.* //' tiny.log | grep '^[0-9.]*$' | diff - <(cut -f 5 got)
}

@test "curves: the training loss beside a validation loss is a series of its own" {
	small_data > tiny.stream
	train -q -H 4 -e 2 -v 0.3 -o m.npz tiny.stream > tiny.log
	"$CURVES" -t tiny.log > got
	cut -f 1-4 got > series
	diff series - <<-'END'
		tiny	validation	0	0
		tiny	training	9	1
		tiny	validation	9	1
		tiny	training	18	2
		tiny	validation	18	2
	END
	sed 's/.* //' tiny.log | grep '^[0-9.]*$' | diff - <(cut -f 5 got)
	need_gnuplot
	"$CURVES" -o out tiny.log
	grep -q 'tiny, training' out.svg
	grep -q 'tiny, validation' out.svg
}

@test "curves: plots have a colour for each log and dashes for validation" {
	need_gnuplot
	run -0 --separate-stderr "$CURVES" -o out -T "a_b's run" run.log "it's=min.log"
	[ -z "$output$stderr" ]
	[ "$(head -c 8 out.png | od -An -tx1 | tr -d ' ')" = 89504e470d0a1a0a ]
	[ "$(tail -c 8 out.png | head -c 4)" = IEND ]
	head -n 2 out.svg | grep -q '<svg'
	tail -n 3 out.svg | grep -q '</svg>'
	for words in 'a_b&#39;s run|a_b.s run' '>run<' 'run, validation' 'it(&#39;|.)s<' 'thousand examples seen' '>loss<'; do
		grep -qE "$words" out.svg || { echo "$words"; false; }
	done
	# blue twice, the second time in dashes; orange
	grep -qiE '(#0072b2|rgb\( *0, *114, *178\))' out.svg
	grep -qiE '(#e69f00|rgb\(230, *159, *0\))' out.svg
	grep -q dasharray out.svg
	"$CURVES" -o log -l run.log
	run -1 cmp -s log.svg out.svg
	"$CURVES" -x epochs -o epochs run.log
	grep -q '>epochs<' epochs.svg
}

@test "curves: text plots have the requested width" {
	need_gnuplot
	run -0 --separate-stderr env COLUMNS=60 "$CURVES" run.log
	[ -z "$stderr" ]
	[ "${#lines[@]}" -ge 20 ]
	[ "${#lines[@]}" -le 24 ]
	for line in "${lines[@]}"; do
		[ "${#line}" -le 60 ]
	done
	[[ "$output" == *'run ****'* && "$output" == *'run, validation ####'* ]]
	[[ "$output" == *'thousand examples seen'* ]]
	run -0 "$CURVES" min.log
	[[ "$output" == *' examples seen'* && "$output" != *thousand* ]]
}

@test "curves: smoothed losses with -s, or if there are no others" {
	need_gnuplot
	run -0 "$CURVES" run.log
	[[ "$output" != *smoothed* ]]
	grep -v epoch=16 run.log > other.log
	sed -n 's/Loss after/Smoothed loss after/p' run.log > smooth.log
	run -0 "$CURVES" other.log smooth.log
	[[ "$output" == *'other, validation'* && "$output" == *'smooth, smoothed'* ]]
	run -0 "$CURVES" -s run.log smooth.log
	[[ "$output" == *'run, smoothed'* && "$output" != *validation* ]]
	refused_by "$CURVES" 1 '-s: the logs have no smoothed losses' -s other.log
	refused_by "$CURVES" 2 '-t: cannot be combined' -t -s run.log
}

@test "curves: errors are one line" {
	refused_by "$CURVES" 2 'usage: '
	refused_by "$CURVES" 2 'usage: ' -Z run.log
	refused_by "$CURVES" 2 'usage: ' -o
	refused_by "$CURVES" 2 "-x: 'hours' is neither" -x hours run.log
	refused_by "$CURVES" 2 '-t: cannot be combined' -t -o x run.log
	refused_by "$CURVES" 1 'missing.log: no such file' run.log missing.log
	refused_by "$CURVES" 1 'tests/helper.bash: not a loss log' "$TOP/tests/helper.bash"
	refused_by "$CURVES" 1 '.: is a directory' .
	refused_by "$CURVES" 2 '-o: the name is empty' -o '' run.log
	refused_by "$CURVES" 1 '-o: no/such: no such folder' -o no/such run.log
	: > empty.log
	refused_by "$CURVES" 1 'empty.log: not a loss log' empty.log
	need_gnuplot
	refused_by "$CURVES" 1 '-x epochs: min has no epochs' -x epochs run.log min.log
	mkdir full.svg
	refused_by "$CURVES" 1 'full.svg: cannot be written' -o full run.log
}

@test "curves: without gnuplot there is a clear message, and -t works" {
	mkdir bin
	for tool in sh awk sed cat cut head tr mktemp rm basename grep tput; do
		[ -z "$(command -v $tool)" ] || ln -s "$(command -v $tool)" bin
	done
	PATH=$PWD/bin refused_by "$CURVES" 1 "gnuplot: not installed; 'make deps-dev' installs it" run.log
	PATH=$PWD/bin refused_by "$CURVES" 1 'gnuplot: not installed' -o x run.log
	run -0 --separate-stderr env "PATH=$PWD/bin" "$CURVES" -t run.log
	[ "${#lines[@]}" -eq 7 ]
	[[ "$(make -s -C "$TOP" -n deps-dev 2>/dev/null)" == *gnuplot-nox* ]]
}

@test "beside: texts in columns, wrapped, with names on top" {
	printf 'abc é漢 a line that has to be wrapped\n\nx\ty\n' > a.txt
	printf 'one\ntwo\e[1m' > b.txt
	"$BESIDE" -w 42 a.txt 'epoch 3=b.txt' > got
	cat > want <<-'END'
		a                     epoch 3
		--------------------  --------------------
		abc é漢 a line that h  one
		as to be wrapped      two?[1m

		x y
	END
	diff want got
	"$BESIDE" -w 42 -l 1 a.txt b.txt | head -n 3 | tail -n 1 | grep -x 'abc é漢 a line that h  one'
	[ "$("$BESIDE" -w 42 -l 1 a.txt b.txt | wc -l)" -eq 3 ]
	[ "$(seq 50 | "$BESIDE" -l 0 n=/dev/stdin | wc -l)" -eq 52 ]
	[ "$(seq 50 | "$BESIDE" n=/dev/stdin | wc -l)" -eq 22 ]
	COLUMNS=30 "$BESIDE" a.txt b.txt b.txt | sed -n 2p | grep -x -- '--------  --------  --------'
}

@test "beside: errors are one line" {
	: > a.txt
	refused_by "$BESIDE" 2 'usage: '
	refused_by "$BESIDE" 2 "-l: 'x' is not a number" -l x a.txt
	refused_by "$BESIDE" 2 "-w: '' is not a number" -w '' a.txt
	refused_by "$BESIDE" 2 '-w: 10 columns are too few for 2 texts' -w 10 a.txt a.txt
	refused_by "$BESIDE" 1 'missing.txt: no such file' -w 80 x=missing.txt
	refused_by "$BESIDE" 1 '.: is a directory' -w 80 .
}

@test "an argument that is a file is one, whatever its name contains" {
	log=$'2026-01-01 00:00:00: Loss after num_examples_seen=5 epoch=1: 3.5'
	echo "$log" > lr=0.1.log
	"$CURVES" -t lr=0.1.log | cut -f 1 | diff - <(echo lr=0.1)
	"$CURVES" -t "slow=lr=0.1.log" | cut -f 1 | diff - <(echo slow)
	mkdir -p a=b
	echo "$log" > a=b/c.log
	"$CURVES" -t a=b/c.log | cut -f 1 | diff - <(echo c)
	echo text > t=0.5.txt
	"$BESIDE" -w 40 t=0.5.txt | head -n 1 | diff - <(echo t=0.5)
	"$BESIDE" -w 40 cold=t=0.5.txt | head -n 1 | diff - <(echo cold)
	"$BESIDE" -w 40 cold=t=0.5.txt | tail -n 1 | diff - <(echo text)
}
