#!/usr/bin/env bats
# Records: one line for each (tok --one), and their ids, through every program.

# shellcheck disable=SC2154  # stderr and stderr_lines are bats'
load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	printf 'id,body\nx1,The cat sat. A dog ran.\nx2,\nx3,"A cat.\nThe end."\n"é 4","...  "\n' > in.csv
	printf 'body\nthe cat sat .\nthe dog ran .\n' | tok > plain
	vocab -q -n 0 -t plain > table
	encode -v table plain | train -q -H 3 -e 1 > /dev/null
}

@test "--one: a line for each record, empty ones included, through all programs" {
	tok --one -c body in.csv > tokens
	printf '%s\n' '#tokens 1 lines=empty' 'the cat sat . a dog ran .' '' 'a cat . the end .' '...' | diff - tokens
	vocab -q -n 0 -o table.tsv tokens > stream
	[[ "$(head -n 1 stream)" == '#vocab 2 '*' lines=empty' ]]
	encode stream > index
	encode -v table.tsv tokens | cmp - index
	decode index | diff <(sed 1d tokens) -
	decode -d index > prose
	[ "$(wc -l < prose)" -eq 4 ]
	encode -q -v model.npz tokens > index
	score model.npz index > scores
	[ "$(wc -l < scores)" -eq 4 ]
	[ "$(sed -n 2p scores | cut -f 2)" = 1 ]
	score -p model.npz index > predicted
	[ "$(wc -l < predicted)" -eq 4 ]
	score -w --text tokens model.npz index > words
	[ "$(wc -l < words)" -eq "$(cut -f 2 scores | paste -sd + | bc)" ]
	train -q -H 3 -e 1 -o new.npz index > /dev/null
	# the same scores as those of sentences
	tail -n +2 tokens | grep . | encode -q -v model.npz | score model.npz | diff <(sed 2d scores) -
}

@test "--one: lines of a text, paragraphs, characters" {
	[ "$(printf 'It ran. It hid.\n\nc\n' | tok --one -f text)" = $'#tokens 1 lines=empty\nit ran . it hid .\n\nc' ]
	[ "$(printf 'it\nhid.\n\n\nc d\n' | tok --one -f paragraphs)" = $'#tokens 1 lines=empty\nit hid .\nc d' ]
	printf 'ab\n\n"c\nd"\n' | tok --one -C -f csv -n > chars
	printf '%s\n' '#tokens 1 rules=characters lines=empty' 'a b' 'c \n d' | diff - chars
	printf 'ab\n\nc\n' | tok --one -C | vocab -q -n 0 | encode | decode | cmp - <(printf 'ab\n\nc\n')
}

@test "--ids: a column, or the number, before the tokens of each line" {
	tok --ids id -c body in.csv > tokens
	printf '%s\n' '#tokens 1 lines=ids' $'x1\tthe cat sat .' $'x1\ta dog ran .' $'x3\ta cat .' $'x3\tthe end .' $'é 4\t...' | diff - tokens
	tok --ids 1 -c 2 in.csv | cmp - tokens
	tok --ids 0 --one -c body in.csv > numbers
	printf '%s\n' '#tokens 1 lines=empty,ids' $'1\tthe cat sat . a dog ran .' $'2\t' $'3\ta cat . the end .' $'4\t...' | diff - numbers
	printf 'a\nb\n' > one
	[ "$(tok --ids 0 -f text one one | tail -n 1)" = $'4\tb' ]
	[ "$(tok --ids 0 -n one one | tail -n 1)" = $'4\tb' ]
	[ "$(printf 'a\n\nb\n' | tok --ids 0 -f paragraphs - one | tail -n 1)" = $'3\ta b' ]
}

@test "ids go through vocab, encode, decode and score, in both forms" {
	tok --one --ids id -c body in.csv > tokens
	vocab -q -n 0 -o table.tsv tokens > stream
	[[ "$(head -n 1 stream)" == '#vocab 2 '*' lines=empty,ids' ]]
	encode stream > index
	encode -v table.tsv tokens | cmp - index
	encode -t stream > index.txt
	[[ "$(head -n 1 index.txt)" == *' lines=ids form=text' ]]
	decode index | diff <(sed 1d tokens) -
	decode index.txt | diff <(sed 1d tokens) -
	# the table has nothing of the ids
	tok --one -c body in.csv | vocab -q -n 0 -t | cmp - table.tsv
	encode -q -v model.npz tokens > index
	encode -q -t -v model.npz tokens > index.txt
	score model.npz index > scores
	[ "$(cut -f 1 scores | paste -sd ,)" = 'x1,x2,x3,é 4' ]
	score model.npz index.txt | cmp - scores
	tok --one -c body in.csv | encode -q -v model.npz | score model.npz | diff <(cut -f 2- scores) -
	score -w model.npz index | cut -f 1 | uniq | paste -sd , > ids
	[ "$(cat ids)" = 'x1,x2,x3,é 4' ]
	[ "$(score -p model.npz index | cut -f 1 | paste -sd ,)" = 'x1,x2,x3,é 4' ]
	score -t model.npz index | grep -v bytes > totals
	tok --one -c body in.csv | encode -q -v model.npz | score -t model.npz | grep -v bytes | cmp - totals
	train -q -H 3 -e 1 -o one.npz index > /dev/null
	tok --one -c body in.csv | encode -q -v model.npz | train -q -H 3 -e 1 -o two.npz > /dev/null
	cmp one.npz two.npz
}

@test "score --by-record: the sentences of a record together" {
	tok --ids id -c body in.csv | encode -q -v model.npz > index
	score model.npz index > each
	score --by-record model.npz index > records
	[ "$(cut -f 1 records | paste -sd ,)" = 'x1,x3,é 4' ]
	awk -F '\t' -v OFS='\t' '
		$1 != id && NR > 1 { print id, sprintf("%.4f", p), n }
		$1 != id { id = $1; p = n = 0 }
		{ p += $2; n += $3 }
		END { print id, sprintf("%.4f", p), n }' each > want
	awk -F '\t' -v OFS='\t' '{ print $1, sprintf("%.4f", $2), $3 }' records | diff want -
	awk -F '\t' '{ d = $4 - exp(-$2 / $3); exit d * d > 1e-4 }' records
	export TOOL=score
	tok -c body in.csv | encode -q -v model.npz > no.index
	refused 1 'no.index: its sentences have no ids, which tell the records; give tok --ids' --by-record model.npz no.index
	refused 2 '--by-record: -p, -t and -w' --by-record -t model.npz index
}

@test "ids that damage a stream are reported" {
	export TOOL=tok
	printf 'id,body\n"a\tb",x\n' > tab.csv
	refused 1 'tab.csv: record 1: its id has a tab or a line end' --ids id -c body tab.csv
	printf 'id,body\n"a\nb",x\n' > line.csv
	refused 1 'line.csv: record 1: its id has a tab or a line end' --ids id -c body line.csv
	refused 1 "no column 'no'; the header has 'id', 'body'" --ids no -c body in.csv
	refused 2 "--ids: 'id': only CSV has columns; --ids 0 numbers" --ids id -f text in.csv
	refused 2 "--ids: with -S, lines are no records" --ids 0 -C -S in.csv
	refused 2 "--one: with -S, lines are no records" --one -C -S in.csv
	refused 2 "--ids: 'id' is a name, but -n says" --ids id -n in.csv
	export TOOL=vocab
	tok --ids id -c body in.csv > tokens
	sed '3s/\t/ /' tokens > bad
	refused 1 'bad: line 3: no id and tab before its tokens' bad
	sed '3s/\t/\t\t/' tokens > bad
	refused 1 'bad: line 3, byte 4: a second tab in the line' bad
	sed '3s/\t.*/\t/' tokens > bad
	refused 1 'bad: line 3: empty line in a token stream' bad
	sed 1d tokens > bad
	refused 1 'bad: line 1, byte 3: a tab in a token stream' bad
	refused 1 'plain: its lines have no ids, those of the input before have' tokens plain
	cat plain tokens > bad
	refused 1 'the header of a token stream, which has to be its first line' bad
	export TOOL=encode
	tok --one -f text <<< $'a\n\nb' > empty
	tok -f text <<< $'a\nb' | vocab -q -S -n 0 -t > table
	run -1 --separate-stderr encode -v table empty
	[ "$stderr" = 'encode: empty: line 3: an empty line, which unit=stream does not have; leave it out' ]
	export TOOL=vocab
	refused 1 'empty: line 3: an empty line, which unit=stream does not have; leave out -S' -S empty
}

@test "an index stream with ids: every changed byte is noticed" {
	tok --one --ids id -c body in.csv | encode -q -v model.npz > index
	size=$(wc -l < index)
	from=$(($(grep -abn '^$' index | head -n 1 | cut -d : -f 2) + 1))
	size=$(wc -c < index)
	for ((at = from; at < size; at += 3)); do
		perl -e 'local $/; $_ = <STDIN>; substr($_, $ARGV[0], 1) ^= "\x01"; print' "$at" < index > bad
		run -1 --separate-stderr decode bad
	done
	for ((at = from; at < size; at += 7)); do
		head -c "$at" index > bad
		run -1 --separate-stderr decode bad
	done
}
