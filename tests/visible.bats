#!/usr/bin/env bats
# Control characters of a text: pictures on a terminal, the same bytes in a pipe.
# shellcheck disable=SC2154,SC2016

load helper

# on a terminal, whose output arrives as bytes
on_tty() {
	"$BUILD/tests/unit/pty" "$@"
}

# A word with an escape sequence that would set the title of a terminal, DEL, and C1
# control sequence introducer; and what is shown for it.
EVIL=$'\e]0;hi\a\x7f\xc2\x9b'
SHOWN='␛]0;hi␇␡�'

# Made once: tokens, a table, index streams and models with such words.
setup_file() {
	local LC_ALL=C.UTF-8
	cd "$BATS_FILE_TMPDIR" || return
	printf '%s the old cat\nthe %s sat\n%s %s cat\n' "$EVIL" "$EVIL" "$EVIL" "$EVIL" > tokens
	vocab -q -n 0 -o table tokens > vocab
	encode vocab > index
	train -q -H 3 -e 1 -E 0 -o m.npz index
	printf 'a\e[31mb\x7f\r\n\tz\n' > text
	tok -C -S text | vocab -q -S -n 0 | encode > chars
	train -q -H 3 -e 1 -E 0 -o chars.npz chars
}

setup() {
	cd "$BATS_FILE_TMPDIR" || return
	LC_ALL=C.UTF-8
}

# shown COMMAND...: on a terminal the output is that in a pipe with pictures for control
# characters, of which the pipe has some
shown() {
	"$@" > "$BATS_TEST_TMPDIR/piped"
	on_tty "$@" > "$BATS_TEST_TMPDIR/terminal"
	grep -q $'[\e\x7f]' "$BATS_TEST_TMPDIR/piped"
	perl -CSD -pe 's/([\x00-\x08\x0b-\x1f])/chr(0x2400 + ord $1)/ge; s/\x7f/\x{2421}/g;
		s/[\x{80}-\x{9f}]/\x{fffd}/g' "$BATS_TEST_TMPDIR/piped" |
	    cmp - "$BATS_TEST_TMPDIR/terminal"
}

@test "tok, vocab, encode and decode show a text's control characters on a terminal" {
	shown tok -q -f text text
	shown tok -q -C -S text
	shown vocab -q -t tokens
	shown vocab -q tokens
	shown encode -t vocab
	shown decode -q index
	shown decode -q -d index
	shown decode -q chars
}

@test "sample, score and cells show them, too" {
	shown sample -q -w -n 30 m.npz
	shown sample -q -t -n 30 m.npz
	shown sample -q -w -M 300 chars.npz
	shown score -q -w m.npz index
	"$BUILD/tests/unit/scale" m.npz V 0 flat.npz
	shown cells -q -f table m.npz index
	on_tty cells -q -c never m.npz index | grep -qF "$SHOWN the old cat"
}

@test "score -p shows the words that it predicts" {
	yes "$EVIL" | head -n 20 | vocab -q -S -n 0 | encode > one
	train -q -T 0 -H 2 -e 1 -E 0 -o one.npz <(printf '%s %s\nb %s\n' "$EVIL" "$EVIL" "$EVIL" |
	    vocab -q -S -n 0 | encode)
	printf '%s %s b\n' "$EVIL" "$EVIL" | encode -v one.npz > two
	shown score -q -p one.npz two
}

@test "newlines and tabs stay what they are, and so does text beyond ASCII" {
	printf 'word\t3\ncafé\t2\n日本\t1\n' > plain.tsv
	on_tty vocab -q -M -t -n 0 plain.tsv | diff - <(vocab -q -M -t -n 0 plain.tsv)
	printf 'naïve 日本 🙂\n' | on_tty tok -q -f text | diff - <(printf 'naïve 日本 🙂\n')
}

@test "a long vocabulary stream, beyond what the spool holds in memory" {
	perl -e 'for (1 .. 400000) { print join(" ", map { "\xc3\xa9\xe6\x97\xa5" . $_ % 999 } 1 .. 3 + $_ % 7), " x\e[2Jx\n" }' > long
	shown vocab -q -n 50 long
}

@test "-o writes the bytes themselves, whatever standard output is" {
	on_tty vocab -q -t -o out.tsv -n 0 tokens > seen
	cmp out.tsv table
	grep -qF "$SHOWN" seen
}

@test "-h shows a value that was given" {
	shown sample -x $'\e[31m' -h
}

@test "messages show pictures, of file names and of a text's words" {
	run -1 --separate-stderr decode $'no\e[31mfile\n\xc2\x9bx\xffy'
	[ "$stderr" = 'decode: no␛[31mfile␊�x�y: No such file or directory' ]
	run -1 --separate-stderr sample -x "$EVIL"z m.npz
	[[ "$stderr" == "sample: -x: '${SHOWN}z' is not in the vocabulary"* ]]
	run -2 --separate-stderr sample -n $'3\e' m.npz
	[[ "$stderr" == "sample: -n: '3␛' is not a whole number"* ]]
}

@test "a binary stream is not written to a terminal" {
	run -2 on_tty sample -n 3 m.npz
	[ "$output" = 'sample: standard output is a terminal, and an index stream is binary; pipe it to `decode`, or give -t for its text form' ]
	run -2 on_tty encode vocab
	[ "$output" = 'encode: standard output is a terminal, and an index stream is binary; pipe it to `train`, send it to a file, or give -t for its text form' ]
	run -0 on_tty sample -w -n 3 m.npz
	run -0 on_tty sample -t -n 3 m.npz
	run -0 on_tty encode -t vocab
	run -0 on_tty encode -h
}
