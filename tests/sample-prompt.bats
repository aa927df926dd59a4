#!/usr/bin/env bats
# sample -x: prompts from the command line and from files, and what may be wrong with them.
# shellcheck disable=SC2154

load helper

export TOOL=sample	# whose refusals refused() looks at

# Made once: models of words in lower case, of words as they are, and of characters.
setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	printf '%s\n' 'The dog saw the cat, and the cat saw it.' "It's the dog's bone!" \
	    'A dog (the old one) sleeps.' > text
	tok -f text text | vocab -q -n 0 | encode > low.index
	train -q -H 4 -e 1 -E 0 -o low.npz low.index
	tok -f text -l never text | vocab -q -n 20 | encode | train -q -H 4 -e 1 -E 0 -o kept.npz
	tok -f text text | vocab -q -S -n 0 | encode | train -q -H 4 -e 1 -E 0 -o stream.npz
	tok -C -S text | vocab -q -S -n 0 | encode | train -q -H 4 -e 1 -E 0 -o chars.npz
	tr A-Z a-z < text | tok -C | vocab -q -n 0 | encode | train -q -H 4 -e 1 -E 0 -o lowchars.npz
}

setup() {
	cd "$BATS_FILE_TMPDIR" || return
}

# begins PROMPT ARGUMENT...: all sentences begin with the prompt
begins() {
	local prompt=$1
	shift
	sample -q -n 5 "$@" | decode > "$BATS_TEST_TMPDIR/got"
	perl -e '($p) = @ARGV; local $/; $_ = <STDIN>;
		$n = () = /^\Q$p\E/gm; exit !$n' "$prompt" < "$BATS_TEST_TMPDIR/got"
}

@test "-x: capitals for a vocabulary of lower case" {
	refused 1 "sample: -x: 'The', 'Dog' are not in the vocabulary, which has them in lower case; write them so, or give the text with --prime-text" \
	    -x 'The Dog saw' low.npz
	refused 1 "-x: 'Dog' is not in the vocabulary, which has it in lower case; write it so, or give the text with --prime-text" -x 'the Dog' low.npz
	refused 1 "-x: 'D' is not in the vocabulary, which has it in lower case; write it so" -x 'the Dog' lowchars.npz
	# a vocabulary with capitals knows what it knows
	begins 'The dog' -m 3 -x 'The dog' kept.npz
	refused 1 "-x: 'Saw' is not in the vocabulary, which has it in lower case" -x 'Saw' kept.npz
	# one of them is in no case there
	refused 1 "-x: 'The', 'zebra' are not in the vocabulary, which has some of them in lower case; write these so, or give" -x 'The zebra' low.npz
	# what -u replaces although it could be written otherwise
	run -0 --separate-stderr bash -c "sample -u -n 1 -x 'The Dog' low.npz | decode"
	[[ "$output" == 'UNKNOWN_TOKEN UNKNOWN_TOKEN '* ]]
	[ "$stderr" = "sample: -x: UNKNOWN_TOKEN replaces 'The', 'Dog', which the vocabulary has in lower case" ]
	run -0 --separate-stderr bash -c "sample -q -u -n 1 -x 'The Dog' low.npz | decode"
	[ -z "$stderr" ]
	run -0 --separate-stderr sample -u -n 0 -x 'the zebra' low.npz
	[ -z "$stderr" ]
}

@test "-x: raw text, with punctuation beside its words" {
	refused 1 "-x: 'cat,' is not in the vocabulary; separate words and punctuation by spaces, as tok does, or give the text with --prime-text" \
	    -x 'the cat, and' low.npz
	refused 1 "-x: 'The', 'cat,' are not in the vocabulary; separate words and punctuation by spaces, as tok does, or" \
	    -x 'The cat, and' low.npz
	refused 1 "-x: '(The' is not in the vocabulary; separate" -x 'a dog (The' low.npz
	refused 1 "-x: 'it's' is not in the vocabulary; separate" -x "it's" low.npz
}

@test "-x: markers are no words" {
	refused 1 "sample: -x: 'UNKNOWN_TOKEN' is a marker, which stands for words outside the vocabulary; allow it with -u, or leave it out" -x 'the UNKNOWN_TOKEN' low.npz
	sample -q -n 2 -u -x 'the UNKNOWN_TOKEN' low.npz | decode | grep -c '^the UNKNOWN_TOKEN' | grep -qx 2
	refused 1 "-x: 'SENTENCE_START' is a marker, not a word; leave it out" -x 'SENTENCE_START the' low.npz
	refused 1 "-x: 'SENTENCE_END' is a marker, not a word; leave it out" -x 'the SENTENCE_END' stream.npz
	refused 1 "-x: 'UNKNOWN_TOKEN' is a marker, which stands for words outside the vocabulary; this model has none, so leave it out" -u -x 'UNKNOWN_TOKEN' stream.npz
}

@test "-e: capitals for a vocabulary of lower case" {
	refused 1 "-e: 'Dog' is not in the vocabulary, which has it in lower case; write it so" -e Dog low.npz
	refused 1 "-e: 'Zebra' is not in the vocabulary; name one of its words" -e Zebra low.npz
}

@test "-x @file: the prompt is in a file" {
	printf 'the dog\n' > prompt
	sample -q -n 5 -x 'the dog' low.npz > want
	sample -q -n 5 -x @prompt low.npz | cmp - want
	sample -q -n 5 -x @- low.npz < prompt | cmp - want
	printf 'the dog' > unended
	sample -q -n 5 -x @unended low.npz | cmp - want
	printf '\xef\xbb\xbfthe dog\r\n' > windows
	sample -q -n 5 -x @windows low.npz | cmp - want
	# characters are taken literally, one newline at the end apart
	printf 'The dog\nsaw\n\n' > prompt
	sample -q -n 1 -M 40 -x @prompt chars.npz | decode | head -c 12 | cmp - <(printf 'The dog\nsaw\n')
	refused 1 '-x: 2 lines; a prompt is the beginning of one sentence' -x $'the dog\nsaw' low.npz
	# a stream of words has no lines
	printf 'the dog\nsaw\n' > prompt
	sample -q -x 'the dog saw' stream.npz > want
	sample -q -x @prompt stream.npz | cmp - want
}

@test "-x @file: files that are no prompts" {
	refused 1 '-x: missing: no such file; a prompt that begins with @ is written @@' -x @missing low.npz
	refused 1 'sample: .: Is a directory' -x @. low.npz
	refused 2 "-x: '@' names no file; a prompt that begins with @ is written @@" -x @ low.npz
	printf 'the dog\nsaw it\n' > two
	refused 1 '-x: two: 2 lines; a prompt is the beginning of one sentence' -x @two low.npz
	refused 1 '-x: two: 2 lines; a prompt is the beginning of one sentence' -x @two lowchars.npz
	printf 'the\0dog\n' > nul
	refused 1 '-x: nul: contains a NUL; a prompt is text' -x @nul low.npz
	printf 'the Dog\n' > prompt
	refused 1 "-x: 'Dog' is not in the vocabulary, which has it in lower case" -x @prompt low.npz
	printf 'the dog\n' > prompt
	refused 2 '-x: 2 words, but -M allows at most 1; raise it' -m 1 -M 1 -x @prompt low.npz
}

@test "-x @@: a prompt that begins with @" {
	printf '@ home\n@ work\n' | vocab -q -n 0 | encode | train -q -H 2 -e 1 -E 0 -o at.npz
	sample -q -n 3 -x '@@ home' at.npz | decode | grep -c '^@ home' | grep -qx 3
	sample -q -n 3 -x ' @ home' at.npz | decode | grep -c '^@ home' | grep -qx 3
}

# same_as_tokens MODEL TOK-OPTIONS TEXT: --prime-text is -x with what tok makes of the text
same_as_tokens() {
	local model=$1 text=$3
	# shellcheck disable=SC2086
	printf '%s' "$text" | tok -q -f text $2 | sed '/^#tokens/d' > "$BATS_TEST_TMPDIR/tokens"
	sample -q -n 4 -x "$(tr '\n' ' ' < "$BATS_TEST_TMPDIR/tokens")" "$model" > "$BATS_TEST_TMPDIR/want"
	sample -q -n 4 --prime-text "$text" "$model" | cmp - "$BATS_TEST_TMPDIR/want"
}

@test "--prime-text: a raw text becomes tokens as tok makes them" {
	same_as_tokens low.npz '' 'The dog saw the cat, and'
	same_as_tokens low.npz '' "It's the Dog's"
	same_as_tokens low.npz '' 'A dog (the old one) sleeps.'
	same_as_tokens stream.npz '' 'The dog saw it. A dog'
	begins 'the cat , and' --prime-text '  The Cat, and ' low.npz
	sample -q -n 3 --prime-text '' low.npz | cmp - <(sample -q -n 3 low.npz)
	printf 'The cat, and\n' > prompt
	begins 'the cat , and' --prime-text @prompt low.npz
}

@test "--prime-text: by the rules with which the model's text was split" {
	same_as_tokens kept.npz '-l never' 'The dog saw the cat, and'
	begins 'The dog' -m 3 --prime-text 'The dog' kept.npz
	tok -f text -C -l early text | vocab -q -n 0 | encode | train -q -H 4 -e 1 -E 0 -o folded.npz
	begins 'the dog' --prime-text 'The Dog' folded.npz
}

@test "--prime-text of characters" {
	sample -q -n 2 -M 50 --prime-text 'The dog' chars.npz > got
	sample -q -n 2 -M 50 -x 'The dog' chars.npz | cmp - got
	sample -q -n 1 -M 50 --prime-text $'A dog\n\ttoo' chars.npz > got ||
	    refused 1 "--prime-text: '\\t' is not in the vocabulary" --prime-text $'A dog\n\ttoo' chars.npz
	sample -q -n 1 -M 50 --prime-text $'A dog\nsaw' chars.npz > got
	sample -q -n 1 -M 50 -x $'A dog\nsaw' chars.npz | cmp - got
}

@test "--prime-text: what cannot be the beginning of a sentence" {
	refused 1 "sample: --prime-text: 2 sentences; a prompt is the beginning of one" --prime-text 'The dog saw it. A dog' low.npz
	refused 1 '--prime-text: 2 lines; a prompt is the beginning of one sentence' --prime-text $'ab\ncd' lowchars.npz
	refused 1 "--prime-text: 'zebra' is not in the vocabulary; -u replaces it by UNKNOWN_TOKEN" --prime-text 'The Zebra' low.npz
	refused 1 '--prime-text: invalid UTF-8; give the text in UTF-8' --prime-text $'a\xffb' low.npz
	refused 2 '--prime-text: -x gives a prompt, too; drop one of the two' -x the --prime-text the low.npz
	refused 2 '--prime-text: 3 words, but -M allows at most 2; raise it' -m 1 -M 2 --prime-text 'The dog saw' low.npz
}
