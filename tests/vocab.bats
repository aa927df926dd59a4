#!/usr/bin/env bats
# shellcheck disable=SC2154,SC2238  # what run sets; files are named for their content
# vocab: counting, building the table, merging; its messages and what it refuses.

setup() {
	load helper
	cd "$BATS_TEST_TMPDIR" || return
	printf '%s\n' 'the cat saw the dog' 'a dog saw' 'the end' > tokens
}

# ties LINES: sentences over few words, so that most counts are tied.
ties() {
	awk -v n="$1" -v seed="$2" 'BEGIN {
		srand(seed)
		for (i = 0; i < n; i++) {
			len = 1 + int(rand() * 6)
			line = ""
			for (j = 0; j < len; j++)
				line = line (j ? " " : "") "w" int(rand() * rand() * 40)
			print line
		}
	}'
}

# shards FILE N: cuts FILE into N parts of uneven length, shard.1 and on.
shards() {
	rm -f shard.*
	awk -v n="$2" -v lines="$(wc -l < "$1")" '
		{ k = 1 + int(n * ((NR - 1) / lines) ^ 2); print > ("shard." k) }' "$1"
}

# merged_equals FILE OPTION...: tables of the shards merge into that of FILE.
merged_equals() {
	local file=$1 s
	local -a tables=()
	shift
	for s in $(printf '%s\n' shard.* | sort -t. -k2n); do
		vocab -q -t -n 0 ${UNIT:+"$UNIT"} "$s" > "table-$s"
		tables+=("table-$s")
	done
	vocab -q -M "$@" "${tables[@]}" > merged
	vocab -q -t ${UNIT:+"$UNIT"} "$@" "$file" | cmp - merged
}

@test "header, table, empty line, the tokens unchanged, and an end line" {
	run -0 --separate-stderr vocab -n 6 tokens
	cat > want <<-'END'
	#vocab 2 size=6 unit=sentence sentences=3 tokens=16 unique=8
	SENTENCE_START	3
	SENTENCE_END	3
	the	3
	saw	2
	dog	2
	UNKNOWN_TOKEN	3

	the cat saw the dog
	a dog saw
	the end
	#end lines=3 crc=f2fd760c
	END
	diff want <(printf '%s\n' "$output")
}

@test "the tutorial's messages on standard error, none with -q" {
	run -0 --separate-stderr vocab -n 6 tokens
	cat > want <<-'END'
	vocab: Parsed 3 sentences.
	vocab: Found 8 unique words tokens.
	vocab: Using vocabulary size 6.
	vocab: The least frequent word in our vocabulary is 'dog' and appeared 2 times.
	END
	diff want <(printf '%s\n' "$stderr")
	run -0 --separate-stderr vocab -q -n 6 tokens
	[ -z "$stderr" ]
}

@test "unit=stream: no markers, UNKNOWN_TOKEN only if tokens are out of vocabulary" {
	run -0 vocab -q -S -t -n 7 tokens
	[ "${lines[0]} ${lines[1]}" = $'#table 1 unit=stream the\t3' ]
	[ "${#lines[@]}" -eq 7 ]
	run -0 vocab -q -S -t -n 3 tokens
	[ "$output" = $'#table 1 unit=stream\nthe\t3\nsaw\t2\nUNKNOWN_TOKEN\t5' ]
	run -0 vocab -q -S -t -m 3 tokens
	[ "$output" = $'#table 1 unit=stream\nthe\t3\nUNKNOWN_TOKEN\t7' ]
}

@test "-m drops rare words, -n limits all rows, 0 is no limit" {
	run -0 vocab -q -t -m 2 tokens
	[ "$output" = $'SENTENCE_START\t3\nSENTENCE_END\t3\nthe\t3\nsaw\t2\ndog\t2\nUNKNOWN_TOKEN\t3' ]
	run -0 vocab -q -t -n 3 tokens
	[ "$output" = $'SENTENCE_START\t3\nSENTENCE_END\t3\nUNKNOWN_TOKEN\t10' ]
	run -0 vocab -q -t -n 0 tokens
	[ "${#lines[@]}" -eq 9 ]
}

@test "-n 0 writes first positions, counting START and END" {
	run -0 vocab -q -t -n 0 tokens
	cat > want <<-'END'
	SENTENCE_START	3	0
	SENTENCE_END	3	6
	the	3	1
	saw	2	3
	dog	2	5
	cat	1	2
	a	1	8
	end	1	14
	UNKNOWN_TOKEN	0	-
	END
	diff want <(printf '%s\n' "$output")
}

@test "-o writes the table as well, whole or not at all" {
	vocab -q -n 6 -o table tokens > stream
	sed '1d;/^$/,$d' stream | cmp - table
	[ "$(stat -c %a table)" = "$(umask | awk '{ printf "%o", 438 - ($1 % 100) % 10 - int($1 % 100 / 10) * 8 }')" ]
	cp table before
	run -1 --separate-stderr vocab -q -o table - <<< 'a  b'
	one_line_error vocab
	cmp before table
	run -1 --separate-stderr vocab -q -t -o no/such/folder/table tokens
	one_line_error vocab
	run -0 vocab -q -t -o /dev/null tokens
	[ -c /dev/null ]
	[ "$(find . -name '*.tmp' | wc -l)" -eq 0 ]
}

@test "-o refuses to overwrite an input, and is checked before any input is read" {
	local was
	export TOOL=vocab
	was=$(cat tokens)
	ln tokens hard
	ln -s tokens soft
	for f in tokens ./tokens hard soft; do
		refused 2 'is read, too: it would be written over' -q -o $f tokens
		refused 2 'is read, too: it would be written over' -q -o $f < tokens
	done
	vocab -q -t -n 0 tokens > a.tsv
	refused 2 'is read, too: it would be written over' -M -o a.tsv a.tsv a.tsv
	refused 1 'no/x: cannot create a file in its folder: No such file or directory' -o no/x - < /dev/full	# which cannot be read
	[ "$(cat tokens)" = "$was" ]
	vocab -q -o /dev/null tokens > stream
	vocab -q tokens | cmp - stream
	mkdir place
	vocab -q -o place/a.tsv tokens > stream
	refused 1 'missing: No such file' -q -o place/b.tsv tokens missing
	[ "$(ls -A place)" = a.tsv ]
}

@test "operands are one stream" {
	head -n 1 tokens > one
	tail -n +2 tokens > two
	vocab -q one two | cmp - <(vocab -q tokens)
	vocab -q one - < two | cmp - <(vocab -q tokens)
}

@test "shards with many ties merge into the table of one run" {
	seeds=(1 2 3 4 5 6 7 8)
	[ -z "${SAN:-}" ] || seeds=(1 2)	# enough for faults of memory
	for seed in "${seeds[@]}"; do
		ties 60 "$seed" > text
		for n in 2 3 7; do
			shards text $n
			for size in 0 8000 50 20 11 3; do
				merged_equals text -n $size
			done
			merged_equals text -m 3
			UNIT=-S merged_equals text -n 0
			UNIT=-S merged_equals text -n 12
		done
	done
}

@test "merging is associative" {
	ties 200 9 > text
	shards text 5
	merged_equals text -n 0
	vocab -q -M -n 0 table-shard.1 table-shard.2 > left
	vocab -q -M -n 0 table-shard.4 table-shard.5 > right
	vocab -q -M -n 0 left table-shard.3 right | cmp - merged
	vocab -q -M -n 9 left table-shard.3 right | cmp - <(vocab -q -t -n 9 text)
}

@test "movie-reviews: the reference table, and its shards merged" {
	need movie-reviews.tokens.gz movie-reviews.vocab.tsv
	zcat "$SHARED/movie-reviews.tokens.gz" > text
	run -0 --separate-stderr vocab -t text
	cut -f 2- "$SHARED/movie-reviews.vocab.tsv" | cmp - <(printf '%s\n' "$output")
	cat > want <<-'END'
	vocab: Parsed 63979 sentences.
	vocab: Found 46932 unique words tokens.
	vocab: Using vocabulary size 8000.
	vocab: The least frequent word in our vocabulary is '3.' and appeared 12 times.
	END
	diff want <(printf '%s\n' "$stderr")
	for n in 2 3 7; do
		shards text $n
		for size in 0 8000 50; do
			merged_equals text -n $size
		done
	done
}

@test "a token of the text that is spelled like a marker is unknown" {
	printf '%s\n' 'SENTENCE_START a SENTENCE_END' 'UNKNOWN_TOKEN b' > odd
	run -0 --separate-stderr vocab -t -n 0 odd
	[ "$output" = $'SENTENCE_START\t2\t0\nSENTENCE_END\t2\t4\na\t1\t2\nb\t1\t7\nUNKNOWN_TOKEN\t3\t1' ]
	[ "${stderr_lines[4]}" = 'vocab: 3 tokens of the text spelled like a marker: counted as UNKNOWN_TOKEN.' ]
	run -0 vocab -q -t -S -n 0 - <<< 'a a SENTENCE_START UNKNOWN_TOKEN'
	[ "$output" = $'#table 1 unit=stream\na\t2\t0\nUNKNOWN_TOKEN\t2\t2' ]
	run -0 vocab -q -t -S - <<< 'SENTENCE_START a SENTENCE_START'
	[ "$output" = $'#table 1 unit=stream\na\t1\nUNKNOWN_TOKEN\t2' ]
}

@test "a malformed token stream is refused with line and byte" {
	local -a bad=(
		'a b\n\nc\n' 'line 2: empty line in a token stream (drop such lines with: grep .)'
		' a\n'       'line 1, byte 1: a space before the first token'
		'a \n'       'line 1, byte 2: a space after the last token'
		'a\na  b\n'  'line 2, byte 3: two spaces between tokens'
		'a\tb\n'     'line 1, byte 2: a tab in a token stream'
		'a b\r\n'    'line 1, byte 4: a line that ends in CRLF'
		'ab\r\n'     'line 1, byte 3: a line that ends in CRLF'
		'ab \xff\n'  'line 1, byte 4: not valid UTF-8'
		'\xc0\x80\n' 'line 1, byte 1: not valid UTF-8'
		'a\xed\xa0\x80\n' 'line 1, byte 2: not valid UTF-8'
		''           'empty input where a token stream was expected'
	)
	for ((k = 0; k < ${#bad[@]}; k += 2)); do
		printf '%b' "${bad[k]}" > in
		run -1 --separate-stderr vocab -n 0 - < in
		one_line_error vocab
		[ "$stderr" = "vocab: standard input: ${bad[k + 1]}" ]
		run -1 --separate-stderr vocab -t -n 0 in
		one_line_error vocab
	done
}

@test "NUL, a lone CR and unusual characters are characters" {
	printf 'a\0b \0 \r\n\v\xef\xbb\xbf x\n' > odd
	vocab -q -n 0 odd | sed '1,/^$/d; $d' | cmp - odd
	[ "$(vocab -q -t -S -n 0 odd | wc -l)" -eq 6 ]
}

@test "a last line without newline is counted, and warned about" {
	run -0 --separate-stderr vocab -q -n 0 - < <(printf 'a b\na')
	[ "$stderr" = 'vocab: standard input: the last line ends without a newline; was the writer cut off?' ]
	[ "${lines[-2]}" = a ]
	printf 'a' > one
	printf 'b' > two
	run -0 --separate-stderr vocab -n 0 one two
	[ "${lines[-3]} ${lines[-2]}" = 'a b' ]
}

@test "a surplus program in the pipe is reported" {
	run -1 --separate-stderr pipe 'vocab -q tokens | vocab -q'
	one_line_error vocab
	[[ "$stderr" == *'a vocabulary stream where a token stream was expected'* ]]
	run -1 --separate-stderr pipe 'vocab -q tokens | encode | vocab -q'
	one_line_error vocab
	[[ "$stderr" == *'an index stream where a token stream was expected'* ]]
}

@test "-M refuses tables that cannot be merged, and says what to do" {
	vocab -q -t -n 0 tokens > good
	vocab -q -t -n 0 -S tokens > stream
	vocab -q -t tokens > plain
	vocab -q tokens > vstream
	run -1 --separate-stderr vocab -M good plain
	one_line_error vocab
	[ "$stderr" = 'vocab: plain: a table without positions (third column) cannot be merged; count the shard with: vocab -t -n 0' ]
	for bad in stream vstream tokens /dev/null; do
		run -1 --separate-stderr vocab -M good $bad
		one_line_error vocab
		[[ "$stderr" == "vocab: $bad: "* ]]
	done
	printf 'a\t18446744073709551615\t0\n' > huge
	printf 'a\t2\t2\n' > past
	printf 'a\t2\t0\na\t1\t1\n' > twice
	printf 'a\t2\t0\nb\t1\n' > ragged
	printf 'a\t-2\t0\n' > negative
	printf 'a\t02\t0\n' > padded
	printf 'a b\t2\t0\n' > spaced
	printf '\t2\t0\n' > nameless
	printf 'a\t2\t0' > cut
	printf 'a\t2\t0\n\nb' > more
	printf '\xff\t2\t0\n' > bytes
	printf 'UNKNOWN_TOKEN\t2\t0\nb\t1\t1\n' > order
	printf 'SENTENCE_START\t1\t0\nx\t1\t1\n' > endless
	printf 'SENTENCE_START\t1\t0\nSENTENCE_END\t2\t1\nUNKNOWN_TOKEN\t0\t-\n' > uneven
	for bad in huge past twice ragged negative padded spaced nameless cut more bytes \
	    order endless uneven; do
		run -1 --separate-stderr vocab -M $bad
		one_line_error vocab
		[[ "$stderr" == "vocab: $bad: "* ]]
	done
}

@test "the token rules of the text are written into stream and table" {
	printf 'Ab c.\n' > in
	for rules in words,lower=late words,lower=never characters characters,ends \
	    characters,lower=early characters,ends,lower=early; do
		printf '#tokens 1 rules=%s\nA \\s b\n' $rules > one
		printf 'A \\s b\n' > two
		vocab -q -o table one > stream
		head -n 1 stream | grep -q " unique=5 rules=$rules\$"
		[ "$(head -n 1 table)" = "#table 1 unit=sentence rules=$rules" ]
		[ "$(grep -c '^#tokens' stream || true)" -eq 0 ]
		vocab -q -S -t one > table
		[ "$(head -n 1 table)" = "#table 1 unit=stream rules=$rules" ]
		# --rules states them for input without a header, and may repeat them
		vocab -q --rules $rules two | cmp - stream
		vocab -q --rules $rules one | cmp - stream
		vocab -q --rules $rules one two | cmp - <(vocab -q one one)
	done
	vocab -q --rules words tokens | cmp - <(vocab -q tokens)
	tok -C -l late in | vocab -q | grep -q ' rules=characters,lower=early$'
}

@test "token rules that contradict each other are an error" {
	export TOOL=vocab
	printf '#tokens 1 rules=characters\na b\n' > chars
	printf '#tokens 1 rules=characters,ends\na b\n' > ends
	refused 1 'ends: its token rules are characters,ends, those of the input before are characters' chars ends
	refused 1 'tokens: its token rules are words, those of the input before are characters' chars tokens
	refused 1 'chars: its token rules are characters, those of the input before are words' tokens chars
	refused 1 'chars: it states rules=characters, but --rules says words' --rules words chars
	refused 1 "'the' is not a character" --rules characters tokens
	for table in chars ends tokens; do
		vocab -q -t -n 0 $table > $table.tsv
	done
	vocab -q -t -n 0 -S chars > stream.tsv
	refused 1 'ends.tsv: its token rules are characters,ends' -M chars.tsv ends.tsv
	refused 1 'stream.tsv: a table of unit=stream after one of unit=sentence' -M chars.tsv stream.tsv
	refused 1 'chars.tsv: it states rules=characters' -M --rules words chars.tsv
	vocab -q -M -n 0 chars.tsv chars.tsv | cmp - <(vocab -q -t -n 0 chars chars)
	vocab -q -M -n 0 --rules characters chars.tsv <(sed 1d chars.tsv) | cmp - <(vocab -q -t -n 0 chars chars)
	for rules in '' ',' 'words,' ,words word Words words,ends words,lower words,lower= \
	    words,lower=Never words,lower=never,ends characters,lower=never,ends 'words ' \
	    characters,characters words,lower=never,lower=never; do
		refused 2 '--rules: ' --rules "$rules" tokens
		printf '#tokens 1 rules=%s\na b\n' "$rules" > bad
		refused 1 'bad: ' bad
	done
	for header in '#tokens 1' '#tokens 1 rule=words' '#tokens 1 rules=words more=1' \
	    '#tokens x rules=words' '#tokens 1 rules=words ' '#tokens '; do
		printf '%s\na b\n' "$header" > bad
		[ "$header" = '#tokens 1' ] || refused 1 'bad: ' bad
	done
	printf '#tokens 2 rules=words\na b\n' > bad
	refused 1 'bad: written by a newer version of this suite' bad
	printf '#tokens 1 rules=characters\n' > bad
	refused 1 'bad: empty input where a token stream was expected' bad
	refused 2 '--unit: ' --unit stream tokens
}

@test "values out of range are usage errors" {
	for args in '-n 1' '-n 2' '-n -1' '-n 1.5' '-n eight' '-n 99999999999999999999' \
	    '-n 16777217' '-m 0' '-m x' '-S -n 1' '-M -S' '-x' '--no-such' '-n'; do
		# shellcheck disable=SC2086
		run -2 --separate-stderr vocab $args
		one_line_error vocab
	done
}

@test "a missing file, a directory, no permission" {
	run -1 --separate-stderr vocab no/such/file
	one_line_error vocab
	[[ "$stderr" == *no/such/file* ]]
	run -1 --separate-stderr vocab .
	one_line_error vocab
	run -1 --separate-stderr vocab - < .
	one_line_error vocab
	[[ "$stderr" == *'Is a directory'* ]]
	if [ "$(id -u)" -ne 0 ]; then
		chmod 0 tokens
		run -1 --separate-stderr vocab tokens
		one_line_error vocab
	fi
}

@test "a full disk is reported; a closed pipe is not" {
	run -1 --separate-stderr pipe 'vocab -q tokens > /dev/full'
	one_line_error vocab
	run -1 --separate-stderr vocab -q -t -o /dev/full tokens
	one_line_error vocab
	run -0 --separate-stderr bash -c 'seq 300000 | vocab -q -n 0 | head -n 1'
	[ -z "$stderr" ]
}

@test "tokens beyond the memory limit go through a temporary file" {
	yes 'many words of one sentence that says nothing new' | head -n 1600000 > big
	[ "$(stat -c %s big)" -gt 70000000 ]
	mkdir spool
	TMPDIR=spool vocab -q big | sed '1,/^$/d; $d' | cmp - big
	[ -z "$(ls spool)" ]
	run -1 --separate-stderr env TMPDIR=no/such vocab -q big
	one_line_error vocab
	[[ "$stderr" == *no/such* ]]
	run -1 --separate-stderr bash -o pipefail -c 'trap "" XFSZ; ulimit -f 1000; vocab -q big | cat'
	one_line_error vocab
	[[ "$stderr" == *'File too large'* ]]
}

@test "progress is drawn on a terminal, and not with -q" {
	cat > slow <<-'END'
		echo a few words
		sleep 0.5
		echo and some more
	END
	run -0 script -qec 'sh slow | vocab -t > table' /dev/null
	[[ "$output" == *'vocab: counting: '*' lines, '* ]]
	run -0 script -qec 'sh slow | vocab -q -t > table' /dev/null
	[ -z "$output" ]
}

@test "a megabyte of one token, and a line of a million" {
	head -c 1000000 /dev/zero | tr '\0' x > long
	echo >> long
	seq 1000000 | paste -sd ' ' >> long
	vocab -q -n 0 long | sed '1,/^$/d; $d' | cmp - long
	[ "$(vocab -q -t -n 0 long | wc -l)" -eq 1000004 ]
}

@test "running out of memory is an error, not a crash" {
	case ${SAN:-} in *address*) skip 'ulimit -v and ASan do not mix' ;; esac
	seq 2000000 > many
	run -1 --separate-stderr bash -c 'ulimit -v 60000; vocab -q -t -n 0 many'
	one_line_error vocab
	[[ "$stderr" == *'out of memory'* ]]
	yes 'the same line again and again' | head -n 1600000 > same
	run -0 --separate-stderr bash -c 'ulimit -v 30000; vocab -q -t same'
}

@test "messages do not end up in a file if standard error is closed" {
	cd "$BATS_TEST_TMPDIR" || return
	printf 'a b\nc\n' > few
	vocab -q -n 0 -o right few > right.stream
	vocab -n 0 -o got few > got.stream 2>&-
	cmp right got
	cmp right.stream got.stream
}

@test "-M: two rows cannot hold the markers of sentences" {
	cd "$BATS_TEST_TMPDIR" || return
	printf 'a b\n' | vocab -q -t -n 0 > shard
	run -2 --separate-stderr vocab -M -n 2 shard
	one_line_error vocab
	head -n 3 shard > cut
	run -1 --separate-stderr vocab -M cut
	one_line_error vocab
}

@test "a header that was moved from the first line is refused, not read as a sentence" {
	printf 'a b\nb a\n' | tok -q -C > chars
	{ tail -n +2 chars; head -n 1 chars; } > moved
	run -1 --separate-stderr vocab moved
	[ -z "$output" ]
	[[ "$stderr" == 'vocab: moved: line 3: the header of a token stream'*'--rules' ]]
	tail -n +2 chars | vocab -q --rules characters > with
	vocab -q chars | cmp - with
}
