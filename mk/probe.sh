#!/bin/sh
# Finds the libraries and writes their flags as make variables to the file
# named first; says on standard error what it found.  One line and status 1
# if something is missing.  What only adds to the build may be: nvcc, without
# which there is no plugin for NVIDIA GPUs, and a C++ compiler, without which
# that plugin is not tested.
set -eu
out=$1
missing=

# find VARIABLE MODULE: compiler and linker flags of a pkg-config module
find() {
	if pkg-config --exists "$2"; then
		echo "probe: $2 $(pkg-config --modversion "$2")" >&2
		echo "$1_CFLAGS := $(pkg-config --cflags-only-I "$2")"
		echo "$1_LIBS := $(pkg-config --libs "$2")"
	else
		missing="$missing $2"
	fi
}

# find_csv: libcsv, which has no pkg-config module: what compiles and links is there
find_csv() {
	if printf '%s\n' '#include <csv.h>' 'int main(void) { struct csv_parser p; return csv_init(&p, 0); }' |
	    "${CC:-cc}" -x c -o "$out.o" - -lcsv 2>/dev/null; then
		version=$(printf '%s\n' '#include <csv.h>' 'CSV_MAJOR.CSV_MINOR.CSV_RELEASE' | "${CC:-cc}" -E -P - | tail -n 1)
		echo "probe: libcsv $(echo "$version" | tr -d ' ')" >&2
		echo "CSV_LIBS := -lcsv"
	else
		missing="$missing libcsv"
	fi
}

# works COMPILER FLAG...: it compiles what follows on standard input
works() {
	command -v "$1" >/dev/null 2>&1 && "$@" -c -o "$out.o" - 2>/dev/null >&2
}

# find_nvcc: where it is, if it and its host compiler work
find_nvcc() {
	for nvcc in "${NVCC:-nvcc}" "${CUDA_HOME:-/usr/local/cuda}/bin/nvcc"; do
		if echo '__global__ void f(int *x) { *x = 1; }' | works "$nvcc" -ccbin "${CXX:-c++}" -x cu; then
			command -v "$nvcc"
			return
		fi
	done
}

if ! command -v pkg-config >/dev/null; then
	echo "probe: pkg-config is missing; 'make deps' installs what is needed" >&2
	exit 1
fi
{
	find OPENBLAS openblas
	find UTF8PROC libutf8proc
	find LIBZIP libzip
	find ZLIB zlib
	find_csv
	nvcc=$(find_nvcc)
	echo "NVCC := $nvcc"
	if [ -n "$nvcc" ]; then
		echo "probe: nvcc $("$nvcc" --version | sed -n 's/.*release \([0-9.]*\).*/\1/p')" >&2
	else
		echo "probe: no nvcc that works: without the plugin for NVIDIA GPUs (-d cuda)" >&2
	fi
	if echo 'int f() { return [] { return 1; }(); }' | works "${CXX:-c++}" -std=c++17 -x c++; then
		echo "HAVE_CXX := yes"
	fi
	rm -f "$out.o"
} > "$out.new"
if [ -n "$missing" ]; then
	echo "probe: missing:$missing; 'make ${DEPS_TARGET:-deps}' installs what is needed" >&2
	exit 1
fi
mv "$out.new" "$out"
