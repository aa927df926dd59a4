#!/bin/sh
# probe.sh FILE: finds the libraries, writes their compiler flags to FILE as make
# variables, and reports what it found on standard error.  If a library is missing,
# it reports that in one line and exits with status 1.  Optional are liblzma and libzstd, which
# unpack input, nvcc, which builds the plugin for NVIDIA GPUs, a C++ compiler, which builds the
# tests of that plugin, and MPI, which the plugin for training by several processes needs.
set -eu
out=$1
missing=

# find VARIABLE MODULE: writes the flags of a pkg-config module
find() {
	if pkg-config --exists "$2"; then
		echo "probe: $2 $(pkg-config --modversion "$2")" >&2
		echo "$1_CFLAGS := $(pkg-config --cflags-only-I "$2")"
		echo "$1_LIBS := $(pkg-config --libs "$2")"
	else
		missing="$missing $2"
	fi
}

# find_optional VARIABLE MODULE WHAT: the same of a module that the build can do without
find_optional() {
	if pkg-config --exists "$2"; then
		find "$1" "$2"
	else
		echo "probe: no $2; $3" >&2
	fi
}

# find_csv: libcsv, which has no pkg-config module, so a program is compiled and linked
find_csv() {
	if printf '%s\n' '#include <csv.h>' 'int main(void) { struct csv_parser p; return csv_init(&p, 0); }' |
	    ${CC:-cc} -x c -o "$out.o" - -lcsv 2>/dev/null; then
		version=$(printf '%s\n' '#include <csv.h>' 'CSV_MAJOR.CSV_MINOR.CSV_RELEASE' | ${CC:-cc} -E -P - | tail -n 1)
		echo "probe: libcsv $(echo "$version" | tr -d ' ')" >&2
		echo "CSV_LIBS := -lcsv"
	else
		missing="$missing libcsv"
	fi
}

# find_mpi: OpenMPI or MPICH, whose pkg-config modules have these names, or what mpicc
# says; MPI=mpich in the environment, or MPI=mpicc.mpich, takes that one.  A program is
# compiled and linked
find_mpi() {
	for module in ${MPI:-ompi-c mpich mpi mpicc}; do
		flags=$(pkg-config --cflags --libs "$module" 2>/dev/null) ||
			flags=$("$module" -show 2>/dev/null | cut -d ' ' -f 2-)
		# shellcheck disable=SC2086
		if printf '%s\n' '#include <mpi.h>' 'int main(void) { return MPI_Init(0, 0); }' |
		    ${CC:-cc} -x c -o "$out.o" - $flags 2>/dev/null; then
			echo "probe: $module $(pkg-config --modversion "$module" 2>/dev/null)" >&2
			echo "MPI_CFLAGS := $(printf '%s\n' $flags | grep '^-I' | tr '\n' ' ')"
			echo "MPI_LIBS := $(printf '%s\n' $flags | grep -v '^-I' | tr '\n' ' ')"
			return
		fi
	done
	echo "probe: no MPI; the plugin for training by several processes is not built" >&2
}

# works COMPILER FLAG...: whether the compiler accepts the source on standard input
works() {
	command -v "$1" >/dev/null 2>&1 && "$@" -c -o "$out.o" - 2>/dev/null >&2
}

# hardened VARIABLE FLAG...: writes those of the flags that the compiler knows
hardened() {
	variable=$1 flags=''
	shift
	for flag in "$@"; do
		# shellcheck disable=SC2086
		if echo 'int main(void) { return 0; }' |
		    ${CC:-cc} -O2 -Werror $flag -x c -o "$out.o" - 2>/dev/null; then
			flags="$flags $flag"
		fi
	done
	echo "$variable :=$flags"
}

# find_nvcc: the path of an nvcc that works together with its host compiler
find_nvcc() {
	for nvcc in "${NVCC:-nvcc}" "${CUDA_HOME:-/usr/local/cuda}/bin/nvcc"; do
		if echo '__global__ void f(int *x) { *x = 1; }' | works "$nvcc" -ccbin "${CXX:-c++}" -x cu; then
			command -v "$nvcc"
			return
		fi
	done
}

if ! command -v pkg-config >/dev/null; then
	echo "probe: pkg-config: not installed; 'make deps' installs it" >&2
	exit 1
fi
{
	find OPENBLAS openblas
	find UTF8PROC libutf8proc
	find LIBZIP libzip
	find ZLIB zlib
	find_optional LZMA liblzma 'xz data are not unpacked'
	find_optional ZSTD libzstd 'zstd data are not unpacked'
	find_csv
	find_mpi
	hardened HARDEN_CFLAGS -fstack-protector-strong -fstack-clash-protection -fPIE
	hardened FORTIFY_CFLAGS '-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3'
	hardened HARDEN_LDFLAGS -Wl,-z,relro,-z,now
	hardened PIE '-fPIE -pie'
	nvcc=$(find_nvcc)
	echo "NVCC := $nvcc"
	if [ -n "$nvcc" ]; then
		echo "probe: nvcc $("$nvcc" --version | sed -n 's/.*release \([0-9.]*\).*/\1/p')" >&2
	else
		echo "probe: no working nvcc; the plugin for NVIDIA GPUs (-d cuda) is not built" >&2
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
