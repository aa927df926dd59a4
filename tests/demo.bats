#!/usr/bin/env bats
# make demo: the parts that need no network and finish quickly.

# shellcheck disable=SC2154
load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	mkdir fake
	cp -r "$TOP/mk" .
}

# fake NAME: makes a program of that name from the script on standard input
fake() {
	{
		echo '#!/bin/sh'
		cat
	} > "fake/$1"
	chmod +x "fake/$1"
}

# debian UID: a machine on which the packages named in the file "installed" are
# installed, and apt-get records its arguments
debian() {
	fake dpkg <<-'END'
		case $1 in
		--print-architecture) echo amd64 ;;
		--add-architecture) echo "$*" >> asked ;;
		esac
	END
	fake dpkg-query <<-'END'
		for p; do :; done
		grep -qx "$p" installed || exit 1
		case $p in *:*) echo "${p#*:} install ok installed" ;; *) echo 'amd64 install ok installed' ;; esac
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

# alone COMMAND...: runs it with the fake programs and shell built-ins only
alone() {
	PATH=$PWD/fake "$@"
}

@test "deps: an installed package is not requested" {
	debian 0
	run -0 --separate-stderr alone /bin/sh mk/deps.sh one two
	[ -z "$output$stderr" ]
	[ ! -e asked ]
}

@test "deps: root installs the missing packages and no others" {
	debian 0
	run -0 --separate-stderr alone /bin/sh mk/deps.sh one three two four
	[[ "$stderr" == *"installing three four" ]]
	grep -q '^install .* three four$' asked
}

@test "deps: a package of another architecture is asked for with that architecture" {
	debian 0
	echo one:arm64 >> installed
	run -0 --separate-stderr alone /bin/sh mk/deps.sh one one:arm64
	[ ! -e asked ]
	run -0 --separate-stderr alone /bin/sh mk/deps.sh one:arm64 two:arm64
	[[ "$stderr" == *"installing two:arm64" ]]
	grep -qx -- '--add-architecture arm64' asked
	grep -q '^install .* two:arm64$' asked
}

@test "deps: other users go through sudo; without it a message says what to ask for" {
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
	[ "$stderr" = 'deps: must be root to install packages; ask an administrator for: apt-get install three' ]
	[ ! -e asked ]
}

@test "deps: on systems other than Debian the packages are listed" {
	debian 0
	rm fake/apt-get
	run -1 --separate-stderr alone /bin/sh mk/deps.sh one three
	[ "$stderr" = 'deps: apt-get: not found; install the equivalents of: three' ]
}

@test "deps: Debian has the packages that the Makefile names" {
	command -v apt-cache > /dev/null || skip 'no apt-cache'
	apt-cache show make > /dev/null 2>&1 || skip 'no list of packages'
	local known p
	read -r -a names < <(make -s --no-print-directory -C "$TOP" --eval 'names: ; @echo $(DEPS) $(DEPS_OPTIONAL) $(DEPS_DEV)' names)
	known=$(apt-cache show "${names[@]}" 2> /dev/null | sed -n 's/^Package: //p')	# one call: each takes a second
	for p in "${names[@]}"; do
		grep -qxF "$p" <<< "$known" || apt-cache showpkg "$p" | grep -A 1 'Reverse Provides' | grep -q .
	done
}

@test "probe: without liblzma and libzstd the build goes on, and what it lacks is told" {
	mkdir only
	for module in openblas libutf8proc libzip zlib; do
		printf 'Name: x\nDescription: x\nVersion: 1\nLibs:\n' > "only/$module.pc"
	done
	run -0 --separate-stderr env PKG_CONFIG_LIBDIR="$PWD/only" PKG_CONFIG_PATH= NVCC=false CUDA_HOME=/none mk/probe.sh out.mk
	grep -qx 'probe: no liblzma; xz data are not unpacked' <<< "$stderr"
	grep -qx 'probe: no libzstd; zstd data are not unpacked' <<< "$stderr"
	run -1 grep -E 'LZMA|ZSTD' out.mk
}

@test "probe: missing libraries are reported in one line" {
	run -1 --separate-stderr env PKG_CONFIG_LIBDIR=/nowhere PKG_CONFIG_PATH= CC=false mk/probe.sh out.mk
	[ "${stderr_lines[-1]}" = "probe: missing: openblas libutf8proc libzip zlib libcsv; 'make deps' installs what is needed" ]
	[ ! -e out.mk ]
}

# A make that records its arguments and, for the pipeline, makes its last file.
fake_make() {
	fake make <<-'END'
		echo "$*" >> made
		case $* in *wildml*) mkdir -p demo; seq 10 | sed 's/^/Sentence /' > demo/samples.txt ;; esac
	END
}

@test "demo: builds, trains, prints ten sentences and names the files" {
	fake_make
	run -0 --separate-stderr env PATH="$PWD/fake:$PATH" mk/demo.sh
	[ "$(grep -c '^Sentence' <<< "$output")" -eq 10 ]
	for f in model.npz vocab.tsv loss.log; do
		[[ "$output" == *"demo/$f"* ]]
	done
	grep -q ' here$' made
	grep -q 'CSV=data/comments.csv' made
}

@test "demo: continues without installing packages if the libraries are present" {
	fake_make
	cp -r "$TOP/mk" .
	printf '#!/bin/sh\necho "deps: not root; ask for: x" >&2\nexit 1\n' > mk/deps.sh
	run -0 --separate-stderr env PATH="$PWD/fake:$PATH" mk/demo.sh x
	[[ "$stderr" == *"continuing with the installed packages"* ]]
	[[ "$output" == *"Sentence 10"* ]]
	rm -r demo
	run -1 --separate-stderr env PKG_CONFIG_LIBDIR=/nowhere PKG_CONFIG_PATH= PATH="$PWD/fake:$PATH" mk/demo.sh x
	[[ "$stderr" == *"probe: missing:"* ]]
	[ ! -e demo ]
}

@test "demo: the pipeline uses every variable that the demo sets" {
	for name in $(grep -oE '\b[A-Z_]+=' "$TOP/mk/demo.sh" | tr -d = | sort -u); do
		grep -qE "\\$\\($name\\)" "$TOP/pipelines/wildml.mk" "$TOP/pipelines/words.mk"
	done
}
