#!/usr/bin/env bats
# Files as people have them: compressed, and in other encodings.

# shellcheck disable=SC2154  # stderr and stderr_lines are bats'
load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	printf 'body\n"Le café était là. Ça va?"\n"Ω and 𝄞 sound."\n' > in.csv
	tok in.csv > want
}

# fails WORDS COMMAND...: status 1 and one line with these words; output may precede it
fails() {
	local words=$1
	shift
	run -1 --separate-stderr "$@"
	[ "${#stderr_lines[@]}" -eq 1 ]
	[[ "$stderr" == "$1: "*"$words"* ]]
}

@test "gzip: every reader unpacks it, from a file and from a pipe" {
	gzip in.csv
	tok in.csv.gz | cmp - want
	tok < in.csv.gz | cmp - want
	cat in.csv.gz | tok | cmp - want
	tok -f text in.csv.gz | sed 1d > text
	zcat in.csv.gz | tail -n +2 | tok -f text | cmp - text
	vocab -q -n 0 -o table want > vocab
	encode vocab > index
	gzip -k want vocab table index
	vocab -q -n 0 want.gz | cmp - vocab
	encode vocab.gz | cmp - index
	encode -v table.gz want.gz | cmp - index
	train -q -H 3 -e 1 -o plain.npz index > /dev/null
	train -q -H 3 -e 1 -o packed.npz index.gz > /dev/null
	cmp plain.npz packed.npz
	score plain.npz index.gz > got
	score plain.npz index | cmp - got
	decode index.gz | cmp - want
}

@test "gzip: several members are one text, and zeros may follow" {
	{
		head -n 1 in.csv | gzip
		gzip < /dev/null
		tail -n +2 in.csv | gzip
		head -c 512 /dev/zero
	} > in.gz
	tok in.gz | cmp - want
	gzip < /dev/null > empty.gz
	fails 'empty input where a header was expected' tok empty.gz
}

@test "gzip: a member may begin anywhere in what is read at once" {
	seq 200000 | tok -f text > want
	seq 200000 | split -l 7000 --filter='gzip -1' > in.gz
	tok -f text in.gz | cmp - want
	perl -e '$| = 1; binmode STDIN; print while read STDIN, $_, 997' < in.gz | tok -f text | cmp - want
}

@test "gzip: truncated and damaged data are errors" {
	seq 50000 | gzip > in.gz
	size=$(wc -c < in.gz)
	for n in 3 9 10 11 500 $((size - 9)) $((size - 8)) $((size - 1)); do
		head -c "$n" in.gz > cut.gz
		fails 'cut.gz: the gzip data ends early: the file is cut off' tok -f text cut.gz
	done
	for at in 4000 $((size - 6)) $((size - 2)); do
		{
			head -c "$at" in.gz
			printf '\125\252'
			tail -c +$((at + 3)) in.gz
		} > bad.gz
		fails 'bad.gz: damaged gzip data: ' tok -f text bad.gz
	done
	{ cat in.gz; echo text; } > more.gz
	fails 'more.gz: after the gzip data there is other data' tok -f text more.gz
	fails 'cut.gz: the gzip data ends early' vocab cut.gz
	gzip < in.gz > twice.gz
	fails 'twice.gz: gzip data where text was expected; unpack it with: zcat' tok twice.gz
}

@test "gzip: what is before the end of the input is not waited for" {
	mkfifo pipe
	timeout 20 tok -f text < pipe > got &
	exec 5> pipe
	head -c 300000 /dev/urandom | base64 -w 60 > lines
	gzip < lines | head -c 280000 >&5
	for _ in {1..500}; do
		[ ! -s got ] || break
		sleep 0.02
	done
	[ -s got ]
	exec 5>&-
	wait $! || [ $? -eq 1 ]
}

@test "xz, zstd and bzip2 are named with the command that unpacks them" {
	# inside gzip data nothing else is unpacked
	printf '\3757zXZ\0\0\4' | gzip > in.gz
	fails 'in.gz: xz data where text was expected; unpack it with: xzcat' tok in.gz
	printf '\50\265\57\375\44\1\0\0' | gzip > in.gz
	fails 'in.gz: zstd data where text was expected; unpack it with: zstdcat' tok in.gz
	printf 'BZh91AY&SY\1\2\3' > in.bz2
	fails 'in.bz2: bzip2 data where text was expected; unpack it with: bzcat' tok in.bz2
}

# packed COMMAND LIBRARY: skips a test without the command, or in programs that were built
# without the library
packed() {
	command -v "$1" > /dev/null || skip "no $1"
	grep -q "^$2_LIBS" "$BUILD/config.mk" || skip "built without $2"
}

# unpacks NAME COMMAND: files in this format are read as what is in them, cut ones refused
unpacks() {
	local n
	$2 -qc < in.csv > in.packed
	tok in.packed | cmp - want
	cat in.packed | tok | cmp - want
	vocab -q -n 0 want | $2 -qc > vocab.packed
	encode vocab.packed | cmp - <(vocab -q -n 0 want | encode)
	# several parts, one of them empty, at any place of what is read at once
	seq 200000 | tok -f text > numbers
	{
		seq 90000 | $2 -qc -1
		$2 -qc < /dev/null
		seq 90001 200000 | split -l 30000 --filter="$2 -qc -1"
	} > parts
	tok -f text parts | cmp - numbers
	perl -e '$| = 1; binmode STDIN; print while read STDIN, $_, 997' < parts | tok -f text | cmp - numbers
	as UTF-16LE '\377\376' | $2 -qc | tok | cmp - want
	seq 50000 | $2 -qc > in.packed
	for n in 5 11 500 $(($(wc -c < in.packed) - 1)); do
		head -c "$n" in.packed > cut.packed
		fails "cut.packed: the $1 data ends early: the file is cut off" tok -f text cut.packed
	done
	{ head -c 4000 in.packed; printf '\125\252'; tail -c +4003 in.packed; } > bad
	fails "bad: damaged $1 data" tok -f text bad
	{ cat in.packed; echo 'more text than a header has'; } > more.packed
	fails "after " tok -f text more.packed
	$2 -qc in.packed > twice
	fails "twice: $1 data where text was expected; unpack it with: $2cat" tok twice
}

@test "xz data are unpacked, and damaged ones refused" {
	packed xz LZMA
	unpacks xz xz
	{ xz -qc in.csv; head -c 512 /dev/zero; } > in.xz
	tok in.xz | cmp - want
}

@test "zstd data are unpacked, and damaged ones refused" {
	packed zstd ZSTD
	unpacks zstd zstd
}

# as ENCODING BYTES: in.csv in this encoding, after these bytes (printf escapes)
as() {
	# shellcheck disable=SC2059
	printf "$2"
	iconv -f UTF-8 -t "$1" < in.csv
}

@test "UTF-16 and UTF-32 with a byte order mark are converted" {
	for e in UTF-16LE:'\377\376' UTF-16BE:'\376\377' UTF-32LE:'\377\376\0\0' UTF-32BE:'\0\0\376\377'; do
		as "${e%%:*}" "${e#*:}" > in.wide
		tok in.wide | cmp - want
		gzip -c in.wide | tok | cmp - want
		tok -f text in.wide | cmp - <(tok -f text in.csv)
		# a byte at a time
		perl -e '$| = 1; print for split //, join "", <STDIN>' < in.wide | tok | cmp - want
	done
	{ printf '\377\376'; iconv -f UTF-8 -t UTF-16LE < want; } > want.wide
	vocab -q want.wide | cmp - <(vocab -q want)
}

@test "UTF-16 and UTF-32 without a mark: --encoding, which the message names" {
	for e in UTF-16LE UTF-16BE UTF-32LE UTF-32BE; do
		as $e '' > in.wide
		fails "in.wide: ${e%?E} where text was expected; convert it with: iconv -f $e -t UTF-8, or give --encoding $e" tok in.wide
		tok --encoding $e in.wide | cmp - want
	done
}

@test "UTF-16: what is not a character becomes U+FFFD, and is counted" {
	# a lone high surrogate, a lone low one, and half a unit at the end
	printf '\377\376a\0\0\330b\0 \0\0\334c\0 \0d\0\n\0e' > in.wide
	run -0 --separate-stderr tok -f text in.wide
	[ "$output" = $'a\357\277\275b \357\277\275c d\n\357\277\275' ]
	[ "$stderr" = 'tok: in.wide: line 1: invalid UTF-16LE, written as U+FFFD (3 in total)' ]
	head -c 3 in.wide > in.half
	run -0 --separate-stderr tok -f text in.half
	[ "$output" = $'\357\277\275' ]
}

@test "--encoding: other encodings" {
	printf 'body\n"Le café était là. Ça va?"\n' > in.csv
	tok in.csv > want
	for e in latin1 ISO-8859-15 CP1252 UTF-7 MAC; do
		iconv -f UTF-8 -t $e in.csv > in.other
		tok --encoding $e in.other | cmp - want
	done
	for e in UTF-8 utf8 utf-8; do
		tok --encoding $e in.csv | cmp - want
	done
	printf 'body\n\215\n' > in.1252	# a byte without a character
	run -0 --separate-stderr tok --encoding CP1252 in.1252
	[ "$output" = $'\357\277\275' ]
	[ "$stderr" = 'tok: in.1252: record 1: invalid CP1252, written as U+FFFD (1 in total)' ]
}

@test "--encoding: a byte order mark decides" {
	as UTF-16LE '\377\376' > in.wide
	tok --encoding latin1 in.wide | cmp - want
	{ printf '\357\273\277'; cat in.csv; } > in.marked
	tok --encoding latin1 in.marked | cmp - want
}

@test "--encoding: an unknown name is an error, before anything is read" {
	for e in latin-nought '' 'latin1//TRANSLIT' '../x'; do
		run -2 --separate-stderr tok --encoding "$e" in.csv
		one_line_error tok
		[[ "$stderr" == "tok: --encoding: '$e' is not the name of an encoding; \`iconv -l\` lists them"* ]]
	done
}

@test "bytes that are not UTF-8: the message names --encoding" {
	iconv -f UTF-8 -t latin1 <<< 'body
Le café' > in.latin
	run -0 --separate-stderr tok in.latin
	[ "$stderr" = 'tok: in.latin: record 1: invalid UTF-8, written as U+FFFD (1 bytes in total); --encoding reads other encodings' ]
}
