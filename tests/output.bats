#!/usr/bin/env bats
# Standard output that cannot be written: every program gives the reason of the system.
# shellcheck disable=SC2154

load helper

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	small_data > small.index
	train -q -H 4 -e 1 -E 0 -o m.npz small.index
	decode small.index | grep . > small.tokens
	perl -e 'for (1 .. 5000) { print join(" ", map { "word" . ($_ * 7 + $i++) % 4000 } 1 .. 9), "\n" }' > tokens
	vocab -q -n 0 -o table tokens > vocab
	encode vocab > index
	train -q -H 2 -e 1 -E 0 -o large.npz index
}

setup() {
	cd "$BATS_FILE_TMPDIR" || return
}

# full COMMAND...: with a full disk as standard output the command ends with status 1
# and its reason
full() {
	run -1 --separate-stderr bash -c '"$@" > /dev/full' _ "$@"
	[ "$stderr" = "$1: write error on standard output: No space left on device" ]
}

@test "a little output to a full disk, noticed at the end" {
	full tok -q -f text small.tokens
	full vocab -q small.tokens
	full vocab -q -t small.tokens
	full encode -v m.npz small.tokens
	full score m.npz small.index
	full score -w m.npz small.index
	full score -p m.npz small.index
	full score -t m.npz small.index
	full sample m.npz
	full sample -w m.npz
	full decode small.index
	full decode -d small.index
	full cells m.npz small.index
	full cells -f table m.npz small.index
	full cells -f html m.npz small.index
	full cells -r m.npz small.index
	full gradcheck -q
	full tok -h
}

@test "much output to a full disk, noticed at once" {
	full tok -q -f text tokens
	full tok -q -C tokens
	full vocab -q tokens
	full vocab -q -t tokens
	full encode vocab
	full encode -v table tokens
	full encode -t vocab
	full score large.npz index
	full score -w large.npz index
	full score -p large.npz index
	full sample -n 1000 -M 50 large.npz
	full sample -w -n 1000 -M 50 large.npz
	full decode index
	full cells -n 9000 large.npz index
	full cells -f table -n 9000 large.npz index
	full cells -f html -n 9000 large.npz index
}

@test "a file beyond the limit of its size" {
	run -1 --separate-stderr bash -c 'ulimit -f 8; encode vocab > small'
	[ "$stderr" = 'encode: write error on standard output: File too large' ]
}
