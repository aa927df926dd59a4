#!/usr/bin/env bats
# What happens on bad input, across all programs: a test for each row of the
# table in unroll(7), under its name.  Input of one program only, and the exact
# messages, are tested in the file of that program.

# shellcheck disable=SC2154  # stderr and stderr_lines are bats'
load helper
load streams

UNIT=$BUILD/tests/unit

# A small text through every stage; all the files are valid.
setup() {
	cd "$BATS_TEST_TMPDIR" || return
	printf 'body,topic\n"The cat sat. Did the dog sit?",pets\n"A dog sat.",pets\n' > in.csv
	tok -q in.csv > tokens
	vocab -q -n 9 tokens > vocab
	vocab -q -n 9 -t tokens > table
	encode -q vocab > index
	"$UNIT/model" bare bare.npz 3 9 f4 1	# no vocabulary
	train -q -H 3 -e 1 -o model.npz index > /dev/null
	mkdir folder
}

# refuses STATUS PATTERN TOOL [ARGUMENT...]: exits with STATUS and one line that
# names the tool and then has the pattern, within 20 seconds.
refuses() {
	local status=$1 pattern="^$3: .*($2)" got=0 said
	shift 2
	timeout 20 "$@" > out 2> err < "${stdin:-/dev/null}" || got=$?
	mapfile -t said < err	# no process of its own: there are hundreds of calls
	if [ "$got" -ne "$status" ] || [ "${#said[@]}" -ne 1 ] || ! [[ "${said[0]}" =~ $pattern ]]; then
		echo "$*: status $got, not $status with '$pattern'"
		cat err
		return 1
	fi
}

# readers STATUS PATTERN FILE: every program refuses FILE in the place of its input
readers() {
	refuses "$1" "$2" tok "$3"
	index_readers "$1" "$2" "$3"
	model_readers "$1" "$2" "$3"
	refuses "$1" "$2" vocab "$3"
	refuses "$1" "$2" vocab -M "$3"
	refuses "$1" "$2" encode "$3"
	refuses "$1" "$2" encode -v table "$3"
	refuses "$1" "$2" encode -v "$3" tokens
}

# index_readers STATUS PATTERN FILE
index_readers() {
	refuses "$1" "$2" train -o new.npz "$3"
	refuses "$1" "$2" train -o new.npz -R model.npz "$3"
	refuses "$1" "$2" gradcheck -m model.npz "$3"
	refuses "$1" "$2" score model.npz "$3"
	refuses "$1" "$2" decode "$3"
	[ ! -e new.npz ]
}

# model_readers STATUS PATTERN FILE
model_readers() {
	refuses "$1" "$2" train -o new.npz -i "$3" index
	refuses "$1" "$2" train -o new.npz -R "$3" index
	refuses "$1" "$2" gradcheck -m "$3" index
	refuses "$1" "$2" score "$3" index
	refuses "$1" "$2" sample "$3"
	[ ! -e new.npz ]
}

# whole_pipe FILE [TOK-OPTION...]: its tokens come out at the end as they went in
whole_pipe() {
	tok -q "$@" > expect
	run -0 --separate-stderr pipe 'vocab -q -n 0 expect | encode -q | decode -q > got'
	cmp expect got
}

# some DIR: every seventh file of it; decode.bats and encode.bats have them all, for the
# one reader that the programs share
some() {
	find "$1" -type f | sort | awk 'NR % 7 == 1'
}

needs_limit() {
	case ${SAN:-} in *address*) skip 'ulimit -v and ASan do not mix' ;; esac
}

@test "every row of the table in unroll(7) is tested here, and the reverse" {
	sed -n '/^\.Sh BAD INPUT/,/^\.El/s/^\.It \([^.]*\) Ta .*/\1/p' "$TOP/man/unroll.7" |
	    grep -v '^Sy' | sort > rows
	[ "$(wc -l < rows)" -ge 20 ]
	sed -n 's/^@test "row: \(.*\)" {$/\1/p' "$BATS_TEST_FILENAME" | sort | diff rows -
}

@test "row: empty input" {
	: > empty
	readers 1 'empty' empty
}

@test "row: a header and nothing after it" {
	echo body > header
	tok header > out 2>&1
	[ ! -s out ]
	refuses 1 'empty input' vocab
	sed '/^$/q' vocab > header
	refuses 1 'header' encode header
	sed '/^$/q' index > header
	index_readers 1 'header' header
}

@test "row: a folder" {
	readers 1 'folder: [Ii]s a directory' folder
	stdin=folder
	for t in tok vocab encode 'train -o new.npz' decode; do
		# shellcheck disable=SC2086
		refuses 1 'Is a directory' $t
	done
}

@test "row: a file that is not there" {
	readers 1 'no/such: No such file or directory' no/such
}

@test "a name that is empty is seen" {
	readers 1 "'': No such file or directory" ''
	refuses 1 "'': " tok -p '' in.csv
	for o in -i -R -v -o; do
		refuses 1 "'': " train -o new.npz $o '' index
	done
	refuses 1 "'': " vocab -q -o '' tokens
}

@test "row: no permission" {
	local as=''
	chmod 777 .
	chmod 644 model.npz table
	chmod 000 tokens
	if [ -r tokens ]; then
		as='setpriv --reuid 65534 --clear-groups'
		$as test -x "$BUILD/bin/tok" -a ! -r tokens || skip 'no user here whom a mode could stop'
	fi
	for cmd in 'tok' 'vocab' 'encode' 'encode -v table' 'train -o new.npz' 'gradcheck -m model.npz' \
	    'score model.npz' 'sample' 'decode'; do
		# shellcheck disable=SC2086
		run -1 --separate-stderr $as "$BUILD/bin/"$cmd tokens
		echo "$stderr"
		[ "$stderr" = "${cmd%% *}: tokens: Permission denied" ]
	done
}

@test "row: a quoted field that never ends" {
	printf 'body\nfine\n"one two\nthree' > cut.csv
	refuses 1 'record 2' tok cut.csv
	[ "$(cat out)" = $'fine\none two three' ]
	run -1 --separate-stderr pipe 'tok cut.csv | vocab -q | encode | decode'
	[ "$output" = $'fine\none two three' ]
}

@test "row: a column that is not there" {
	refuses 1 'colour' tok -c colour in.csv
	[ ! -s out ]
	refuses 1 '3' tok -c 3 in.csv
	[ ! -s out ]
}

@test "row: a NUL" {
	printf 'body\n"a\0b c"\n' > nul.csv
	whole_pipe nul.csv
	[ "$(tr '\0' X < expect)" = 'aXb c' ]
	printf 'SENTENCE_START\t1\nSENTENCE_END\t1\na\0b\t1\nc\t1\nUNKNOWN_TOKEN\t0\n' > nul.tsv
	run -0 pipe 'encode -v nul.tsv expect | decode | cmp - expect'
	run -0 pipe 'encode -v nul.tsv expect | train -q -H 2 -e 1 -o nul.npz && encode -v nul.npz expect | decode | cmp - expect'
}

@test "row: invalid or overlong UTF-8" {
	for bad in '\377' '\300\257' '\355\240\200' '\364\220\200\200' '\342\202'; do
		printf "body\n\"a$bad b\"\n" > utf8.csv
		run -0 --separate-stderr tok utf8.csv
		[ "${#stderr_lines[@]}" -eq 1 ]
		[[ "$stderr" == "tok: utf8.csv: "* && "$output" == a*$'\357\277\275'*b ]]
		printf "a$bad b\n" > utf8
		refuses 1 'UTF-8' vocab utf8
		refuses 1 'UTF-8' encode -v table utf8
		printf "a$bad\t1\n" | cat table - > utf8.tsv
		refuses 1 'UTF-8' encode -v utf8.tsv tokens
	done
}

@test "row: a line of 100 MB" {
	local n=100000000
	[ -z "${SAN:-}" ] || n=10000000
	{
		echo body
		yes 'all of it on one line without any mark' | tr '\n' ' ' | head -c $n
		echo
	} > long.csv
	whole_pipe long.csv
	[ "$(wc -l < expect)" -eq 1 ]
	[ "$(wc -c < expect)" -ge $((n - 1)) ]
}

@test "row: a token of 1 MB" {
	{
		echo body
		head -c 1000000 /dev/zero | tr '\0' a
		echo ' b'
	} > wide.csv
	whole_pipe wide.csv
	[ "$(wc -c < expect)" -eq 1000003 ]
	vocab -q expect | encode | train -q -H 2 -e 1 -o wide.npz
	[ "$(encode -v wide.npz expect | decode | wc -c)" -eq 1000003 ]
	score -w wide.npz <(encode -v wide.npz expect) > out
	[ -s out ]
}

@test "row: CRLF" {
	sed 's/$/\r/' in.csv > crlf.csv
	tok crlf.csv | cmp - tokens
	sed 's/$/\r/' tokens > crlf
	refuses 1 'line 1.*CR' vocab crlf
	refuses 1 'line 1.*CR' encode -v table crlf
	sed 's/$/\r/' table > crlf
	refuses 1 '' encode -v crlf tokens
	sed 's/$/\r/' index > crlf
	index_readers 1 '' crlf
}

@test "row: a byte order mark" {
	printf '\357\273\277' | cat - in.csv > bom.csv
	tok bom.csv | cmp - tokens
	tok -c body bom.csv | cmp - tokens
}

@test "row: stray spaces or empty lines between tokens" {
	for bad in 'a  b' ' a' 'a ' '' $'a\tb'; do
		printf 'a b\n%s\nc\n' "$bad" > stray
		refuses 1 'line 2' vocab stray
		refuses 1 'line 2' encode -v table stray
	done
}

@test "row: a program missing from the pipe" {
	# PROGRAM: what it is given, and what the message must advise
	for t in encode 'train -o new.npz' decode; do
		# shellcheck disable=SC2086
		refuses 1 'is .*vocab.* missing|is .*encode.* missing' $t tokens
	done
	refuses 1 'vocab.* too many' vocab vocab
	for t in 'train -o new.npz' decode; do
		# shellcheck disable=SC2086
		refuses 1 'is .*encode.* missing' $t vocab
	done
	refuses 1 'encode' score model.npz tokens
	refuses 1 'encode' score model.npz vocab
	refuses 1 'encode' gradcheck -m model.npz tokens
	refuses 1 'decode|index stream' vocab index
	refuses 1 'index stream' encode index
	run -1 --separate-stderr pipe 'tok in.csv | train -o new.npz'
	one_line_error train
	[ ! -e new.npz ]
}

@test "row: a stream that is cut off" {
	cuts index cut
	rm cut/00000
	for f in $(some cut); do
		for t in 'decode -q' 'train -q -e 1 -H 2 -o new.npz' 'score -q model.npz' \
		    'gradcheck -q -m model.npz'; do
			# shellcheck disable=SC2086
			refuses 1 "$f: " $t "$f"
		done
		[ ! -e new.npz ]
	done
	cuts vocab cut-vocab
	for f in $(some cut-vocab); do
		refuses 1 "$f: " encode -q "$f"
	done
}

@test "row: a byte that was changed" {
	flips index flip
	for f in $(some flip); do
		for t in 'train -q -e 1 -H 2 -o new.npz' 'score -q model.npz'; do
			# shellcheck disable=SC2086
			refuses 1 "$f: " $t "$f"
		done
		[ ! -e new.npz ]
	done
}

@test "row: an index outside the vocabulary" {
	encode -t vocab | sed '/^0 /s/ 3 / 9 /' > beyond
	index_readers 1 'index 9 .*frame 1' beyond
}

@test "row: a vocabulary that is not the model's" {
	sed 's/cat/cow/g' tokens | vocab -q -n 9 | encode -q > other
	vocab -q -n 8 tokens | encode -q > fewer
	for f in other fewer; do
		refuses 1 'model.npz' score model.npz "$f"
		refuses 1 'model.npz' train -o new.npz -i model.npz "$f"
		refuses 1 'model.npz' train -o new.npz -R model.npz "$f"
		refuses 1 'model.npz' gradcheck -m model.npz "$f"
	done
	refuses 1 'bare.npz' score bare.npz fewer
	refuses 1 'bare.npz' sample bare.npz
	vocab -q -n 8 -t tokens > fewer.tsv
	refuses 1 'fewer.tsv|bare.npz' sample -v fewer.tsv bare.npz
	refuses 1 'bare.npz' encode -v bare.npz tokens
	[ ! -e new.npz ]
}

@test "row: a model that is damaged, or none" {
	local U W V
	U="{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }"
	V="{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }"
	W="{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }"
	head -c "$(($(wc -c < model.npz) / 2))" model.npz > cut.npz
	echo 'no zip' > text.npz
	"$UNIT/forge" missing.npz U.npy "$U" 24 V.npy "$V" 24
	"$UNIT/forge" shape.npz U.npy "$U" 24 V.npy "$U" 24 W.npy "$W" 16
	"$UNIT/forge" type.npz U.npy "${U/<f4/<i4}" 24 V.npy "$V" 24 W.npy "$W" 16
	"$UNIT/forge" order.npz U.npy "${U/</>}" 24 V.npy "${V/</>}" 24 W.npy "${W/</>}" 16
	printf '\0\0\300\177%020d' 0 > nan
	"$UNIT/forge" nan.npz U.npy "$U" @nan V.npy "$V" 24 W.npy "$W" 16
	"$UNIT/forge" huge.npz U.npy "${U/2, 3/4294967296, 4294967297}" 24 V.npy "$V" 24 W.npy "$W" 16
	for f in cut text missing shape type order nan huge; do
		model_readers 1 "$f.npz" "$f.npz"
		refuses 1 "$f.npz" encode -v "$f.npz" tokens
	done
}

@test "row: a full disk" {
	for t in 'tok in.csv' 'vocab tokens' 'encode vocab' 'decode index' 'score model.npz index' \
	    'sample model.npz' 'gradcheck' 'train -e 1 -o other.npz index' \
	    'tok -h' 'train -V'; do
		run -1 --separate-stderr bash -c "$t > /dev/full"
		[ "${stderr_lines[-1]}" = "${t%% *}: write error on standard output: No space left on device" ]
	done
	refuses 1 '/dev/full' vocab -q -o /dev/full tokens
	refuses 1 '/dev/full' train -q -o /dev/full index
}

@test "row: a reader that leaves" {
	for ((i = 0; i < 20000; i++)); do
		echo "\"The cat sat. Did the dog $i sit?\",pets"
	done | cat <(echo body,topic) - > long.csv
	for t in 'tok long.csv' 'tok long.csv | vocab -q' 'tok long.csv | vocab -q -n 9 | encode' \
	    'tok long.csv | vocab -q -n 9 | encode | decode' \
	    'tok long.csv | encode -v model.npz | score -w model.npz' \
	    'sample -n 100000 model.npz'; do
		run -0 --separate-stderr timeout 20 bash -c "$t | head -n 1"
		[ -z "$stderr" ]
	done
	run -0 --separate-stderr timeout 20 bash -c "train -E 1 -H 1 -e 100000 -o x.npz index | head -n 1"
	[ "${#stderr_lines[@]}" -eq 1 ]
	[[ "$stderr" == 'train: '*' resume with: train -R x.npz index' || "$stderr" == 'train: interrupted before '* ]]
}

@test "row: memory that runs out" {
	needs_limit
	for limit in 20000 30000 60000; do
		for t in 'tok -q in.csv' 'vocab -q tokens' 'encode -q vocab' 'decode -q index' \
		    'train -q -H 3000 -e 0 -o big.npz index' 'score model.npz index' 'sample model.npz' \
		    'gradcheck -C 2000 -H 2000'; do
			status=0
			bash -c "ulimit -v $limit; exec $t" > out 2> err || status=$?
			# it may fit; or the loader finds no room, before any word of ours
			[ "$status" -eq 0 ] || [ "$status" -eq 127 ] ||
			    { [ "$status" -eq 1 ] && [ "$(wc -l < err)" -eq 1 ]; }
		done
	done
	run -1 --separate-stderr bash -c 'ulimit -v 400000; train -H 60000 -e 0 -o big.npz index'
	one_line_error train
	[[ "$stderr" == *memory* ]]
	[ ! -e big.npz ]
}

@test "row: option values out of range" {
	source "$TOP/man/completion/unroll.bash"
	n=0
	for t in $TOOLS; do
		while read -r letter name kind; do
			case $t$letter$kind in
			cellsuarg | tokcarg | sampleearg | samplexarg | trainvarg | gradcheckxarg | \
			    tok-arg | info-arg | vocab-arg | encode-arg | decode-arg | sample-arg) continue ;;	# any text, or rules
			*arg) ;;
			*) continue ;;
			esac
			option=-$letter
			[ "$letter" != - ] || option=--$name	# it has no letter
			for v in '' x 1x -2 1e400 nan 99999999999999999999 0x; do
				refuses 2 "$option: '$v' is not a" "$t" "$option" "$v"
			done
			n=$((n + 1))
		done < <(_unroll_options "$t")
		refuses 2 '-Z' "$t" -Z
		refuses 2 '--no-such' "$t" --no-such
	done
	[ "$n" -gt 20 ]
	refuses 2 '' tok -f xml
	refuses 2 '' tok -l always
}

# kinds DIR: a file of each kind that some reader does not expect, named for its kind and the
# words of the message that help
kinds() {
	mkdir -p "$1"
	printf 'The cat saw the dog. It was a fine day.\nA dog saw the end.\n' > text
	gzip -c text | gzip > "$1/zcat"
	! command -v xz > /dev/null || xz -c text | xz > "$1/xzcat"
	! command -v zstd > /dev/null || zstd -qc text | zstd -q > "$1/zstdcat"
	! command -v bzip2 > /dev/null || bzip2 -c text > "$1/bzcat"
	printf 'BZh9\27\162E8P\220\0\0\0\0' > "$1/unpack it with: bzcat"
	printf 'PK\3\4\24\0\0\0\0\0aaaabbbbccccdddd\4\0\0\0a.xmdata' > "$1/unzip -p"
	printf 'PK\5\6\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0' > "$1/unzip"
	cp tiny.npz "$1/a model or other .npz file"
	printf '\211PNG\r\n\32\n\0\0\0\rIHDR' > "$1/an image"
	printf '\377\330\377\340\0\20JFIF\0\1' > "$1/an image where"
	printf '\177ELF\2\1\1\0\0\0\0\0\0\0\0\0\3\0' > "$1/a compiled program"
	printf 'SQLite format 3\0\20\0\1\1\0@  ' > "$1/sqlite3 -csv"
	printf '\320\317\21\340\241\261\32\341' > "$1/save it as text or CSV"
	printf '%%PDF-1.4\n%%\xe2\xe3\n1 0 obj' > "$1/pdftotext"
	local e
	for e in UTF-16 UTF-32; do
		iconv -f UTF-8 -t ${e}LE text > "$1/iconv -f ${e}LE -t UTF-8"
		iconv -f UTF-8 -t ${e}BE text > "$1/iconv -f ${e}BE -t UTF-8"
	done
	printf 'a,b\r\n1,2\r\n' | iconv -f UTF-8 -t UTF-16LE > "$1/iconv -f UTF-16LE"
}

# foreign WORDS COMMAND...: status 1, nothing on standard output, one line with the words
foreign() {
	local words=$1
	shift
	run -1 --separate-stderr "$@"
	if [ -n "$output" ] || [ "${#stderr_lines[@]}" -ne 1 ] || [[ "$stderr" != "$1: "*"$words"* ]]; then
		echo "# $*: $stderr (wanted: $words)"
		return 1
	fi
}

@test "what is not text or no stream is named, with the command that helps" {
	cd "$BATS_TEST_TMPDIR" || return
	export LC_ALL=C.UTF-8
	printf '%s\n' 'the cat' 'a dog' > tokens
	vocab -q -n 0 -o table tokens > stream
	encode stream > index
	train -q -H 3 -e 1 -o tiny.npz index
	kinds kinds
	[ "$(find kinds -type f | wc -l)" -ge 10 ]
	for f in kinds/*; do
		local words=${f#*/}
		foreign "$words" tok "$f"
		foreign "$words" tok -n "$f"
		foreign "$words" tok -f text "$f"
		foreign "$words" tok -C "$f"
		foreign "$words" vocab "$f"
		foreign "$words" vocab -M "$f"
		foreign "$words" encode "$f"
		foreign "$words" encode -v table "$f"
		[[ "$f" == *.npz* ]] || foreign "$words" encode -v "$f" tokens || [[ "$words" == unzip* ]]
		foreign "$words" decode "$f"
		foreign "$words" train -q -o no.npz "$f"
		foreign "$words" train -q -o no.npz -v "$f" index
		[[ "$f" == *.npz* ]] || foreign "$words" score tiny.npz "$f"	# it takes several models
		foreign "$words" cells tiny.npz "$f"
		foreign "$words" gradcheck -m tiny.npz "$f"
		foreign "$words" sample -v "$f" tiny.npz
		# the same through a pipe, byte by byte
		perl -e '$| = 1; print for split //, join "", <STDIN>' < "$f" 2> /dev/null |
		    decode > out 2> err || [ $? -eq 1 ]
		[ ! -s out ]
		[[ "$(cat err)" == "decode: standard input: "*"$words"* ]]
	done
	[ ! -e no.npz ]
}

@test "a tar archive is named, also compressed; a text that only looks like one is read" {
	cd "$BATS_TEST_TMPDIR" || return
	printf 'The cat saw the dog.\n' > text
	tar -cf a.tar text
	foreign 'a tar archive where text was expected; take a file out of it with: tar -xOf' tok -f text a.tar
	gzip a.tar
	foreign 'a tar archive where text was expected' tok -f text a.tar.gz
	tar -xzOf a.tar.gz text | tok -f text | cmp - <(tok -f text text)
	for start in GIF89a SQLite 'SQLite format 3 has' ELF PNG "$(printf '%257sustar' '')"; do
		printf '%s is one\n' "$start" | tok -f text | grep -q ' is one$'
	done
	# the way past
	printf '\177ELF is\n' > elf
	foreign 'a compiled program or library where text was expected' tok -f text elf
	{ echo; cat elf; } | tok -f text | grep -qx $'\177elf is'
}

@test "a stream where another is expected is named, with the program that is missing or too many" {
	cd "$BATS_TEST_TMPDIR" || return
	printf 'Ab c.\n' | tok -C > tokens
	vocab -q -S -n 0 -o table tokens > stream
	encode stream > index
	train -q -H 3 -e 1 -o tiny.npz index
	for f in tokens table stream index; do
		local name
		case $f in
		tokens) name='a token stream' ;;
		table) name='a vocabulary table' ;;
		stream) name='a vocabulary stream' ;;
		index) name='an index stream' ;;
		esac
		foreign "$name where text was expected" tok $f
		foreign "$name where text was expected" tok -f text $f
		[ $f = tokens ] || foreign "$name where a token stream was expected" vocab $f
		[ $f = tokens ] || foreign "$name where a token stream was expected" encode -v table $f
		[ $f = table ] || foreign "$name where a vocabulary table was expected; make one with: vocab -t" vocab -M $f
		[ $f = table ] || foreign "$name where a vocabulary table was expected" encode -v $f tokens
		[ $f = table ] || foreign "$name where a vocabulary table was expected" sample -v $f tiny.npz
		[ $f = stream ] || foreign "$name where a vocabulary stream was expected" encode $f
		if [ $f != index ]; then
			foreign "$name where an index stream was expected" decode $f
			foreign "$name where an index stream was expected" score tiny.npz $f
			foreign "$name where an index stream was expected" cells tiny.npz $f
			foreign "$name where an index stream was expected" train -q -o no.npz $f
		fi
	done
	foreign 'is `encode` missing from the pipe?' decode stream
	foreign 'is `vocab` missing from the pipe?' decode tokens
	foreign 'is `vocab` missing from the pipe?' encode tokens
	foreign 'is there an `encode` too many in the pipe?' encode index
	foreign 'is there a `vocab` too many in the pipe?' vocab stream
	foreign 'is there a `tok` too many in the pipe?' tok tokens
}

@test "a text that only begins like one of them is text" {
	cd "$BATS_TEST_TMPDIR" || return
	for start in '#tokens are nice' '#vocab 1' '#index 1 size' '#table 1 units' 'BZh91 is a name' 'PK is one' \
	    '%PD' '(' '#' 'P' 'a\0b \0c'; do
		printf '%b\n' "$start" > in
		tok -C -S in | vocab -q -S -n 0 | encode | decode > out
		cmp in out
	done
}

@test "a byte order mark is skipped at the start of every text, table and stream" {
	cd "$BATS_TEST_TMPDIR" || return
	printf '%s\n' 'the cat saw the dog' 'a dog saw' > tokens
	vocab -q -n 0 -o table tokens > stream
	encode -t stream > index
	vocab -q -S -t tokens > stable
	for f in tokens table stable stream index; do
		{ printf '\xef\xbb\xbf'; cat $f; } > bom-$f
	done
	vocab -q -n 0 bom-tokens | cmp - stream
	encode -t bom-stream | cmp - index
	encode -t -v bom-table bom-tokens | cmp - index
	encode -t -v bom-stable tokens | cmp - <(encode -t -v stable tokens)
	decode bom-index | cmp - tokens
	vocab -q -M bom-table | cmp - <(vocab -q -t tokens)
	tok -f text bom-tokens | cmp - <(tok -f text tokens)
	printf '\xef\xbb\xbf' > only
	foreign 'empty input where a token stream was expected' vocab only
}

@test "a table whose markers are not in their rows is refused, and the unit is never guessed" {
	cd "$BATS_TEST_TMPDIR" || return
	printf '%s\n' 'the cat saw the dog' 'a dog saw' > tokens
	vocab -q -n 6 -t tokens > table
	local -a bad=(
		'1d' "row 0 is 'SENTENCE_END', not SENTENCE_START; was the table edited?"
		'1,2d' "row 0 is 'the', not SENTENCE_START; if the table is of a stream, give --unit stream, or the file this first line: #table 1 unit=stream"
		'2d' "row 1 is 'the', not SENTENCE_END"
		'1{h;d;};2{G;}' "row 1: SENTENCE_START, which belongs in row 0; was the table sorted or edited?"
		'2{h;d;};$G' "row 5: SENTENCE_END, which belongs in row 1"
		'$d' 'the last row is not UNKNOWN_TOKEN: is the table cut off?'
		'1s/^/x/' "row 0 is 'xSENTENCE_START', not SENTENCE_START"
		'1i #table 1 unit=stream' 'row 0: SENTENCE_START in a table of unit=stream'
		'1,2d;3i #table 1 unit=streams' 'header: unit= is neither sentence nor stream'
		'1i #table 2 unit=sentence' 'written by a newer version of this suite'
	)
	for ((k = 0; k < ${#bad[@]}; k += 2)); do
		sed "${bad[k]}" table > bad
		foreign "bad: ${bad[k + 1]}" encode -v bad tokens
		foreign "bad: ${bad[k + 1]}" vocab -M bad
	done
	# in a stream, too, a marker of sentences is none of its words
	printf '#table 1 unit=stream\na\t2\nSENTENCE_START\t1\n' > bad
	foreign 'row 1: SENTENCE_START in a table of unit=stream' encode -v bad tokens
	sed '1,2d' table > old
	foreign "not SENTENCE_START" encode -v old tokens
	encode --unit stream -v old tokens | decode | cmp - <(encode -v <(sed '1,2d;3i #table 1 unit=stream' table) tokens | decode)
}
