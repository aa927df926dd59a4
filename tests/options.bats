#!/usr/bin/env bats
# The parser of command lines: letters, long names, and long names alone.

load helper

export TOOL=options	# the program that refused() runs
PATH=$BUILD/tests/unit:$PATH
DEFAULTS='count=3 flag=0 text=- word=0 far=0 project=0 decay=0.25 quiet=0'

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}


# reads VALUES GIVEN OPERANDS ARGUMENT...
reads() {
	local values=$1 given=$2 operands=$3
	shift 3
	run -0 --separate-stderr options "$@"
	[ "${lines[0]}" = "$values" ]
	[ "${lines[1]}" = "given:$given" ]
	[ "${lines[2]}" = "operands:$operands" ]
}

@test "without options there are the defaults, and nothing was given" {
	reads "$DEFAULTS" '' ''
	reads "$DEFAULTS" '' ' a b' a b
}

@test "an option is read by its letter, by its long name, and by one alone" {
	reads "${DEFAULTS/count=3/count=5}" ' count c' '' -c 5
	reads "${DEFAULTS/count=3/count=5}" ' count c' ' a' a --count 5
	reads "${DEFAULTS/project=0/project=8}" ' project' ' a' --project 8 a
	reads "${DEFAULTS/project=0/project=8}" ' project' ' a' a --project=8
	reads "${DEFAULTS/decay=0.25/decay=0.5}" ' weight-decay' '' --weight-decay .5
	reads "${DEFAULTS/far=0/far=1}" ' far' ' 1' --far 1
	reads 'count=3 flag=1 text=x word=2 far=1 project=1 decay=0 quiet=1' \
	    ' flag f text t word w far project weight-decay' ' --far' \
	    -qft x --word blue --far --project 1 --weight-decay 0 -- --far
}

@test "a value that is the default counts as given" {
	reads "$DEFAULTS" ' count c project' '' -c 3 --project 0
}

@test "long names may be abbreviated as far as they stay unique" {
	reads "${DEFAULTS/project=0/project=8}" ' project' '' --p 8
	reads "${DEFAULTS/decay=0.25/decay=0.5}" ' weight-decay' '' --we=.5
	reads "${DEFAULTS/far=0/far=1}" ' far' '' --fa
	refused 2 'options: --f is short for --flag and --far; write more of it (-h shows the options)' --f
	refused 2 'options: --w is short for --word and --weight-decay; write more of it' --w blue
	refused 2 'options: --w is short for --word and --weight-decay; write more of it' --w=blue
}

@test "messages name the option by its letter, or by its long name if that is all" {
	refused 2 "options: -c: '0' is not a whole number from 1 to 9" --count 0
	refused 2 "options: --project: '100' is not a whole number from 0 to 99" --proj 100
	refused 2 "options: --weight-decay: '2' is not a number from 0 to 1" --weight-decay 2
	refused 2 "options: -w: 'x' is none of red|green|blue|ultraviolet" -w x
	refused 2 'options: -c needs an argument' -c
	refused 2 'options: -c needs an argument' --count
	refused 2 'options: --project needs an argument' --project
	refused 2 'options: --far takes no argument' --far=1
	refused 2 'options: --flag takes no argument' --far --flag=1
	refused 2 'options: unknown option -Z' --far -Z
	refused 2 'options: unknown option -Z' --far -fZf
	refused 2 'options: --zebra: no such option (-h shows the options)' --far --zebra
	[[ "$stderr" != *'did you mean'* ]]
}

@test "an unknown long name: the one that was meant is named" {
	refused 2 'options: --projects: no such option; did you mean --project? (-h shows the options)' --projects 3
	refused 2 'options: --projcet: no such option; did you mean --project?' --projcet=3
	refused 2 'options: --weight_decay: no such option; did you mean --weight-decay?' --weight_decay .5
	refused 2 'options: --cuont: no such option; did you mean --count?' --cuont 5
	refused 2 'options: --Far: no such option; did you mean --far?' --Far
	refused 2 'options: --quite: no such option; did you mean --quiet?' --quite
	refused 2 'options: --no-flag: no such option (' --no-flag
}

@test "numbers near 0: all that a double can hold, and no others" {
	reads "${DEFAULTS/decay=0.25/decay=4.94066e-324}" ' weight-decay' '' --weight-decay 5e-324
	reads "${DEFAULTS/decay=0.25/decay=1e-310}" ' weight-decay' '' --weight-decay 1e-310
	refused 2 "options: --weight-decay: '1e-400' is too close to 0 for a number; give 0, or 5e-324 at least" --weight-decay 1e-400
	refused 2 "options: --weight-decay: '1e400' is not a number from 0 to 1" --weight-decay 1e400
	refused 2 "options: --weight-decay: 'nan' is not a number from 0 to 1" --weight-decay nan
	refused 2 "options: --weight-decay: '0x1p-3' is not a number from 0 to 1" --weight-decay 0x1p-3
}

@test "-h says what, how, which options with which defaults, and an example" {
	options -h > help
	diff help - <<-'END'
		options - read a command line
		usage: options [options] [file ...]

		  -c, --count n              a whole number [3]
		  -f, --flag                 a flag
		  -t, --text file            a text
		  -w, --word red|green|blue|ultraviolet
		                             a word [red]
		      --far                  a flag without a letter
		      --project n            a number without a letter [0]
		      --weight-decay x       likewise [0.25]
		  -h, --help                 print this summary and exit
		  -q, --quiet                print errors only
		  -V, --version              print the version and exit

		example: tok text | vocab -n 5 | options --project 7
		see options(1)
	END
	options --word green --project 7 -h > help
	grep -qx ' *a word \[green\]' help
	grep -qx ' *--project n  *a number without a letter \[7\]' help
}
