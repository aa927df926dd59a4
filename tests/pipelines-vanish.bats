#!/usr/bin/env bats
# pipelines/vanish.mk and vanish.sh: how gradients vanish, cell beside cell.
# shellcheck disable=SC2154

load helper

VANISH=$TOP/pipelines/vanish.sh

setup() {
	unset MAKEFLAGS MFLAGS MAKELEVEL
	cd "$BATS_TEST_TMPDIR" || return
	printf '0\t%s\n' $'0\t2\t1\t9' $'1\t1\t0.5\t8' $'2\t1e-5\t5e-06\t7' > rnn.tsv
	printf '%s\n' $'0\t0\t2\t1\t9' $'0\t1\t1\t0.9\t8' $'1\t0\t1\t1\t9' $'1\t1\t0\t0\t8' > two.tsv
}

# wrong STATUS WORDS ARGUMENT...: vanish.sh fails with one line that has WORDS
wrong() {
	run "-$1" --separate-stderr "$VANISH" "${@:3}"
	one_line_error vanish
	[[ "$stderr" == *"$2"* ]]
}

@test "vanish -t: k and the ratios of each network and layer, side by side" {
	"$VANISH" -t rnn.tsv 'gru 2=two.tsv' > got
	tr '|' '\t' <<-'END' | diff - got
		k|rnn|gru 2, layer 0|gru 2, layer 1
		0|1|1|1
		1|0.5|0.9|0
		2|5e-06|-|-
	END
}

@test "vanish: a plot on a logarithmic scale, and pictures" {
	command -v gnuplot > /dev/null || skip 'no gnuplot'
	run -0 --separate-stderr env COLUMNS=80 "$VANISH" -T "it's" rnn.tsv "it's=two.tsv"
	[ -z "$stderr" ]
	[[ "$output" == *"it's, layer 1"*'words back'* ]]
	[[ "$output" == *1e-05* ]]
	"$VANISH" -o picture rnn.tsv
	grep -q '</svg>' picture.svg
	[ "$(head -c 4 picture.png | tail -c 3)" = PNG ]
}

@test "vanish: what is refused" {
	wrong 2 'usage: ' -Z
	wrong 2 'usage: '
	wrong 2 '-t: cannot be combined' -t -o x rnn.tsv
	wrong 1 'missing.tsv: no such file' -t missing.tsv
	echo no > no.tsv
	wrong 1 'no.tsv: not the output of cells --gradient' -t no.tsv
	: > empty.tsv
	wrong 1 'empty.tsv: not the output' -t empty.tsv
	wrong 2 "two curves have the name 'rnn'" -t rnn.tsv rnn=rnn.tsv
}

@test "vanish.mk: from a text to the ratios, and no step twice" {
	{ echo body; sed -n 2,30p "$TOP/data/comments.csv"; } > 'a text.csv'
	small() {
		make -f "$TOP/pipelines/vanish.mk" 'CSV=a text.csv' OUT=out 'CELLS=rnn lstm' VOCAB=40 HIDDEN=4 \
		    EPOCHS=1 WORDS=100 LAGS=5 THREADS=1 "$@"
	}
	small report > shown 2> err
	[ "$(head -n 1 out/ratios.tsv)" = $'k\trnn\tlstm' ]
	[ "$(wc -l < out/ratios.tsv)" -eq 7 ]
	cut -f 2,4 out/lstm.tsv | diff - <(sed 1d out/ratios.tsv | cut -f 1,3)
	grep -qE '^ +5( +[0-9.e-]+){2}$' shown
	[ ! -e out/vanish.svg ] || grep -q '</svg>' out/vanish.svg
	small -q
	run -0 small LAGS=2
	[[ "$output" != *learn.sh* ]]
	[ "$(wc -l < out/ratios.tsv)" -eq 4 ]
	run -2 small CELLS='rnn ../x'
	[[ "$output" == *'CELLS: '* ]]
}
