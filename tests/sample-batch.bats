#!/usr/bin/env bats
# sample: a sequence is the same alone and in a batch of any size.
# shellcheck disable=SC2154

load helper

export TOOL=sample	# whose refusals refused() looks at

# Small models of sentences, and of a stream of characters, with each cell.
setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	small_data > tiny.stream
	for c in rnn gru lstm; do
		train -q -c $c -L 2 -H 9 -r 0.1 -e 3 -E 0 -o $c.npz tiny.stream
	done
	awk 'BEGIN { for (i = 0; i < 60; i++) print (i % 3 ? "t o o \\s n o t" : "n o t"), "\\n" }' |
	    vocab -q --rules characters -S -n 0 | encode > lines.stream
	train -q -c lstm -L 2 -T 20 -H 9 -r 0.1 -e 5 -E 0 -o lines.npz lines.stream
	train -q -c gru -T 20 -H 9 -m 5 -t -r 0.1 -e 5 -E 0 -o tied.npz lines.stream
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	cp "$BATS_FILE_TMPDIR"/*.npz .
}

# frames OPTION...: what sample writes with these options, without its table.
frames() {
	sample -q -t "$@" | sed '1,/^$/d; /^#/d'
}

# alike OPTION...: of 700 sequences, more than fit into a batch, the first N are those
# of -n N, for several N: in their words and in their probabilities.
alike() {
	local n
	sample -q -w -n 700 "$@" > all
	[ "$(wc -l < all)" -eq 700 ]
	# not all the same, or nothing would be compared
	[ "$(sort -u all | wc -l)" -gt "${DIFFERENT:-20}" ]
	for n in 1 3 257; do
		sample -q -w -n $n "$@" > some
		head -n $n all | cmp - some
	done
	frames -n 700 "$@" > all
	[ "$(wc -l < all)" -ge 700 ]
	frames -n 17 "$@" > some
	[ "$(wc -l < some)" -ge 17 ]
	head -n "$(wc -l < some)" all | cmp - some
}

@test "sentences are the same alone and in a batch, with each cell" {
	for c in rnn gru lstm; do
		alike $c.npz
		alike -D $c.npz
	done
	alike -d ref lstm.npz
	# and on any number of threads
	frames -n 700 -d cpu -j 1 lstm.npz > one
	frames -n 700 -d cpu -j 3 lstm.npz | cmp - one
	frames -n 700 -d cpu lstm.npz | cmp - one
}

@test "... with each option that affects the draws" {
	alike -u -T 0.7 gru.npz
	alike -m 1 -M 30 lstm.npz
	alike -m 12 -M 12 rnn.npz
	alike -x 'the cat' lstm.npz
	alike -x 'the cat' -e cat -m 5 gru.npz
	alike -k 3 lstm.npz
	alike -P 0.5 rnn.npz
	alike -k 7 -P 0.8 -T 1.5 -s 77 gru.npz
	DIFFERENT=0 alike -T 0 lstm.npz	# all the same
}

@test "... and so are sequences of a stream, whose lines are frames" {
	for m in lines.npz tied.npz; do
		alike -M 40 $m
		alike -M 40 -x 'not t' -k 4 $m
		alike -M 60 -e '\n' -m 6 -T 1.2 $m
	done
	# a place in the text is the same, however long the sequences are
	sample -q -M 300 lines.npz | decode > long
	sample -q -M 50 lines.npz | decode | head -c 50 > short
	head -c 50 long | cmp - short
}

@test "-w writes the same order" {
	sample -q -n 300 lstm.npz | decode > want
	sample -q -n 300 -w lstm.npz | cut -f 2 | cmp - want
	sample -q -n 5 -w lstm.npz > few
	sample -q -n 300 -w lstm.npz | head -n 5 | cmp - few
}

# If sequences shared a hidden state, they might still agree with each other.
@test "each sequence has its own hidden state: score gives the same probabilities" {
	for c in rnn gru lstm; do
		sample -q -n 600 $c.npz | score $c.npz | cut -f 1 > said
		sample -q -n 600 -w $c.npz | cut -f 1 | paste said - |
		    awk '{ d = $1 - $2; if (d * d > 1e-9) exit 1 } END { exit NR != 600 }'
	done
}

@test "each sequence has its own random numbers, which depend on the seed" {
	frames -n 1000 -m 12 -M 12 -T 2 rnn.npz > a
	[ "$(sort -u a | wc -l)" -gt 990 ]
	# neither is the one seed's second sequence another's first
	frames -n 1000 -s 11 -m 12 -M 12 -T 2 rnn.npz > b
	[ "$(cat a b | sort -u | wc -l)" -gt 1990 ]
}

@test "waiting sequences are bounded: neither many nor long ones take memory" {
	case ${SAN:-} in *address*) skip 'ulimit -v and ASan do not mix' ;; esac
	ulimit -v 50000
	# the first ones may be long, the others are short
	sample -q -j 1 -m 1 -M 20000 -n 100000 rnn.npz | decode | wc -l | grep -qx 100000
	sample -q -j 1 -M 100000000 -n 300 -e '\n' lines.npz | decode | wc -l | grep -qx 300
}

@test "a sequence without a word to draw ends the run, after all before it" {
	# weights too large: after some words the outputs are no longer numbers
	train -q -H 16 -e 0 -E 0 -o start.npz "$BATS_FILE_TMPDIR/tiny.stream"
	"$BUILD/tests/unit/scale" start.npz U 100 steep.npz
	"$BUILD/tests/unit/scale" steep.npz V 1.3e39 steep.npz
	run -1 --separate-stderr sample -q -n 600 -w -m 1 -M 3 steep.npz
	[[ "$stderr" == 'sample: steep.npz: no word can be drawn after '*' words; allow UNKNOWN_TOKEN with -u'* ]]
	n=${#lines[@]}
	first=$stderr
	for more in 1 2 50; do
		run -1 --separate-stderr sample -q -n $((n + more)) -w -m 1 -M 3 steep.npz
		[ "$stderr" = "$first" ]
		[ "${#lines[@]}" -eq "$n" ]
	done
	if [ "$n" -gt 0 ]; then
		run -0 sample -n "$n" -w -m 1 -M 3 steep.npz
		[ "${#lines[@]}" -eq "$n" ]
	fi
}

@test "a batch: a full disk ends the run soon, a closed pipe is no error" {
	for m in lstm lines; do
		run -1 --separate-stderr timeout 20 bash -c "sample -n 100000000 $m.npz > /dev/full"
		one_line_error sample
		run --separate-stderr timeout 20 bash -c "sample -n 100000000 $m.npz | decode | head -n 1"
		[ "${#lines[@]}" -eq 1 ]
		[ -z "$stderr" ]
	done
}

@test "draws have the frequencies of their definition" {
	for real in float double; do
		"$BUILD/tests/unit/sampler" 30 1 0 1 20000 $real
		"$BUILD/tests/unit/sampler" 1000 0.7 0 1 20000 $real
		"$BUILD/tests/unit/sampler" 1000 0.1 0 1 20000 $real
		"$BUILD/tests/unit/sampler" 1000 1.5 40 1 20000 $real
		"$BUILD/tests/unit/sampler" 1000 1 0 0.9 20000 $real
		"$BUILD/tests/unit/sampler" 64 1 7 0.5 20000 $real
		"$BUILD/tests/unit/sampler" 65 3 60 0.99 20000 $real
	done
}
