#!/usr/bin/env bats
# The CSV reader, and the character classes that the text programs use.

setup() {
	load helper
	cd "$BATS_TEST_TMPDIR" || return
	CSV=$BUILD/tests/unit/csv_records
	RANDOM_CSV=$ORACLE/csv_python.py
	UNICODE=$BUILD/tests/unit/unicode
}

# reads INPUT EXPECTED: compares what the reader reads in an input with printf escapes
reads() {
	local got
	got=$(printf '%b' "$1" | "$CSV")
	[ "$got" = "$2" ] || {
		echo "input    $1"
		echo "got      $got"
		echo "expected $2"
		return 1
	}
}

@test "csv: Python's dialect, case by case" {
	need csv-cases.tsv
	n=0
	while IFS= read -r line; do
		reads "${line%%$'\t'*}" "${line#*$'\t'}"
		n=$((n + 1))
	done < "$SHARED/csv-cases.tsv"
	[ "$n" -ge 36 ]
}

@test "csv: quotes, blanks and ends of record" {
	reads 'h\n"a ""b"" c"\n' $'1\ta "b" c'
	reads 'h\n"x"y"z", 2\n' $'1\txy"z"'
	reads 'h\n"x"y, z"\n' $'1\txy'
	reads 'h\n   " a"\n \t"b"\n' $'2\t a\t\\t"b"'
	reads 'h\r\n\r\na\rb\n\rc' $'5\t!IndexError\ta\tb\t!IndexError\tc'
	reads 'h\n"a\r\nb\rc\n"' $'1\ta\\r\\nb\\rc\\n'
	reads 'h\n"open\n' $'1\topen\\n'
	reads 'h\n"a""' $'1\ta"'
	reads 'h\n"a"' $'1\ta'
	reads 'h\na,' $'1\ta'
	reads 'h\n ' $'1\t'
	reads 'h\n,' $'1\t'
	reads 'h\n"a\\0b"\nc\\0\n' $'2\ta\\\\0b\tc\\\\0'
	reads 'h\n"a\0b"\n' $'1\ta\\x00b'
	reads '\xef\xbb\xbf"h\nh"\na\n' $'1\ta'
	reads '' '!StopIteration'
	reads '\xef\xbb\xbf' '!StopIteration'
	reads 'h' '0'
}

# damaged_files SEED OPTION...: 3000 random files, what Python reads in them (want)
# and what the reader does (got)
damaged_files() {
	local seed=$1 python
	shift
	python=$("$ORACLE/find-python.sh" 'import csv') || skip "no python3"
	mkdir files
	"$python" "$RANDOM_CSV" -s "$seed" "$@" files > want
	[ "$(wc -l < want)" -gt 15000 ]
	find files -type f | sort | xargs "$CSV" > got
}

@test "csv: 3000 damaged files, as Python reads them" {
	damaged_files 7
	diff -a want got > differ || {
		echo "seed 7:"
		head -n 20 differ
		return 1
	}
}

@test "csv: the comparison with Python can fail" {
	damaged_files 7 -x
	run -1 cmp -s want got
}

@test "csv: 3000 damaged files of other dialects, as Python reads them" {
	python=$("$ORACLE/find-python.sh" 'import csv') || skip "no python3"
	local dialect n=11
	# shellcheck disable=SC2089 # a dialect is split into words on purpose
	for dialect in "-d ;" "-e \\" "-d | -q ' -e \\" "-q none" "-d ; -q none -e \\"; do
		rm -rf files
		mkdir files
		# shellcheck disable=SC2086,SC2090
		"$python" "$RANDOM_CSV" -n 600 -s $((n++)) $dialect files > want
		# shellcheck disable=SC2086,SC2090
		find files -type f | sort | xargs -d '\n' "$CSV" $dialect > got
		diff -a want got > differ || {
			echo "dialect $dialect:"
			head -n 20 differ
			return 1
		}
	done
}

@test "csv: any byte may be the first of a block" {
	# a block is 2^18 bytes; let each kind of byte be its first
	for tail in '"\n"x"\n' '""\n"\n"x"\n' '",\n"x"\n' '"\r\n"x"\n' '\n\n"\n"x"\n'; do
		for n in 262139 262140 262141 262142 262143 262144; do
			{
				printf 'h\n"'
				head -c $((n - 3)) /dev/zero | tr '\0' a
				# shellcheck disable=SC2059
				printf "$tail"
			} > big
			"$CSV" < big > got
			[ "$(cut -f 1 got)" = 2 ]
			[ "$(cut -f 3 got)" = x ]
			[ "$(cut -f 2 got | sed 's,[^a],,g' | tr -d '\n' | wc -c)" -eq $((n - 3)) ]
		done
	done
}

@test "unicode: every class of every character is that of Unicode 14.0" {
	need unicode/word.tsv
	for pair in space:space digit:digit word:word upper:upper lower:lower_prop \
	    cased:sigma_cased ignorable:sigma_case_ignorable tolower:tolower; do
		"$UNICODE" "${pair%:*}" > got
		cmp got "$SHARED/unicode/${pair#*:}.tsv"
	done
}

@test "unicode: the size of each class" {
	count() {
		"$UNICODE" "$1" | while read -r a b; do
			echo $((0x$b - 0x$a + 1))
		done | { n=0; while read -r k; do n=$((n + k)); done; echo "$n"; }
	}
	[ "$(count space)" -eq 29 ]
	[ "$(count digit)" -eq 660 ]
	[ "$(count word)" -eq 133548 ]
	[ "$("$UNICODE" tolower | wc -l)" -eq 1433 ]
	[ "$("$UNICODE" tolower | grep -c ' ')" -eq 1 ]
}

@test "a first line sep=; is obeyed by --delimiter auto, and named without" {
	printf 'id;body\r\n1;"A; b."\r\n2;C.\r\n' > plain
	tok --delimiter ';' -c body plain > want
	for line in 'sep=;\r\n' '"sep=;"\r\n' 'sep=;\n'; do
		# shellcheck disable=SC2059
		{ printf "$line"; cat plain; } > in.csv
		tok --delimiter auto -c body in.csv | cmp - want
		perl -e '$| = 1; print for split //, join "", <STDIN>' < in.csv | tok --delimiter auto -c body | cmp - want
		for option in '' '--delimiter ;'; do
			# shellcheck disable=SC2086
			run -1 --separate-stderr tok $option -c body in.csv
			[ "$stderr" = "tok: in.csv: no column 'body'; the first line is no header, but tells Excel the delimiter: give --delimiter auto" ]
		done
	done
	printf 'sep=,\nid,body\n1,A.\n' > in.csv
	run -1 --separate-stderr tok -c body in.csv
	[[ "$stderr" == *'tells Excel the delimiter: give --delimiter auto' ]]
	# the tab, no header, and what only looks like such a line
	printf 'sep=\t\nid\tbody\n1\tA, bee\n' | tok --delimiter auto -c body | diff - <(echo 'a , bee')
	printf 'sep=;\n1;A bee\n' | tok --delimiter auto -n -c 2 | diff - <(echo 'a bee')
	printf 'sep=; and,more\nx,y\n' | tok --delimiter auto -c more | diff - <(echo y)
	# line numbers are those of the file
	printf 'sep=;\nid;body\n1;"A' > in.csv
	run -1 --separate-stderr tok --delimiter auto -c body in.csv
	[[ "$stderr" == *'record 1: quoted field never ends (it starts on line 3)'* ]]
}
