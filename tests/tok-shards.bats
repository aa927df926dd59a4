#!/usr/bin/env bats
# tok --shard: the shards of a file, one after another, are the whole file.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

# nasty: CSV with all that can hide where a record begins; its last record has no line end
nasty() {
	printf 'id,body\r\n1,"two\nlines"\r\n2,"a ""doubled"" quote"\n\n\r\n3,plain "stray"\n'
	printf '4,"an escaped \\" quote,\n\\"\n5"\n6, "blank\r\n\r\nbefore"\r7,\n8,"closed"late "x\n'
	printf '9,"'
	printf 'A long record.\n"",""\n%.0s' {1..30}
	printf '"\n10,"\n"\n11,é\n12,"the\nlast"'
}

# together N FILE OPTION...: the output of all N shards, with the first header only
together() {
	local i n=$1 file=$2
	shift 2
	for ((i = 1; i <= n; i++)); do
		tok -q "$@" --shard $i/"$n" "$file" || return
	done | awk 'NR == 1 || !/^#tokens /'
}

@test "the union of n shards is the whole, for every n from 1 to 40" {
	nasty > nasty.csv
	set -- -f csv -C --one --ids 0 -c 2 --escape '\' --ragged
	tok -q "$@" nasty.csv > whole
	[ "$(wc -l < whole)" -ge 12 ]
	for n in {1..40}; do
		together "$n" nasty.csv "$@" | cmp whole - || { echo "$n shards"; false; }
	done
}

@test "the same where records before a shard are passed without being parsed" {
	nasty | tr -d '\\' > nasty.csv
	printf '\r\n13,"a"b"c,d" ,"e""",\r"f" , "g"\n\n14, "h\r\n,""\n""" ,i "j\n15,k\n' >> nasty.csv
	set -- -f csv -C --one --ids 0 -c 1 --ragged
	tok -q "$@" nasty.csv > whole
	[ "$(wc -l < whole)" -ge 12 ]
	for n in 2 3 7 20 41; do
		together "$n" nasty.csv "$@" | cmp whole - || { echo "$n shards"; false; }
	done
	tr ',"' ";'" < nasty.csv > other.csv
	set -- "$@" --delimiter ';' --quote "'"
	tok -q "$@" other.csv > whole
	together 17 other.csv "$@" | cmp whole -
}

@test "a record belongs to the shard in which its first byte lies" {
	printf 'h\n"a\nb","\n"\n\n c\r\n"d\n' > small.csv	# records at 2, 12, 13, 17
	size=$(wc -c < small.csv)
	for ((i = 1; i <= size; i++)); do
		tok -q --ragged --ids 0 --one --shard $i/"$size" small.csv 2>> err | sed -n "s/^\([0-9].*\)/$((i - 1)) \1/p"
	done > places
	diff <(tr '\t' ' ' < places) - <<-'END'
		2 1 a b
		13 3 c
		17 4 d
	END
	[ "$(grep -c . err)" = 1 ]
	grep -q 'record 4: quoted field never ends' err
}

@test "what is wrong is reported by the shard of the record, and by no other" {
	printf 'body\n1\n"x"y\n3\n4\n5\n6\n7\n8\n' > stray.csv
	run -0 --separate-stderr tok --shard 1/2 stray.csv
	[[ "$stderr" == *"record 2: misplaced quotes"*"(1 in total)"* ]]
	run -0 --separate-stderr tok --shard 2/2 stray.csv
	[ -z "$stderr" ]
	[ "${lines[*]}" = '3 4 5 6 7 8' ]
}

@test "lines, characters and paragraphs have shards, too" {
	printf 'one.\n\n  \ntwo\r\n\nthree is\na long, long\nparagraph.\n\n\nfour' > book
	for format in '-f text --ids 0' '-f text --one' '-C' '-C -S' '-f paragraphs --ids 0' \
	    '-f paragraphs --one -l never'; do
		tok $format book > whole
		[ -s whole ]
		for n in 1 2 3 5 8 13 40; do
			together $n book $format | cmp whole - || { echo "$format: $n shards"; false; }
		done
	done
}

@test "without header, and with several files, which are cut as one" {
	printf '1,a\n2,"b\n"\n3,c,\n' > one.csv
	printf '4,d\n' > two.csv
	printf '5,e\n6,"f"' > three.csv
	for options in '-n' '-n --ids 0' '-n --ids 1' '--ids 0'; do
		tok -q --ragged $options -c 2 one.csv two.csv three.csv > whole
		for n in 1 2 3 4 7 40; do
			for ((i = 1; i <= n; i++)); do
				tok -q --ragged $options -c 2 --shard $i/$n one.csv two.csv three.csv
			done | awk 'NR == 1 || !/^#tokens /' | cmp whole - || { echo "$options: $n shards"; false; }
		done
	done
}

@test "counts of fields are compared with the first record, in whatever shard that is" {
	printf '1,a\n%.0s' {1..10} > wide.csv
	printf 'b\n%.0s' {1..10} >> wide.csv
	run -1 --separate-stderr tok -n --shard 2/2 wide.csv
	[[ "$stderr" == *"have more or fewer fields than the first, which has 2"* ]]
}

@test "only a regular file of UTF-8 has shards" {
	export TOOL=tok
	printf 'body\na\n' > a.csv
	refused 1 'standard input: only a file has shards (--shard); write the text to a file' --shard 1/2 < a.csv
	mkfifo pipe
	refused 1 'pipe: only a regular file has shards (--shard)' --shard 1/2 pipe
	refused 1 'none.csv: No such file' --shard 1/2 none.csv
	gzip -k a.csv
	refused 1 'a.csv.gz: compressed data has no shards (--shard); unpack the file first' --shard 1/2 a.csv.gz
	refused 1 'a.csv: text that is converted from latin1 has no shards (--shard); convert it first, with: iconv' \
	    --encoding latin1 --shard 1/2 a.csv
	printf '\xef\xbb\xbfbody\na\n' > marked.csv
	run -0 tok --shard 1/1 marked.csv
	[ "$output" = a ]
}

@test "an empty file is an error of one shard only; a shard without records is none" {
	: > empty.csv
	tok --shard 1/3 empty.csv
	run -1 tok --shard 3/3 empty.csv
	printf 'body\na\n' > a.csv
	run -0 --separate-stderr tok --shard 1/40 a.csv
	[ -z "$output$stderr" ]
}

@test "--shard takes i/n" {
	TOOL=tok
	for word in '' 1 1/ /2 0/2 3/2 1/0 1/2/3 -1/2 1/x 1/1000001 ' 1/2' 1/18446744073709551617; do
		refused 2 "--shard: '$word' is not i/n, such as 1/4, with i from 1 to n, at most 1000000" --shard "$word" /dev/null
	done
	refused 2 '-S: with --shard, the text has to be one file' -C -S --shard 1/2 a b
	run -1 tok --shard 07/12 /nowhere
}
