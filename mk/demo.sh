#!/bin/sh
# demo.sh PACKAGE...: installs the packages, builds, and trains on data/comments.csv
#
# The steps are those of pipelines/wildml.mk, with settings for a small corpus.
set -eu
out=demo
unset MAKEFLAGS MFLAGS MAKELEVEL

if ! mk/deps.sh "$@"; then
	echo "demo: continuing with the installed packages" >&2
	mkdir -p build
	mk/probe.sh build/probe.mk 2>/dev/null || mk/probe.sh build/probe.mk
fi
echo "demo: building" >&2
make -s -j"$(nproc 2>/dev/null || echo 1)" here
echo "demo: training on data/comments.csv; this takes about a minute" >&2
make -s -f pipelines/wildml.mk OUT=$out CSV=data/comments.csv \
	VOCAB=1200 HIDDEN=128 RATE=0.005 EPOCHS=250 EVERY=10 TEMPERATURE=0.7 >&2
echo
cat $out/samples.txt
cat <<END

The model that wrote these sentences is $out/model.npz.
Its vocabulary is $out/vocab.tsv, and the log of its losses is $out/loss.log.
For more sentences: bin/sample -s 2 $out/model.npz | bin/decode -d
END
