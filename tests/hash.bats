#!/usr/bin/env bats
# Words that were chosen to collide in a hash table cost no more than others.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	HASH=$BUILD/tests/unit/hash
}

# within_cpu SECONDS COMMAND...: the command takes less processor time than that, and
# what it prints is kept in `out`
within_cpu() {
	(ulimit -t "$1" && "${@:2}" > out)
}

# frames: those of an index stream as text, without its table
frames() {
	sed -e '1,/^$/d' -e '/^#/d' out
}

@test "SipHash gives the published values" {
	run -0 "$HASH" vectors
}

@test "vocab: 20,000 colliding words" {
	"$HASH" collide 20000 > words
	[ "$(sort -u words | wc -l)" -eq 20000 ]
	within_cpu 1 vocab -q -t -n 0 words
	# in the order of their first occurrence, as ever
	grep -v '^[SU][A-Z]*_[A-Z]*	' out | cut -f 1 | cmp - words
	cp out table
	within_cpu 1 encode -q -t -v table words
	seq 2 20001 | sed 's/.*/0 & 1/' | cmp - <(frames)
}

@test "encode: unknown words at the start of a long run of slots" {
	"$HASH" crowd 20000 > words
	"$HASH" collide 20000 | tail -n 19000 > others
	within_cpu 1 vocab -q -t -n 0 words
	cp out table
	within_cpu 1 encode -q -t -v table others
	[ "$(frames | sort | uniq -c | tr -s ' ')" = ' 19000 0 20002 1' ]
}

@test "tok: a Punkt table of colliding words" {
	"$HASH" collide 20000 > abbrev_types.txt
	touch collocations.tab sent_starters.txt ortho_context.tab
	echo 'Mr. Smith. He said' > text
	within_cpu 1 tok -q -f text -p . text
	printf 'mr .\nsmith .\nhe said\n' | cmp - out
}
