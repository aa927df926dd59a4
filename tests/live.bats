#!/usr/bin/env bats
# --line-buffered: a line in gives its answer at once.

load helper

setup_file() {
	load helper
	cd "$BATS_FILE_TMPDIR" || return
	tok "$TOP/data/comments.csv" | head -n 200 > tokens
	vocab -q -n 100 tokens > stream
	encode stream > index
	train -q -H 4 -e 1 -n 20 -o model.npz index > /dev/null
}

setup() {
	cd "$BATS_FILE_TMPDIR" || return
}

# answers N LINE COMMAND...: a coprocess that has read this line, and nothing after it,
# writes N lines, the last of which becomes $answer
answers() {
	local n=$1 line=$2 i pid
	shift 2
	coproc FILTER { "$@"; }
	pid=$FILTER_PID	# unset when it ends
	printf '%b' "$line" >&"${FILTER[1]}"
	answer=
	for ((i = 0; i < n; i++)); do
		IFS= read -r -t 30 answer <&"${FILTER[0]}" || break
	done
	kill "$pid" 2> /dev/null || true
	wait "$pid" || true
	[ "$i" -eq "$n" ]
}

@test "tok answers before it has read the next record" {
	answers 1 'a\n' tok -q -f text --line-buffered
	[ "$answer" = a ]
	answers 2 'So. It\n' tok -q -f text --line-buffered
	[ "$answer" = it ]
	answers 1 'h\nx,1\n' tok -q --line-buffered
	[ "$answer" = x ]
	answers 2 'a\n' tok -q -C -S --line-buffered
	[ "$answer" = 'a \n' ]
	answers 2 'a b\n' tok -q --words web --line-buffered -f text
	[ "$answer" = 'a b' ]
}

@test "encode, decode and score answer likewise" {
	answers 102 'the\n' encode -q -t --line-buffered -v model.npz
	answers 103 'the\n' encode -q -t --line-buffered -v model.npz
	[[ "$answer" == "0 "*" 1" ]]
	encode -t stream | grep -v '^#end' | head -n 110 > text
	answers 1 "$(sed '$!s/$/\\n/' text | tr -d '\n')\n" decode -q --line-buffered
	[ "$answer" = "$(head -n 1 tokens | sed 's/.*/&/' | encode -v model.npz | decode)" ]
	answers 1 "$(sed '$!s/$/\\n/' text | tr -d '\n')\n" score -q --line-buffered model.npz
	[ "$answer" = "$(encode stream | score model.npz | head -n 1)" ]
}

@test "a terminal gets each answer at once without the option" {
	answers 1 'a\n' "$BUILD/tests/unit/pty" tok -q -f text
	[ "$answer" = a ]
}

@test "the answers are those without the option" {
	tok "$TOP/data/comments.csv" | head -n 200 | cmp - tokens
	tok --line-buffered "$TOP/data/comments.csv" | head -n 200 | cmp - tokens
	encode --line-buffered stream | cmp - index
	decode --line-buffered index | cmp - <(decode index)
	for option in '' -w -p -t; do
		# shellcheck disable=SC2086
		score --line-buffered $option model.npz index | cmp - <(score $option model.npz index)
	done
}

# recipe FIRST LAST FILE: the lines of a page from one to another, as a person sees them
recipe() {
	sed -n "/^$1/,/^$2/{ s/\\\\e/\\\\/g; p; }" "$3"
}

@test "the page's recipe in Python: two answers" {
	command -v python3 > /dev/null || skip "no python3"
	recipe 'from subprocess' 'ask.stdin.close' "$TOP/man/score.1" > ask.py
	run -0 --separate-stderr timeout 60 python3 ask.py
	[ "${#lines[@]}" -eq 2 ]
	[[ "${lines[1]}" == [0-9]*" it like I." ]]
	[ "${lines[0]%% *}" = "$(printf 'I like it.\n' | tok -f text | encode -q -v model.npz |
	    score model.npz | cut -f 3)" ]
}

@test "the page's recipe in bash, and how long an answer takes: 5 ms at most" {
	recipe coproc 'done' "$TOP/man/score.1" > ask.sh
	run -0 --separate-stderr timeout 60 bash -e ask.sh
	[ "${#lines[@]}" -eq 2 ]
	[[ "${lines[0]}" == [0-9]*"  I like it." ]]
	# the shortest of many, as the machine has other work
	sed -e "s/'it like I.'/{1..30}/" -e 's/^    echo "$text"/    begin=${EPOCHREALTIME\/.\/}\n&/' \
	    -e 's/^    echo "$perplexity.*/    echo $((${EPOCHREALTIME\/.\/} - begin))/' ask.sh > timed.sh
	run -0 --separate-stderr timeout 60 bash -e timed.sh
	[ "${#lines[@]}" -eq 31 ]
	least=$(printf '%s\n' "${lines[@]}" | sort -n | head -n 1)
	[ "$least" -lt 5000 ]
}
