#!/bin/sh
# Finds the libraries and writes their flags as make variables to the file
# named first; says on standard error what it found.  One line and status 1
# if something is missing.
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

if ! command -v pkg-config >/dev/null; then
	echo "probe: pkg-config is missing; 'make deps' installs what is needed" >&2
	exit 1
fi
{
	find OPENBLAS openblas
	find UTF8PROC libutf8proc
	find LIBZIP libzip
	find ZLIB zlib
} > "$out.new"
if [ -n "$missing" ]; then
	echo "probe: missing:$missing; 'make deps' installs what is needed" >&2
	exit 1
fi
mv "$out.new" "$out"
