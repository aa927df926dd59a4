#!/usr/bin/env bats
# tok -c: columns that the header does not have, or has twice.
# shellcheck disable=SC2154

load helper

export TOOL=tok		# whose refusals refused() looks at

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

# header LINE: a file of that header and a record, as x.csv
header() {
	printf '%s\n1,2\n' "$1" > x.csv
}

@test "a missing column: those that there are are listed" {
	header 'id,name,body'
	refused 1 "tok: x.csv: no column 'text'; the header has 'id', 'name', 'body'" -c text x.csv
	header 'id'
	refused 1 "tok: x.csv: no column 'text'; the header has 'id'" -c text x.csv
	header "$(seq -s, 1000 9999)"
	refused 1 "tok: x.csv: no column 'text'; the header has '1000', '1001', " -c text x.csv
	[[ "$stderr" == *', ... (9000 in total)' ]]
	[ "${#stderr}" -lt 700 ]
	header $'a\eb,c'
	refused 1 "the header has 'a␛b', 'c'" -c text x.csv
}

@test "a missing column: the one that was probably meant" {
	header 'id,Body'
	refused 1 "tok: x.csv: no column 'body'; did you mean -c 'Body'? The header has 'id', 'Body'" -c body x.csv
	header 'id,commment'
	refused 1 "no column 'comment'; did you mean -c 'commment'?" -c comment x.csv
	header 'id,"body "'
	refused 1 "no column 'body'; did you mean -c 'body '?" -c body x.csv
}

@test "a missing column: another delimiter is noticed" {
	header 'id;name;body'
	refused 1 "tok: x.csv: no column 'body'; the header is one column, 'id;name;body', that contains ';': fields must be separated by commas (tok(1) shows how to convert them)" -c body x.csv
	header $'id\tname\tbody'
	refused 1 "one column, 'id␉name␉body', that contains tabs: fields" -c body x.csv
	header 'id|name|body'
	refused 1 "one column, 'id|name|body', that contains '|': fields" -c body x.csv
}

@test "a column by number: another delimiter is noticed, too, and all is read" {
	printf 'id;body\n1;a b\n2;c\n' > x.csv
	run -0 --separate-stderr tok x.csv
	[ "$output" = $'1;a b\n2;c' ] || [ "$output" = $'1 ; a b\n2 ; c' ]
	[ "$stderr" = "tok: x.csv: the header is one column, 'id;body', that contains ';': fields must be separated by commas (tok(1) shows how to convert them)" ]
	run -0 --separate-stderr tok -q x.csv
	[ -z "$stderr" ]
	# one column whose name is plain, or several, are what they seem
	printf 'body\na; b\n' > x.csv
	run -0 --separate-stderr tok x.csv
	[ -z "$stderr" ]
	printf 'a;b,c\n1,2\n' > x.csv
	run -0 --separate-stderr tok x.csv
	[ -z "$stderr" ]
}

@test "a name that the header has twice is refused, a number is not" {
	header 'body,id,body'
	refused 1 "tok: x.csv: columns 1 and 3 of the header are both 'body'; give the number of one with -c" -c body x.csv
	header 'a,b,b,c,b'
	refused 1 "columns 2 and 3 of the header are both 'b'; give the number" -c b x.csv
	run -0 tok -q -c a x.csv
	run -0 tok -q -c 2 x.csv
	[ "$output" = 2 ]
}

@test "the recipe of the page converts another delimiter" {
	command -v python3 || skip 'no python3'
	printf 'id;body\n1;"a; b"\n2;c, d\n' > mine.csv
	recipe=$(sed -n "/^python3 -c 'import csv/,/^\.Ed/p" "$TOP/man/tok.1" | sed '/^\.Ed/d')
	[ -n "$recipe" ]
	bash -c "$recipe" > out
	printf 'a ; b\nc , d\n' | diff - out
}
