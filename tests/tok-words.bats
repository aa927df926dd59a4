#!/usr/bin/env bats
# shellcheck disable=SC1111  # quotes as data
# tok: words by other rules than those for English, normal forms, and sentences of other
# languages; and the way back by decode.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

# line: a filter: the sentences on one line, | between
line() {
	sed -e '1{/^#tokens 1 rules=/d;}' | sed -e ':a' -e 'N' -e '$!ba' -e 's/\n/ | /g'
}

# cut TEXT OPTION...: the sentences of a text
cut_text() {
	local text=$1
	shift
	printf '%s\n' "$text" | tok -f text "$@" | line
}

@test "Unicode's own test of word boundaries: every case" {
	run -0 "$BUILD/tests/unit/word_break" < "$EXPECT/WordBreakTest.txt"
	[ "$output" = "1823 cases, 0 wrong" ]
}

@test "a case with another boundary is noticed" {
	sed 's/^÷ 0061 × 0061 ÷/÷ 0061 ÷ 0061 ÷/; s/^÷ 000D × 000A ÷$/÷ 000D ÷ 000A ÷/' \
	    "$EXPECT/WordBreakTest.txt" > other
	run -0 "$BUILD/tests/unit/word_break" < other
	[[ "${lines[-1]}" == *" cases, "[1-9]*" wrong" ]]
}

@test "the table of word boundaries is that of the script" {
	[ -d /usr/share/unicode/auxiliary ] || skip "no unicode-data"
	"$TOP/mk/word-break-table.pl" /usr/share/unicode | diff - "$TOP/lib/text/word_break_table.c"
}

@test "texts of many scripts: tokens, and prose again" {
	local options text tokens prose n=0
	while IFS=$'\t' read -r options text tokens prose; do
		case $options in '#'*) continue ;; esac
		# shellcheck disable=SC2086
		printf '%s\n' "$text" | tok -q -f text $options > got
		[ "$(line < got)" = "$tokens" ] ||
		    { printf '%s\n' "$options: $text" "$tokens" "$(line < got)"; false; }
		got=$(vocab -q -n 0 got | encode | decode -d | line)
		[ "$got" = "$prose" ] || { printf '%s\n' "$text" "$prose" "$got"; false; }
		n=$((n + 1))
	done < "$EXPECT/words.tsv"
	[ "$n" -ge 25 ]
}

@test "the token rules go through every program" {
	printf '%s\n' '你好。我去。' > text
	tok -f text --words unicode --normalise nfkc -l never text > tokens
	[ "$(head -n 1 tokens)" = '#tokens 1 rules=words=unicode,lower=never,normalise=nfkc' ]
	vocab -q -n 0 tokens > stream
	encode stream > index
	grep -aq '^#index 1 .* rules=words=unicode,lower=never,normalise=nfkc$' index
	train -q -H 3 -e 1 -o m.npz index > /dev/null
	run -0 --separate-stderr score -q m.npz index
	[ -z "$stderr" ]
	printf '%s\n' '你 好 。' > plain
	encode -q -v m.npz plain > other
	run -0 --separate-stderr score m.npz other
	[[ "$stderr" == *"cut by the token rules words, the model's by words=unicode,lower=never,normalise=nfkc;"* ]]
	encode -v m.npz --rules words=unicode,lower=never,normalise=nfkc plain | decode -d > got
	[ "$(cat got)" = '你好。' ]
	run -0 --separate-stderr sample -n 1 --prime-text '你好' m.npz
	[ -z "$stderr" ]
}

@test "rules that are none are refused" {
	printf 'a\n' > plain
	for rules in words=english words=thai words= words=web,normalise=no words=web,ends \
	    normalise=nfc words,normalise=nfd words,normalise=nfc,lower=late characters,words=web; do
		run -2 --separate-stderr vocab --rules "$rules" plain
		one_line_error vocab
	done
	vocab -q --rules words=space,lower=late plain > /dev/null
}

@test "--words english is the default, which no header names" {
	tok "$TOP/data/comments.csv" > want
	tok --words english --normalise no --language en "$TOP/data/comments.csv" | cmp - want
}

@test "--words web changes nothing where there are no such pieces" {
	sed 's/[@#:;=<>^_\\\/(]/ /g' "$TOP/data/comments.csv" > plain.csv
	tok -n plain.csv > want
	tok -n --words web plain.csv | sed 1d | cmp - want
}

@test "--words space: lines and tokens as they are" {
	printf '  A b.\t c \r\n\n \nd\xc2\xa0e "\n' > text
	tok --words space text > got
	printf '%s\n' '#tokens 1 rules=words=space' 'A b. c' $'d\xc2\xa0e "' | diff - got
	printf 't\n"A b\nc"\n' | tok --words space -f csv -l early | sed 1d | diff <(printf 'a b\nc\n') -
}

@test "words without end, in a script without spaces, are noticed once" {
	printf '%s\n' 'Short.' "$(printf '漢字%.0s' {1..20})" "$(printf '漢字%.0s' {1..20})" > text
	run -0 --separate-stderr tok -f text text
	[ "$stderr" = 'tok: text: line 2: a word of 40 letters or more, in a script without spaces between words; --words unicode cuts such text' ]
	run -0 --separate-stderr tok -f text --words unicode text
	[ -z "$stderr" ]
	# spaces between them; another script; fewer letters
	printf '%s\n' "$(printf '漢字 %.0s' {1..20})" "$(printf 'ж%.0s' {1..60})" \
	    "$(printf 'किताब%.0s' {1..20})" "$(printf 'a%.0s' {1..300})" "$(printf '漢%.0s' {1..39})" > text
	run -0 --separate-stderr tok -f text text
	[ -z "$stderr" ]
}

@test "--normalise: composed and compatible characters" {
	local acute=$'\xcc\x81' angstrom=$'\xe2\x84\xab'
	[ "$(cut_text "cafe$acute ﬁ $angstrom" -l never)" = "cafe$acute ﬁ $angstrom" ]
	[ "$(cut_text "cafe$acute ﬁ $angstrom" -l never --normalise nfc)" = $'caf\xc3\xa9 ﬁ \xc3\x85' ]
	[ "$(cut_text "cafe$acute ﬁ ２ $angstrom" -l never --normalise nfkc)" = $'caf\xc3\xa9 fi 2 \xc3\x85' ]
	# before lower case, and of letters that combine without being marks
	[ "$(cut_text "E$acute "$'\xe2\x84\x83' --normalise nfkc)" = $'\xc3\xa9 \xc2\xb0c' ]
	[ "$(cut_text $'\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab \xe0\xa7\x87\xe0\xa6\xbe' --normalise nfc)" = \
	    $'\xed\x95\x9c \xe0\xa7\x8b' ]
	[ "$(printf 'e%s\n' "$acute" | tok -C --normalise nfc | tail -n 1)" = $'\xc3\xa9' ]
}

@test "--normalise agrees with Python's unicodedata on every character" {
	run python3 -c 'import unicodedata'
	[ "$status" -eq 0 ] || skip "no python3"
	cat > forms.py <<-'END'
		import sys, unicodedata as u
		old = u.ucd_3_2_0	# every version knows these
		texts = ["x" + chr(c) + "y" + chr(c) + "\u0301z" for c in range(0x80, 0x20000)
		    if old.category(chr(c)) not in ("Cs", "Cn", "Cc", "Zl", "Zp")]
		for name, form in ("in", None), ("nfc", "NFC"), ("nfkc", "NFKC"):
		    with open(name, "w", encoding="utf-8", newline="") as f:
		        for t in texts:
		            t = u.normalize(form, t) if form else t
		            f.write(t.replace(" ", "_") + "\n")
	END
	python3 forms.py
	for form in nfc nfkc; do
		# white space of ASCII would separate tokens
		tok --words space --normalise $form in | sed '1d; s/ /_/g' | diff - $form > differ ||
		    { head differ; false; }
	done
}

@test "--language: marks of other scripts, and typographic quotes" {
	# off by default
	[ "$(cut_text 'है। वह' )" = 'है। वह' ]
	[ "$(cut_text 'है। वह' --language auto)" = 'है। | वह' ]
	[ "$(cut_text 'He said “Go!” Then he left.' -l never)" = 'He said “ Go ! ” Then he left .' ]
	[ "$(cut_text 'He said “Go!” Then he left.' -l never --language auto)" = 'He said “ Go ! ” | Then he left .' ]
	# shellcheck disable=SC1112
	[ "$(cut_text 'A “b.” c’ d' --language auto)" = 'a “ b . ” | c ’ d' ]
	[ "$(cut_text '你好!我走了?!是。３．１４ ok．好' --words unicode)" = '你 好 ! | 我 走 了 ? ! | 是 。 | ３．１４ ok ． | 好' ]
	[ "$(cut_text '「走！！」他说…好' --words unicode)" = '「 走 ！ ！ 」 | 他 说 … 好' ]
	# abbreviations of English are none elsewhere
	[ "$(cut_text 'Vimos el mar. Luego no.')" = 'vimos el mar. luego no .' ]
	[ "$(cut_text 'Vimos el mar. Luego no.' --language other)" = 'vimos el mar . | luego no .' ]
}

@test "--language changes nothing in English text" {
	sed 's/[^ -~]//g' "$TOP/data/comments.csv" > english.csv
	tok english.csv > want
	tok --language auto english.csv | cmp - want
}

# punkt_table NAME ABBREVIATIONS: a folder as NLTK has it
punkt_table() {
	mkdir "$1"
	tr ' ' '\n' <<< "$2" > "$1/abbrev_types.txt"
	: > "$1/collocations.tab"
	: > "$1/sent_starters.txt"
	: > "$1/ortho_context.tab"
}

@test "Punkt tables of other languages" {
	punkt_table german 'z.b bzw dr'
	punkt_table french 'm mme etc p.ex'
	punkt_table spanish 'sr sra ud'
	punkt_table russian 'г ул т.е'
	[ "$(cut_text 'Das ist z.B. gut. Dr. Weiß bzw. Frau Groß kommt.' -p german -l never)" = \
	    'Das ist z.B. gut . | Dr. Weiß bzw. Frau Groß kommt .' ]
	[ "$(cut_text 'M. Dupont et Mme. Curie viennent. Ils partent.' -p french -l never)" = \
	    'M. Dupont et Mme. Curie viennent . | Ils partent .' ]
	[ "$(cut_text '¿Dónde está el Sr. López? Está aquí.' -p spanish --words unicode)" = \
	    '¿ dónde está el sr . lópez ? | está aquí .' ]
	[ "$(cut_text 'Он живёт на ул. Ленина, т.е. в центре. Там тихо.' -p russian --words unicode -l never)" = \
	    'Он живёт на ул . Ленина , т.е . в центре . | Там тихо .' ]
	[ "$(cut_text 'Он сказал: «Да.» Потом ушёл…' -p russian --language auto -l never)" = \
	    'Он сказал : « Да . » | Потом ушёл…' ]
}

@test "options that contradict each other" {
	export TOOL=tok
	refused 2 '--words: -C makes characters the tokens' -C --words web
	refused 2 '--language: no sentences are looked for with -C' -C --language auto
	refused 2 '--language: no sentences are looked for with --words space' --words space --language en
	refused 2 '-p: no sentences are looked for with -C; drop it' -C -p x
	refused 2 '-p: no sentences are looked for with --words space' --words space -p x
}
