#!/bin/sh
# demo.sh PACKAGE...: dependencies, build, the whole pipe on data/comments.csv
#
# The steps are those of pipelines/wildml.mk; the figures suit a small corpus.
set -eu
out=demo
unset MAKEFLAGS MFLAGS MAKELEVEL

if ! mk/deps.sh "$@"; then
	echo "demo: going on with what is installed" >&2
	mkdir -p build
	mk/probe.sh build/probe.mk 2>/dev/null || mk/probe.sh build/probe.mk
fi
echo "demo: building" >&2
make -s -j"$(nproc 2>/dev/null || echo 1)" here
echo "demo: learning from data/comments.csv; this takes a minute or so" >&2
make -s -f pipelines/wildml.mk OUT=$out CSV=data/comments.csv \
	VOCAB=1200 HIDDEN=128 RATE=0.005 EPOCHS=250 EVERY=10 TEMPERATURE=0.7 >&2
echo
cat $out/samples.txt
cat <<END

These sentences were written by the model $out/model.npz,
its vocabulary is $out/vocab.tsv, and how its loss fell is in $out/loss.log.
More of them: bin/sample -s 2 $out/model.npz | bin/decode -d
END
