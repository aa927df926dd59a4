#!/usr/bin/env bash
# make test-cuda: the CUDA backend on a real GPU.  One line where there is none.
set -u
here=$(cd "$(dirname "$0")/../.." && pwd)
: "${BUILD:=$here/build/release}"
export UNROLL_PLUGINS=${UNROLL_PLUGINS:-$BUILD/plugins} LC_ALL=C
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failed=0

# check NAME COMMAND...
check() {
	local name=$1
	shift
	if "$@" > out 2>&1; then
		echo "ok $name"
	else
		echo "not ok $name"
		sed 's/^/# /' out
		failed=1
	fi
}

# train OPTION...: on the small stream
train() {
	"$BUILD/bin/train" -q -d cuda -H 20 "$@" tiny.stream
}

same_twice() {
	train -e 6 -E 2 "$@" -o one.npz && train -e 6 -E 2 "$@" -o two.npz && cmp one.npz two.npz
}

as_on_cpu() {
	train -D -e 6 -E 2 -o g.npz | sed 's/.*: //' > g
	train -D -e 6 -E 2 -o c.npz -d cpu | sed 's/.*: //' > c
	[ -s c ] && diff c g
}

# sanitizer TOOL OPTION...: compute-sanitizer finds nothing in a small training run
sanitizer() {
	local tool=$1
	shift
	compute-sanitizer --tool "$tool" --error-exitcode 9 \
	    "$BUILD/bin/train" -q -d cuda -H 20 -e 1 -E 1 -n 3 "$@" tiny.stream
}

"$here/tests/oracle/as-stream.sh" "$here/tests/expect/tiny.tsv" \
    < "$here/tests/expect/tiny.index.txt" > tiny.stream
if ! train -e 0 -E 0 > /dev/null 2> why; then
	sed 's/^train: /test-cuda: SKIP: /' why >&2
	exit 0
fi
for t in backend backend_cells steps; do
	check "$t: every entry against ref" "$BUILD/tests/unit/$t" cuda
done
check 'a product of more tiles than a grid is high' "$BUILD/tests/unit/tall" cuda
check 'gradcheck' "$BUILD/bin/gradcheck" -q -d cuda
check 'the loss log of cpu in double' as_on_cpu
check 'the same bytes twice, many sentences in one kernel' same_twice
check 'the same bytes twice, a kernel a layer' same_twice -b 20
check 'the same bytes twice, gated cells side by side' same_twice -c lstm -L 2 -B 4 -H 140
if command -v compute-sanitizer > /dev/null; then
	for tool in memcheck racecheck initcheck synccheck; do
		check "compute-sanitizer, $tool" sanitizer $tool
		for o in '-b 20' '-H 200 -b 99' '-c lstm -L 2 -p 0.2' '-c gru -a yes -O adam -m 8 -t'; do
			# shellcheck disable=SC2086
			check "compute-sanitizer, $tool, $o" sanitizer $tool $o
		done
	done
else
	echo 'ok compute-sanitizer # skip: it is not here'
fi
exit $failed
