#!/usr/bin/env bats
# make demo: the parts that need neither a network nor a minute.

# shellcheck disable=SC2154
load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	mkdir fake
	cp -r "$TOP/mk" .
}

# fake NAME: a program of that name, which runs the script on standard input
fake() {
	{
		echo '#!/bin/sh'
		cat
	} > "fake/$1"
	chmod +x "fake/$1"
}

# debian: a machine on which the packages named in the file "installed" are
# installed, and apt-get notes what it is asked for
debian() {
	fake dpkg-query <<-'END'
		for p; do :; done
		if grep -qx "$p" installed; then printf 'install ok installed'; else exit 1; fi
	END
	fake apt-get <<-'END'
		echo "$*" >> asked
	END
	fake id <<-END
		echo $1
	END
	cp "$(command -v grep)" fake/grep
	printf '%s\n' one two > installed
}

# alone COMMAND...: sees the fake programs and the shell's own, no others
alone() {
	PATH=$PWD/fake "$@"
}

@test "deps: what is installed is not asked for" {
	debian 0
	run -0 --separate-stderr alone /bin/sh mk/deps.sh one two
	[ -z "$output$stderr" ]
	[ ! -e asked ]
}

@test "deps: root installs what is missing, and only that" {
	debian 0
	run -0 --separate-stderr alone /bin/sh mk/deps.sh one three two four
	[[ "$stderr" == *"installing three four" ]]
	grep -q '^install .* three four$' asked
}

@test "deps: others go through sudo, and are told what to ask for without it" {
	debian 1000
	fake sudo <<-'END'
		echo sudo >> asked
		exec "$@"
	END
	run -0 alone /bin/sh mk/deps.sh one three
	[ "$(grep -c sudo asked)" -ge 1 ]
	grep -q '^install .* three$' asked
	rm asked fake/sudo
	run -1 --separate-stderr alone /bin/sh mk/deps.sh one three
	[ "$stderr" = 'deps: not root; ask for: apt-get install three' ]
	[ ! -e asked ]
}

@test "deps: elsewhere than on Debian the packages are named" {
	debian 0
	rm fake/apt-get
	run -1 --separate-stderr alone /bin/sh mk/deps.sh one three
	[ "$stderr" = 'deps: no apt-get here; install what corresponds to: three' ]
}

@test "deps: the packages of the Makefile have names that Debian knows" {
	command -v apt-cache > /dev/null || skip 'no apt-cache'
	apt-cache show make > /dev/null 2>&1 || skip 'no list of packages'
	for p in $(make -s --no-print-directory -C "$TOP" --eval 'names: ; @echo $(DEPS) $(DEPS_DEV)' names); do
		apt-cache show "$p" > /dev/null || apt-cache showpkg "$p" | grep -A 1 'Reverse Provides' | grep -q .
	done
}

@test "probe: what is missing is said in one line" {
	run -1 --separate-stderr env PKG_CONFIG_LIBDIR=/nowhere PKG_CONFIG_PATH= CC=false mk/probe.sh out.mk
	[ "${stderr_lines[-1]}" = "probe: missing: openblas libutf8proc libzip zlib libcsv; 'make deps' installs what is needed" ]
	[ ! -e out.mk ]
}

# A make that notes its arguments and, for the pipeline, makes its last file.
fake_make() {
	fake make <<-'END'
		echo "$*" >> made
		case $* in *wildml*) mkdir -p demo; seq 10 | sed 's/^/Sentence /' > demo/samples.txt ;; esac
	END
}

@test "demo: builds, learns, prints ten sentences and says where things are" {
	fake_make
	run -0 --separate-stderr env PATH="$PWD/fake:$PATH" mk/demo.sh
	[ "$(grep -c '^Sentence' <<< "$output")" -eq 10 ]
	for f in model.npz vocab.tsv loss.log; do
		[[ "$output" == *"demo/$f"* ]]
	done
	grep -q ' here$' made
	grep -q 'CSV=data/comments.csv' made
}

@test "demo: packages that cannot be installed do not matter if the libraries are there" {
	fake_make
	cp -r "$TOP/mk" .
	printf '#!/bin/sh\necho "deps: not root; ask for: x" >&2\nexit 1\n' > mk/deps.sh
	run -0 --separate-stderr env PATH="$PWD/fake:$PATH" mk/demo.sh x
	[[ "$stderr" == *"going on"* ]]
	[[ "$output" == *"Sentence 10"* ]]
	rm -r demo
	run -1 --separate-stderr env PKG_CONFIG_LIBDIR=/nowhere PKG_CONFIG_PATH= PATH="$PWD/fake:$PATH" mk/demo.sh x
	[[ "$stderr" == *"probe: missing:"* ]]
	[ ! -e demo ]
}

@test "demo: the pipeline takes every variable that the demo sets" {
	for name in $(grep -oE '\b[A-Z_]+=' "$TOP/mk/demo.sh" | tr -d = | sort -u); do
		grep -qE "\\$\\($name\\)" "$TOP/pipelines/wildml.mk"
	done
}
