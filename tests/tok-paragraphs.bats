#!/usr/bin/env bats
# tok -f paragraphs: the lines of a book, joined.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	export TOOL=tok
}

# joins TEXT WANT OPTION...: the paragraphs (printf escapes) as characters, one on each line
joins() {
	local text=$1 want=$2 got
	shift 2
	got=$(printf '%b' "$text" | tok -C -f paragraphs "$@" | vocab -q -n 0 | encode | decode)
	[ "$got" = "$(printf '%b' "$want")" ] || {
		echo "text $text"
		echo "want $want"
		echo "got  $got"
		return 1
	}
}

@test "lines are joined until an empty one" {
	joins 'One\ntwo.\nThree.\n\nFour\n' 'One two. Three.\nFour'
	joins '\n\n  One \t\n\ttwo.\r\n \t\r\n\n\nThree' 'One two.\nThree'
	joins '\xef\xbb\xbfOne\ntwo' 'One two'
	printf 'It was the best of times, it was\nthe worst of times. It was the age\nof wisdom.\n\nThe end.' > book
	tok -f paragraphs book > got
	printf '%s\n' 'it was the best of times , it was the worst of times .' 'it was the age of wisdom .' 'the end .' | diff - got
	printf 'No end\n\n' > one
	printf 'or is it' > two
	[ "$(tok -f paragraphs one two one)" = $'no end\nor is it\nno end' ]
}

@test "hyphens at line ends: a divided word is joined, a compound keeps its hyphen" {
	joins 'an inter-\nnational day' 'an international day'
	joins '\xc3\xa9t\xc3\xa9-\n\xc3\xa9t\xc3\xa9' '\xc3\xa9t\xc3\xa9\xc3\xa9t\xc3\xa9'
	joins 'Jean-\nPaul' 'Jean-Paul'
	joins 'an A-\nlevel' 'an A-level'
	joins 'a self-  \n  made man' 'a selfmade man'
	joins 'a well-\nknown man' 'a well-known man' --keep-hyphens
	joins 'pages 3-\n4' 'pages 3- 4'
	joins 'he left--\nand came' 'he left-- and came'
	joins 'he left -\nand came' 'he left - and came'
	joins 'left\xe2\x80\x94\nand' 'left\xe2\x80\x94 and'
	joins 'inter\xc2\xad\nnational' 'international'
	joins 'Inter\xc2\xad\nNational' 'InterNational' --keep-hyphens
	joins 'end-\n\nnext' 'end-\nnext'
	joins 'a\xff-\nb' 'a\xef\xbf\xbd- b'
}

@test "messages name the first line of the paragraph" {
	printf 'a\n\nb\nc\xff\n' > in
	run -0 --separate-stderr tok -f paragraphs in
	[[ "$stderr" == 'tok: in: line 3: invalid UTF-8, '* ]]
}

@test "options that have no meaning here are refused" {
	echo a > in
	refused 2 '-S: the lines of a paragraph are joined' -C -S -f paragraphs in
	refused 2 '--keep-hyphens: only lines of paragraphs are joined' --keep-hyphens in
	refused 2 '--ragged is for CSV files' --ragged -f paragraphs in
}

@test "README: a book of Project Gutenberg, without its licence" {
	printf '%s\r\n' 'The eBook.' '' '*** START OF THE EBOOK ***' '' 'It was a _quiet_' 'to-' 'day.' '' 'No.' '' \
	    '*** END OF THE EBOOK ***' '' 'The licence.' > book.txt
	recipe=$(sed -n 's/^| one from Project Gutenberg,.* | `\(.*\)` |$/\1/p' "$TOP/README.md" | sed 's/\\|/|/g')
	[ -n "$recipe" ]
	run -0 --separate-stderr bash -c "$recipe"
	[ -z "$stderr" ]
	[ "$output" = $'it was a quiet to-day .\nno .' ]
}
