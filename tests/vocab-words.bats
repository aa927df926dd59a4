#!/usr/bin/env bats
# vocab: lists of words, and words that are kept.

# shellcheck disable=SC2154  # stderr and stderr_lines are bats'
load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	export TOOL=vocab
	printf '%s\n' 'a a a b b c' 'a b d d e' > tokens
}

# words FILE: the words of a table with their counts, in one line
words() {
	grep -v '^#' "$1" | awk '{ printf "%s%s:%s", s, $1, $2; s = " " }'
}

@test "--from-list: a plain list as a table, which encode takes" {
	printf 'c\na\r\nUNKNOWN_TOKEN\nc\nz\n' > list
	run -0 --separate-stderr vocab --from-list -o copy list
	printf '%s\n' "$output" > table
	cmp copy table
	[ "$(words table)" = 'SENTENCE_START:0 SENTENCE_END:0 c:0 a:0 z:0 UNKNOWN_TOKEN:0' ]
	[ "$stderr" = 'vocab: Using vocabulary size 6.' ]
	[ "$(encode -v table tokens | decode | head -n 1)" = 'a a a UNKNOWN_TOKEN UNKNOWN_TOKEN c' ]
	for s in full sampled tree; do
		encode -v table tokens | train -q -H 3 -e 1 -n 2 --softmax $s -o $s.npz > /dev/null
	done
	printf 'b\n' | gzip | vocab -q --from-list list - > table
	[ "$(words table)" = 'SENTENCE_START:0 SENTENCE_END:0 c:0 a:0 z:0 b:0 UNKNOWN_TOKEN:0' ]
	printf 'x\ny\n' | vocab -q -S --rules characters --from-list > table
	[ "$(head -n 1 table)" = '#table 1 unit=stream rules=characters' ]
	[ "$(words table)" = 'x:0 y:0 UNKNOWN_TOKEN:0' ]
	printf 'xy y x\n' | tr -d ' ' | tok -C | encode -q --rules characters -v table > index
}

@test "--from-list: what is not a list of words is reported with its line" {
	printf 'a\nb c\n' > bad
	refused 1 "vocab: bad: line 2: 'b c' contains a space or a tab; each line is to be one word" --from-list bad
	printf 'a\n\nb\n' > bad
	refused 1 "bad: line 2: '' is empty" --from-list bad
	printf 'a\n\xff\n' > bad
	refused 1 "is not valid UTF-8" --from-list bad
	: > bad
	refused 1 'bad: empty input where a list of words was expected' --from-list bad
	echo ab > bad
	refused 1 "'ab'" --from-list --rules characters bad
	for option in -M '-m 2' '-n 9' -t '--keep list'; do
		# shellcheck disable=SC2086
		refused 2 'is for words that are counted' --from-list $option bad
	done
}

@test "--keep: words have a row whatever their count" {
	printf 'e\nc\nz\n' > list
	vocab -q -t -m 2 --keep list tokens > table
	[ "$(words table)" = 'SENTENCE_START:2 SENTENCE_END:2 a:4 b:3 d:2 c:1 e:1 z:0 UNKNOWN_TOKEN:0' ]
	vocab -q -t -n 7 --keep list tokens > table
	[ "$(words table)" = 'SENTENCE_START:2 SENTENCE_END:2 a:4 c:1 e:1 z:0 UNKNOWN_TOKEN:5' ]
	vocab -q -t -n 6 --keep list tokens > table
	[ "$(words table)" = 'SENTENCE_START:2 SENTENCE_END:2 c:1 e:1 z:0 UNKNOWN_TOKEN:9' ]
	refused 1 '-n: fewer rows than the markers and the words of --keep need' -t -n 5 --keep list tokens
	# the stream is valid
	vocab -q -n 7 --keep list tokens | encode | decode > got
	printf '%s\n' 'a a a UNKNOWN_TOKEN UNKNOWN_TOKEN c' 'a UNKNOWN_TOKEN UNKNOWN_TOKEN UNKNOWN_TOKEN e' | diff - got
	# words that occur often enough change nothing
	printf 'a\nb\n' > list
	vocab -q -n 6 --keep list tokens | cmp - <(vocab -q -n 6 tokens)
	vocab -q -S -n 0 --keep list tokens | cmp - <(vocab -q -S -n 0 tokens)
	refused 1 'no/such: No such file' --keep no/such tokens
	refused 2 '--keep: needs a file' --keep - tokens
}

@test "--keep: the same in a merged table" {
	printf 'e\nz\n' > list
	head -n 1 tokens | vocab -q -t -n 0 > one
	tail -n 1 tokens | vocab -q -t -n 0 > two
	vocab -q -M -m 2 --keep list one two | cmp - <(vocab -q -t -m 2 --keep list tokens)
	vocab -q -t -n 0 --keep list tokens > table
	[ "$(grep ^z table)" = $'z\t0\t-' ]
	vocab -q -M -n 0 --keep list table | cmp - table
}

@test "--min-count is the long name of -m" {
	vocab -q -t --min-count 2 tokens | cmp - <(vocab -q -t -m 2 tokens)
	vocab -q -t --min 2 tokens | cmp - <(vocab -q -t -m 2 tokens)
}
