#!/usr/bin/env bash
# make test-cuda: the CUDA backend on a real GPU.  One line where there is none.
#
#	on-gpu.sh [PART...]	kernels: every entry against ref
#				programs: training as on the cpu, the same bytes twice
#				sanitizers: compute-sanitizer on the kernel of many sentences
#				nets: compute-sanitizer on other nets
#				(default: all)
set -u
here=$(cd "$(dirname "$0")/../.." && pwd)
: "${BUILD:=$here/build/release}"
export BUILD UNROLL_PLUGINS=${UNROLL_PLUGINS:-$BUILD/plugins}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source=tests/cuda/harness.bash
. "$here/tests/cuda/harness.bash"
cd "$work" || exit 1
[ $# -gt 0 ] || set -- kernels programs sanitizers nets

# train OPTION...: on the small stream
train() {
	"$BUILD/bin/train" -q -d cuda -H 20 "$@" tiny.stream
}

# has_tf32: the GPU is new enough
has_tf32() {
	! train --force --precision tf32 -e 0 -E 0 -o zero.npz 2>&1 | grep -q 'compute capability'
}

same_twice() {
	train -e 6 -E 2 "$@" -o one.npz && train -e 6 -E 2 "$@" -o two.npz && cmp one.npz two.npz
}

as_on_cpu() {
	train -D -e 6 -E 2 -o g.npz | sed 's/.*: //' > g
	train -D -e 6 -E 2 -o c.npz -d cpu | sed 's/.*: //' > c
	[ -s c ] && diff c g
}

# sanitizer TOOL COMMAND...: finds nothing in the command
sanitizer() {
	compute-sanitizer --error-exitcode 9 --tool "$@"
}
export -f train same_twice as_on_cpu sanitizer

kernels() {
	check 60 'steps: the tutorial'\''s net, many sentences in one kernel' \
	    "$BUILD/tests/unit/steps" cuda 1 target
	check 60 'steps: other nets' "$BUILD/tests/unit/steps" cuda
	check 60 'backend: every entry against ref' "$BUILD/tests/unit/backend" cuda
	check 60 'backend_cells: gated cells, dense layers, updates against ref' \
	    "$BUILD/tests/unit/backend_cells" cuda
	check 60 'backend_sparse: sparse output layers, lazy updates against ref' \
	    "$BUILD/tests/unit/backend_sparse" cuda
	if has_tf32; then
		check 60 'tf32: products of rounded operands' "$BUILD/tests/unit/tf32" cuda
	fi
	check 30 'tall: a product of more tiles than a grid is high' "$BUILD/tests/unit/tall" cuda
}

programs() {
	check 30 'gradcheck' "$BUILD/bin/gradcheck" -q -d cuda
	check 30 'the loss log of cpu in double' as_on_cpu
	check 30 'the same bytes twice, many sentences in one kernel' same_twice
	check 30 'the same bytes twice, a kernel a layer' same_twice -b 20
	check 30 'the same bytes twice, gated cells' same_twice -c lstm -L 2 -B 4 -H 140
	if has_tf32; then
		check 30 'the same bytes twice, TF32' same_twice -c lstm -L 2 -B 4 -H 140 --precision tf32
	else
		skipped 'TF32' 'the GPU is too old'
	fi
	check 30 'the same bytes twice, sampled softmax' same_twice --softmax sampled
}

sanitizers() {
	for tool in racecheck memcheck synccheck; do
		check 90 "compute-sanitizer, $tool, steps" sanitizer $tool "$BUILD/tests/unit/steps" cuda 1 target
	done
}

nets() {
	local o tool
	for tool in memcheck racecheck initcheck synccheck; do
		for o in '-b 4' '-b 20' '-H 200 -b 99' '-c lstm -L 2 -p 0.2' '-c gru -a yes -O adam -m 8 -t'; do
			# shellcheck disable=SC2086
			check 60 "compute-sanitizer, $tool, $o" sanitizer $tool "$BUILD/bin/train" -q -d cuda \
			    -H 20 -e 1 -E 1 -n 3 $o tiny.stream
		done
	done
}

"$here/tests/oracle/as-stream.sh" "$here/tests/expect/tiny.tsv" \
    < "$here/tests/expect/tiny.index.txt" > tiny.stream
gpu_or_exit test-cuda train --force -e 0 -E 0 -o zero.npz
for part; do
	case $part in
	kernels | programs) "$part" ;;
	sanitizers | nets)
		if command -v compute-sanitizer > /dev/null; then
			"$part"
		else
			skipped "compute-sanitizer, $part" 'it is not here'
		fi ;;
	*)
		echo "on-gpu.sh: no part $part" >&2
		exit 2 ;;
	esac
done
count_checks test-cuda
