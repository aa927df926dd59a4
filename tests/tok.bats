#!/usr/bin/env bats
# tok: sentences and words, CSV and text, and bad input.

setup() {
	load helper
	cd "$BATS_TEST_TMPDIR" || return
	PUNKT=$SHARED/punkt_tab/english
}

# need_nltk: sets PYTHON to one that has NLTK 3.8, or skips.
need_nltk() {
	PYTHON=$("$ORACLE/find-python.sh" 'import nltk; assert nltk.__version__.startswith("3.8")') ||
	    skip "no python3 with NLTK 3.8"
}

# native: skips under sanitizers, which need memory of their own.
native() {
	[ -z "${SAN:-}" ] || skip "a sanitizer's memory is not the program's"
}

# bare OPTION...: the lines of tokens that tok writes, without the header
bare() {
	tok "$@" | sed '1{/^#tokens 1 rules=/d;}'
}

# one TEXT OPTION...: the sentences of one text (printf escapes), " | " between.
one() {
	local text=$1
	shift
	printf '%b' "$text" | sed 's/"/""/g; 1s/^/"/; $s/$/"/' |
	    bare -n "$@" | sed -e ':a' -e 'N' -e '$!ba' -e 's/\n/ | /g'
}

# gives TEXT TOKENS OPTION...
gives() {
	local text=$1 want=$2 got
	shift 2
	got=$(one "$text" "$@")
	[ "$got" = "$want" ] || {
		echo "text $text"
		echo "want $want"
		echo "got  $got"
		return 1
	}
}

# cases FILE OPTION...: every line of a file of texts and their tokens
cases() {
	local file=$1 line n=0
	shift
	while IFS= read -r line; do
		gives "${line%%$'\t'*}" "${line#*$'\t'}" "$@"
		n=$((n + 1))
	done < "$file"
	[ "$n" -ge 40 ]
}

# --- the same as NLTK ---

@test "film reviews: the same as NLTK, byte for byte" {
	need movie-reviews.csv movie-reviews.tokens.gz punkt_tab/english
	tok -p "$PUNKT" "$SHARED/movie-reviews.csv" > got
	gzip -dc "$SHARED/movie-reviews.tokens.gz" | cmp - got
}

@test "the tutorial's first comments: the same as NLTK" {
	need reddit-head.csv reddit-head.tokens punkt_tab/english
	tok -p "$PUNKT" "$SHARED/reddit-head.csv" | cmp - "$SHARED/reddit-head.tokens"
}

@test "cases in original case" {
	need tok-cases.tsv punkt_tab/english
	cases "$SHARED/tok-cases.tsv" -p "$PUNKT" -l never
}

@test "cases in lower case" {
	need tok-cases-lower.tsv punkt_tab/english
	cases "$SHARED/tok-cases-lower.tsv" -p "$PUNKT"
}

@test "random and damaged texts: the same as NLTK" {
	need movie-reviews.csv punkt_tab/english
	need_nltk
	oracle="$ORACLE/tok_nltk.py"
	"$PYTHON" "$oracle" -r 2000 -s 7 -t "$SHARED/movie-reviews.csv" > texts.csv
	for lower in early late never; do
		"$PYTHON" "$oracle" -p "$PUNKT" -l "$lower" < texts.csv > want
		[ "$(wc -l < want)" -gt 8000 ]
		tok -p "$PUNKT" -l "$lower" texts.csv > got
		diff -a want got > differ || {
			echo "seed 7, -l $lower:"
			head -n 20 differ
			return 1
		}
	done
}

# agrees FILE OPTION...: the built-in table against the reference, 99.5 %
agrees() {
	local file=$1
	shift
	tok "$@" -p "$PUNKT" "$SHARED/$file" > want
	tok "$@" "$SHARED/$file" > got
	awk -f "$ORACLE/boundaries.awk" want got > figures
	echo "$file $*: $(cat figures)"
	awk '{ exit !($NF >= 99.5) }' figures
}

@test "built-in English table: 99.5 % of the reference's boundaries" {
	need movie-reviews.csv reddit-head.csv punkt_tab/english
	for lower in early never; do
		agrees movie-reviews.csv -l "$lower"
		agrees reddit-head.csv -l "$lower"
		agrees tinyshakespeare.txt -f text -l "$lower"
	done
}

@test "the comparison of boundaries can fail" {
	printf '%s\n' 'a b .' 'c .' 'd' > want
	printf '%s\n' 'a b. c .' 'd' > got
	run -0 awk -f "$ORACLE/boundaries.awk" want got
	[ "$output" = 'want 3 got 2 common 2 precision 100.000 recall 66.667 least 66.667' ]
}

# --- sentences, with the built-in table ---

@test "sentences: abbreviations, initials, numbers" {
	gives 'Dr. Jones met Mrs. Smith of Acme Inc. in St. Paul.' \
	    'Dr. Jones met Mrs. Smith of Acme Inc. in St. Paul .' -l never
	gives 'He lives in the U.S. However, he works at home.' \
	    'He lives in the U.S. | However , he works at home .' -l never
	gives 'We met J. R. Miller at No. 5. and left.' \
	    'We met J. R. Miller at No . | 5. and left .' -l never
	gives 'It sold 12. and 13. of them.' 'it sold 12. and 13. of them .'
	gives 'So it was... and then it was not.' 'so it was ... and then it was not .'
	gives 'Some ex-gen. spoke.' 'some ex-gen. spoke .'
}

@test "sentences: marks, closing punctuation, white space" {
	gives 'Go on! Really?! Yes!!! No.' 'go on ! | really ? ! | yes ! ! ! | no .'
	gives '"Stop." He ran. (It was late.) She too.' \
	    "\`\` stop . '' | he ran . | ( it was late . ) | she too ."
	gives '"No."--Off he went.' "\`\` no . '' | -- off he went ."
	gives 'One.Two.three' 'one.two.three'
	gives '  \n a bat. \n\n\tc dog.  ' 'a bat . | c dog .'
	gives 'I saw it.\xc2\xa0It went.' 'i saw it . | it went .'
	gives 'like ????? She' 'like ? | ? ? ? ? | she'
	gives ' \n\t ' ''
}

@test "a period stays on an abbreviation at the end of a sentence" {
	gives 'I live in the u.s.' 'i live in the u.s.'
	gives 'I live in Rome.' 'i live in rome .'
	gives 'see option b. then c. today' 'see option b. then c. today'
}

# --- words ---

@test "words: quotes" {
	gives 'a "b" ("c") ["d"] {"e"} <"f"> g"h"' \
	    "a \`\` b '' ( \`\` c '' ) [ \`\` d '' ] { \`\` e '' } < \`\` f '' > g '' h ''"
	gives "x ''y'' z''w" "x \`\` y '' z '' w"
	gives 'x \x60\x60y\x60\x60 \x60z\x60' "x \`\` y \`\` \` z \`"
	gives '\xe2\x80\x9ca\xe2\x80\x9d \xc2\xabb\xc2\xbb \xe2\x80\x98c\xe2\x80\x99 \xe2\x80\x9ed' \
	    $'\xe2\x80\x9c a \xe2\x80\x9d \xc2\xab b \xc2\xbb \xe2\x80\x98 c \xe2\x80\x99 \xe2\x80\x9e d'
	gives "'a' 'n' 'words here' '80s" "' a ' 'n ' 'words here ' '80s"
	gives 'a\n"b" c' "a '' b '' c"
}

@test "words: clitics and contractions" {
	gives "I'm he'd it's dogs' we'll you're I've don't" \
	    "i 'm he 'd it 's dogs ' we 'll you 're i 've do n't"
	gives "DON'T Don'T IT'S" "DO N'T Don'T IT 'S" -l never
	gives "don\xe2\x80\x99t" $'don \xe2\x80\x99 t'
	gives "don't\nknow it's)" "don't know it 's )"
	gives "cannot gonna gotta gimme lemme wanna d'ye more'n wanna" \
	    "can not gon na got ta gim me lem me wan na d 'ye more 'n wan na"
	gives "Cannot-do xcannot cannotx gimme," 'can not -do xcannot cannotx gim me ,'
	gives "'tis so, 'twas; x'tis 'tis'twas" "'t is so , 't was ; x'tis 't is 't was"
	gives "x don't'd it'll's" "x do n't 'd it 'll 's"
}

@test "words: punctuation" {
	gives 'a, b:c 1,000 1,a 10:30 x:5 5:x ,,x' \
	    'a , b : c 1,000 1 , a 10:30 x:5 5 : x , ,x'
	gives 'a;b @c #d \x245 5% e&f *g* (h) [i] {j} <k>' \
	    'a ; b @ c # d $ 5 5 % e & f * g * ( h ) [ i ] { j } < k >'
	gives 'a--b c---d e----- f- -g' 'a -- b c -- -d e -- -- - f- -g'
	gives 'wait..no ....ok ...' 'wait .. no .... ok ...'
	gives 'See http://x.org/a_b?c=d. Ok' 'see http : //x.org/a_b ? c=d . | ok'
	gives 'a (bat.) c ("dog.")' "a ( bat . ) | c ( \`\` dog . '' )"
	gives 'a/b c\\d e_f g=h i~j' 'a/b c\d e_f g=h i~j'
}

@test "lower case: before, after and never" {
	text='THE U.S. However, "NO." I Cannot. \xce\x9f\xce\x94\xce\x9f\xce\xa3 \xc4\xb0X'
	gives "$text" $'the u.s. however , `` no . \'\' | i can not . | \u03bf\u03b4\u03bf\u03c2 i\u0307x'
	gives "$text" $'the u.s. | however , `` no . \'\' | i can not . | \u03bf\u03b4\u03bf\u03c2 i\u0307x' -l late
	gives "$text" $'THE U.S. | However , `` NO . \'\' | I Can not . | \u039f\u0394\u039f\u03a3 \u0130X' -l never
}

@test "a header states how the text was cut, unless that is the default" {
	printf 'Ab c.\n' > in
	local options=('' '-l early' '-l late' '-l never' -C '-C -S' '-C -l early' '-C -l late' '-C -S -l early')
	local rules=('' '' 'words,lower=late' 'words,lower=never' 'characters' 'characters,ends'
	    'characters,lower=early' 'characters,lower=early' 'characters,ends,lower=early')
	for i in "${!options[@]}"; do
		# shellcheck disable=SC2086
		tok -f text ${options[i]} in > got
		[ "$(sed -n 's/^#tokens 1 rules=//p' got)" = "${rules[i]}" ]
		[ "$(tail -n +2 got | grep -c '^#' || true)" -eq 0 ]
	done
	# once for all files; and where there is no token, there is nothing
	[ "$(tok -C in in | grep -c '^#tokens')" -eq 1 ]
	tok -C /dev/null > got
	[ ! -s got ]
}

# --- input ---

@test "columns by number and by name" {
	printf 'id,body,"a ""b"""\n1,"Two, three.",x\n' > in.csv
	[ "$(tok in.csv)" = 1 ]
	[ "$(tok -c 2 in.csv)" = 'two , three .' ]
	[ "$(tok -c body in.csv)" = 'two , three .' ]
	[ "$(tok -c 'a "b"' in.csv)" = x ]
	[ "$(tok -n -c 2 in.csv)" = $'body\ntwo , three .' ]
	printf '\xef\xbb\xbfbody,n\nx,1\n' | tok -c body > got
	[ "$(cat got)" = x ]
}

@test "each file has its own header; - is standard input" {
	printf 'n,body\n1,one\n' > a.csv
	printf 'body\ntwo' > b.csv
	printf 'body,x\nthree,y\n' | tok -c body a.csv - b.csv > got
	[ "$(cat got)" = $'one\nthree\ntwo' ]
}

@test "text: each line is a record" {
	printf 'One. Two\n\nthree\r\nfo"ur,\rfive\n"six' > in
	tok -f text in > got
	printf '%s\n' 'one .' two three "fo '' ur , five" "\`\` six" | diff - got
	bare -f text -l never in | head -n 1 | grep -x 'One .'
}

@test "characters" {
	printf 'aB \\\t\xc3\xa9\xcc\x81\r\n\n\n.\r.' > in
	bare -C in > got
	printf '%s\n' $'a B \\s \\\\ \\t \u00e9 \u0301' $'. \r .' | diff - got
	bare -C -S in > got
	printf '%s\n' $'a B \\s \\\\ \\t \u00e9 \u0301 \r \\n' '\n' '\n' $'. \r .' | diff - got
	bare -C -l early in | head -n 1 | grep '^a b '
	printf 'h\n"a\nb"\n"c\n"\n' | bare -C -S -f csv > got
	printf '%s\n' 'a \n' 'b \n' 'c \n' '\n' | diff - got
	printf 'h\n"a\r\n\nb"\n' | bare -C -f csv > got
	printf '%s\n' a b | diff - got
	printf 'h\n"a\r\n\nb"\n' | bare -C -S -f csv > got
	printf '%s\n' $'a \r \\n' '\n' 'b \n' | diff - got
}

@test "characters with line ends restore the text" {
	for text in 'a\n\n b\\n\n' 'no end' '\n' 'x\t\n\ny'; do
		printf '%b' "$text" > in
		bare -C -S in | tr -d '\n' |
		    sed 's/ //g; s/\\\\/\x01/g; s/\\s/ /g; s/\\t/\t/g; s/\\n/\n/g; s/\x01/\\/g' > got
		cmp in got
	done
}

# --- bad input: the table of tok(1) ---

@test "an empty CSV is an error, a header alone is not" {
	run -1 --separate-stderr tok < /dev/null
	one_line_error tok
	[[ "$stderr" == 'tok: standard input: empty input where a header was expected; -n reads files without one' ]]
	printf '\xef\xbb\xbf' > bom
	run -1 --separate-stderr tok bom
	one_line_error tok
	for text in body 'body\n' '"bo\ndy",x\r\n' '\n' 'body\n""\n' 'body\n\n\n' 'body\n" \n"\n'; do
		printf '%b' "$text" > in
		run -0 --separate-stderr tok in
		[ -z "$output$stderr" ]
	done
	run -0 --separate-stderr tok -n /dev/null
	[ -z "$output$stderr" ]
	run -0 --separate-stderr tok -f text /dev/null
	[ -z "$output$stderr" ]
}

@test "a file that cannot be read is named" {
	run -1 --separate-stderr tok no/such/file
	one_line_error tok
	[[ "$stderr" == 'tok: no/such/file: No such file or directory' ]]
	mkdir folder
	run -1 --separate-stderr tok folder
	one_line_error tok
	[[ "$stderr" == 'tok: folder: Is a directory' ]]
	run -1 --separate-stderr bash -c 'tok < folder'
	one_line_error tok
	[[ "$stderr" == 'tok: standard input: read error: Is a directory' ]]
	run -1 --separate-stderr bash -c 'tok -f text < folder'
	one_line_error tok
}

@test "no permission is named" {
	echo x > secret
	chmod 000 secret
	[ ! -r secret ] || skip "this user may read everything"
	run -1 --separate-stderr tok secret
	one_line_error tok
	[[ "$stderr" == 'tok: secret: Permission denied' ]]
}

@test "a quoted field that never ends is kept, and the status is 1" {
	printf 'body\nfine\n"one. two\nthree' > in
	run -1 --separate-stderr tok in
	[ "$output" = $'fine\none .\ntwo three' ]
	[ "$stderr" = 'tok: in: record 2: quoted field never ends (it starts on line 3); is its closing quotation mark missing?' ]
	printf '"body\nx\n' > in
	run -1 --separate-stderr tok in
	one_line_error tok
	[[ "$stderr" == 'tok: in: header: quoted field never ends; is its closing quotation mark missing?' ]]
}

@test "records with more or fewer fields than the first: plain text read as CSV" {
	printf 'Before, all.\nYes, but.\n\nNo.\nWhy, then, no?\n' > in
	run -1 --separate-stderr tok -n in
	[ "$output" = $'before\nyes\nno .\nwhy' ]
	[ "$stderr" = 'tok: in: 2 of 4 records have more or fewer fields than the first, which has 2; if the file is plain text, use -f text, if it is right, --ragged' ]
	run -0 --separate-stderr tok --ragged -n in
	[ "$output" = $'before\nyes\nno .\nwhy' ]
	[ -z "$stderr" ]
	printf 'id,body\n1,x\\, y\n2,z\\,q\n' > escaped
	run -1 --separate-stderr tok -c body escaped
	[ "$stderr" = "tok: escaped: 2 of 2 records have more or fewer fields than the first, which has 2; if backslashes keep delimiters in fields, use --escape '\\', if it is right, --ragged" ]
	# one in ten is a message, one more an error
	seq 1 9 | sed '3s/$/,/' > in.9
	{ echo a; cat in.9; echo 10; } > tenth
	run -0 --separate-stderr tok tenth
	[ "$stderr" = 'tok: tenth: 1 of 10 records have more or fewer fields than the first, which has 1; if the file is plain text, use -f text' ]
	{ echo a; cat in.9; } > ninth
	run -1 --separate-stderr tok -q ninth
	[[ "$stderr" == 'tok: ninth: 1 of 9 records '*', --ragged' ]]
	printf 'a,b\n1,2\n\n"3\n,3",4\n' > csv
	run -1 --separate-stderr tok in csv in
	[ "${#stderr_lines[@]}" -eq 2 ]
	[[ "${stderr_lines[1]}" == 'tok: in: 2 of 3 records '* ]]
	for a in '--ragged in' '-f text in' csv '-n csv' "$TOP/data/comments.csv"; do
		# shellcheck disable=SC2086
		run -0 --separate-stderr tok $a
		[ -z "$stderr" ]
		[ -n "$output" ]
	done
}

@test "misplaced quotes are counted, and the first is named" {
	printf 'a,b\n"x",y\n"one"two,a "b" c\n\n"three" ,z\n' > in
	run -0 --separate-stderr tok in
	[ "$output" = $'x\nonetwo\nthree' ]
	[ "$stderr" = 'tok: in: record 2: misplaced quotes, taken literally (4 in total); inside a quoted field a quote is written twice' ]
	printf '"a"b\nx\n' > in
	run -0 --separate-stderr tok in
	[[ "$stderr" == 'tok: in: header: misplaced quotes, '*'(1 in total); '* ]]
	run -0 --separate-stderr tok -q in
	[ -z "$stderr" ]
}

@test "a column that is not there" {
	printf 'a,b\n1,2\n' > in
	run -1 --separate-stderr tok -c body in
	one_line_error tok
	[[ "$stderr" == "tok: in: no column 'body'; the header has 'a', 'b'" ]]
	run -1 --separate-stderr tok -c 3 in
	one_line_error tok
	[[ "$stderr" == 'tok: in: no column 3; the header has 2' ]]
	printf 'a,b\n1,one\n2\n\n3,three\n4\n' > in
	run -1 --separate-stderr tok -c b in
	[ "$output" = $'one\nthree' ]
	[ "$stderr" = 'tok: in: record 2: no column b (records without it: 2); check commas and quotation marks there' ]
}

@test "NUL is a character, a byte order mark is none, CRLF is one end of line" {
	printf 'body\n"a\0b \0"\n' | tok > got
	printf 'a\0b \0\n' | cmp - got
	printf '\xef\xbb\xbfone\r\ntwo\r\n' > in
	[ "$(tok in)" = two ]
	[ "$(tok -n in)" = $'one\ntwo' ]
	[ "$(tok -f text in)" = $'one\ntwo' ]
	[ "$(bare -C in)" = $'o n e\nt w o' ]
}

@test "invalid UTF-8 becomes U+FFFD and is counted" {
	# a stray byte, overlong forms, a surrogate, past the end, cut short
	printf 'body\nok\na\xffb\n\xc0\xaf \xe0\x80\xaf \xed\xa0\x80 \xf4\x90\x80\x80 \xe2\x82\n' > in
	run -0 --separate-stderr tok in
	f=$'\xef\xbf\xbd'
	[ "$output" = "ok"$'\n'"a${f}b"$'\n'"$f$f $f$f$f $f$f$f $f$f$f$f $f$f" ]
	[ "$stderr" = \
	    'tok: in: record 2: invalid UTF-8, written as U+FFFD (15 bytes in total); --encoding reads other encodings' ]
	run -0 --separate-stderr tok -q in
	[ -z "$stderr" ]
	run -0 --separate-stderr tok -C -f text in
	[[ "$stderr" == 'tok: in: line 3: '*'(15 bytes in total)'* ]]
}

@test "a full disk is reported" {
	printf 'body\nx\n' > in
	run -1 --separate-stderr bash -c 'tok in > /dev/full'
	one_line_error tok
	[[ "$stderr" == 'tok: write error on standard output: No space left on device' ]]
	run -1 --separate-stderr bash -c 'yes "a line." | head -n 200000 | tok -n > /dev/full'
	one_line_error tok
}

@test "a reader that closes the pipe early causes no message" {
	run -0 --separate-stderr bash -c 'yes "a line." | head -n 200000 | tok -n | head -n 1'
	[ "$output" = 'a line .' ]
	[ -z "$stderr" ]
}

@test "option values out of range are usage errors, and nothing is read" {
	for options in '-c 0' '-c -1' '-c 1000001' '-c 99999999999999999999' '-f tsv' \
	    '-l upper' '-S' '-n -c body' '-x' '-p' '--columns' '-c'; do
		# shellcheck disable=SC2086
		run -2 --separate-stderr tok no/such/file $options
		one_line_error tok
	done
	run -2 --separate-stderr tok -c ''
	one_line_error tok
}

@test "Punkt tables that are missing or damaged are named" {
	echo body > in
	run -1 --separate-stderr tok -p no/folder in
	one_line_error tok
	[[ "$stderr" == 'tok: no/folder: abbrev_types.txt: No such file or directory; name the folder of one language, such as punkt_tab/english' ]]
	mkdir tables
	printf 'mr\ndr' > tables/abbrev_types.txt
	printf 'new\tyork\n' > tables/collocations.tab
	echo the > tables/sent_starters.txt
	for line in 'the' 'the\t' '\t2' 'the\tx' 'the\t3' 'the\t128' 'the\t99999999999999999999'; do
		printf 'a\t2\n%b\n' "$line" > tables/ortho_context.tab
		run -1 --separate-stderr tok -p tables in
		one_line_error tok
		[[ "$stderr" == 'tok: tables: ortho_context.tab: line 2: '* ]]
	done
	printf 'the\t126\n' > tables/ortho_context.tab
	run -0 --separate-stderr tok -p tables in
	printf 'new\n' > tables/collocations.tab
	run -1 --separate-stderr tok -p tables in
	[[ "$stderr" == 'tok: tables: collocations.tab: line 1: '* ]]
	rm tables/sent_starters.txt tables/collocations.tab
	printf 'new\tyork\n' > tables/collocations.tab
	mkdir tables/sent_starters.txt
	run -1 --separate-stderr tok -p tables in
	[[ "$stderr" == 'tok: tables: sent_starters.txt: read error: Is a directory' ]]
}

@test "the tables of a directory are used" {
	mkdir tables
	echo foo > tables/abbrev_types.txt
	printf 'big\tbang\n' > tables/collocations.tab
	echo so > tables/sent_starters.txt
	printf 'was\t34\n' > tables/ortho_context.tab
	gives 'A foo. bar. Baz big. Bang foo. So foo. Was foo. Is.' \
	    'A foo. bar . | Baz big. Bang foo. | So foo. | Was foo. Is .' -l never -p tables
}

# --- size and time ---

# hostile PATTERN: 1 MB of it passes in time, as a field and as a line
hostile() {
	awk -v p="$1" 'BEGIN {
		n = int(1000000 / length(p))
		printf "\""
		for (i = 0; i < n; i++)
			printf "%s", p
		print "\""
	}' > big
	timeout 20 tok -n big > got
	[ -s got ]
	# twice, so that it is no one sentence
	cat big big | tr -d '"' | timeout 20 tok -f text -l never > got
	[ -s got ]
}

@test "hostile texts take no longer than others" {
	[ -z "${SAN:-}" ] || skip 'a sanitizer takes time of its own'
	for p in a . '?' "''" "'" '\`' ';' - '. ' 'a. ' 'a.)' '?!' ', ' ',:' ")'" '.)' "x'" \
	    "n't " "'tis" cannot '...' '. . . ' '--x' 'u.s.' '1.' 'j. ' '( ' 'mr. ' \
	    $'.\u00a0' $'a.\u00a0b' $'.\u00a0.\u00a0.\u00a0x' $'\u03a3' $'\u03a3\u0027' $'\u0301'; do
		hostile "$p"
	done
}

@test "a token of 1 MB and a line of 100 MB" {
	head -c 1000000 /dev/zero | tr '\0' x > token
	{ printf 'body\nsee '; cat token; printf '. End.\n'; } | tok > got
	[ "$(wc -l < got)" -eq 2 ]
	[ "$(wc -c < got)" -eq $((4 + 1000000 + 2 + 1 + 6)) ]
	head -c 100000000 /dev/zero | tr '\0' x | timeout 60 tok -f text | wc -c > got
	[ "$(cat got)" -eq 100000001 ]
}

@test "a field longer than 256 MiB is an error with its position" {
	run -1 --separate-stderr bash -c '{ printf "body\nx\n\"y\n"; head -c 270000000 /dev/zero; } | tok'
	[ "$output" = x ]
	[ "$stderr" = 'tok: standard input: record 2 (line 3): a field is longer than 256 MiB; check for a missing closing quote' ]
	run -1 --separate-stderr bash -c 'head -c 270000000 /dev/zero | tok -f text'
	one_line_error tok
	[[ "$stderr" == 'tok: standard input: line 1: longer than 256 MiB; is it text with line ends?' ]]
	# also in a column that is not wanted
	run -1 --separate-stderr bash -c '{ printf "a,b\nx,\""; head -c 270000000 /dev/zero; } | tok'
	one_line_error tok
}

@test "memory does not grow with the input" {
	native
	run -0 --separate-stderr bash -c \
	    'ulimit -v 50000; yes "some words; and \"others\" to be cut." | head -n 500000 | tok -n | tail -n 1'
	[ "$output" = "some words ; and \`\` others '' to be cut ." ]
}

@test "out of memory is one line" {
	native
	head -c 50000000 /dev/zero | tr '\0' x > big
	run -1 --separate-stderr bash -c 'ulimit -v 60000; tok -n big'
	one_line_error tok
	[[ "$stderr" == *'out of memory' ]]
	run -1 --separate-stderr bash -c 'ulimit -v 120000; tok -f text big'
	one_line_error tok
	[[ "$stderr" == *'out of memory' ]]
}

@test "the saved inputs of the fuzzer pass" {
	run -0 "$BUILD/tests/fuzz/tok" "$TOP/tests/fuzz/corpus/tok"
	[ "${output% inputs}" -ge 25 ]
}

@test "the same input gives the same bytes in any locale and with defaults spelled out" {
	printf 'body\n"A b. C d. E\xcc\x81?"\n' > in
	tok in > one
	LC_ALL=C.UTF-8 tok --lower=early --format=csv --column=1 -- in | cmp one -
	LC_ALL=tr_TR.UTF-8 tok - < in | cmp one -
}
