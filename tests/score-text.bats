#!/usr/bin/env bats
# score --text: the words that the index stream has as UNKNOWN_TOKEN.
# shellcheck disable=SC2154

load helper

export TOOL=score	# whose refusals refused() looks at

# Made once: texts with words that a model's vocabulary lacks.
setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	cp "$EXPECT/tiny.tokens" tokens
	small_data > tiny.index
	train -q -H 4 -r 0.1 -e 2 -E 0 -o tiny.npz tiny.index
	printf 'zebra the old okapi\nyes .\nokapi okapi the cat\n' > wild
	encode -v tiny.npz wild > wild.index
	# a stream, one of characters, and one read line by line
	printf 'b a\na b a\nb\n' | vocab -q -S -n 0 | encode > s.index
	printf 'a b c c d\na b e\nc\n' > s.text
	printf 'a b\na b b a\nc c c d\n' | vocab -q -S -n 3 > three.vocab
	encode three.vocab > three.index
	train -q -H 3 -e 1 -E 0 -T 2 -o joined.npz three.index
	train -q -H 3 -e 1 -E 0 -T 0 -o lines.npz three.index
	encode -v joined.npz s.text > s.index
	printf 'to be\nor not\n' | tok -C -S > chars
	head -n 2 chars | vocab -q -S -n 5 | encode > few.index
	train -q -H 3 -e 1 -E 0 -o chars.npz few.index
	encode -v chars.npz chars > chars.index
}

setup() {
	cd "$BATS_FILE_TMPDIR" || return
}

# agrees TEXT MODEL INDEX WORDS: -w --text TEXT is -w with the words of the text
agrees() {
	score -w "$2" "$3" > "$BATS_TEST_TMPDIR/plain"
	score -w --text "$1" "$2" "$3" > "$BATS_TEST_TMPDIR/beside"
	cut -f 2,3 "$BATS_TEST_TMPDIR/beside" | diff - <(cut -f 2,3 "$BATS_TEST_TMPDIR/plain")
	cut -f 1 "$BATS_TEST_TMPDIR/beside" | paste -sd ' ' | diff - <(echo "$4")
	awk -F '\t' 'NF != 4 || $4 != "known" && $4 != "unknown" { exit 1 }' "$BATS_TEST_TMPDIR/beside"
	paste "$BATS_TEST_TMPDIR/plain" "$BATS_TEST_TMPDIR/beside" |
	    awk -F '\t' '($1 == "UNKNOWN_TOKEN") != ($7 == "unknown") { exit 1 }
		$7 == "known" && $1 != $4 { exit 1 }'
}

@test "-w --text: each token as the text has it, and whether the vocabulary has it" {
	agrees wild tiny.npz wild.index 'zebra the old okapi SENTENCE_END yes . SENTENCE_END okapi okapi the cat SENTENCE_END'
	score -w --text wild tiny.npz wild.index | grep -c $'^okapi\t-[0-9.]*\t[0-9]*\tunknown$' | grep -qx 3
	score -w --text wild tiny.npz wild.index | grep -c $'^SENTENCE_END\t.*\tknown$' | grep -qx 3
	agrees tokens tiny.npz tiny.index "$(sed 's/$/ SENTENCE_END/' tokens | paste -sd ' ') SENTENCE_END"
}

@test "-w --text: of a stream the first token is given, not predicted" {
	agrees s.text joined.npz s.index 'b c c d a b e c'
	agrees s.text lines.npz s.index 'b c c d b e'
	agrees chars chars.npz chars.index "$(sed 1d chars | paste -sd ' ' | cut -d ' ' -f 2-)"
}

@test "-t --text counts the words outside the vocabulary, each once as a type" {
	score -t --text wild tiny.npz wild.index > got
	grep -qx $'tokens_unknown\t4' got
	grep -qx $'types_unknown\t2' got
	score -t tiny.npz wild.index | grep -v '^types_unknown' | diff - <(grep -v '^types_unknown' got)
	score -t tiny.npz wild.index | grep -qx $'types_unknown\tunknown'
	# none unknown, so none of them a type
	printf 'yes .\n' > known
	encode -v tiny.npz known | score -t tiny.npz | tail -n 2 > got
	printf 'tokens_unknown\t0\ntypes_unknown\t0\n' | diff - got
	# the same tokens as those that are scored
	score -t --text s.text joined.npz s.index | tail -n 2 | cut -f 2 | paste -sd ' ' | grep -qx '5 3'
	score -t --text s.text lines.npz s.index | tail -n 2 | cut -f 2 | paste -sd ' ' | grep -qx '4 3'
}

@test "--text over many windows, and over several streams one after another" {
	repeated 3000 < wild > long
	encode -v tiny.npz long > long.index
	score -w --text long tiny.npz long.index > got
	score -w --text wild tiny.npz wild.index | repeated 3000 | cmp - got
	cat wild tokens > both
	score -w --text both tiny.npz wild.index tiny.index > got
	score -w --text wild tiny.npz wild.index > want
	score -w --text tokens tiny.npz tiny.index >> want
	diff want got
	# a sentence longer than a window
	yes 'zebra the cat' | head -n 9000 | paste -sd ' ' > one
	encode -v tiny.npz one > one.index
	score -w --text one tiny.npz one.index | grep -c '^zebra' | grep -qx 9000
}

@test "--text that is another text is refused, with the place" {
	local of='; give the token stream that it was made from'
	sed '2s/yes/no/' wild > other
	run -1 --separate-stderr score -w --text other tiny.npz wild.index
	[ "$stderr" = "score: other: line 2: token 1 is 'no', where wild.index has 'yes'$of" ]
	sed '3s/cat/newt/' wild > other
	run -1 --separate-stderr score -t --text other tiny.npz wild.index
	[ "$stderr" = "score: other: line 3: token 4 is 'newt', where wild.index has 'cat'$of" ]
	sed '1s/zebra/the/' wild > other
	run -1 --separate-stderr score -t --text other tiny.npz wild.index
	[ "$stderr" = "score: other: line 1: token 1 is 'the', where wild.index has 'UNKNOWN_TOKEN'$of" ]
	sed '2s/$/ ./' wild > other
	run -1 --separate-stderr score -t --text other tiny.npz wild.index
	[ "$stderr" = "score: other: line 2: 3 tokens, where wild.index has 2$of" ]
	head -n 2 wild > other
	run -1 --separate-stderr score -t --text other tiny.npz wild.index
	[ "$stderr" = "score: other: ends after line 2, where wild.index has more$of" ]
	cat wild wild > other
	run -1 --separate-stderr score -t --text other tiny.npz wild.index
	[ "$stderr" = "score: other: line 4: past the last sentence of the index streams; give the token stream that they were made from" ]
}

@test "--text and what it is of no use for" {
	refused 2 '--text: only -t and -w have a use for it; add one of them' --text wild tiny.npz wild.index
	refused 2 '--text: only -t and -w have a use for it' -p --text wild tiny.npz wild.index
	refused 2 '--text: needs a file; standard input may hold the index stream' -w --text - tiny.npz
	refused 1 'missing: No such file' -w --text missing tiny.npz wild.index
	refused 1 'wild.index: an index stream where a token stream was expected' -w --text wild.index tiny.npz wild.index
	printf 'the  cat\n' > double
	refused 1 'double: line 1, byte 5: two spaces' -w --text double tiny.npz wild.index
}
