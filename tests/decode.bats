#!/usr/bin/env bats
# shellcheck disable=SC1003,SC1111,SC2016,SC2018,SC2019,SC2094,SC2154,SC2238  # quotes as data; files only read
# decode: indexes to text; and damaged index streams.

setup() {
	load helper
	load streams
	cd "$BATS_TEST_TMPDIR" || return
	printf '%s\n' 'the cat saw the dog' 'a dog saw' 'the end' > tokens
	vocab -q -n 6 tokens | encode > stream
	vocab -q -n 6 tokens | encode -t > text
}

# prose TOKENS...: each argument, a sentence, as decode -d writes it.
prose() {
	printf '%s\n' "$@" | vocab -q -n 0 | encode | decode -d
}

# becomes TOKENS PROSE: that is what becomes of them.
becomes() {
	local got
	got=$(prose "$1")
	if [ "$got" != "$2" ]; then
		printf '# %s\n# became: %s\n# wanted: %s\n' "$1" "$got" "$2"
		return 1
	fi
}

@test "tok | vocab | encode | decode restores the tokens" {
	vocab -q -n 0 tokens | encode | decode | cmp - tokens
	vocab -q -n 0 tokens | encode -t | decode | cmp - tokens
	vocab -q -S -n 0 tokens | encode | decode | cmp - tokens
	run -0 decode stream
	[ "${lines[0]}" = 'the UNKNOWN_TOKEN saw the dog' ]
}

@test "the same for the film reviews" {
	need movie-reviews.tokens.gz
	zcat "$SHARED/movie-reviews.tokens.gz" > big
	vocab -q -n 0 big | encode | decode | cmp - big
	vocab -q -n 0 big | encode -t | decode | cmp - big
}

@test "text and bytes are the same stream" {
	decode text | cmp - <(decode stream)
	sed 's/ form=text//; /^$/,$d' text | cmp - <(sed '/^$/,$d' stream)
}

@test "several streams of one vocabulary, but not of two" {
	decode stream text - < stream | cmp - <(decode stream stream stream)
	vocab -q -n 7 tokens | encode > other
	run -1 --separate-stderr decode stream other
	[ "${#stderr_lines[@]}" -eq 1 ]
	[ "$stderr" = 'decode: other: not the vocabulary of the first stream; decode it by itself' ]
}

@test "a sentence without words is an empty line" {
	printf '%s\n' '#index 1 size=3 unit=sentence width=2 vocab=CRC form=text' \
	    $'SENTENCE_START\t1' $'SENTENCE_END\t1' $'UNKNOWN_TOKEN\t0' '' '0 1' > odd
	crc=$(sed '1d;/^$/,$d' odd | gzip -c | tail -c 8 | head -c 4 | od -An -tx4 | tr -d ' ')
	end=$(tail -n 1 odd | gzip -c | tail -c 8 | head -c 4 | od -An -tx4 | tr -d ' ')
	sed -i "s/CRC/$crc/" odd
	echo "#end crc32=$end" >> odd
	decode odd | cmp - <(echo)
	decode -d odd | cmp - <(echo)
}

@test "characters are joined, escapes decoded" {
	printf '%s\n' 'T o \s b e , \n' 'o r \t n o t \\ \s ?' 'é ï' > c
	vocab -q --rules characters -S -n 0 c | encode > s
	printf 'To be,\nor\tnot\\ ?\néï' > want
	decode s | cmp - want
	decode -d s | cmp - want
	vocab -q --rules characters -S -n 5 c | encode | decode | grep -q $'\xef\xbf\xbd'
	vocab -q --rules characters -n 0 c | encode | decode | cmp - want
	# an end of line is put in where the next frame comes, and not at the end
	decode s s | cmp - <(cat want; echo; cat want)
	printf '%s\n' 'a b' 'c' | vocab -q --rules characters -S -n 0 | encode | decode | cmp - <(printf 'ab\nc\n')
}

@test "characters on a terminal end with a newline" {
	printf '%s\n' 'a \n' b | vocab -q --rules characters -S -n 0 | encode > s
	script -qec 'decode s; printf end' /dev/null | tr -d '\r' | cmp - <(printf 'a\nb\nend')
}

# there_and_back FILE: as characters with ends of line, and as text again
there_and_back() {
	tok -q -C -S "$1" | vocab -q -S -n 0 | encode > there
	decode there | cmp - "$1"
	tok -q -C -S "$1" | vocab -q -S -n 0 | encode -t | decode | cmp - "$1"
}

@test "tok -C -S of several files equals that of cat, however each ends" {
	printf 'ab\ncd' > inside
	printf 'ef\n' > whole
	printf '\n\nx' > empty-first
	printf 'q' > one
	printf '\303' > half		# of a character
	printf '\251\r\n' > other-half
	: > none
	local files=(inside whole empty-first one none)
	for a in "${files[@]}"; do
		for b in "${files[@]}"; do
			for c in "${files[@]}" inside; do
				cat $a $b $c > all
				tok -C -S $a $b $c > got
				tok -C -S all | cmp - got
				grep -q '\\n' got || continue
				vocab -q -S -n 0 got | encode | decode | cmp - all
			done
		done
	done
	run -0 --separate-stderr tok -C -S inside half other-half whole
	[ -z "$stderr" ]
	tok -C -S inside half other-half whole | vocab -q -S -n 0 | encode | decode |
	    cmp - <(cat inside half other-half whole)
	run -0 --separate-stderr tok -C -S whole half one
	[ "$stderr" = 'tok: half: line 1: invalid UTF-8, written as U+FFFD (1 bytes in total); --encoding reads other encodings' ]
	# without -S each line is its own, and so are those of words
	[ "$(tok -C inside whole | tail -n +2)" = $'a b\nc d\ne f' ]
	[ "$(tok -f text inside whole)" = $'ab\ncd\nef' ]
}

@test "tok -C -S | vocab -S -n 0 | encode | decode restores the text" {
	for text in 'a\n' '\n' '\n\n\na\n\n' 'a\nno end' 'a\r\nb\r\n' '\r\n' 'a\rb\r\r\n\r\n' 'a\n\r' \
	    ' \t \n  x\t\n' '\\\\n \\s\\t\\\\ \\\n' 'a\0\0b\n\0' 'SENTENCE_START UNKNOWN_TOKEN\n' \
	    '\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf\n' \
	    '#vocab 1\n#index 1 size=3\n\n'; do
		printf '%b' "$text" > in
		there_and_back in || { echo "$text"; false; }
	done
	# a character of each 64, of every plane
	perl -CO -e 'for ($c = 1; $c <= 0x10ffff; $c += 63) {
		next if $c >= 0xd800 && $c < 0xe000; no warnings; print chr $c; print "\n" if $c % 11 == 0 }' > in
	[ "$(wc -m < <(LC_ALL=C.UTF-8 cat in))" -gt 10000 ]
	there_and_back in
	run -1 --separate-stderr pipe 'tok -C -S /dev/null | vocab -S'
	[[ "$stderr" == 'vocab: standard input: empty input where a token stream was expected' ]]
}

@test "... except a byte order mark, invalid bytes, and a text without any line end" {
	printf '\xef\xbb\xbfa\n\xff\xfe\xc3\nb\n' > in
	printf 'a\n\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\nb\n' > want
	run -0 --separate-stderr pipe 'tok -C -S in | vocab -q -S -n 0 | encode | decode | cmp - want'
	[ "$stderr" = 'tok: in: line 2: invalid UTF-8, written as U+FFFD (3 bytes in total); --encoding reads other encodings' ]
	there_and_back want
	printf abc | tok -C -S | vocab -q -S -n 0 | encode | decode | cmp - <(echo abc)
}

@test "the same for Shakespeare" {
	need tinyshakespeare.txt
	there_and_back "$SHARED/tinyshakespeare.txt"
	[ "$(tail -c +4 there | grep -ac '')" -gt 1 ]
	tok -C -S "$SHARED/tinyshakespeare.txt" | vocab -q -S | encode | cmp - there
}

@test "a list of names becomes sentences of characters" {
	printf '%s\n' 'Ada B.' Émile 'X Æ A-12' > names
	tok -C names | vocab -q | encode > s
	decode s | cmp - names
	# the bytes of a frame count the end of its line
	encode -v <(sed '1s/.*/#table 1 unit=sentence rules=characters/;/^$/,$d' s) <(tok -C names) | cmp - s
	tok -C names | vocab -q | encode | perl -0777 -ne '/\n\n(.*)/s; $_ = $1; while (($n, $b, $_) = /^(....)(....)(.*)/s) {
		($n, $b) = (unpack("V", $n), unpack("V", $b)); last unless $n; print "$b\n"; $_ = substr $_, 2 * $n }' > bytes
	diff bytes <(printf '%s\n' 7 7 10)
	# empty lines are none, CRLF ends a line
	printf 'a\r\n\r\n\nbc' | tok -C | vocab -q | encode | decode | cmp - <(printf 'a\nbc\n')
}

@test "words are not characters, in either unit" {
	for odd in 'a b cd' 'a \x' 'a \' 'A C G T'; do
		vocab -q -S -n 0 - <<< "$odd" | encode | decode | cmp - <(printf '%s\n' "$odd")
		vocab -q -n 0 - <<< "$odd" | encode | decode | cmp - <(printf '%s\n' "$odd")
	done
}

@test "whether tokens are characters is stated, not guessed" {
	printf 'ACGT\n' | tok -C | vocab -q | encode > stated
	[ "$(decode stated)" = ACGT ]
	# a stream of version 0.2
	printf '%s\n' 'I \s a m' | vocab -q | encode > old
	run -0 --separate-stderr decode old
	[ "$output" = 'I \s a m' ]
	[ "$stderr" = 'decode: old: states no token rules, so its tokens are taken for words; if they are characters: --rules characters' ]
	run -0 --separate-stderr decode --rules characters old
	[ "$output" = 'I am' ]
	[ -z "$stderr" ]
	run -0 --separate-stderr decode --rules words old
	[ "$output" = 'I \s a m' ]
	[ -z "$stderr" ]
	export TOOL=decode
	refused 1 'stated: it states rules=characters, but --rules says words' --rules words stated
	refused 1 "stream: 'the' is not a character" --rules characters stream
	refused 2 "--rules: 'prose' are no token rules" --rules prose stream
	sed 's/ rules=characters//' stated > same
	run -1 --separate-stderr decode stated same
	[ "$stderr" = 'decode: same: its token rules are not those of the first stream; decode it by itself' ]
	sed 's/ rules=characters/ rules=letters/' stated > bad
	refused 1 'bad: header: rules=letters are no token rules' bad
	decode -q --rules characters same | cmp - <(decode stated)
}

@test "-d: clitics, quotes, punctuation and brackets are attached" {
	becomes "it 's" "It's"
	becomes "i ca n't , and they 've said i 'll" "I can't, and they've said I'll"
	becomes '`` hello , '"''"' he said .' '"Hello," he said.'
	becomes "you stay . ''" 'You stay."'
	becomes "'' hi '' she said" '"Hi" she said'
	becomes '" hi " ( and so on ) .' '"Hi" (and so on).'
	becomes "gon na can not wan na" "Gonna cannot wanna"
	becomes "'t is so" "'Tis so"
	becomes "the dogs ' tails" "The dogs' tails"
	becomes "' a ' key" "'A' key"
	becomes "don ’ t “ say ” that" "Don’t “say” that"
	becomes "why ? ! no ... yes ; well : that ." "Why?! no... yes; well: that."
	becomes '$ 5 , 10 % of # 3' '$5, 10% of #3'
	becomes '@ bob is here' '@bob is here'
	becomes 'fine : ) and sad : (' 'Fine :) and sad :('
	becomes '( so : ) ok' '(So:) ok'
	becomes 'see [ here ] ( http : //a.b/c ) .' 'See [here](http://a.b/c).'
	becomes '* * bold * * and f * ck' '**Bold** and f * ck'
	becomes '< 3 you < /b > - > x' '<3 you </b> -> x'
	becomes '& gt ; you & amp ; me & co' '&gt; You &amp; me & co'
	becomes 'one -- two - three' 'One -- two - three'
	becomes 'http : //a.b is up' 'http://a.b is up'
}

# restored OPTION...: a filter: the lines of a text that tok and decode -d do not restore
restored() {
	local line
	while IFS= read -r line; do
		tok -q -f text --one -l never "$@" <<< "$line" | vocab -q -n 0 | encode | decode -d | diff <(echo "$line") -
	done
}

@test "-d: quotes, apostrophes and marks of other languages, by both rules for words" {
	cat > lines <<-'END'
		»Ach so«, sagte er.
		Er sagte: »Komm mit!«, und »ging«.
		„Ach so“, sagte er: „Wer ist da?“
		‚Gut‘, dachte er.
		›Gut‹, dachte er.
		"Halt!", rief er "Ja", und lief.
		Sie sagte: «Ja», und «nein».
		Qu’il dise «L’homme d’hier, c’est moi».
		¿Qué tal? ¡Hola!
		Он сказал: «Привет!»
		Es sind 5 € zu viel, z. B. am 3. Mai.
		The dogs’ tails, and “I’m here” she said.
	END
	run -0 restored < lines
	[ -z "$output" ]
	run -0 restored --words unicode < lines
	[ -z "$output" ]
	run -0 restored --words unicode <<-'END'
		»Näin», hän sanoi.
		C'è un po' d'acqua.
		›Gut‹, dachte er.
		»Ach so.
		—¿Quién es?
	END
	[ -z "$output" ]
	# capitals, where tok took them
	becomes '¿qué tal ?' '¿Qué tal?'
	becomes '» ach so « , sagte er .' '»Ach so«, sagte er.'
	# a quotation that another sentence began or ends
	becomes 'non . »' 'Non.»'
	becomes 'non » , dit-il' 'Non», dit-il'
	becomes 'na gut «' 'Na gut«'
	becomes '« oui' '«Oui'
}

@test "-d adds no capitals to a text that kept its own" {
	run -0 restored <<-'END'
		iPhone is what i said.
		Yes, I did.
	END
	[ -z "$output" ]
}

@test "-d capitalises the first word and i, nothing else" {
	becomes 'élan is good' 'Élan is good'
	becomes '3 people and i' '3 people and I'
	becomes '... and i.e. this' '... And i.e. this'
	becomes 'UNKNOWN_TOKEN was' 'UNKNOWN_TOKEN was'
	becomes 'ǆ xx' 'ǅ xx'
	becomes '?' '?'
}

@test "-d neither adds nor removes words" {
	need reddit-head.tokens
	vocab -q -n 0 "$SHARED/reddit-head.tokens" | encode > s
	[ "$(decode s | tr -d ' \n`"'"'"'"' | tr A-Z a-z)" = \
	    "$(decode -d s | tr -d ' \n`"'"'"'"' | tr A-Z a-z)" ]
}

@test "a stream truncated anywhere is an error" {
	cuts stream cut
	all_refused decode cut
	[ "$(find cut -type f | wc -l)" -eq "$(stat -c %s stream)" ]
	cuts text snip
	all_refused decode snip
}

@test "a byte changed anywhere is an error" {
	vocab -q -n 5 - <<< $'the cat\nthe d\xc3\xb6g' > v
	encode v > small
	flips small flip
	all_refused decode flip
	encode -t v > small
	flips small flop
	all_refused decode flop
}

@test "the message says what the stream lacks" {
	head -c -8 stream > bad
	run -1 --separate-stderr decode bad
	[ "$stderr" = 'decode: bad: the stream ends without its last frame: the program that wrote it did not finish' ]
	sed '$d' text > bad
	run -1 --separate-stderr decode bad
	[ "$stderr" = 'decode: bad: the stream ends without its last frame: the program that wrote it did not finish' ]
	head -c -9 stream > bad
	run -1 --separate-stderr decode bad
	[ "$stderr" = 'decode: bad: the stream ends inside frame 3: the program that wrote it did not finish' ]
	{ cat stream; echo; } > bad
	run -1 --separate-stderr decode bad
	[ "$stderr" = 'decode: bad: data after the last frame' ]
	{ cat text; echo; } > bad
	run -1 --separate-stderr decode bad
	[ "$stderr" = 'decode: bad: data after the last frame' ]
}

@test "frames must fit the unit and the vocabulary" {
	sed '/^$/q' text > head
	frame() {
		{ cat head; printf '%b\n' "$1"; } > bad
		run -1 --separate-stderr decode bad
		[ "$stderr" = "decode: bad: $2" ]
	}
	frame '0 2 6 1'   'index 6 in frame 1 is outside the vocabulary of 6'
	frame '2 3 1'     'frame 1: does not begin with SENTENCE_START'
	frame '0 2 3'     'frame 1: does not end with SENTENCE_END'
	frame '0'         'frame 1: does not end with SENTENCE_END'
	frame '0 0 2 1'   'frame 1: a marker inside the sentence'
	frame '0 2 1 1'   'frame 1: a marker inside the sentence'
	frame '0  2 1'    "frame 1: '' is not an index"
	frame '0 02 1'    "frame 1: '02' is not an index"
	frame '0 -2 1'    "frame 1: '-2' is not an index"
	frame '0 2 1\r'   "frame 1: '1␍' is not an index"
	frame ''          "frame 1: '' is not an index"
	frame '0 4294967296 1' "frame 1: '4294967296' is not an index"
	frame '# 2 1'     'frame 1: not a line of indexes'
	frame '#end crc32=0'        'the last line holds no checksum'
	frame '#end crc32=00000001' 'checksum mismatch in the stream'
}

@test "a forged length in the stream is refused" {
	sed '/^$/q' stream > bad
	printf '\377\377\377\17\0\0\0\0\0\0\2\0' >> bad
	limit='ulimit -v 60000'
	case ${SAN:-} in *address*) limit=true ;; esac	# the two do not mix
	run -1 --separate-stderr bash -c "$limit; decode bad"
	[ "$stderr" = 'decode: bad: the stream ends inside frame 1: the program that wrote it did not finish' ]
	sed '/^$/q' stream > bad
	printf '\377\377\377\377\0\0\0\0\0\0\2\0' >> bad
	run -1 --separate-stderr decode bad
	[ "$stderr" = 'decode: bad: frame 1: longer than any frame: the stream is damaged' ]
}

@test "a stage missing from the pipe, or one too many" {
	run -1 --separate-stderr decode tokens
	one_line_error decode
	[ "$stderr" = 'decode: tokens: not an index stream; is `encode` missing from the pipe?' ]
	run -1 --separate-stderr pipe 'vocab -q tokens | decode'
	one_line_error decode
	[[ "$stderr" == *'a vocabulary stream where an index stream was expected; is `encode` missing'* ]]
	run -1 --separate-stderr pipe 'decode stream | decode'
	one_line_error decode
	run -1 --separate-stderr decode - < /dev/null
	[ "$stderr" = 'decode: standard input: empty input where an index stream was expected' ]
	sed 's/^#index 1/#index 2/' stream > new
	run -1 --separate-stderr decode new
	[ "$stderr" = 'decode: new: written by a newer version of this suite' ]
}

@test "a directory, a full disk, a closed pipe, wrong options" {
	run -1 --separate-stderr decode .
	one_line_error decode
	run -1 --separate-stderr decode no/such
	one_line_error decode
	run -1 --separate-stderr pipe 'decode stream > /dev/full'
	one_line_error decode
	seq 300000 | vocab -q -n 0 | encode > big
	run -0 --separate-stderr bash -c 'decode big | head -n 1'
	[ "$output" = 1 ]
	[ -z "$stderr" ]
	run -2 --separate-stderr decode -x
	one_line_error decode
}

@test "the short reader on index-stream(5) reads what encode writes" {
	sed -n '/^\.\\" reader begins/,/^\.\\" reader ends/p' "$TOP/man/index-stream.5" |
	    sed '/^\./d; s/\\e/\\/g' > reader
	[ "$(wc -l < reader)" -gt 10 ]
	decode stream | cmp - <(perl reader < stream)
	seq 70000 | vocab -q -n 0 | encode > wide
	decode wide | cmp - <(perl reader < wide)
	head -c -1 stream > bad
	run ! perl reader < bad
	{ sed '/^$/q' stream; printf '\4\0\0\0\0\0\0\0\0\0\2\0\3\0\1\0\0\0\0\0aaaa'; } > bad
	run ! perl reader < bad
}

@test "the streams shown on the pages are what the programs write" {
	sed -n '/^#vocab 2 /,/^\.Ed/p' "$TOP/man/vocab-stream.5" | sed '$d' > v
	sed -n '/^#index 1 .* form=text$/,/^#end/p' "$TOP/man/index-stream.5" > i
	[ "$(wc -l < v)" -eq 10 ]
	encode -t v | cmp - i
	sed '1,/^$/d; $d' v | vocab -q -n 5 | cmp - v
}
