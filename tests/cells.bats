#!/usr/bin/env bats
# cells: what units respond to, in colour and ranked.
# shellcheck disable=SC2154

load helper

export TOOL=cells	# whose refusals refused() looks at

# A model made by hand with three known units, over the characters of a stream: 0 is
# set by "(" and cleared by ")", 1 remembers vowels for a while, 2 is high on capitals
# and low on all others.
# by_hand STREAM MODEL: for the table of the stream
by_hand() {
	local h='<f4' c
	sed '1d; /^$/,$d' "$1" | cut -f 1 > words
	c=$(wc -l < words)
	perl -e 'open W, "words"; chomp(@w = <W>);
		print pack("f<*", map { $_ eq "(" ? 6 : $_ eq ")" ? -6 : 0 } @w);
		print pack("f<*", map { /^[aeiou]$/ ? 1 : 0 } @w);
		print pack("f<*", map { /^[A-Z]/ ? 2 : -2 } @w)' > u
	perl -e 'print pack("f<*", 2, 0, 0, 0, 0.75, 0, 0, 0, 0)' > w
	"$BUILD/tests/unit/forge" "$2" U.npy "{'descr': '$h', 'fortran_order': False, 'shape': (3, $c), }" @u \
	    V.npy "{'descr': '$h', 'fortran_order': False, 'shape': ($c, 3), }" $((c * 12)) \
	    W.npy "{'descr': '$h', 'fortran_order': False, 'shape': (3, 3), }" @w
}

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	printf '%s\n' 'Ab (cd E) fo' '' 'u (i' 'XY) <&">' "$(printf 'a\tb')" > text
	tok -C -S text | vocab -q -S -n 0 | encode > stream
	by_hand stream hand.npz
	printf '%s\n' 'the ( old ) Cat sat' 'a cat ( Dog )' > sentences
	vocab -q -n 0 sentences | encode > sentences.stream
	by_hand sentences.stream words.npz
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	cp "$BATS_FILE_TMPDIR"/* .
}

# tanh in double, on from line to line: what a recurrence of this kind does
by_perl() {
	perl -CS -ne 'BEGIN { @s = (0, 0, 0); sub th { my $e = exp(2 * $_[0]); ($e - 1) / ($e + 1) } }
		for (split //) {
			@s = (th(2 * $s[0] + ($_ eq "(" ? 6 : $_ eq ")" ? -6 : 0)),
				th(0.75 * $s[1] + (/[aeiou]/ ? 1 : 0)), th(/[A-Z]/ ? 2 : -2));
			printf "%s\t%.6f\t%.6f\t%.6f\n", /\n/ ? "\\n" : /\t/ ? "\\t" : / / ? "\\s" : $_, @s;
		}' "$1"
}

# near FILE FILE: the same first column, and numbers within 2e-6
near() {
	[ "$(wc -l < "$1")" -eq "$(wc -l < "$2")" ]
	paste "$1" "$2" | awk -F '\t' '{ n = NF / 2
		if ($1 != $(n + 1)) exit 1
		for (i = 2; i <= n; i++) { d = $i - $(n + i); if (d > 2e-6 || d < -2e-6) exit 1 } }'
}

@test "a table: each character and the states after it, carried over from line to line" {
	cells -f table -u 0-2 hand.npz stream > got
	by_perl text > want
	[ "$(wc -l < got)" -eq "$(wc -c < text)" ]
	near got want
	# it can tell
	by_perl <(tr '(' '[' < text) | sed 's/^\[/(/' > other
	run -1 near got other
	cells -D -f table -u 0-2 hand.npz < stream > double
	near double want
	cells -f table -u 2,0 hand.npz stream | cmp - <(awk -F '\t' -v OFS='\t' '{ print $1, $4, $2 }' got)
	cells -f table hand.npz stream | cmp - <(cut -f 1,2 got)
}

@test "sentences begin with a zero state, and their markers are not shown" {
	cells -f table -u 0-2 words.npz sentences.stream > got
	tr ' ' '\n' < sentences > words
	cut -f 1 got | diff words -
	# after ")" unit 0 is down, but the second sentence knows nothing of it
	awk -F '\t' '{ print ($2 > 0.9 ? "+" : $2 < -0.9 ? "-" : 0) }' got | tr -d '\n' > signs
	[ "$(cat signs)" = '0++---00++-' ]
}

@test "a sentence too long for one forward pass has the same states" {
	{ yes 'a ( b ) c' | head -n 1200 | tr '\n' ' '; echo end; } > long
	vocab -q -n 0 long | encode > long.stream
	by_hand long.stream long.npz
	cells -f table -u 0-2 long.npz long.stream > got
	[ "$(wc -l < got)" -eq 6001 ]
	# its beginning is read in one go
	sed '1d; /^$/,$d' long.stream > table
	head -c 2000 long | sed 's/ $//' > short
	encode -q -v table short 2> /dev/null > short.stream
	cells -f table -u 0-2 long.npz short.stream > part
	[ "$(wc -l < part)" -eq 1000 ]
	head -n 999 got > want
	head -n 999 part > got
	near got want
}

@test "devices and threads agree" {
	cells -f table -u 0-2 hand.npz stream > want
	for d in cpu blas ref; do
		cells -d $d -f table -u 0-2 hand.npz stream > got
		near got want
	done
	cells -j 1 -f table -u 0-2 hand.npz stream > a
	cells -j 3 -f table -u 0-2 hand.npz stream | cmp - a
}

@test "without colours there are marks below the text" {
	run -0 cells -q -u 2 hand.npz stream
	[ "${lines[0]}" = 'Ab (cd E) fo↵' ]
	[ "${lines[1]}" = '#======#=====' ]
	[ "${lines[2]}" = '↵' ]
	run -0 cells -q hand.npz stream
	[ "${lines[1]}" = '   #####=====' ]
	run -0 cells -q -u 0,2 hand.npz stream
	[ "${lines[0]}" = '    0 Ab (cd E) fo↵' ]
	[ "${lines[1]}" = '         #####=====' ]
	[ "${lines[2]}" = '    2 Ab (cd E) fo↵' ]
	[ "${lines[3]}" = '      #======#=====' ]
	# words have a blank between, which has no state
	run -0 cells -q -u 2 words.npz sentences.stream
	[ "${lines[0]}" = 'the ( old ) Cat sat' ]
	[ "${lines[1]}" = '=== = === = ### ===' ]
	[ "${lines[2]}" = 'a cat ( Dog )' ]
	# tabs keep their columns
	run -0 cells -q -u 2 hand.npz stream
	[[ "$output" == *$'a       b↵\n=========='* ]]
}

@test "wide, narrow and invisible characters" {
	printf 'A漢e\xcc\x81B\x1b[1mC\xc2\x85\0Z\n' | tok -C -S | vocab -q -S -n 0 | encode > s
	by_hand s m.npz
	run -0 cells -q -u 2 m.npz s
	[ "${lines[0]}" = $'A漢e\xcc\x81B␛[1mC\xef\xbf\xbd␀Z↵' ]
	[ "${lines[1]}" = '#===#====#==#=' ]
	run -0 cells -q -c always m.npz s
	[[ "$output" != *$'\x1b[1m'* ]]
}

@test "-c: colours of 16 million or of 256, and none" {
	COLORTERM=truecolor cells -c always -u 2 hand.npz stream > true
	head -n 1 true | grep -qF $'\x1b[38;2;17;17;17;48;2;'
	TERM=xterm-256color COLORTERM='' cells -c always -u 2 hand.npz stream > some
	head -n 1 some | grep -qF $'\x1b[38;5;'
	TERM=xterm-direct COLORTERM='' cells -c always -u 2 hand.npz stream | cmp - true
	TERM='' COLORTERM='' cells -c always -u 2 hand.npz stream | cmp - some
	# take the colours out, and the text is there; each line ends without any
	for f in true some; do
		sed $'s/\x1b\\[[0-9;]*m//g' $f | sed 's/↵$//' > plain
		diff <(tr '\t' ' ' < text | sed 's/a b/a       b/') plain
		run -1 grep -v $'\x1b\\[0m$' $f
	done
	# capitals are blue, and the rest is orange
	head -n 1 true | grep -qE $'^\x1b\\[38;2;17;17;17;48;2;[0-9]{2,3};1[0-9]{2};2[0-9]{2}mA'
	head -n 1 true | grep -qE $'48;2;2[0-9]{2};1[0-9]{2};[0-9]{2}mb \\(cd '
	cells -u 2 hand.npz stream > marks
	COLORTERM=truecolor cells -c never -u 2 hand.npz stream | cmp - marks
	COLORTERM=truecolor cells -c auto -u 2 hand.npz stream | cmp - marks
}

# on_terminal VARIABLE=VALUE... : whether cells has colours there
on_terminal() {
	env -u NO_COLOR -u COLORTERM TERM=xterm-256color "$@" \
	    script -qec "$(command -v cells) hand.npz stream" /dev/null | grep -q $'\x1b\\[38'
}

@test "-c auto: colours on a terminal, but not a dumb one, nor with NO_COLOR" {
	on_terminal A=b
	on_terminal NO_COLOR=
	run -1 on_terminal NO_COLOR=1
	run -1 on_terminal TERM=dumb
	NO_COLOR=1 TERM=xterm-256color cells -c always hand.npz stream | grep -q $'\x1b\\[38'
}

@test "the features of characters" {
	features=$BUILD/tests/unit/text_features
	# says NAME TEXT VALUES
	says() {
		local got
		got=$(printf '%b' "$2" | "$features" "${kind:-chars}" "$1" | paste -sd '|')
		[ "$got" = "$3" ] || { echo "$1 of $2: $got"; false; }
	}
	says text-position 'a\nb' '1 2 3'
	says line-position 'ab\nc\n\nd' '1 2 0 1 0 0 1'
	says line-start 'ab\nc\n\nd' '0 0 1 0 1 1 0'
	says line-start '\na' '1 0'
	says empty-line 'a\n\n\nb\n' '0 0 1 1 0 0'
	says paragraph-lines 'a\nb\n\nc\nd' '0 1 1 2 0 0 1 1'
	says indentation ' \ta b\n  c' '1 8 8 8 8 0 1 2 2'
	says indenting ' \ta b\n  c' '1 1 0 0 0 1 1 1 0'
	says blank 'a\t b\n' '0 1 1 0 0'
	says word-position 'ab1, é_x' '1 2 3 0 0 1 2 3'
	says word-start 'ab1, é_x' '1 0 0 0 0 1 0 0'
	says upper 'aBÉ1' '0 1 1 0'
	says capitals 'ABc KI, G: x\nAB' '0 1 0 0 0 1 1 1 1 1 1 0 0 0 1'
	says digit 'a1٣.' '0 1 1 0'
	says vowel 'aEyU' '1 1 0 1'
	says punctuation 'a, "\n_' '0 1 0 1 0 0'
	says sentence-position 'a b. c' '1 2 3 0 1 2'
	says quotes 'a "b" “c” d' '0 0 1 1 0 0 1 1 0 0 0'
	says quotes 'a "b\n\nc' '0 0 1 1 1 0 0'
	says quotes "\`\`a'' b" '0 1 1 1 0 0 0'
	says brackets 'a(b[c])d)' '0 1 1 1 1 1 0 0 0'
	says depth '([{)a]:)' '1 2 3 0 0 0 0 0'
	says depth '{(\n\na}' '1 2 2 1 1 0'
	says tag 'a<b c>d>' '0 1 1 1 1 1 0 0'
	says comment 'a/*b*/c//d\ne' '0 0 1 1 1 1 0 0 1 1 0 0'
	says comment 'http://a' '0 0 0 0 0 0 0 0'
	says url 'a www.b.c d' '0 0 0 0 0 1 1 1 1 0 0'
	says url '(http://a)' '0 0 0 0 0 0 0 1 1 0'
	says url 'see xhttp://a' '0 0 0 0 0 0 0 0 0 0 0 0 0'
	kind=words
	says line-start 'a b\nc d\n' '1 0|1 0'
	says line-position 'a b\nc d\n' '1 2|1 2'
	says quotes "a \`\` b c '' d\ne\n" '0 1 1 1 0 0|0'
	says brackets 'a ( b ) c\n' '0 1 1 0 0'
	says upper 'the Cat sAT\n' '0 1 0'
	says punctuation 'a . b\n' '0 1 0'
	says digit 'a1 1a\n' '0 1'
	says sentence-position 'a ! b c\n' '1 0 1 2'
	says word-position 'the a\n' '3 1'
}

@test "-r: units ranked by their correlation with features" {
	cells -r hand.npz stream > got
	awk -F '\t' '{ r = $1 < 0 ? -$1 : $1; if (NR > 1 && r > last || NF != 4) exit 1; last = r }' got
	[ "$(awk -F '\t' '$3 == "upper" { print $1, $2 }' got)" = '1.0000 2' ]
	[ "$(awk -F '\t' '$3 == "brackets" { print $2 }' got)" = 0 ]
	[ "$(awk -F '\t' '$3 == "vowel" { print $2 }' got)" = 1 ]
	# each feature is listed once, except those that never change in this text
	cut -f 3 got | sort | uniq -d > twice
	[ ! -s twice ]
	run -1 grep -wE 'url|comment|digit' got
	cells -r -k 3 hand.npz stream > all
	[ "$(wc -l < all)" -eq $((3 * $(wc -l < got))) ]
	cells -r -u 1 hand.npz stream | cut -f 2 | sort -u | grep -qx 1
	[ "$(cells -r words.npz sentences.stream | awk -F '\t' '$3 == "upper" { print $1, $2 }')" = '1.0000 2' ]
}

@test "-r: r and the mean are those of the table" {
	cells -r -k 3 hand.npz stream > ranks
	cells -f table -u 0-2 hand.npz stream > states
	for feature in upper brackets line-position line-start vowel; do
		"$BUILD/tests/unit/text_features" chars $feature < text | tr ' ' '\n' | paste - states |
		    awk -F '\t' -v feature=$feature '{ n++; x += $1; xx += $1 * $1
			for (u = 0; u < 3; u++) { s[u] += $(u + 3); ss[u] += $(u + 3) ^ 2; xs[u] += $1 * $(u + 3) } }
			END { for (u = 0; u < 3; u++) printf "%.4f\t%d\t%s\t%.4f\n",
				(n * xs[u] - x * s[u]) / sqrt((n * xx - x * x) * (n * ss[u] - s[u] ^ 2)), u, feature, x / n }' |
		    sort > want
		awk -F '\t' -v feature=$feature '$3 == feature' ranks | sort | diff want -
	done
}

@test "-r: in sentences of characters the first token starts the line" {
	printf '%s\n' Anna Bo Cy | tok -C | vocab -q | encode > names.stream
	train -q -H 3 -e 1 -E 0 -o names.npz names.stream
	cells -r -k 1 names.npz names.stream > got
	[ "$(awk -F '\t' '$3 == "line-start" { print $4 }' got)" = 0.3750 ]
}

@test "-f html: a self-contained page, the text escaped" {
	cells -f html -u 2,0 hand.npz stream > page
	[ "$(head -n 1 page)" = '<!DOCTYPE html>' ]
	[ "$(tail -n 1 page)" = '</html>' ]
	run -1 grep -E '<script|https?://|<link|src=' page
	# tags are closed in their order
	perl -0777 -ne 's/<!DOCTYPE html>|<meta[^>]*>//g; while (m{<(/?)([a-z0-9]+)[^>]*>}g) {
		if ($1) { exit 1 unless pop(@open) eq $2 } else { push @open, $2 } } exit @open > 0' page
	# one unit's text, tags out and escapes undone, is the text
	sed -n '/id="u0"/,/<\/section>/p' page | sed '1,/<pre>/d; /<\/pre>/,$d' > body
	sed 's/<[^>]*>//g; s/&lt;/</g; s/&gt;/>/g; s/&quot;/"/g; s/&amp;/\&/g; s/↵$//' body | diff text -
	grep -q '&lt;&amp;&quot;&gt;' body
	# units come in the order that was asked for, with what they track
	grep -o 'id="u[0-9]*"' page | xargs | grep -x 'id=u2 id=u0'
	sed -n '/id="u2"/,/<pre>/p' page | grep -q '<li>upper <b>+1.00</b></li>'
	cells -f html -u 2,0 hand.npz < stream | cmp - page
	cells -f html words.npz sentences.stream > page
	grep -q 'Each word of the text' page
	grep -q '</i> <i' page
}

@test "the colours of a page differ in lightness, and text on them is readable" {
	cells -f html hand.npz stream > page
	perl -ne 'sub lin { my $c = hex($_[0]) / 255; $c <= 0.04045 ? $c / 12.92 : (($c + 0.055) / 1.055) ** 2.4 }
		sub light { 0.2126 * lin($_[0]) + 0.7152 * lin($_[1]) + 0.0722 * lin($_[2]) }
		$y{$1} = light($2, $3, $4) if /^\.l(\d+)\{background:#(..)(..)(..)\}$/;
		END {
			exit 1 unless keys %y == 33;
			$ink = light("11", "11", "11");
			for (values %y) { exit 1 if ($_ + 0.05) / ($ink + 0.05) < 7 }
			for (1 .. 16) { exit 1 if $y{$_} <= $y{$_ - 1} }
			for (17 .. 32) { exit 1 if $y{$_} >= $y{$_ - 1} }
		}' page
	grep -q 'pre i{' page
}

@test "-n: the first tokens only, and the rest is not read" {
	cells -f table -u 0-2 hand.npz stream | head -n 5 > want
	cells -f table -u 0-2 -n 5 hand.npz stream | cmp - want
	[ "$(cells -f table -n 3 words.npz sentences.stream | wc -l)" -eq 3 ]
	head -c -9 stream > part
	run -1 cells -f table -u 0-2 hand.npz part
	cells -f table -u 0-2 -n 5 hand.npz part | cmp - want
	cells -f table -n 5 hand.npz stream stream | wc -l | grep -qx 5
	run -0 cells -q -n 4 -u 2 hand.npz stream
	[ "$output" = $'Ab (\n#===' ]
}

@test "several streams: each begins with a zero state; another vocabulary is refused" {
	cells -f table -u 0-2 hand.npz stream stream > twice
	cells -f table -u 0-2 hand.npz stream > once
	cat once once | cmp - twice
	refused 1 'hand.npz: sentences.stream: ' hand.npz sentences.stream
}

@test "memory does not grow over a long text" {
	case ${SAN:-} in *address*) skip 'ulimit -v and ASan do not mix' ;; esac
	yes 'Ab (cd E) fo' | head -n 20000 | tok -C -S | vocab -q -S -n 0 | encode > long
	by_hand long m.npz
	ulimit -v 60000
	cells -j 1 -u 0-2 m.npz long | wc -l | grep -qx 120000
	cells -j 1 -r m.npz long > /dev/null
	cells -j 1 -f table m.npz long | wc -l | grep -qx 260000
}

@test "files that are not models or streams" {
	refused 2 'no model given; usage: '
	refused 1 'missing.npz: No such file' missing.npz stream
	refused 1 'cells: stream: is an index stream; give the model first: cells model.npz [index-stream ...]' stream hand.npz
	refused 1 'missing: No such file' hand.npz missing
	refused 1 'empty input where an index stream was expected' hand.npz /dev/null
	refused 1 'not an index stream' hand.npz sentences
	head -c -9 stream > part
	run -1 --separate-stderr cells -q -r hand.npz part
	[ "${#stderr_lines[@]}" -eq 1 ]
	[[ "$stderr" == 'cells: part: '* ]]
}

@test "a full disk, a closed pipe, no room for temporary files" {
	yes 'Ab (cd E) fo' | head -n 200000 | tok -C -S | vocab -q -S -n 0 | encode > long
	by_hand long m.npz
	for f in '-f text' '-f table'; do
		# shellcheck disable=SC2086
		run -1 --separate-stderr timeout 20 bash -c "cells -q $f m.npz long > /dev/full"
		one_line_error cells
		run -0 --separate-stderr bash -c "cells -q $f m.npz long | head -n 1"
		[ -z "$stderr" ]
	done
	run -1 --separate-stderr bash -c "cells -q -r hand.npz stream > /dev/full"
	one_line_error cells
	run -1 --separate-stderr env "TMPDIR=$PWD/missing" cells -q -f html -u 1 m.npz long long long
	one_line_error cells
	[[ "$stderr" == *"$PWD/missing"* ]]
}

@test "a model trained line by line resets its state at each line end; one trained in chunks does not" {
	local chunk differ
	for chunk in 0 5; do
		train -q -T $chunk -H 3 -e 0 -E 0 -o m.npz stream > /dev/null
		tail -n 1 text | tok -C -S | encode -v m.npz > last
		cells -f table -u 0-2 m.npz last > alone
		cells -f table -u 0-2 m.npz stream | tail -n "$(wc -l < alone)" > among
		differ=0
		cmp -s alone among || differ=1
		[ $differ -eq $((chunk > 0)) ]
	done
}

@test "usage errors" {
	refused 2 "-u: '1,' is not a list of units; write it as in 3,17,40-45" -u '1,' hand.npz stream
	for u in '' ',' 1-0 x 1-x -1 1--2 '1 2' 99999999999; do
		refused 2 "-u: '$u' is not a list" -u "$u" hand.npz stream
	done
	refused 2 '-u: unit 1 is listed twice; list it once' -u 0-2,1 hand.npz stream
	refused 1 '-u: no unit 3; the layer has units 0 to 2' -u 3 hand.npz stream
	refused 1 '-l: no layer 1; hand.npz has layers 0 to 0' -l 1 hand.npz stream
	cells -l 0 hand.npz stream > a
	cells hand.npz stream | cmp - a
	refused 2 '-f: -r has one format, lines; drop -f or -r' -r -f table hand.npz stream
	refused 2 '-k: the number of units that -r lists; add -r' -k 2 hand.npz stream
	refused 2 '-c: only -f text without -r is coloured; drop -c' -c always -f html hand.npz stream
	refused 2 '-c: only -f text without -r is coloured; drop -c' -c always -r hand.npz stream
	refused 2 'is none of auto|always|never' -c maybe hand.npz stream
	refused 2 'is none of text|html|table' -f pdf hand.npz stream
	refused 2 'is none of auto|cpu|cuda|blas|ref' -d abacus hand.npz stream
	for o in j k n; do
		refused 2 "-$o: 'x' is not a whole number" -$o x hand.npz stream
	done
	refused 2 "-l: '-2' is not a whole number" -l -2 hand.npz stream
	refused 2 'unknown option -Z' -Z
	run -0 cells -V
	[[ "$output" == 'cells (unroll) '* ]]
}

@test "a model cannot come from a pipe" {
	refused 1 '-: a model cannot go through a pipe; name a file' - stream
}
