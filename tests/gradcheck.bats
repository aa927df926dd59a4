#!/usr/bin/env bats
# gradcheck: that it passes, and above all that it can fail.
# shellcheck disable=SC2030,SC2031,SC2154  # status and output are of each test

load helper

export TOOL=gradcheck	# whose refusals refused() looks at

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	small_data > tiny.stream
}

# a model of the small data in m.npz
model() {
	train -q -H 5 -r 0.1 -e 3 -E 0 -o m.npz tiny.stream
}

@test "without an argument: the tutorial's lines, and it passes" {
	for d in auto cpu blas ref; do
		gradcheck -q -d $d > got
		for p in 'U 1000' 'V 1000' 'W 100'; do
			printf 'Performing gradient check for parameter %s with size %s.\n' "${p% *}" "${p#* }"
			printf 'Gradient check for parameter %s passed.\n' "${p% *}"
		done | diff - got
	done
}

@test "the worst entry is named on standard error" {
	run -0 --separate-stderr gradcheck
	[[ "$stderr" =~ ^'gradcheck: worst: parameter '[UVW]' at ('[0-9]+', '[0-9]+'), relative error '[0-9.e-]+$ ]]
	run -0 --separate-stderr gradcheck -q
	[ -z "$stderr" ]
}

@test "one wrong sign in any parameter is noticed, and only there" {
	for d in auto ref; do
		for p in U V W; do
			run -1 --separate-stderr gradcheck -d $d -x $p
			grep -c '^Gradient Check ERROR' <<< "$output" | grep -qx 1
			grep -qE "^Gradient Check ERROR: parameter=$p ix=\([0-9]+, [0-9]+\)$" <<< "$output"
			grep -c 'passed\.$' <<< "$output" | grep -qx 2
			[[ "$stderr" == "gradcheck: worst: parameter $p at "*', relative error 1' ]]
		done
	done
}

@test "a failure is told in the tutorial's lines, and they fit together" {
	run -1 --separate-stderr gradcheck -q -x V
	sed -n '/ERROR/,/Relative/p' <<< "$output" > got
	sed 's/[:=].*//' got > keys
	printf '%s\n' 'Gradient Check ERROR' '+h Loss' '-h Loss' Estimated_gradient \
	    'Backpropagation gradient' 'Relative Error' | diff - keys
	awk -F ': ' '{ v[$1] = $2 }
		END {
			e = v["Estimated_gradient"]
			slope = (v["+h Loss"] - v["-h Loss"]) / 0.002 - e
			sum = e + v["Backpropagation gradient"]
			exit !(slope * slope < 1e-4 && sum * sum < 1e-8 && e != 0 && v["Relative Error"] == 1)
		}' got
}

@test "a gradient cut short by -b is no gradient of the loss" {
	run -1 --separate-stderr gradcheck -b 0
	grep -q 'ERROR: parameter=W' <<< "$output"
	grep -q 'parameter V passed' <<< "$output"
	# four steps go back three at most
	gradcheck -q -b 3 > got
	gradcheck -q | cmp - got
}

@test "a threshold below what the step allows fails; a smaller step helps" {
	run -1 --separate-stderr gradcheck -t 1e-7
	gradcheck -q -e 1e-5 -t 1e-4 > got
	grep -c passed got | grep -qx 3
}

@test "a step so small that slopes are rounding says so; a wrong sign shows all the same" {
	run -0 --separate-stderr gradcheck -e 1e-9 -t 1e-4
	[[ "${stderr_lines[1]}" =~ ^'gradcheck: '[1-9][0-9]*' of 2100 entries are inconclusive: '.*' rounding error of the loss'$ ]]
	run -1 --separate-stderr gradcheck -q -e 1e-9 -t 1e-4 -x V
	[ -z "$stderr" ]
	grep -q 'ERROR: parameter=V' <<< "$output"
}

@test "gradients that vanish below the rounding of the loss are no errors" {
	gradcheck -q -c lstm -L 12
	gradcheck -q -c lstm -L 12 -s 2 -e 1e-5 -t 1e-4
	gradcheck -q -c gru -L 12 -e 1e-5 -t 1e-4
	gradcheck -q -c gru -e 1e-5 -t 1e-4
}

@test "twelve layers: a wrong sign shows wherever the gradient is above the rounding" {
	for o in 'lstm V' 'lstm U12' 'gru U' 'gru W' 'gru U2' 'gru W12' 'rnn U'; do
		run -1 --separate-stderr gradcheck -q -L 12 -c "${o% *}" -x "${o#* }"
		grep '^Gradient Check ERROR' <<< "$output" > errors
		grep -q "parameter=${o#* } ix=" errors
		[ "$(wc -l < errors)" -eq 1 ]
	done
}

@test "small slopes are told in digits that show them" {
	run -1 --separate-stderr gradcheck -q -c lstm -L 12 -x V
	sed -n '/ERROR/,/Relative/s/.*: //p' <<< "$output" | awk '
		{ v[NR] = $1 }
		END { exit !(v[2] != v[3] && v[4] != 0 && v[4] ^ 2 < 1e-12 && (v[4] + v[5]) ^ 2 < v[4] ^ 2 / 1e3) }'
}

@test "the sum of many words' losses is as good as a few words' are" {
	train -q -H 5 -r 0.1 -e 3 -E 0 -o m.npz tiny.stream
	for _ in $(seq 60); do echo tiny.stream; done | xargs gradcheck -m m.npz -n 100000 -e 1e-7 -t 1e-5 2> said
	grep -q 'are inconclusive' said
}

@test "other sizes and seeds" {
	for s in 1 2 3; do
		gradcheck -q -C 7 -H 3 -s $s > got
		grep -q 'parameter U with size 21' got
		grep -c passed got | grep -qx 3
	done
	run -1 gradcheck -q -C 7 -H 3 -s 1 -x U
}

@test "the same output on any number of threads" {
	gradcheck -j 1 > one 2>&1
	gradcheck -j 2 2>&1 | cmp - one
	gradcheck -j 3 2>&1 | cmp - one
}

# every_network COMMAND...: runs it with the options of 144 networks
every_network() {
	local cell layers bias embed dropout
	for cell in rnn lstm gru; do
		for layers in 1 2 3; do
			for bias in '' -a; do
				for embed in '' '-I 3' '-I 3 -T' '-I 4 -T'; do
					for dropout in 0 0.4; do
						# shellcheck disable=SC2086
						"$@" -C 7 -H 4 -c $cell -L $layers $bias $embed -p $dropout || return
					done
				done
			done
		done
	done
}

# right DEVICE OPTION...: every gradient of this network passes a strict check
right() {
	gradcheck -q -d "$1" -e 1e-4 -t 1e-4 "${@:2}" > got || { echo "$*"; cat got; return 1; }
	checked=$((checked + 1))
}

# wrong OPTION...: a wrong sign in a parameter of it is seen, and only there; in every third one,
# which are others in the next network
wrong() {
	local p
	for p in $(gradcheck -q "$@" | sed -n 's/^Gradient check for parameter \(.*\) passed\.$/\1/p'); do
		nparam=$((nparam + 1))
		[ $((nparam % 3)) -eq 0 ] || continue
		run -1 --separate-stderr gradcheck -q "$@" -x "$p"
		grep '^Gradient Check ERROR' <<< "$output" > errors
		grep -q "^Gradient Check ERROR: parameter=$p ix=" errors
		[ "$(wc -l < errors)" -eq 1 ]
		echo "$p" >> spoilt
	done
}

@test "every cell, depth, bias, embedding, tying and dropout: all gradients are right" {
	for d in ref cpu; do
		checked=0
		every_network right $d
		[ "$checked" -eq 144 ]
	done
}

@test "a wrong sign in any parameter of any network is noticed, and only there" {
	[ -z "${SAN:-}" ] || skip 'the same code as the test before, hundreds of times'
	: > spoilt
	nparam=0
	every_network wrong
	sort -u spoilt | paste -sd ' ' > got
	echo 'E P U U2 U3 V W W2 W3 b b2 b3 c q q2 q3' | diff - got
	[ "$nparam" -gt 1000 ]
	[ "$(wc -l < spoilt)" -eq $((nparam / 3)) ]
}

@test "dropout of embeddings, and masks of whole sequences: all gradients are right" {
	local c
	for c in rnn gru lstm; do
		gradcheck -q -c $c -I 7 --embed-dropout 0.4
		gradcheck -q -c $c -L 2 -I 7 -T --embed-dropout 0.4 -p 0.3 --dropout-masks sequence
	done
	gradcheck -I 7 --embed-dropout 0.4 2> one > log
	gradcheck -I 7 2> other > log
	run -1 cmp -s one other
}

@test "dropout leaves out the same outputs each time, by the seed" {
	gradcheck -p 0.5 -L 2 2> one > log
	gradcheck -p 0.5 -L 2 2>&1 > log | cmp - one
	gradcheck -p 0.5 -L 2 -s 11 2> other > log
	run -1 cmp -s one other
	gradcheck -L 2 2> none > log
	run -1 cmp -s one none
}

@test "-m: the parameters of a gated, stacked model, and its own words" {
	train -q -c gru -L 2 -m 3 -t -H 5 -e 2 -E 0 -o g.npz tiny.stream
	gradcheck -q -m g.npz -n 5 -t 1e-3 tiny.stream > got
	sed -n 's/.*parameter \(.*\) passed\.$/\1/p' got | paste -sd ' ' > names
	echo 'U V W b q c P U2 W2 b2 q2' | diff - names
	run -1 gradcheck -q -m g.npz -n 5 -x q2 tiny.stream
	refused 2 '-b applies to cell rnn only' -m g.npz -b 3 tiny.stream
}

@test "-m: the user's model on the user's data" {
	model
	for n in 1 7 13; do
		gradcheck -q -m m.npz -n $n tiny.stream > got
		grep -c 'passed\.$' got | grep -qx 3
		grep -q 'parameter V with size 150' got
	done
	gradcheck -q -m m.npz < tiny.stream > got
	gradcheck -q -m m.npz -n 1 - < tiny.stream | cmp - got
	gradcheck -q -m m.npz -n 20 -N 0 tiny.stream tiny.stream > got
}

@test "-m: a wrong sign is noticed among few entries, too" {
	model
	for p in U V W; do
		for n in 0 1 2 20; do
			run -1 --separate-stderr gradcheck -q -m m.npz -n 13 -N $n -x $p tiny.stream
			grep -q "ERROR: parameter=$p" <<< "$output"
		done
	done
}

@test "-m: the tutorial's published model" {
	need trained-model-theano.npz
	"$ORACLE/as-stream.sh" 8000 < "$EXPECT/theano.index.txt" > s
	gradcheck -q -N 20 -m "$SHARED/trained-model-theano.npz" s > got
	grep -c 'passed\.$' got | grep -qx 3
	grep -q 'parameter U with size 400000' got
}

@test "inputs that are none" {
	model
	refused 1 'missing.npz: No such file' -m missing.npz tiny.stream
	refused 1 'gradcheck: tiny.stream: is an index stream; name a file that train wrote' -m tiny.stream tiny.stream
	refused 1 'is a directory' -m . tiny.stream
	refused 1 'missing: No such file' -m m.npz missing
	refused 1 '.: Is a directory' -m m.npz .
	refused 1 'standard input: empty input' -m m.npz < /dev/null
	refused 1 'missing from the pipe?' -m m.npz "$EXPECT/tiny.tokens"
	small_stream < /dev/null > none
	refused 1 'none: no sentence to check; give an index stream that has some' -m m.npz none
	"$ORACLE/as-stream.sh" 30 < "$EXPECT/tiny.index.txt" > other
	refused 1 'm.npz: other: the stream' -m m.npz other
	sed '$d' tiny.stream > short
	refused 1 'without its last frame' -m m.npz short
	refused 2 'is none of auto|cpu|cuda|blas|ref' -d abacus
}

@test "a full disk is an error" {
	run -1 --separate-stderr pipe 'gradcheck -q > /dev/full'
	one_line_error gradcheck
}

@test "out of memory is one line" {
	case ${SAN:-} in *address*) skip 'ulimit -v and ASan do not mix' ;; esac
	ulimit -v 1000000
	refused 1 memory -j 1 -C 100000 -H 60000
}

@test "usage errors" {
	refused 2 "-x: 'Q' is not a parameter of this network, which has U, V, W" -x Q
	refused 2 "'W2' is not a parameter" -x W2
	refused 2 "'q' is not a parameter of this network, which has U, V, W, b, c" -a -c lstm -x q
	refused 2 'index streams are read only with -m' tiny.stream
	for o in '-C 9' '-H 9' '-s 9' '-a' '-c gru' '-I 2' '-L 2' '-T'; do
		# shellcheck disable=SC2086
		refused 2 "${o% *} cannot be used with -m; the model determines it" -m m.npz $o tiny.stream
	done
	refused 2 '-n needs -m' -n 1
	refused 2 '-N needs -m' -N 1
	refused 2 '-T needs embeddings; give their size with -I' -T
	for c in lstm gru; do
		refused 2 '-b applies to cell rnn only' -c $c -b 3
	done
	refused 2 "-c: 'cnn' is none of rnn|lstm|gru" -c cnn
	for v in x '' -1 nan 1; do
		refused 2 "-p: '$v' is not a number from 0 to 0.99" -p "$v"
	done
	for v in 0 13; do
		refused 2 "-L: '$v' is not a whole number from 1 to 12" -L $v
	done
	refused 2 "-I: '65537' is not a whole number from 0 to 65536" -I 65537
	for o in b C H I j L n N s; do
		for v in x '' -1 1.5; do
			refused 2 "-$o: '$v' is not a whole number" -$o "$v"
		done
	done
	for o in e t; do
		for v in x '' 0 -1 nan 2; do
			refused 2 "-$o: '$v' is not a number" -$o "$v"
		done
	done
	refused 2 '-C: ' -C 4
	refused 2 'unknown option -Z' -Z
	run -0 --separate-stderr gradcheck -h
	[ -z "$stderr" ]
	[ "${#lines[@]}" -le 40 ]
	run -0 gradcheck -V
	[[ "$output" == 'gradcheck (unroll) '* ]]
}

@test "a model is not taken from a pipe" {
	refused 1 '-: a model cannot go through a pipe; name a file' -m - tiny.stream
}

@test "a projection layer: every parameter passes, and a wrong sign in each fails" {
	for net in '' '-c lstm -L 2 -a' '-c gru -I 7'; do
		# shellcheck disable=SC2086
		run -0 gradcheck -H 6 --project 4 $net
		[[ $output == *'parameter P passed'* ]]
		for parameter in P V W; do
			# shellcheck disable=SC2086
			run -1 gradcheck -q -x $parameter -H 6 --project 4 $net
			[[ $output == *"ERROR: parameter=$parameter "* ]]
		done
	done
}

@test "a projection of tied embeddings is theirs" {
	refused 2 'embedding size' --project 4 -T -I 5
}
