#!/usr/bin/env bats
# The CUDA backend on an emulated GPU (tests/cuda/README.md says what that can
# show), and the messages where there is none.  On a GPU: make test-cuda.

load helper

export TOOL=train	# the program that refused() runs

setup() {
	PLUGINS=$BUILD/plugins
	export UNROLL_PLUGINS=$BUILD/emulated
	case $BATS_TEST_DESCRIPTION in
	*'cuda agrees'* | 'gated cells'* | 'make bench-cuda: every'* | 'the same command'* | 'gone on'* | \
	    *'many steps'* | 'a time loop'* | 'products of a'* | 'TF32: every'* | 'TF32: products'* | 'a kernel that measures'* | 'errors of states'* | 'gradcheck passes'* | 'gradients, losses'* | \
	    'the loss log is'* | 'more tiles'* | 'a signal'* | 'a loss that is'* | 'the emulator notices'*)
		[ -z "${SAN:-}" ] || skip 'emulated and under a sanitizer it takes too long' ;;
	esac
	case $BATS_TEST_DESCRIPTION in
	*'no emulator'*) ;;
	*) [ -e "$BUILD/emulated/libunroll-cuda.so" ] || skip 'no C++ compiler' ;;
	esac
	cd "$BATS_TEST_TMPDIR" || return
	small_data > tiny.stream
}

# close TOL EXPECTED GOT: equal except for the last digits
close() {
	awk -v tol="$1" -f "$ORACLE/close.awk" "$2" "$3"
}

# agree PROGRAM ARGUMENT...: 0 failures in tests/unit/PROGRAM
agree() {
	run "$BUILD/tests/unit/$1" cuda "${@:2}"
	echo "$output"
	[ "$status" -eq 0 ]
	[[ "$output" == *" 0 failures" ]]
}

# losses: of a run, without the times
losses() {
	sed -n 's/.*Loss after //p'
}

# Each shape three times, in another order each time, to the last bit.
@test "cuda agrees with ref, in whatever order threads run" {
	EMU_SEED=20151 EMU_SMS=5 agree backend 1 15	# make test-cuda has all shapes
}

@test "gated cells, dense layers and updates agree with ref, in whatever order threads run" {
	EMU_SEED=20151 EMU_SMS=5 agree backend_cells 1 10
}

@test "sparse output layers and lazy updates agree with ref" {
	agree backend_sparse 1 7
}

@test "more tiles than a grid can have in y" {
	run -0 "$BUILD/tests/unit/tall" cuda
}

@test "LSTM and GRU give PyTorch's states and gradients" {
	for cell in lstm gru; do
		run -0 "$BUILD/tests/unit/torch" cuda $cell < "$EXPECT/torch.$cell"
	done
}

@test "many steps in one kernel are those steps, in whatever order threads run" {
	EMU_SEED=1 agree steps
	EMU_SEED=20151 EMU_SMS=5 agree steps
}

@test "many steps in one kernel, in clusters of blocks, are those steps" {
	EMU_SMS=8 EMU_SEED=1 agree steps 1 4
	EMU_SMS=16 EMU_SEED=20151 agree steps 1 2	# two clusters
	EMU_SMS=8 EMU_STRICT=1 agree steps 1 2
}

@test "many steps: in clusters where enough of them run at once, and without where they are refused" {
	for o in 0: 1: 1:clusters; do
		EMU_SMS=8 EMU_CLUSTERS=${o%:*} EMU_FAIL=${o#*:} run -0 --separate-stderr \
		    train -d cuda --force -H 6 -b 4 -e 1 -E 0 -o "$o.npz" tiny.stream
		[ "$(grep -c 'does not run the kernel for many sentences in clusters' <<< "$stderr")" -eq "$([ "$o" != 1:clusters ]; echo $?)" ]
	done
	cmp 0:.npz 1:clusters.npz
	run ! cmp -s 0:.npz 1:.npz	# sums in another order
}

@test "many steps where the kernel for them has too little shared memory" {
	EMU_SHARED=90000 agree steps
	EMU_SHARED=1000 agree steps
}

@test "a kernel that the GPU refuses to run: a note, once, and a failure of the tests" {
	EMU_FAIL=together run -0 --separate-stderr train -d cuda -H 6 -e 2 -E 0 -o m.npz tiny.stream
	[ "$(grep -c '^train: device cuda: the GPU does not run the kernel for many sentences (too many blocks in a cooperative launch); .*shared' <<< "$stderr")" -eq 1 ]
	EMU_FAIL=together run "$BUILD/tests/unit/steps" cuda 1 3
	[ "$status" -eq 1 ]
	grep '^not ok .*does not run the kernel' <<< "$output"
	[[ "$output" != *'against'* ]]		# the steps were right all the same
}

@test "steps at the size of the tutorial's net: wrong where no kernel of many steps ran" {
	EMU_SHARED=1000 run "$BUILD/tests/unit/steps" cuda 1 target
	[ "$status" -eq 1 ]
	grep '^not ok .*ran in one kernel: 0 of' <<< "$output"
}

@test "a kernel that measures its phases reports all of them" {
	local objects=() o name
	for o in "$BUILD"/emulated/*.o; do	# without those of sources that are gone
		name=${o##*/}
		[ "$name" = fused.f32.o ] || [ -z "$(find "$TOP/kernels/cuda" "$TOP/tests/cuda" -name "${name%%.*}.c*")" ] ||
		    objects+=("$o")
	done
	${CXX:-c++} -std=c++17 -O0 -fPIC -DREAL_IS_FLOAT -DCUDA_PHASES -I "$TOP/kernels" -I "$TOP/kernels/cells" \
	    -I "$TOP/tests/cuda" -x c++ -c -o fused.o "$TOP/kernels/cuda/fused.cu"
	mkdir measured
	${CXX:-c++} -shared -o measured/libunroll-cuda.so fused.o "$BUILD"/kernels/cuda/{message,launch_plan}.o \
	    "$BUILD"/kernels/{batch,touched}.o "${objects[@]}"
	chmod go-w measured measured/*
	UNROLL_PLUGINS=$PWD/measured run -0 --separate-stderr train -d cuda -H 6 -e 1 -E 0 -o m.npz tiny.stream
	sed -n 's/^train: device cuda: phase //p' <<< "$stderr" > phases
	[ "$(wc -l < phases)" -eq 19 ]
	sed 's/.*: //' phases | awk '{ a += $1; b += $3; if ($1 > 0) n++ }
		END { exit a < 98 || a > 102 || b < 98 || b > 102 || n < 9 }'
}

@test "sharing: slices, chains, rows" {
	run -0 "$BUILD/tests/unit/launch_plan"
}

@test "gradcheck passes, and can fail" {
	gradcheck -q -d cuda > got
	[ "$(grep -c 'passed\.$' got)" -eq 3 ]
	for p in U V W; do
		run -1 gradcheck -q -d cuda -C 7 -H 3 -x $p
	done
	train -q -H 5 -r 0.1 -e 3 -E 0 -o m.npz tiny.stream
	gradcheck -q -d cuda -m m.npz -n 7 tiny.stream > got
	[ "$(grep -c 'passed\.$' got)" -eq 3 ]
}

@test "gradients, losses and weights are the oracle's" {
	for case in 3.0.6 3.1.6 3.4.6 3.1000.6 7.4.4 3.4.12; do
		IFS=. read -r h b s <<< "$case"
		"$BUILD/tests/unit/oracle" cuda f64 "$h" "$b" gradient "$s" < tiny.stream > got
		close 1e-12 "$EXPECT/tiny.h$h.b$b.s$s.grad" got
	done
	for real in f64:1e-9 f32:1e-5; do
		for h in 1 16; do
			for b in 1 1000; do
				"$BUILD/tests/unit/oracle" cuda ${real%:*} $h $b losses 0.02 20 1 \
				    < tiny.stream | sed "s/^/$h $b /"
			done
		done > got
		grep -E '^(1|16) (1|1000) ' "$EXPECT/tiny.loss" > want
		close ${real#*:} want got
	done
	"$BUILD/tests/unit/oracle" cuda f64 3 4 params 0.1 3 < tiny.stream > got
	close 1e-11 "$EXPECT/tiny.h3.params" got
	"$BUILD/tests/unit/oracle" cuda f64 3 4 score 0.1 3 < tiny.stream > got
	close 1e-10 "$EXPECT/tiny.h3.score" got
}

@test "the loss log is that of cpu: all digits in double, 2e-4 in float" {
	for o in '-B 1' '-B 4' '-b 0' '-b 1000 -B 3'; do
		# shellcheck disable=SC2086
		train -q -D -d cpu $o -H 9 -e 6 -E 2 -o c.npz tiny.stream | losses > want
		# shellcheck disable=SC2086
		train -q -D -d cuda $o -H 9 -e 6 -E 2 -o g.npz tiny.stream | losses | diff want -
		# shellcheck disable=SC2086
		train -q -d cuda $o -H 9 -e 6 -E 2 -o g.npz tiny.stream | losses | sed 's/.*: //' |
		    paste - <(sed 's/.*: //' want) |
		    awk '{ d = $1 - $2; if (d > 2e-4 || d < -2e-4) bad = 1; n++ } END { exit bad || n != 4 }'
	done
}

@test "gated and stacked nets, streams, dropout and every optimiser: as on the cpu" {
	for o in '-c lstm -L 2 -p 0.3 -a yes' '-c gru -B 3 -O adam -r 0.01' '-L 2 -O adagrad -k 1 -a yes' \
	    '-c lstm -m 5 -t -O rmsprop -r 0.01' '-O momentum -K 0.5'; do
		for d in cpu cuda; do
			# shellcheck disable=SC2086
			train -q -D -d $d $o -H 6 -e 4 -E 2 -o $d.npz tiny.stream | losses > $d
		done
		[ "$(wc -l < cpu)" -eq 3 ]
		diff cpu cuda
	done
}

@test "sampled, hierarchical and adaptive softmax: as on the cpu" {
	for o in 'sampled --samples 6' tree 'adaptive --cutoffs 5,14 -O adam -r 0.01 -K 1'; do
		for d in cpu cuda; do
			# shellcheck disable=SC2086
			train -q -D -d $d --softmax $o -a yes -H 6 -B 3 -e 4 -E 2 -o $d.npz tiny.stream | losses > $d
		done
		[ "$(wc -l < cpu)" -eq 3 ]
		diff cpu cuda
	done
	[ -z "${SAN:-}" ] || return 0	# the same code, many times
	run -0 gradcheck -q -d cuda -a --softmax adaptive
	run -1 gradcheck -q -d cuda -a --softmax adaptive -x V
}

@test "the same command gives the same bytes, in whatever order threads run" {
	for s in 0 1 5; do
		EMU_SEED=$s train -q -d cuda -H 20 -e 4 -E 2 -o $s.npz tiny.stream > log
	done
	cmp 0.npz 1.npz
	cmp 0.npz 5.npz
}

@test "the same bytes from large tiles and from small ones" {
	for h in 70 72; do		# rows of numbers, and of quads
		for sms in 1 1000; do
			EMU_SMS=$sms train -q --force -d cuda -c lstm -H $h -B 3 -e 1 -E 0 -o $sms.npz tiny.stream
		done
		cmp 1.npz 1000.npz
	done
}

# kernels COMMAND...: the names of the kernels that it ran, one on each line
kernels() {
	rm -f ran
	EMU_KERNELS=ran "$@" > log
	nm -C "$BUILD/emulated/libunroll-cuda.so" | awk 'FNR == NR { ran[$1]; next } $1 in ran' ran -
}

# vocabulary SIZE [LINES]: a stream of that vocabulary
vocabulary() {
	awk -v n="$1" -v lines="${2:-9}" 'BEGIN {
		for (i = 0; i < lines; i++)
			print 0, 2 + i % 9 * 5, n - 1 - i, 30 + i % 9, 2 + i % 9, 7, 1 }' |
	    "$ORACLE/as-stream.sh" "$1"
}

@test "products of a vocabulary of any size are loaded and stored in fours" {
	for v in 61 62 63 64; do
		vocabulary $v > words.stream
		for o in '' '--softmax sampled --samples 9' '--softmax adaptive --cutoffs 11,30'; do
			# shellcheck disable=SC2086
			kernels train -q --force -D -d cuda -c lstm -H 64 -B 3 -a yes -e 2 -E 1 $o -o g.npz words.stream > got
			losses < log > cuda
			# shellcheck disable=SC2086
			train -q --force -D -d cpu -c lstm -H 64 -B 3 -a yes -e 2 -E 1 $o -o c.npz words.stream | losses | diff - cuda
			grep -q 'product_tile<[0-9]*, true, ' got
			run -1 grep 'product_tile<[0-9]*, false, ' got
			echo "$output"
		done
	done
	run -0 kernels train -q --force -d cuda -c lstm -H 31 -e 1 -E 0 -o g.npz words.stream
	grep -q 'product_tile<[0-9]*, false, ' <<< "$output"	# the name of the other way
}

@test "TF32: products of operands that are rounded, and of none that are not" {
	agree tf32
	EMU_SEED=20151 EMU_SMS=5 agree tf32
}

@test "TF32: every product of whole batches takes it, and losses stay near those of single precision" {
	local o='-q --force -d cuda -c lstm -H 16 -B 3 -a yes -O adam -r 0.005'
	vocabulary 61 > words.stream
	# shellcheck disable=SC2086
	{
		for softmax in full adaptive sampled; do
			kernels train $o --softmax $softmax --precision tf32 -e 1 -E 0 -o m.npz words.stream > got
			grep -q ' tf32_tile<' got
			run -1 grep ' product_tile<' got
		done
		train $o -e 34 -E 34 -o full.npz words.stream | losses | sed 's/.*: //' > full
		train $o -e 34 -E 34 --precision tf32 -o tf32.npz words.stream | losses | sed 's/.*: //' > tf32
	}
	run -1 cmp full.npz tf32.npz
	paste full tf32 | awk '{ d = $1 - $2; n++; if (d > 1e-4 || d < -1e-4) bad = 1 } END { exit bad || n != 2 }'	# after 102 steps
}

@test "TF32: a resumed run gives the same bytes, and is told to be given it" {
	local o='-d cuda -c gru -H 12 --precision tf32'
	# shellcheck disable=SC2086
	train -q $o -e 4 -E 2 -o whole.npz tiny.stream > log
	# shellcheck disable=SC2086
	train -q $o -e 2 -E 2 -o part.npz tiny.stream > log
	train -q -d cuda --precision tf32 -R part.npz -e 4 tiny.stream > log
	cmp whole.npz part.npz
	run -0 --separate-stderr train -d cuda --precision tf32 -R part.npz tiny.stream
	[[ "$stderr" == *'-d cuda --precision tf32 -e 8 '* ]]
}

@test "TF32: refused by every device but a GPU that has it" {
	for d in cpu ref auto; do
		run -1 --separate-stderr train --force -d $d --precision tf32 -o m.npz tiny.stream
		tail -n 1 <<< "$stderr" | grep -qxE 'train: device (cpu|ref): --precision tf32 is for device cuda alone; .*'
		[ ! -e m.npz ]
	done
	EMU_CAPABILITY=75 refused 1 'device cuda: --precision tf32 needs a GPU of compute capability 8.0 or later' \
	    -d cuda --precision tf32 tiny.stream
	refused 2 '--precision tf32 is for single precision; leave out -D' -d cuda -D --precision tf32 tiny.stream
	train -q -D -d cuda -H 3 -e 1 -E 0 -o m.npz tiny.stream
	refused 1 'device cuda: --precision tf32 needs single precision' -d cuda -R m.npz --precision tf32 tiny.stream
}

@test "a sentence has the same bytes of probabilities, whatever the others and the tiles" {
	awk 'BEGIN { for (i = 0; i < 14; i++) print 0, 2 + i * 13, 99 - i, 190 - i, 2 + i, 77, 1 }' > lines
	"$ORACLE/as-stream.sh" 200 < lines > all.stream
	for o in '' -D; do
		# shellcheck disable=SC2086
		train -q --force -d cpu $o -H 12 -a yes -e 1 -E 0 -o m.npz all.stream
		EMU_SMS=1 score -q -d cuda -w m.npz all.stream > all
		for i in 1 9; do
			sed -n ${i}p lines | "$ORACLE/as-stream.sh" 200 > one.stream
			EMU_SMS=1000 score -q -d cuda -w m.npz one.stream | cut -f 2- > one
			sed -n "$((6 * i - 5)),$((6 * i))p" all | cut -f 2- | cmp - one
		done
	done
}

@test "a time loop in one launch or, where the GPU refuses that, in one a step: the same bytes" {
	for o in '-c lstm -H 9 -B 4' '-c gru -H 12' '-H 204 -b 1000 -B 13'; do
		# shellcheck disable=SC2086
		train -q --force -d cuda $o -e 1 -E 0 -o together.npz tiny.stream
		# shellcheck disable=SC2086
		EMU_FAIL=together train --force -d cuda $o -e 1 -E 0 -o alone.npz tiny.stream 2> note
		cmp together.npz alone.npz
		[ "$(grep -c '^train: device cuda: the GPU does not run the kernel for many time steps (.*); without it recurrent layers are slower' note)" -eq 1 ]
	done
}

# most_shared: bytes of shared memory of the time loops in `got`, largest first
most_shared() {
	awk '{ print $1 }' got | grep -f - ran | sort -k 3nr | awk 'NR == 1 { print $3 }'
}

@test "a time loop keeps what fits of W in shared memory: the same bytes, whatever fits" {
	local bytes=() shared sms some
	vocabulary 61 36 > words.stream
	for o in '-c lstm -H 36 -B 9 -n 9' '-c gru -H 32 -B 36' '-c lstm -H 70 -L 2 -B 2 -n 2' '-H 204 -b 1000 -n 1'; do
		bytes=()
		sms=3 some=35000		# 6 blocks
		[[ $o != *204* ]] || sms=4 some=62000	# there are 7 tiles
		for shared in 232448 $some 20000; do	# all of it, a part of it, nothing
			# shellcheck disable=SC2086
			EMU_SMS=$sms EMU_SHARED=$shared kernels train -q --force -d cuda $o -e 1 -E 0 -o $shared.npz words.stream |
			    grep run_steps > got
			bytes+=("$(most_shared)")
			cmp 232448.npz $shared.npz
		done
		echo "$o: ${bytes[*]}"
		[ "${bytes[0]}" -gt "${bytes[1]}" ]
		[ "${bytes[1]}" -gt "${bytes[2]}" ]
		# shellcheck disable=SC2086
		EMU_FAIL=together train -q --force -d cuda $o -e 1 -E 0 -o alone.npz words.stream > log
		cmp 232448.npz alone.npz
	done
}

@test "a time loop in one launch: every fence, and no read of another block's writes by a plain load" {
	for cell in lstm gru; do
		train -q --force -d cuda -c $cell -H 20 -B 7 -e 1 -E 0 -o plain.npz tiny.stream
		EMU_STRICT=1 train -q --force -d cuda -c $cell -H 20 -B 7 -e 1 -E 0 -o strict.npz tiny.stream
		cmp plain.npz strict.npz
	done
}

@test "errors of states, as cells --gradient needs them" {
	small_data head -n 2 > two.stream
	for cell in rnn lstm; do
		train -q --force -D -d cpu -c $cell -H 3 -e 2 -E 0 -o m.npz two.stream
		cells -q -d cpu --gradient --lags 3 m.npz two.stream > want
		cells -q -d cuda --gradient --lags 3 m.npz two.stream | diff want -
	done
}

@test "a model trained on one device resumes on the other" {
	train -q -D -d cpu -H 6 -e 6 -E 2 -o whole.npz tiny.stream | losses > want
	for first in cpu cuda; do
		train -q -D -d $first -H 6 -e 3 -E 2 -o m.npz tiny.stream | losses > got
		[ $first = cpu ] && second=cuda || second=cpu
		train -q -d $second -R m.npz -e 6 tiny.stream | losses >> got
		grep -v 'epoch=3' got | diff want -
	done
	train -q -d cuda -i m.npz -e 1 -o n.npz tiny.stream > log
}

@test "a signal: saved between two steps, and taken up again to the same bytes" {
	train -q -d cuda -H 6 -e 20 -E 10 -o whole.npz tiny.stream > log
	train -q -d cuda -H 6 -e 20 -E 10 -o part.npz tiny.stream > begun &
	pid=$!
	while [ ! -s begun ]; do sleep 0.01; done
	kill -TERM $pid
	stopped=0
	wait $pid || stopped=$?
	[ "$stopped" -eq 143 ]
	train -q -d cuda -R part.npz tiny.stream > log
	cmp whole.npz part.npz
}

@test "gone on from a saved model: the same bytes" {
	train -q -d cuda -H 6 -e 6 -E 2 -o whole.npz tiny.stream > log
	train -q -d cuda -H 6 -e 2 -E 2 -o part.npz tiny.stream > log
	train -q -d cuda -R part.npz -e 6 tiny.stream > log
	cmp whole.npz part.npz
}

@test "score and sample run on it" {
	train -q -d cpu -D -H 6 -e 3 -E 0 -o m.npz tiny.stream
	score -q -d cpu m.npz tiny.stream > want
	score -q -d cuda m.npz tiny.stream | diff want -
	sample -q -d cpu -n 5 -m 1 -t m.npz > want
	sample -q -d cuda -n 5 -m 1 -t m.npz | diff want -
}

@test "too little device memory is one line with the bytes" {
	for kb in 4 20 60; do
		EMU_MEMORY=$((kb << 10)) run -1 --separate-stderr train -q -d cuda -H 100 -e 1 -E 0 tiny.stream
		one_line_error train
		[[ "$stderr" =~ 'device cuda: out of device memory: '[0-9]+' bytes asked for, '[0-9]+' of '[0-9]+' free'$ ]]
	done
}

@test "whatever call fails: one line, and the last saved model whole" {
	train -q -d cuda -b 20 -H 6 -e 1 -E 1 -o m.npz tiny.stream > log
	cp m.npz before.npz
	EMU_FAIL='pin 1' refused 1 'device cuda: ' -q -d cuda -R m.npz -e 9 -E 0 tiny.stream
	for kind in launch copy sync malloc; do
		for n in 1 2 5 9; do		# beyond 16 steps back: a kernel a layer
			EMU_FAIL="$kind $n" refused 1 'device cuda: ' -q -d cuda -R m.npz -e 9 -E 0 tiny.stream
			cmp before.npz m.npz
		done
		for n in 1 2; do		# 4 steps back: one kernel for all
			EMU_FAIL="$kind $n" refused 1 'device cuda: ' -q -d cuda -b 4 -R m.npz -e 9 -E 0 tiny.stream
			cmp before.npz m.npz
		done
	done
}

@test "a loss that is not a number is reported as on the cpu" {
	train -q -H 16 -e 0 -E 0 -o start.npz tiny.stream
	"$BUILD/tests/unit/scale" start.npz V 4e38 steep.npz
	for d in cpu cuda; do
		run -1 --separate-stderr train -q -d $d -i steep.npz -r 1e6 -e 9 -E 1 -o m.npz tiny.stream
		[[ "$stderr" == *'no longer a number in epoch 1 after '*' sentences'* ]]
		printf '%s\n' "$stderr" > $d
	done
	diff cpu cuda
}

@test "without a driver or a GPU: one error line, and auto silently uses cpu" {
	EMU_FAIL=driver refused 1 'device cuda: no NVIDIA driver is here' -d cuda tiny.stream
	EMU_FAIL=device refused 1 'device cuda: no NVIDIA GPU is here' -d cuda tiny.stream
	EMU_FAIL=version refused 1 'device cuda: the NVIDIA driver is too old' -d cuda tiny.stream
	for fail in driver device; do
		EMU_FAIL=$fail run -0 --separate-stderr train --force -e 0 -H 2 tiny.stream
		[[ "$stderr" != *running* ]]
	done
}

# auto OPTION...: what train says that it runs on, of a large batch
auto() {
	train --force -j 1 -e 0 -E 0 -B 128 -H 512 -o m.npz "$@" tiny.stream 2>&1 > log | grep running || true
}

@test "auto takes the GPU if it is the faster one, and says so" {
	[[ "$(EMU_KHZ=1000000000 auto)" == 'train: running on cuda (emulated GPU, 3 multiprocessors, compute capability 9.0): '*'less than half the time'* ]]
	[[ "$(EMU_FAIL=context auto)" == 'train: running on cpu ('*'): the GPU is not expected'* ]]
	[ -z "$(EMU_FAIL=context auto -q)" ]
}

@test "auto leaves work that waits for itself to the cpu, without asking the GPU" {
	export EMU_KHZ=1000000000 EMU_FAIL=rate
	[ -z "$(auto -H 20 -B 1 -O adagrad)" ]
	[ -z "$(auto -H 20 -B 1 -c lstm -L 2)" ]
	sample -n 1 -t m.npz > text 2> note
	cells m.npz tiny.stream > table 2>> note
	score m.npz tiny.stream > table 2>> note
	run -1 grep running note
}

# lacking: a plugin in this folder for a fast GPU without sparse output layers
lacking() {
	cat > lacking.c <<-'END'
		#include "plugin.h"
		const int unroll_plugin_version = PLUGIN_VERSION;
		static void nothing(struct backend *k) { (void)k; }
		static struct backend k = { .name = "cuda", .isa = "a GPU", .close = nothing };
		double unroll_plugin_rate(enum real_type r, const char **why) { *why = 0; return r + 1e18; }
		struct backend *unroll_plugin(enum real_type r, int n, const char **why)
		{
			*why = n ? 0 : "no threads";
			k.real = r;
			return &k;
		}
	END
	${CC:-cc} -shared -fPIC -I "$TOP/kernels" -I "$TOP/kernels/cells" -o libunroll-cuda.so lacking.c
	chmod go-w . libunroll-cuda.so
}

@test "no emulator: auto takes the cpu where the GPU's plugin lacks the output layer" {
	lacking
	export UNROLL_PLUGINS=$PWD
	for o in 'sampled:sampled softmax' 'tree:hierarchical softmax'; do
		run -0 --separate-stderr train --force -j 1 -e 1 -E 0 -B 128 -H 512 --softmax "${o%:*}" -o m.npz tiny.stream
		grep -qx "train: running on cpu: device cuda has no ${o#*:}" <<< "$stderr"
		refused 1 "device cuda: has no ${o#*:}; " -d cuda -B 128 -H 512 --softmax "${o%:*}" tiny.stream
	done
}

@test "no emulator: without the plugin, a line; and auto says nothing" {
	mkdir none
	UNROLL_PLUGINS=$PWD/none refused 1 "device cuda: this build has no such plugin in $PWD/none (make builds those it finds the libraries for); -d auto takes a device that is there" -d cuda tiny.stream
	UNROLL_PLUGINS=$PWD/none run -0 --separate-stderr train --force -e 0 -H 2 tiny.stream
	[[ "$stderr" != *running* ]]
}

@test "no emulator: the plugin that nvcc made says that there is no GPU" {
	[ -e "$PLUGINS/libunroll-cuda.so" ] || skip 'built without nvcc'
	[ ! -e /dev/nvidiactl ] || skip 'a GPU is here'
	UNROLL_PLUGINS=$PLUGINS refused 1 'device cuda: no NVIDIA driver is here' -d cuda tiny.stream
}

# measured: make bench-cuda's table, small and on the emulator
measured() {
	C=40 H=8 WIDE=12 N=64 SENTENCES=2 EPOCHS=2 "$TOP/tests/bench/cuda.sh" 0.001
}

@test "make bench-cuda: every figure is one, and an opponent that is absent is a line" {
	run --separate-stderr measured
	[ "$status" -eq 0 ]
	[ "$(grep -c '^| H=' <<< "$output")" -eq 20 ]
	[ "$(grep -cE '^\| H=12, (lstm|gru), ' <<< "$output")" -eq 8 ]
	[ "$(grep -c '^| H=12, .*, TF32 | cuda ' <<< "$output")" -eq 2 ]
	[ "$(grep -cE '^train --softmax (full|sampled|adaptive), .* (cuda|cpu) [1-9][0-9]* words/s$' <<< "$output")" -eq 6 ]
	[ "$(grep -cE '^sample .* (cuda|cpu) [1-9][0-9]* words/s$' <<< "$output")" -eq 2 ]
	awk -F '|' '/^\| H=/ { if (!($4 > 0 && $5 > 0 && $7 > 0) || NF != 9) bad = 1 } END { exit bad }' \
	    <<< "$output"
	[ "$(grep -c 'left out' <<< "$stderr")" -eq 1 ]
}

@test "make bench-cuda: PyTorch beside it" {
	"$ORACLE/find-python.sh" 'import torch' > python || skip 'no python3 with PyTorch'
	TORCH=cpu run --separate-stderr measured
	[ "$status" -eq 0 ]
	[ "$(grep -c '| PyTorch, ' <<< "$output")" -eq 12 ]
	awk -F '|' '/\| PyTorch, / { if (!($4 > 0 && $5 > 0 && $7 > 0)) bad = 1 } END { exit bad }' <<< "$output"
	[ -z "$stderr" ]
}

@test "the emulator notices what it says that it does" {
	run -0 "$BUILD/emulated/faults" none
	run -0 "$BUILD/emulated/faults" cluster
	for fault in barrier lines spin guard host device shared order late unmet ended outsider uneven; do
		run "$BUILD/emulated/faults" $fault
		echo "$fault: $output"
		[ "$status" -ne 0 ]
	done
	export EMU_STRICT=1
	run -0 "$BUILD/emulated/faults" coherent
	run -0 "$BUILD/emulated/faults" released
	for fault in writer reader plain release acquire; do
		run -1 "$BUILD/emulated/faults" $fault
	done
}

@test "many steps in one kernel: every fence, and no read of another block's writes by a plain load" {
	EMU_STRICT=1 agree steps 1 3
}
