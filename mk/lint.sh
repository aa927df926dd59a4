#!/bin/sh
# lint.sh: runs every linter and both compilers, with warnings as errors
set -u
unset MAKEFLAGS MFLAGS MAKELEVEL
jobs=$(nproc 2>/dev/null || echo 1)
status=0

for tool in shellcheck mandoc cppcheck clang gcc; do
	if ! command -v "$tool" >/dev/null; then
		echo "lint: $tool: not installed; 'make deps-dev' installs it" >&2
		exit 1
	fi
done

# check NAME COMMAND...: reports whether the command succeeded; continues in any case
check() {
	name=$1
	shift
	if "$@"; then
		echo "lint: $name: clean"
	else
		echo "lint: $name: NOT CLEAN"
		status=1
	fi
}

# compiles CC: builds everything in a separate folder, but what nvcc compiles
compiles() {
	make -s -j"$jobs" BUILD="build/lint-$1" SAN= NVCC= CC="$1" \
		CFLAGS='-O2 -Werror' programs
}

# Excluded: typographic quotes in test data (SC1111) and variables set by bats
# (SC2154).  mk/cppcheck.txt gives the reasons for its exclusions.
# Scripts are recognised by their first line; all .bats files count.
scripts=$(git ls-files 2>/dev/null || find . -type f -not -path './build/*')
shells=$(for f in $scripts; do
	case $f in
	*.bats) echo "$f" ;;
	*) head -n 1 "$f" 2>/dev/null | grep -aqE '^#!.*[/ ](sh|bash)$' && echo "$f" ;;
	esac
done)
# shellcheck disable=SC2086
check shellcheck shellcheck -S warning -e SC1111,SC2154 -x $shells
check 'shellcheck, bash' shellcheck -s bash -e SC2154 tests/*.bash man/completion/*.bash
check mandoc mandoc -T lint -W warning man/*.[1-9]
folders=$(find lib kernels -type d -not -path '*/cuda' | sed 's/^/-I/')
cpp() {
	# shellcheck disable=SC2086
	cppcheck --quiet --error-exitcode=1 --std=c11 -j "$jobs" --enable=warning,portability \
		--inline-suppr --suppressions-list=mk/cppcheck.txt -D_XOPEN_SOURCE=700 \
		-DVERSION='""' -DTOOLS='""' -DPLUGINS='""' -U__cplusplus $folders "$@"
}
check 'cppcheck, bin and lib' cpp -UREAL_IS_FLOAT -UREAL_IS_DOUBLE bin lib tests/unit tests/fuzz tests/bench/timed.c
for real in REAL_IS_FLOAT REAL_IS_DOUBLE; do
	check "cppcheck, kernels, $real" cpp -D$real -DISA=plain -DISA_PLAIN -UISA_AVX2 -UISA_AVX512 \
		-UISA_NEON kernels
done
check gcc compiles gcc
check clang compiles clang
exit $status
