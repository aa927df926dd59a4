#!/usr/bin/env bats
# make install installs everything in working order; make uninstall removes
# exactly that.

load helper

setup() {
	unset MAKEFLAGS MFLAGS MAKELEVEL
	ROOT=$BATS_TEST_TMPDIR/root
	cd "$TOP" || return
	PATH=${PATH#"$BUILD/bin:"}	# the installed programs only
}

# make_in TARGET VARIABLE...: runs the project's make with DESTDIR=$ROOT
make_in() {
	make -s BUILD="${BUILD#"$TOP/"}" SAN="${SAN:-}" DESTDIR="$ROOT" "$@"
}

# make_at PREFIX: installs there, without a DESTDIR
make_at() {
	make -s BUILD="${BUILD#"$TOP/"}" SAN="${SAN:-}" install PREFIX="$1"
}

found() {
	(cd "$ROOT" && find . ! -type d | sort)
}

@test "programs, plugins, pages, completion and pipelines are installed" {
	make_in install PREFIX=/usr
	for t in $TOOLS; do
		[ -x "$ROOT/usr/bin/$t" ]
		cmp "man/$t.1" "$ROOT/usr/share/man/man1/$t.1"
		[ -e "$ROOT/usr/share/bash-completion/completions/$t" ]
	done
	for p in man/*.[57]; do
		cmp "$p" "$ROOT/usr/share/man/man${p##*.}/${p##*/}"
	done
	[ -f "$ROOT/usr/share/doc/unroll/LICENSE" ]
	[ -f "$ROOT/usr/lib/unroll/libunroll-blas.so" ]
	for p in "$BUILD"/plugins/*.so; do
		cmp "$p" "$ROOT/usr/lib/unroll/${p##*/}"
	done
	[ -f "$ROOT/usr/share/man/man7/unroll-pipelines.7" ]
	[ -x "$ROOT/usr/share/unroll/pipelines/learn.sh" ]
	for d in comments.csv names.txt; do
		cmp "data/$d" "$ROOT/usr/share/unroll/data/$d"
	done
}

@test "DESTDIR may contain spaces and quotes" {
	ROOT="$BATS_TEST_TMPDIR/it's a \"root\""
	mkdir "$BATS_TEST_TMPDIR/before"
	make_in install PREFIX=/usr
	[ -x "$ROOT/usr/bin/tok" ]
	cmp man/model.5 "$ROOT/usr/share/man/man5/model.5"
	[ -f "$ROOT/usr/share/unroll/pipelines/chars.mk" ]
	[ "$(cd "$BATS_TEST_TMPDIR" && echo *)" = "before it's a \"root\"" ]
	make_in uninstall PREFIX=/usr
	[ -z "$(found)" ]
}

@test "uninstall removes what install installed and nothing else" {
	mkdir -p "$ROOT/usr/bin" "$ROOT/usr/share/doc/unroll"
	touch "$ROOT/usr/bin/other" "$ROOT/usr/share/doc/unroll/mine"
	found > "$BATS_TEST_TMPDIR/before"
	make_in install PREFIX=/usr
	found > "$BATS_TEST_TMPDIR/between"
	run -1 cmp -s "$BATS_TEST_TMPDIR/before" "$BATS_TEST_TMPDIR/between"
	make_in uninstall PREFIX=/usr
	found | diff "$BATS_TEST_TMPDIR/before" -
	[ ! -d "$ROOT/usr/share/unroll" ]
	[ ! -d "$ROOT/usr/lib/unroll" ]
}

@test "the installed plugin and pipelines work" {
	# programs know where their plugins were installed, so not below a DESTDIR
	DESTDIR='' make_at "$ROOT/usr/local"
	PATH=$ROOT/usr/local/bin:$PATH
	cd "$BATS_TEST_TMPDIR"
	printf 'body\nThe cat sat. The dog sat on the mat.\nDid it rain?\n' > small.csv
	run -0 make -s -f "$ROOT/usr/local/share/unroll/pipelines/wildml.mk" CSV=small.csv OUT=out \
	    VOCAB=50 HIDDEN=5 EPOCHS=1 SAMPLES=2
	[ "$(wc -l < out/samples.txt)" -eq 2 ]
	run -0 train -q -d blas -n 2 -e 1 -o m.npz out/train.index
	rm "$ROOT/usr/local/lib/unroll/libunroll-blas.so"
	run -1 --separate-stderr train -q -d blas -n 2 -e 1 -o m.npz out/train.index
	[[ "$stderr" == 'train: device blas: this build has no such plugin'* ]]
	# names.mk finds the installed names.txt
	run -0 make -s -f "$ROOT/usr/local/share/unroll/pipelines/names.mk" POINTS=1 HIDDEN=4 SAMPLES=2
	[ "$(wc -l < names/at-1.txt)" -eq 2 ]
}

@test "PROGRAM_PREFIX is prepended to programs and pages, and used inside them" {
	make_in install PROGRAM_PREFIX=unroll-
	[ ! -e "$ROOT/usr/local/bin/tok" ]
	PATH=$ROOT/usr/local/bin:$PATH
	run -0 unroll-tok -h
	[[ "$output" == 'unroll-tok - '*'usage: unroll-tok '*'example: unroll-tok '*'see unroll-tok(1)' ]]
	run -0 unroll-train -h
	[[ "$output" == *'example: unroll-tok '*' | unroll-vocab '*' | unroll-encode | unroll-train '* ]]
	run -0 --separate-stderr bash -c 'mandoc -T ascii "$1" | col -b' - \
	    "$ROOT/usr/local/share/man/man1/unroll-vocab.1"
	[[ "$output" == *"unroll-vocab"*"unroll-encode(1)"* ]]
	run grep -cE '^\.(Nm|Xr) (tok|vocab|encode)( |$)' "$ROOT/usr/local/share/man/man1/unroll-vocab.1"
	[ "$output" = 0 ]
	# examples and commands in the text use the installed names
	local pages=("$ROOT"/usr/local/share/man/man?/*) names=${TOOLS// /|}
	run -1 grep -nE "^\.(Dl|Ql) .*(^|[^-A-Za-z_.#])($names)( |\$)" "${pages[@]}"
	run -1 grep -nE "^($names) .*(\||>)" "${pages[@]}"
	sed -n '/^\.Bd -literal/,/^\.Ed/p' "$ROOT"/usr/local/share/man/man1/* > "$BATS_TEST_TMPDIR/blocks"
	run -1 grep -nE "(^|[^-A-Za-z_.#])($names)( |\$)" "$BATS_TEST_TMPDIR/blocks"
	run -0 grep -cE '^ *unroll-(tok|train|sample) |\| unroll-vocab |[$][(]unroll-cells ' "$BATS_TEST_TMPDIR/blocks"
	[ "$output" -gt 40 ]
	run -0 grep -c '[$][(]unroll-cells ' "$BATS_TEST_TMPDIR/blocks"
	cd data
	run -0 pipe "$(sed -n '/^\.Sh EXAMPLES/,/^\.Ed/s/^unroll-.*/&/p' "$ROOT/usr/local/share/man/man1/unroll-encode.1")"
	[ "${lines[-1]%%=*}" = '#end crc32' ]
	cd "$TOP"
	run -0 bash -c 'source "$1"; complete -p unroll-tok' - \
	    "$ROOT/usr/local/share/bash-completion/completions/unroll-tok"
	cd "$BATS_TEST_TMPDIR"
	printf 'body\nThe cat sat. The dog sat on the mat.\nDid it rain?\n' > small.csv
	run -0 make -s -f "$ROOT/usr/local/share/unroll/pipelines/wildml.mk" CSV=small.csv OUT=out \
	    VOCAB=50 HIDDEN=5 EPOCHS=1 SAMPLES=2
	# and so do messages that name other programs
	run -2 unroll-sample
	[[ "$output" == 'unroll-sample: '*'usage: unroll-sample [options] model' ]]
	run -1 unroll-train small.csv
	[[ "$output" == *'is `unroll-encode` missing from the pipe?' ]]
	run -1 unroll-encode small.csv
	[[ "$output" == *'is `unroll-vocab` missing from the pipe?' ]]
	run -1 unroll-vocab out/train.index
	[[ "$output" == *'is there an `unroll-encode` too many in the pipe?' ]]
	run -1 bash -c 'unroll-tok small.csv | unroll-vocab -q -n 5 | unroll-encode |
	    unroll-train -q -i out/model.npz -o other.npz'
	[[ "$output" == *'; encode with: unroll-encode -v MODEL' ]]
	cd "$TOP"
	make_in uninstall PROGRAM_PREFIX=unroll-
	[ -z "$(found)" ]
}

@test "programs and plugins are hardened" {
	[ -z "${SAN:-}" ] || skip 'a sanitizer replaces some of it'
	command -v readelf > /dev/null || skip 'no readelf'
	make_in install PREFIX=/usr
	for f in "$ROOT"/usr/bin/* "$ROOT"/usr/lib/unroll/*.so; do
		echo "$f"
		readelf -hldW "$f" > "$BATS_TEST_TMPDIR/elf"
		grep -q 'Type: *DYN' "$BATS_TEST_TMPDIR/elf"	# any address
		grep -q 'GNU_RELRO' "$BATS_TEST_TMPDIR/elf"
		grep -qE 'BIND_NOW|FLAGS.*NOW' "$BATS_TEST_TMPDIR/elf"
		! grep -q 'GNU_STACK.*RWE' "$BATS_TEST_TMPDIR/elf" || false
	done
	for t in $TOOLS; do
		readelf -dW "$ROOT/usr/bin/$t" | grep -q 'FLAGS_1.*PIE'
		readelf --dyn-syms -W "$ROOT/usr/bin/$t" > "$BATS_TEST_TMPDIR/symbols"
		grep -q '__stack_chk_fail' "$BATS_TEST_TMPDIR/symbols"
		grep -q '_chk@' "$BATS_TEST_TMPDIR/symbols"			# FORTIFY
	done
	readelf --dyn-syms -W "$ROOT/usr/lib/unroll/libunroll-blas.so" | grep -q __stack_chk_fail
}

@test "a PREFIX or a folder that make would take apart is refused in one line" {
	for prefix in '/a b' "/it's" '/a$(echo)' '/a`b'; do
		run -2 make -s BUILD="${BUILD#"$TOP/"}" -n install "PREFIX=${prefix//\$/\$\$}"
		echo "$output"
		[[ "$output" == *'PREFIX: '*'has a space or a special character'* ]]
	done
	mkdir "$BATS_TEST_TMPDIR/a b"
	cp -r Makefile mk "$BATS_TEST_TMPDIR/a b"
	cd "$BATS_TEST_TMPDIR/a b"
	run -2 make -s
	[[ "$output" == *'this folder: '*'a b'*'rename it or build in another'* ]]
	[ "${#lines[@]}" -eq 1 ]
}
