#!/usr/bin/env bash
# Times the arithmetic against what else there is, in one run and in turn, and
# prints a table for BENCH.md.  Opponents that are not installed are left out
# with a word.
#
#	bench/train.sh [ROUNDS [SECONDS]]	rounds (5), and seconds a figure (2)
#	SIZES=0 leaves the table over H and C out
set -eu -o pipefail
here=$(cd "$(dirname "$0")/../.." && pwd)
: "${BUILD:=$here/build/release}"
rounds=${1:-5} seconds=${2:-2}
step=$BUILD/tests/bench/step gemm=$BUILD/tests/bench/gemm
export UNROLL_PLUGINS=$BUILD/plugins
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# median FILE COLUMN
median() {
	awk -v c="$2" '{ print $c }' "$1" | sort -g | awk '{ a[NR] = $1 } END {
		print NR % 2 ? a[(NR + 1) / 2] : (a[NR / 2] + a[NR / 2 + 1]) / 2 }'
}

# The instruction sets that matter here, of those the processor has.
isa() {
	local flag
	for flag in avx2 avx512f avx512_bf16 amx_bf16; do
		! grep -qw "$flag" /proc/cpuinfo || printf ' %s' "$flag"
	done
	echo ';'
}

machine() {
	local cpu
	cpu=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)
	echo "Machine: $cpu, $(nproc) processors,$(isa)" \
	    "$(uname -sr); $(${CC:-cc} --version | head -n 1);" \
	    "OpenBLAS $(pkg-config --modversion openblas) on $("$gemm" 1 0 | sed 's/.*, \(.*\))/\1/');" \
	    "NumPy ${numpy:+$("$numpy" -c 'import numpy; print(numpy.__version__)')}," \
	    "PyTorch ${torch:+$("$torch" -c 'import torch; print(torch.__version__)')}."
	echo "Load when it began: $(cut -d ' ' -f 1 /proc/loadavg)."
}

# per_sentence: the mean out of bench_time.py's line
per_sentence() {
	sed -n 's/.*: \([0-9.]*\) ms per sentence.*mean \([0-9.]*\).*/\2/p'
}

one_round() {
	local t
	for t in 1 2; do
		"$step" sgd cpu $t 100 8000 4 1 "$seconds" < "$work/lines" >> "$work/ours.$t"
		"$step" sgd blas $t 100 8000 4 1 "$seconds" < "$work/lines" >> "$work/blas.$t"
		"$step" sgd cpu $t 100 8000 4 32 "$seconds" < "$work/lines" >> "$work/batch.$t"
		"$step" eval cpu $t 100 8000 4 4096 "$seconds" < "$work/lines" >> "$work/eval.$t"
		"$gemm" $t "$seconds" >> "$work/gemm.$t"
		if [ -n "$numpy" ]; then
			"$numpy" "$here/tests/oracle/bench_numpy.py" --data "$work/lines" --threads $t \
			    --limit 20 --warm-up 3 | per_sentence >> "$work/literal.$t"
			"$numpy" "$here/tests/oracle/bench_numpy.py" --data "$work/lines" --threads $t \
			    --batched | per_sentence >> "$work/batched.$t"
		fi
		if [ -n "$torch" ]; then
			"$torch" "$here/tests/oracle/bench_torch.py" --data "$work/lines" --threads $t |
			    per_sentence >> "$work/torch.$t"
		fi
	done
}

# row NAME FILE: milliseconds a sentence at 1 and 2 threads, and how many times ours
row() {
	[ -s "$work/$2.1" ] || return 0
	awk -v name="$1" -v a="$(median "$work/$2.1" 1)" -v b="$(median "$work/$2.2" 1)" \
	    -v oa="$(median "$work/ours.1" 1)" -v ob="$(median "$work/ours.2" 1)" 'BEGIN {
		printf "| %s | %.3f | %.3f | %.1f | %.1f |\n", name, a, b, a / oa, b / ob }'
}

rate() {
	printf '| %s | %.1f | %.1f |\n' "$1" "$(median "$work/$2.1" "$3")" \
	    "$(median "$work/$2.2" "$3")"
}

step_table() {
	echo
	echo "A step of SGD, one sentence (C=8000, H=100, bptt 4, 22 words on average)," \
	    "medians of $rounds rounds in turn:"
	echo
	echo '| what | 1 thread, ms | 2 threads, ms | times ours (1) | times ours (2) |'
	echo '| --- | --- | --- | --- | --- |'
	row 'NumPy, the algorithm step by step, double' literal
	row 'NumPy, batched over t, float' batched
	row 'PyTorch, embedding + RNN + linear, whole BPTT, float' torch
	row 'ours, by OpenBLAS (-d blas)' blas
	row 'ours (-d cpu)' ours
	row 'ours, 32 sentences a step (-B 32)' batch
	echo
	echo '| GFLOP/s | 1 thread | 2 threads |'
	echo '| --- | --- | --- |'
	rate 'OpenBLAS, 2048 x 2048 x 2048' gemm 1
	rate 'a step' ours 5
	rate 'a step of 32 sentences' batch 5
	rate 'forward only (evaluation, score)' eval 5
}

# size H C: GFLOP/s of a step and its part of a large product's, and -B 32's
size() {
	local lines=$work/size.$2 n=200 i key=$work/size

	[ $(($1 * $2)) -lt 4000000 ] || n=40
	[ -s "$lines" ] || "$step" gen 200 "$2" 1 > "$lines"
	rm -f "$key".{one,many,big}
	for ((i = 0; i < rounds; i++)); do
		head -n $n "$lines" | "$step" sgd cpu 2 "$1" "$2" 4 1 "$seconds" >> "$key.one"
		head -n $n "$lines" | "$step" sgd cpu 2 "$1" "$2" 4 32 "$seconds" >> "$key.many"
		"$gemm" 2 "$seconds" >> "$key.big"
	done
	awk -v h="$1" -v c="$2" -v a="$(median "$key.one" 5)" -v b="$(median "$key.many" 5)" \
	    -v g="$(median "$key.big" 1)" 'BEGIN {
		printf "| %d | %d | %.0f | %.2f | %.0f | %.2f | %.2f |\n", h, c, a, a / g, b, b / g, b / a }'
}

size_table() {
	echo
	echo 'Any size: a step of one sentence on 2 threads and a step of 32, GFLOP/s and part of' \
	    "what OpenBLAS reaches on a large product in the same minute, medians of $rounds rounds" \
	    'in turn:'
	echo
	echo '| H | C | GFLOP/s | of a large product | -B 32, GFLOP/s | of a large product | times -B 1 |'
	echo '| --- | --- | --- | --- | --- | --- | --- |'
	for h in 50 100 256 512 1024; do
		for c in 2000 8000 32000 128000; do
			size $h $c
		done
	done
}

# bound H C L G M E TIED DROP: what train(1) states for such a network, in MB, where
# the largest step or evaluation of $text is of $longest words
bound() {
	awk -v h="$1" -v c="$2" -v l="$3" -v g="$4" -v m="$5" -v e="$6" -v tied="$7" -v drop="$8" \
	    -v n="$(wc -w < "$text")" -v t="$longest" 'BEGIN {
		bias = g > 1 ? l * (g * h + (g == 3) * h) + c : 0
		first = g * h * (e ? e : c)
		d = l * g * h * h + (l - 1) * g * h * h + (e ? first : 0) + (tied && e != h) * e * h
		p = d + (e ? 0 : first) + c * (tied ? e : h) + (e && !tied) * e * c + bias
		w = (g > 1 ? l * (g + 2) + g + 4 : l + 7) + 3 * l * drop
		wide = int((h + 31) / 32) * 32 + 16
		b = 4 * ((3 + 2 * m) * p + (2 + m) * d + t * (w * wide + 4 * e) + 256 * c)
		b += c > 512 ? 0 : 4 * 4096 * (c + 48)
		printf "%.0f", (b + 24 * t + 6 * n) / 1048576 + 5 }'
}

# memory C L G M E TIED DROP H OPTION...: a row of the table
memory() {
	local c=$1 h=$8 most

	most=$(bound "$8" "$1" "$2" "$3" "$4" "$5" "$6" "$7")
	shift 8
	"$here/tests/oracle/as-stream.sh" "$c" < "$text" > "$work/stream"
	"$BUILD/tests/bench/timed" "$work/peak" "$BUILD/bin/train" -q -H "$h" "$@" -e 1 -E 1 \
	    -o "$work/m.npz" "$work/stream" > "$work/log"
	tail -n 1 "$work/peak" | awk -v c="$c" -v what="-H $h${*:+ $*}" -v most="$most" '{
		printf "| %s | %d | %.0f | %d |%s\n", what, c, $2 / 1024, most,
		    ($2 / 1024 > most ? " PAST THE BOUND" : "") }'
}

# The bound of train(1) against what train takes.
memory_table() {
	echo
	echo 'Peak memory of train, 200 sentences and then one of 200000 words, against the' \
	    'bound that train(1) states:'
	echo
	echo '| network | C | MB | bound, MB |'
	echo '| --- | --- | --- | --- |'
	local text=$work/lines longest=4096
	for h in 100 512; do
		memory 8000 1 1 0 0 0 0 $h
		memory 32000 1 1 0 0 0 0 $h
	done
	memory 8000 1 1 2 0 0 0 100 -O adam
	memory 8000 2 4 2 0 0 0 256 -c lstm -L 2 -O adam
	memory 8000 3 4 1 0 0 1 256 -c lstm -L 3 -O rmsprop -p 0.5
	memory 8000 1 3 1 0 0 0 1024 -c gru -O adagrad
	memory 8000 2 3 1 300 1 1 128 -c gru -L 2 -m 300 -t -p 0.2 -O momentum
	text=$work/long longest=200000
	awk -v n=$longest 'BEGIN {
		printf 0; for (i = 1; i < n; i++) printf " %d", 2 + i * i % 487; print " 1" }' > "$text"
	memory 500 1 1 0 0 0 0 32
	memory 8000 1 1 0 0 0 0 32
	memory 500 1 1 2 0 0 0 100 -O adam
	memory 500 2 1 1 20 0 1 32 -L 2 -m 20 -p 0.5 -O adagrad
	memory 500 1 4 0 0 0 0 32 -c lstm
	memory 500 2 3 1 16 1 1 48 -c gru -L 2 -m 16 -t -p 0.2 -O momentum
}

# cell CELL LAYERS H V SEQUENCES ROWS RULE: characters a second, the best of one
# and two threads of each in turn, medians of the rounds
cell() {
	local i t key=$work/cell
	rm -f "$key".*
	for ((i = 0; i < rounds; i++)); do
		for t in 1 2; do
			"$BUILD/tests/bench/cells" cpu $t "$@" "$seconds" >> "$key.ours.$t"
			[ -z "$torch" ] || "$torch" "$here/tests/oracle/bench_cells_torch.py" \
			    --threads $t "$@" "$seconds" >> "$key.torch.$t"
			[ -z "$numpy" ] || [ "$1 $2 $5 $7" != 'rnn 1 1 adagrad' ] ||
			    "$numpy" "$here/tests/oracle/bench_cells_numpy.py" --threads $t \
			    "$3" "$4" "$6" "$seconds" >> "$key.numpy.$t"
		done
	done
	printf '| %s, %s x %s, V=%s, %s x %s, %s' "$1" "$2" "$3" "$4" "$5" "$6" "$7"
	for t in ours.1 ours.2 torch.1 torch.2 numpy.1 numpy.2; do
		if [ -s "$key.$t" ]; then
			printf ' | %s' "$(median "$key.$t" 1)"
		else
			printf ' | -'
		fi
	done
	echo ' |'
}

cell_table() {
	echo
	echo 'Other nets: cell, layers x hidden units, words, sequences x rows of a step, rule;' \
	    "characters a second on 1 and 2 threads, medians of $rounds rounds in turn:"
	echo
	echo '| net | ours, 1 | 2 | PyTorch, 1 | 2 | NumPy, 1 | 2 |'
	echo '| --- | --- | --- | --- | --- | --- | --- |'
	cell lstm 2 128 65 50 50 rmsprop
	cell lstm 1 512 65 50 50 rmsprop
	cell gru 1 128 65 50 50 rmsprop
	cell lstm 1 128 65 1 25 adam
	cell rnn 1 100 65 1 25 adagrad
	cell rnn 1 100 8000 32 22 sgd
}

numpy=$("$here/tests/oracle/find-python.sh" 'import numpy') ||
	echo 'bench: no python3 with NumPy: left out' >&2
torch=$("$here/tests/oracle/find-python.sh" 'import torch') ||
	echo 'bench: no python3 with PyTorch: left out' >&2
"$step" gen 200 8000 1 > "$work/lines"
machine
for ((i = 0; i < rounds; i++)); do
	one_round
done
step_table
cell_table
memory_table
[ "${SIZES:-1}" = 0 ] || size_table
