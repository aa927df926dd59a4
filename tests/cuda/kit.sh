#!/bin/sh
# make gpu-kit: all that a machine with a GPU, its driver and nothing else needs for
# checks.sh, in one folder: stripped programs and plugin, the libraries that such a machine
# may lack, scripts and data.  Copy the folder there and run tests/cuda/checks.sh in it.
#
#	kit.sh FOLDER		BUILD: the build that it is made from
set -eu
here=$(cd "$(dirname "$0")/../.." && pwd)
: "${BUILD:=$here/build/release}"
kit=$1
plugin=${KIT_PLUGIN:-$BUILD/plugins/libunroll-cuda.so}	# the tests pack the emulated one

rm -rf "$kit"
for folder in bin plugins lib tests/unit tests/bench tests/cuda tests/oracle tests/expect; do
	mkdir -p "$kit/$folder"
done
for f in bin/train bin/sample bin/gradcheck tests/bench/step tests/unit/steps tests/unit/tall \
    tests/unit/backend tests/unit/backend_cells tests/unit/backend_sparse tests/unit/tf32; do
	strip -o "$kit/$f" "$BUILD/$f"
done
strip -o "$kit/plugins/libunroll-cuda.so" "$plugin"
chmod go-w "$kit/plugins" "$kit/plugins/libunroll-cuda.so"
cp "$here"/tests/cuda/*.sh "$here"/tests/cuda/harness.bash "$kit/tests/cuda"
cp "$here/tests/bench/cuda.sh" "$kit/tests/bench"
cp "$here"/tests/oracle/as-stream.sh "$here"/tests/oracle/find-python.sh \
    "$here"/tests/oracle/bench_*.py "$kit/tests/oracle"
cp "$here/tests/expect/tiny.tsv" "$here/tests/expect/tiny.index.txt" "$kit/tests/expect"
# Every library but those that come with the C library and with C++.
for f in "$kit"/bin/* "$kit"/tests/unit/*; do
	ldd "$f"
done | awk '$2 == "=>" && $3 ~ /^\// { print $3 }' | sort -u |
    grep -vE '/(libc|libm|libdl|libpthread|librt|libstdc\+\+|libgcc_s)\.so' |
    while read -r lib; do
	cp -L "$lib" "$kit/lib"
done
du -sh "$kit"
