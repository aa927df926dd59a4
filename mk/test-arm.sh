#!/usr/bin/env bash
# test-arm.sh ARM HOST: tests a build for AArch64 in the folder ARM under
# qemu-aarch64: the kernels by their own tests, and a pipeline from text to text
# whose results are compared with those of the build in HOST.  Vocabularies, index
# streams, samples, and a model trained without vector instructions must be the
# same; other losses may differ by 1e-4, as between instruction sets.
# SHAPES=all: every shape of the tests of backends, not the smaller ones alone.
set -u
cd "$(dirname "$0")/.." || exit 1
arm=$PWD/$1 host=$PWD/$2
csv=$PWD/data/comments.csv
passed=0 failed=0
points=40000			# for each elementary function
shapes='1 14' cells='1 10'	# seed and number of shapes
[ "${SHAPES:-few}" = few ] || shapes='' cells=''
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset UNROLL_ISA CUDA_VISIBLE_DEVICES

# check NAME COMMAND...: counts a test; shows the last line that it printed, or all
# of them if it failed
check() {
	local name=$1 start=$SECONDS
	shift
	if "$@" > "$work/out" 2>&1; then
		passed=$((passed + 1))
		echo "ok $name ($((SECONDS - start)) s) $(tail -n 1 "$work/out")"
	else
		failed=$((failed + 1))
		echo "not ok $name"
		sed 's/^/# /' "$work/out"
	fi
}

# a program of the suite, of either build
on_host() {
	UNROLL_PLUGINS=$host/plugins "$host/bin/$1" "${@:2}"
}
on_arm() {
	UNROLL_PLUGINS=$arm/plugins qemu-aarch64 "$arm/bin/$1" "${@:2}"
}

# pipeline FOLDER RUN: from text to text by the programs that RUN starts, into FOLDER;
# both sample from the model that was trained on the host
pipeline() {
	local to=$work/$1 run=$2 model=$work/host/lstm.npz
	mkdir -p "$to"
	$run tok "$csv" > "$to/tokens" &&
	$run vocab -q -n 400 "$to/tokens" > "$to/vocabulary" &&
	$run vocab -q -n 400 -t "$to/tokens" > "$to/table" &&
	$run encode "$to/vocabulary" > "$to/index" &&
	$run train -q -d cpu -H 24 -e 1 -E 1 -n 500 -o "$to/rnn.npz" "$to/index" > "$to/rnn.log" &&
	$run train -q -d cpu -c lstm -O adam -B 16 -H 16 -m 12 -e 1 -E 1 -n 500 -o "$to/lstm.npz" \
	    "$to/index" > "$to/lstm.log" &&
	UNROLL_ISA=plain $run train -q -d cpu -H 16 -e 1 -n 200 -o "$to/plain.npz" "$to/index" \
	    > "$to/plain.log" &&
	$run train -q -d blas -c gru -B 16 -H 16 -e 1 -E 1 -n 500 -o "$to/blas.npz" "$to/index" \
	    > "$to/blas.log" &&
	$run sample -q -d cpu -n 10 "$model" > "$to/sample" &&
	$run decode -q "$to/sample" > "$to/text"
}

# close LOG: the losses of both logs, in both as many, differ by at most 1e-4
close() {
	paste "$work/host/$1" "$work/arm/$1" | awk '{ d = $NF - $(NF / 2)
		if (d < 0) d = -d
		if (d > most) most = d
		n++ }
		END { printf "%d losses, the largest difference %g\n", n, most
			exit !(n > 1 && most <= 1e-4) }'
}

for t in "$arm"/tests/isa/elementary.*.f??; do
	check "${t##*/}" qemu-aarch64 "$t" $points
done
check pool qemu-aarch64 "$arm/tests/unit/pool" 0.2
for isa in neon plain; do
	# shellcheck disable=SC2086
	UNROLL_ISA=$isa check "backend on $isa" qemu-aarch64 "$arm/tests/unit/backend" cpu $shapes
	# shellcheck disable=SC2086
	UNROLL_ISA=$isa check "backend_cells on $isa" \
	    qemu-aarch64 "$arm/tests/unit/backend_cells" cpu $cells
done
check 'pipeline on the host' pipeline host on_host
check 'pipeline on AArch64' pipeline arm on_arm
for f in tokens vocabulary table index sample text; do
	check "$f: the same" cmp "$work/host/$f" "$work/arm/$f"
done
check 'model on plain: the same' cmp "$work/host/plain.npz" "$work/arm/plain.npz"
for f in rnn.log lstm.log blas.log; do
	check "$f: the same to 1e-4" close $f
done
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
