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
	refused 1 "tok: x.csv: no column 'body'; the header is one column, 'id;name;body', that contains ';': if that separates the fields, give --delimiter ';'" -c body x.csv
	header $'id\tname\tbody'
	refused 1 "one column, 'id␉name␉body', that contains tabs: if that separates the fields, give --delimiter tab" -c body x.csv
	header 'id|name|body'
	refused 1 "one column, 'id|name|body', that contains '|': if that separates the fields, give --delimiter '|'" -c body x.csv
}

@test "a column by number: another delimiter is noticed, too, and all is read" {
	printf 'id;body\n1;a b\n2;c\n' > x.csv
	run -0 --separate-stderr tok x.csv
	[ "$output" = $'1;a b\n2;c' ] || [ "$output" = $'1 ; a b\n2 ; c' ]
	[ "$stderr" = "tok: x.csv: the header is one column, 'id;body', that contains ';': if that separates the fields, give --delimiter ';'" ]
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
	run -0 tok -q --ragged -c a x.csv
	run -0 tok -q --ragged -c 2 x.csv
	[ "$output" = 2 ]
}

@test "--delimiter: a character, tab, or what the header shows" {
	for d in ';' $'\t' '|' ','; do
		printf 'id%sbody\n1%s"a%s b"\n2%sc: d\n' "$d" "$d" "$d" "$d" > x.csv
		printf 'a%s b\nc : d\n' "$d" | tok -q -f text > want
		tok -q --delimiter auto -c body x.csv | diff want -
		[ "$d" = $'\t' ] || tok -q --delimiter "$d" -c body x.csv | diff want -
	done
	printf 'id\tbody\n1\ta b\n' > x.csv
	[ "$(tok --delimiter tab -c body x.csv)" = 'a b' ]
	# what is quoted does not count, and the comma is first
	printf '"a;b;c",d\n1,"x, y"\n' > x.csv
	[ "$(tok --delimiter auto -c d x.csv)" = 'x , y' ]
	printf 'body\na; b\n' > x.csv
	[ "$(tok --delimiter auto -c body x.csv)" = 'a ; b' ]
	printf 'a,b\n1,x\n' > x.csv
	refused 1 "tok: x.csv: no column 'b'; the header is one column, 'a,b', that contains ',': if that separates the fields, give --delimiter ','" --delimiter ';' -c b x.csv
	: > x.csv
	refused 1 'empty input where a header was expected' --delimiter auto x.csv
}

@test "--delimiter auto waits for no more than the header" {
	run -0 bash -c '{ echo "id;body"; for i in {1..500}; do echo "1;a b"; done; sleep 3; } | timeout 2 tok --delimiter auto -c zzz 2>&1; exit 0'
	[[ "$output" == *"no column 'zzz'; the header has 'id', 'body'"* ]]
}

@test "--quote: another character, or none" {
	printf "body,id\n'it''s, well',1\n\"a\",2\n" > x.csv
	[ "$(tok --quote "'" x.csv | head -n 1)" = "it 's , well" ]
	printf 'body\tid\n"open\t1\nb\t2\n' > x.csv
	run -0 --separate-stderr tok --delimiter tab --quote none x.csv
	[ "${#lines[@]}" -eq 2 ]
	[ "${lines[1]}" = b ]
	[ -z "$stderr" ]
}

@test "--escape: the next character is taken literally" {
	printf 'body,id\n"a \\"b\\" c",1\nd\\, e,2\n"f\\\\",3\n"g\\\nh",4\n' > x.csv
	run -0 --separate-stderr tok --escape '\' x.csv
	[ "$output" = "$(printf '%s\n' 'a "b" c' 'd, e' 'f\' 'g h' | tok -f text)" ]
	[ -z "$stderr" ]
}

@test "dialects: what contradicts itself or is no character is refused" {
	header 'a,b'
	for d in x 1 ' ' '' ',,' é $'\n'; do
		refused 2 "--delimiter: '" --delimiter "$d" x.csv
		refused 2 "--quote: '" --quote "$d" x.csv
		refused 2 "--escape: '" --escape "$d" x.csv
	done
	refused 2 '--quote: the delimiter, the quotation mark and the escape have to be different' --delimiter ';' --quote ';' x.csv
	refused 2 '--escape: the delimiter, the quotation mark' --escape '"' x.csv
	refused 2 '--escape: the delimiter, the quotation mark' --escape , x.csv
	refused 2 '--delimiter is for CSV files' --delimiter ';' -f text x.csv
	refused 2 '--quote is for CSV files' --quote none -C x.csv
}

@test "the page's recipe for JSON lines" {
	command -v jq > /dev/null || skip 'no jq'
	printf '%s\n' '{"body":"He said \"no, never\".\nThen he left.","n":1}' '{"body":"Ça va?"}' > comments.jsonl
	recipe=$(grep '^jq -r .*comments.jsonl' "$TOP/man/tok.1")
	[ -n "$recipe" ]
	bash -c "$recipe" > out
	printf '%s\n' "he said \`\` no , never '' ." 'then he left .' 'Ça va ?' | sed 's/Ça/ça/' | diff - out
}
