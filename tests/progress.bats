#!/usr/bin/env bats
# --progress: where progress is shown, and how wide, by a program with a clock of its own.
# shellcheck disable=SC2154

load helper

PATH=$BUILD/tests/unit:$PATH

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	export TERM=xterm
	unset COLUMNS
}

# on_terminal COLUMNS COMMAND...: what the command writes to a terminal of that width
on_terminal() {
	local columns=$1
	shift
	script -qec "stty cols $columns; $* > /dev/null" /dev/null < /dev/null
}

@test "away from a terminal there is progress only if asked for: a whole line a minute" {
	for when in '' '--progress auto' '--progress never' '-q --progress always'; do
		# shellcheck disable=SC2086
		run -0 --separate-stderr progress $when 200
		[ -z "$stderr" ]
	done
	progress --progress always 200 2> lines
	[ "$(wc -l < lines)" -eq 3 ]
	run -1 grep -q $'[\r\x1b]' lines
	# the count begins anew at every half minute, and the minute does not
	diff lines - <<-'END'
		progress: training: 121 of 400 sentences, 2/s, 2:19 left
		progress: training: 241 of 400 sentences, 2/s, 1:19 left
		progress: training: 361 of 400 sentences, 2/s, 0:19 left
	END
	# less than a minute of work writes nothing
	progress --progress always 59 2> lines
	[ ! -s lines ]
}

@test "on a terminal a line is drawn again and again, and removed at the end" {
	on_terminal 80 progress 60 > drawn
	[ "$(tr '\r' '\n' < drawn | grep -c 'training: [0-9]* of 120 sentences, 2/s')" -gt 100 ]
	[ "$(tail -c 4 drawn | od -An -c | tr -d ' ')" = '\r033[K' ]
	on_terminal 80 progress --progress never 60 > drawn
	[ ! -s drawn ]
	on_terminal 80 progress -q 60 > drawn
	[ ! -s drawn ]
}

@test "a drawn line is cut at the terminal's width, or at COLUMNS if it has none" {
	on_terminal 30 progress 60 > drawn
	[ "$(tr '\r' '\n' < drawn | sed 's/\x1b\[K//' | awk '{ if (length > n) n = length } END { print n }')" -eq 29 ]
	on_terminal 0 env COLUMNS=20 progress 60 > drawn
	[ "$(tr '\r' '\n' < drawn | sed 's/\x1b\[K//' | awk '{ if (length > n) n = length } END { print n }')" -eq 19 ]
	# a written line is whole
	COLUMNS=20 progress --progress always 100 2> lines
	[ "$(awk '{ print length; exit }' lines)" -gt 40 ]
}

@test "a terminal that cannot redraw is like a file" {
	for term in dumb ''; do
		TERM=$term on_terminal 80 progress 100 > drawn
		[ ! -s drawn ]
		TERM=$term on_terminal 80 progress --progress always 100 > drawn
		[ "$(wc -l < drawn)" -eq 1 ]
		run -1 grep -q $'\x1b' drawn
	done
}

@test "every program that shows progress takes the option, and only those" {
	for tool in $TOOLS; do
		shows=$(grep -c progress_show "$TOP/bin/$tool.c" || true)
		[ "$tool" != train ] || shows=1
		takes=$("$tool" -h | grep -c -e '--progress auto|always|never' || true)
		[ "$((shows > 0))" -eq "$takes" ] || { echo "$tool"; false; }
	done
	TOOL=tok refused 2 "--progress: 'on' is none of auto|always|never" --progress on
}
