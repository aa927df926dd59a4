#!/usr/bin/env bats
# shellcheck disable=SC2016,SC2154  # backticks in messages; what run sets
# encode: words to rows, and the checks of a vocabulary stream.

setup() {
	load helper
	load streams
	cd "$BATS_TEST_TMPDIR" || return
	printf '%s\n' 'the cat saw the dog' 'a dog saw' 'the end' > tokens
	vocab -q -n 6 tokens > stream
	vocab -q -t -n 6 tokens > table
}

# frames: what follows the table of a text-form stream.
frames() {
	sed '1,/^$/d'
}

@test "the text form: header, table, a line for each frame, the checksum" {
	run -0 --separate-stderr encode -t stream
	[ -z "$stderr" ]
	crc=$(gzip -c table | tail -c 8 | head -c 4 | od -An -tx4 | tr -d ' ')
	body=$'0 2 5 3 2 4 1\n0 5 4 3 1\n0 2 5 1'
	end=$(printf '%s\n' "$body" | gzip -c | tail -c 8 | head -c 4 | od -An -tx4 | tr -d ' ')
	{
		echo "#index 1 size=6 unit=sentence width=2 vocab=$crc form=text"
		cat table
		printf '\n%s\n#end crc32=%s\n' "$body" "$end"
	} | diff - <(printf '%s\n' "$output")
}

@test "the binary form, byte by byte" {
	encode stream > got
	crc=$(gzip -c table | tail -c 8 | head -c 4 | od -An -tx4 | tr -d ' ')
	{
		echo "#index 1 size=6 unit=sentence width=2 vocab=$crc"
		cat table
		echo
		printf '\7\0\0\0\24\0\0\0\0\0\2\0\5\0\3\0\2\0\4\0\1\0'
		printf '\5\0\0\0\12\0\0\0\0\0\5\0\4\0\3\0\1\0'
		printf '\4\0\0\0\10\0\0\0\0\0\2\0\5\0\1\0'
	} > want
	sed '1,/^$/d' want | gzip -c | tail -c 8 | head -c 4 > crc
	printf '\0\0\0\0' | cat - crc >> want
	cmp want got
}

@test "reddit-head: the reference indexes" {
	need reddit-head.tokens reddit-head.index-200.txt
	vocab -q -n 200 "$SHARED/reddit-head.tokens" | encode -t | frames | sed '$d' |
	    cmp - "$SHARED/reddit-head.index-200.txt"
}

@test "-v TABLE on the tokens gives the same stream as vocab | encode" {
	encode stream > want
	encode -v table < tokens | cmp - want
	encode -v table tokens | cmp - want
	encode -v <(cat table) tokens | cmp - want
	split -l 1 tokens part.
	encode -v table part.aa - part.ac < part.ab | cmp - want
	vocab -q -t -n 0 tokens > places
	encode -v places tokens | cmp - <(vocab -q -n 0 tokens | encode)
}

@test "-v MODEL uses the table in the model" {
	need_numpy
	"$PYTHON" - <<-'END'
	import numpy as np
	t = np.frombuffer(open("table", "rb").read(), np.uint8)
	w = np.zeros((2, 2), np.float32)
	np.savez("model.npz", vocab=t, U=w)
	np.savez("bare.npz", U=w)
	np.savez("wrong.npz", vocab=t.astype(np.float32))
	np.savez("empty.npz", vocab=t[:0])
	np.savez("cut.npz", vocab=t[:-3])
	np.savez("more.npz", vocab=np.concatenate([t, np.array([10, 65], np.uint8)]))
	END
	encode -v model.npz tokens | cmp - <(encode stream)
	for bad in bare wrong empty cut more; do
		run -1 --separate-stderr encode -v $bad.npz tokens
		one_line_error encode
		[[ "$stderr" == "encode: $bad.npz: "* ]]
	done
	run -1 --separate-stderr encode -v bare.npz tokens
	[[ "$stderr" == *'a model without a vocabulary'* ]]
	head -c 300 model.npz > half.npz
	run -1 --separate-stderr encode -v half.npz tokens
	one_line_error encode
}

@test "out-of-vocabulary words, and markers in the text, are UNKNOWN_TOKEN" {
	run -0 pipe "printf 'SENTENCE_START the UNKNOWN_TOKEN SENTENCE_END what\n' |
	    encode -t -v table"
	[ "${lines[-2]}" = '0 5 2 5 5 5 1' ]
	grep -v UNKNOWN table > short
	run -1 --separate-stderr encode -v short tokens
	[ "$stderr" = "encode: short: the last row is not UNKNOWN_TOKEN: is the table cut off?" ]
	grep -v SENTENCE short > stream
	run -1 --separate-stderr encode -v stream tokens
	[ "$stderr" = "encode: stream: row 0 is 'the', not SENTENCE_START; if the table is of a stream, give --unit stream, or the file this first line: #table 1 unit=stream" ]
	run -1 --separate-stderr encode --unit stream -v stream tokens
	[ "$stderr" = "encode: tokens: line 1: 'cat' is not in the vocabulary, which has no UNKNOWN_TOKEN; leave it out, or train on a text that has it" ]
	[ "${#stderr_lines[@]}" -eq 1 ]
}

@test "the token rules of the text go into the index stream" {
	printf 'A \\s b\n' > bare
	printf '#tokens 1 rules=characters\nA \\s b\n' > chars
	vocab -q -o chars.tsv chars | encode > want
	head -n 1 want | grep -q ' vocab=[0-9a-f]* rules=characters$'
	vocab -q chars | encode -t | head -n 1 | grep -q ' rules=characters form=text$'
	run -0 --separate-stderr encode -v chars.tsv chars
	[ -z "$stderr" ]
	encode -v chars.tsv chars | cmp - want
	encode -v chars.tsv --rules characters bare | cmp - want
	encode -v <(sed 1d chars.tsv) --rules characters bare | cmp - want
	vocab -q bare | encode --rules characters | cmp - want
	# a text that was cut otherwise than that of the table
	run -0 --separate-stderr encode -t -v chars.tsv bare
	[ "$stderr" = 'encode: bare: its token rules are words, those of chars.tsv are characters; --rules states them where a header was lost' ]
	[[ "${lines[0]}" != *rules=* ]]
	export TOOL=encode
	refused 1 "chars.tsv: it states rules=characters, but --rules says words" --rules words -v chars.tsv chars
	refused 1 "'the' is not a character" -q --rules characters -v table tokens
	refused 2 "--rules: 'letters' are no token rules" --rules letters stream
	refused 2 '--unit: only the table of -v' --unit stream stream
	refused 1 'chars.tsv: its first line says unit=sentence, but --unit says stream' --unit stream -v chars.tsv chars
	run -1 --separate-stderr encode --rules characters -v chars.tsv bare <(sed 's/=characters/&,ends/' chars)
	[[ "$stderr" == *'it states rules=characters,ends, but --rules says characters'* ]]
	run -1 --separate-stderr encode -q -v chars.tsv chars bare
	[ "${stderr_lines[-1]}" = 'encode: bare: its token rules are not those of the first stream; --rules states them where a header was lost' ]
}

@test "unit=stream: no START, no END" {
	vocab -q -S -n 0 tokens | encode -t > got
	grep -q '^#index 1 size=6 unit=stream ' got
	[ "$(frames < got | head -n 1)" = '0 3 1 0 2' ]
	vocab -q -S -n 0 -t tokens > stable
	encode -t -v stable tokens | cmp - got
}

@test "four bytes for an index above 65536 rows" {
	seq 65533 > many
	vocab -q -n 0 many | encode > two
	seq 65534 > many
	vocab -q -n 0 many | encode > four
	[[ "$(head -n 1 two)" == '#index 1 size=65536 unit=sentence width=2 '* ]]
	[[ "$(head -n 1 four)" == '#index 1 size=65537 unit=sentence width=4 '* ]]
	decode two | cmp - <(seq 65533)
	decode four | cmp - many
	vocab -q -n 0 many | encode -t | decode | cmp - many
}

@test "several vocabulary streams must have the same table" {
	printf '%s\n' 'dog the cat' 'saw a saw' 'the dog the end' > other
	vocab -q -n 0 tokens > a
	run -0 pipe 'encode -t a a'
	[ "$(printf '%s\n' "$output" | frames | wc -l)" -eq 7 ]
	vocab -q -n 0 other > b
	run -1 --separate-stderr encode a b
	[ "${#stderr_lines[@]}" -eq 1 ]
	[ "$stderr" = 'encode: b: its table is not that of the first stream; encode it by itself, or with -v' ]
}

@test "the tokens must add up to the table" {
	sed 's/a dog saw/a dog dog/' stream > bad
	run -1 --separate-stderr encode bad
	[ "$stderr" = "encode: bad: the tokens do not add up to the table (row 3, 'saw': 1 counted, 2 in the table)" ]
	sed '$d' stream > bad
	run -1 --separate-stderr encode bad
	[ "$stderr" = "encode: bad: the stream lacks its end line: the program that wrote it did not finish" ]
	sed '/^the end$/d' stream > bad
	run -1 --separate-stderr encode bad
	[ "$stderr" = "encode: bad: the tokens do not add up to the table (row 2, 'the': 2 counted, 3 in the table)" ]
	vocab -q -S -n 0 - <<< $'a b\nc' | sed '/^c$/d' > bad
	run -1 --separate-stderr encode bad
	[ "$stderr" = 'encode: bad: 1 lines of tokens, but the header says 2' ]
	for change in 's/lines=3/lines=2/' 's/lines=3/lines=03/' 's/crc=./crc=x/' '$s/$/0/' '$s/.$//' \
	    '$s/#end/#End/' '$s/ crc/  crc/' '$s/lines/line/' '$p' '$s/$/ /'; do
		sed "$change" stream > bad
		if cmp -s stream bad; then false; fi
		run -1 --separate-stderr encode bad
		[ "${#stderr_lines[@]}" -eq 1 ]
		[[ "$stderr" == 'encode: bad: '* ]]
	done
	vocab -q -S -n 0 - <<< $'a b\nc' | sed '/^a b$/s/ /\n/' > bad
	run -1 --separate-stderr encode bad
	[ "$stderr" = 'encode: bad: more than the 2 lines of tokens that the header says' ]
}

@test "header and table must agree" {
	for change in 's/size=6/size=5/' 's/size=6/size=7/' 's/unit=sentence/unit=stream/' \
	    's/unit=sentence/unit=word/' 's/tokens=16/tokens=15/' 's/tokens=16/tokens=17/' \
	    's/sentences=3/sentences=4/' 's/unique=8/unique=4/' 's/unique=8/unique=9/' \
	    's/ size=6//' 's/unique=8/& more=1/' 's/tokens=16/tokens=016/' 's/=16/=-16/' \
	    '1s/$/ /' '1s/ tok/  tok/' 's/#vocab 2/#vocab x/' 's/#vocab 2/#vocab 0/' \
	    's/UNKNOWN_TOKEN/unknown/' 's/SENTENCE_END/end/' '2s/$/\t0/' '/^the\t/s/\t/ /' \
	    '/^$/d' '/^saw\t/p' 's/size=6/size=99999999999999999999/' 's/size=6/size=16777217/'; do
		sed "$change" stream > bad
		if cmp -s stream bad; then false; fi
		run -1 --separate-stderr encode - < bad
		[ "${#stderr_lines[@]}" -eq 1 ]
		[[ "$stderr" == 'encode: standard input: '* ]]
	done
	sed 's/#vocab 2/#vocab 3/' stream > bad
	run -1 --separate-stderr encode bad
	[ "$stderr" = 'encode: bad: written by a newer version of this suite' ]
}

@test "a vocabulary stream cut anywhere is an error" {
	cuts stream cut
	all_refused encode cut
	[ "$(find cut -type f | wc -l)" -eq "$(stat -c %s stream)" ]
}

@test "a byte changed anywhere is an error" {
	vocab -q -n 0 - <<< $'the cat saw\nthe d\xc3\xb6g' > small
	flips small flip
	all_refused encode flip
	vocab -q -S -n 0 - <<< $'a b a\n\\s \\n' > small
	flips small flop
	all_refused encode flop
}

@test "a single bit changed anywhere is an error, and so are two lines swapped" {
	# OOV words, UNKNOWN_TOKEN, a word without a row, and digits of unique= included
	vocab -q -n 5 - <<< $'the cat saw\nthe dog\na cow\nthe cat' > small
	bits small bit 600
	all_refused encode bit
	[ "$(find bit -type f | wc -l)" -eq 600 ]
	swaps small swap
	all_refused encode swap
	tok -C -S <<< $'ab\nba\n\nc' | vocab -q -S -n 0 > small
	bits small char-bit 600
	all_refused encode char-bit
	swaps small char-swap
	all_refused encode char-swap
}

@test "a stream of version 1, without an end line, is still read" {
	sed 's/#vocab 2/#vocab 1/; $d' stream > one
	encode one | cmp - <(encode stream)
	sed 's/a dog saw/a dog dog/' one > bad
	run -1 --separate-stderr encode bad
	[ "$stderr" = "encode: bad: the tokens do not add up to the table (row 3, 'saw': 1 counted, 2 in the table)" ]
	# there, a line of tokens may look like an end line
	printf '%s\n' '#end lines=1 crc=00000000' | vocab -q -n 0 > odd
	[ "$(encode odd | decode)" = '#end lines=1 crc=00000000' ]
	[ "$(sed 's/#vocab 2/#vocab 1/; $d' odd | encode | decode)" = '#end lines=1 crc=00000000' ]
	sed 's/#vocab 2/#vocab 1/' stream > bad
	run -1 --separate-stderr encode bad
	[[ "$stderr" == 'encode: bad: the tokens do not add up to the table '* ]]
}

@test "a missing or a surplus program in the pipe" {
	run -1 --separate-stderr encode tokens
	one_line_error encode
	[ "$stderr" = 'encode: tokens: not a vocabulary stream; is `vocab` missing from the pipe?' ]
	run -1 --separate-stderr pipe 'encode stream | encode'
	one_line_error encode
	[[ "$stderr" == *'an index stream where a vocabulary stream was expected'* ]]
	run -1 --separate-stderr encode - < /dev/null
	[ "$stderr" = 'encode: standard input: empty input where a vocabulary stream was expected' ]
	run -1 --separate-stderr encode -v table stream
	[[ "$stderr" == *'a vocabulary stream where a token stream was expected'* ]]
	run -1 --separate-stderr encode -v table - < /dev/null
	[ "$stderr" = 'encode: standard input: empty input where a token stream was expected' ]
}

@test "files that -v cannot use are refused by name" {
	printf 'a\t1\r\n' > crlf
	printf 'a\t1\n\nb\t1\n' > gap
	printf 'a 1\n' > spaces
	: > empty
	for bad in crlf gap spaces empty stream tokens no/such . /dev/null; do
		run -1 --separate-stderr encode -v $bad tokens
		one_line_error encode
		[[ "$stderr" == "encode: $bad: "* ]]
	done
	run -2 --separate-stderr encode -v - tokens
	one_line_error encode
	run -2 --separate-stderr encode -v
	one_line_error encode
}

@test "token streams of -v are read strictly" {
	for bad in 'a  b\n' ' a\n' 'a \n' 'a\n\nb\n' 'a\tb\n' 'ab\r\n' 'a\xff\n'; do
		printf '%b' "$bad" > in
		run -1 --separate-stderr encode -v table in
		[ "${#stderr_lines[@]}" -eq 1 ]
		[[ "$stderr" == 'encode: in: line '* ]]
	done
	run -0 --separate-stderr pipe "printf 'the cat' | encode -t -v table"
	[[ "$stderr" == *'ends without a newline'* ]]
	[ "${lines[-2]}" = '0 2 5 1' ]
}

@test "a directory, a full disk, a closed pipe" {
	run -1 --separate-stderr encode .
	one_line_error encode
	run -1 --separate-stderr encode - < .
	one_line_error encode
	run -1 --separate-stderr pipe 'encode stream > /dev/full'
	one_line_error encode
	seq 300000 | vocab -q -n 0 > big
	run -0 --separate-stderr bash -c 'encode big | head -c 10'
	[ -z "$stderr" ]
}

@test "memory does not grow with the stream, and running out is an error" {
	case ${SAN:-} in *address*) skip 'ulimit -v and ASan do not mix' ;; esac
	yes 'the same line again and again' | head -n 1600000 | vocab -q > big
	run -0 --separate-stderr bash -o pipefail -c 'ulimit -v 30000; encode big | decode | wc -l'
	[ "$output" -eq 1600000 ]
	seq 2000000 | paste -sd ' ' > wide
	vocab -q -n 0 wide > big
	run -1 --separate-stderr bash -o pipefail -c 'ulimit -v 60000; encode big | wc -c'
	[ "${#stderr_lines[@]}" -eq 1 ]
	[[ "$stderr" == 'encode: big: '*'out of memory' ]]
}

@test "a truncated table is refused" {
	head -n -1 table > short.tsv
	run -1 --separate-stderr encode -v short.tsv tokens
	one_line_error encode
	[[ "$stderr" == *'the last row is not UNKNOWN_TOKEN'* ]]
}

@test "a full disk ends endless work" {
	run -1 --separate-stderr timeout 20 bash -c 'yes the | encode -v table > /dev/full'
	one_line_error encode
}

@test "raw text instead of tokens: a warning says what to do" {
	printf '%s\n' 'the dog saw the cat , and the cat saw it .' "it 's a dog ( old ) ." 'the old dog sleeps .' > tokens
	vocab -q -n 0 -t tokens > table
	printf '%s\n' 'The dog saw the cat, and the cat saw it.' "It's a dog (old)." 'The old dog sleeps.' 'The Dog. A Cat. It sleeps.' > raw
	run -0 --separate-stderr bash -c 'encode -v table raw > index'
	[ "$stderr" = 'encode: raw: 13 of 24 tokens are not in the vocabulary, 13 of them only because of capitals or punctuation: is `tok` missing from the pipe?' ]
	run -0 --separate-stderr bash -c 'encode -q -v table raw > index'
	[ -z "$stderr" ]
	# the tokens of the same text, other words, and a few capitals are no such sign
	tok -q -f text raw > good
	run -0 --separate-stderr bash -c 'encode -v table good > index'
	[ -z "$stderr" ]
	printf 'the Zebras eat Grass\n%.0s' {1..30} > other
	run -0 --separate-stderr bash -c 'encode -v table other > index'
	[ -z "$stderr" ]
	{ repeated 10 < tokens; echo 'The Dog'; } > few
	run -0 --separate-stderr bash -c 'encode -v table few > index'
	[ -z "$stderr" ]
	# beyond the first lines, nothing is counted
	{ repeated 400 < tokens; repeated 400 < raw; } > mixed
	run -0 --separate-stderr bash -c 'encode -v table mixed > index'
	[ -z "$stderr" ]
	repeated 400 < raw > long
	run -0 --separate-stderr bash -c 'encode -v table long > index'
	[[ "$stderr" == 'encode: long: 3250 of 6000 tokens are not'* ]]
}

@test "no token in the vocabulary: a warning" {
	printf 'a b c d e f g h i j\n' | vocab -q -m 2 -t > none
	printf 'a b c d e f g h i j k\n' > letters
	printf 'a b a b\n' | vocab -q -n 4 -t > table
	yes 'uno dos tres' | head -n 5 > spanish
	run -0 --separate-stderr bash -c 'encode -v none spanish > index'
	[ "$stderr" = 'encode: spanish: none of the 15 tokens is in the vocabulary; is it that of another text?' ]
	run -0 --separate-stderr bash -c 'printf "dos\n" | encode -v none > index'
	[ -z "$stderr" ]
}
