#!/usr/bin/env bats
# Time grows with the length of a text and no faster, whatever the text repeats: eight
# times the text takes less than twelve times the processor time.

load helper

SMALL=100000
LARGE=800000

setup() {
	[ -z "${SAN:-}" ] || skip 'a sanitizer has costs of its own'
	cd "$BATS_TEST_TMPDIR" || return
	TIMEFORMAT='%3U %3S'
	mkdir -p $SMALL $LARGE
}

# cpu SIZE COMMAND...: sets `spent` to the milliseconds of processor time that the command
# takes in the folder SIZE, from the file `in` to the file `out`.  Ten seconds end it.
cpu() {
	local user system
	# shellcheck disable=SC2238	# the file is named times
	{ time (cd "$1" && ulimit -t 10 && "${@:2}" < in > out 2> err) || true; } 2> times
	read -r user system < <(tail -n 1 times)
	spent=$((10#${user/./} + 10#${system/./}))
}

# grows COMMAND...: whether the command's time grows in proportion from the SMALL input to
# the LARGE one.  Less than 5 ms are mostly the start of the program.
grows() {
	local small try
	for try in 1 2; do
		cpu $SMALL "$@"
		small=$((spent > 5 ? spent : 5))
		cpu $LARGE "$@"
		[ "$spent" -ge $((12 * small)) ] || return 0
	done
	echo "'$pattern': $*: at most $small ms for $SMALL bytes, $spent ms for $LARGE (try $try)"
	slow=$((slow + 1))
}

# text PATTERN: repeats it in both files `in`; printf's escapes count
text() {
	local size
	pattern=$1
	printf '%b' "$1" > once
	for size in $SMALL $LARGE; do
		perl -e 'local $/; $_ = <STDIN>; print substr($_ x ($ARGV[0] / length() + 1), 0, $ARGV[0])' \
		    $size < once > $size/in
	done
}

# The output of the last command becomes the input of the next.
take_output() {
	mv $SMALL/out $SMALL/in
	mv $LARGE/out $LARGE/in
}

# from_text OPTION...: the text through tok, and its tokens through the other programs
from_text() {
	local size
	grows tok -q "$@"
	take_output
	for size in $SMALL $LARGE; do
		# a word of several characters
		echo 'zz zz' >> $size/in
	done
	grows vocab -q -n 100
	take_output
	grows encode -q
	take_output
	grows decode -q -d
	(cd $SMALL && train -q -e 0 -H 2 -o m.npz in > log)
	cp $SMALL/m.npz m.npz
	(cd $LARGE && train -q -e 0 -H 2 -o m.npz in > log)
	grows cells -q -j 1 -d cpu -f html m.npz
}

patterns=(
	'!' '.' '. ' ', ' ': ' "'" "''a" '"' '":' '`' '( ' ') ' '[(' ')] '
	': ( ' ': (' ') : ( ' ':) ' '; ( ' '(a ' '< ' '< a ' '- > ' '& a ; ' '& a ' '* ' '* a ' '* * a '
	'@ ' '... ' '. . ' '-- ' '-a' 'a' 'a ' 'a. ' 'A.B. ' 'u.s. A ' '1,' "'tis " "don't " 'gimme ' "x 's "
	'i ' 'http://a ' ': // ' 'x?) ' ".' " 'a.!?"`()[]{}<>-*:,; ' '\\' 'Σ' 'İ' '“a ' '.\xc2\xa0' '\xcc\x81' '😀'
	'\xff' '\0' 'a\n' ': (\n'
)

@test "words and sentences, whatever the text repeats" {
	slow=0
	for p in "${patterns[@]}"; do
		text "$p"
		from_text -f text
	done
	[ "$slow" -eq 0 ]
}

@test "lower case, characters, and fields of CSV" {
	slow=0
	# shellcheck disable=SC1112	# a typographic quote, as data
	for p in 'Σ' "Σ'" 'İ' '’ ' 'a. ' 'A.B. '; do
		text "$p"
		grows tok -q -f text -l late
	done
	for p in '. ' '"' 'a' '\\' '\n' '\r' '\0' '\xff' '😀' ' ' 'a,b ' 'a.!?"`()[]{}<>-*:,; '; do
		text "$p"
		grows tok -q -C -S
		sed -i -e 's/"/""/g' -e '1s/^/"/' -e '$s/$/"/' $SMALL/in $LARGE/in
		grows tok -q -n
	done
	[ "$slow" -eq 0 ]
}
