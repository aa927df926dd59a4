#!/usr/bin/env bats
# What a model keeps of a training beside its weights: the optimiser's state and
# carried hidden states.  Whole files load; others are refused with the array named.
# shellcheck disable=SC2016,SC2030,SC2031  # sed scripts; status is of each test
load helper
load forged

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	PROGRESS='$a epoch=1\nsentence=0\nseen=9\nrate=0.005\nrate0=0.005\nloss=none\nevaluated=0\nlimit=0\nsentences=9\ndata_crc=0000beef\nseed=1\nbptt=4\nbatch=1\nevery=5\nepochs=7'
}

# array NAME ROWS COLUMNS FILE: as forge takes it
array() {
	member=("$1.npy" "$(head_of "${5:-<f4}" "$2, $3")" "@$4")
}

# state KEYS [NAME ROWS COLUMNS FILE]...: a model with these keys and arrays
state() {
	local keys=$1 members=()
	shift
	while [ $# -gt 0 ]; do
		array "$1" "$2" "$3" "$4"
		members+=("${member[@]}")
		shift 4
	done
	config "$keys" "${members[@]}"
}

@test "a model without optional keys, as they once were, loads" {
	state "$PROGRESS"
	run -0 "$UNIT/model" show bad.npz
	state "$PROGRESS\nsteps=9\nsmoothed=3.5\nbest=none\nstale=0"
	run -0 "$UNIT/model" show bad.npz
}

@test "averaged weights: those that training continues from are there, and only then" {
	local last=(U.last 2 3 floats V.last 3 2 floats W.last 2 2 four)
	state "$PROGRESS\naverage=1" "${last[@]}"
	run -0 "$UNIT/model" show bad.npz
	state "$PROGRESS\naverage=1" "${last[@]:0:8}"
	refused "array 'W.last' is missing"
	state "$PROGRESS" "${last[@]}"
	refused "array 'U.last' does not belong to this kind of network"
}

@test "moments: as many as the optimiser has, in the weights' shapes, and no others" {
	local one=(U.1 2 3 floats V.1 3 2 floats W.1 2 2 four)
	local two=(U.2 2 3 floats V.2 3 2 floats W.2 2 2 four)
	state "$PROGRESS\noptimiser=adagrad" "${one[@]}"
	run -0 "$UNIT/model" show bad.npz
	state "$PROGRESS\noptimiser=adam" "${one[@]}" "${two[@]}"
	run -0 "$UNIT/model" show bad.npz
	state "$PROGRESS\noptimiser=adam" "${one[@]}"
	refused "array 'U.2' is missing"
	state "$PROGRESS\noptimiser=momentum" "${one[@]:4}"
	refused "array 'U.1' is missing"
	state "$PROGRESS\noptimiser=rmsprop" U.1 3 2 floats "${one[@]:4}"
	refused "array 'U.1' is 3 x 2, not 2 x 3"
	state "$PROGRESS\noptimiser=sgd" "${one[@]}"
	refused "array 'U.1' does not belong to this kind of network"
	state "$PROGRESS\noptimiser=adagrad" "${one[@]}" "${two[@]}"
	refused "array 'U.2' does not belong to this kind of network"
	printf '\0\0\300\177%.0s' 1 2 3 4 5 6 > nans
	state "$PROGRESS\noptimiser=adagrad" U.1 2 3 nans "${one[@]:4}"
	refused "array 'U.1' has a value that is not finite"
	config "$PROGRESS\noptimiser=adagrad" U.1.npy "$(head_of '<f8' '2, 3')" 48
	refused "array 'U.1' has type float64, not float32"
	state "$PROGRESS\noptimiser=adadelta"
	refused "config key 'optimiser' has the invalid value 'adadelta'"
}

@test "carried states: in the midst of a stream's epoch, for each part" {
	local midst=${PROGRESS/sentence=0/sentence=3}
	floats 2
	mv floats pair
	state "$midst\nchunk=5" carry 1 2 pair
	run -0 "$UNIT/model" show bad.npz
	state "${midst/batch=1/batch=2}\nchunk=5" carry 2 2 four
	run -0 "$UNIT/model" show bad.npz
	state "${midst/batch=1/batch=2}\nchunk=5" carry 1 2 pair
	refused "array 'carry' is 1 x 2, not 2 x 2"
	state "$midst\nchunk=5"
	refused "array 'carry' is missing"
	state "$PROGRESS\nchunk=5" carry 1 2 pair
	refused "array 'carry' does not belong to this kind of network"
	state "$midst" carry 1 2 pair
	refused "array 'carry' does not belong to this kind of network"
	state "${midst/batch=1/batch=1000000}\nchunk=5" carry 1 2 pair
	refused "array 'carry' is 1 x 2, not 1000000 x 2"
}

@test "carried states that are only claimed take no memory" {
	[ -z "${SAN:-}" ] || skip "a sanitizer reserves more addresses than that"
	config "s/hidden=2/hidden=200/; ${PROGRESS/sentence=0/sentence=3}\nchunk=5"
	sed -i 's/batch=1/batch=1000000/' config
	forge U.npy "$(head_of '<f4' '200, 3')" 2400 V.npy "$(head_of '<f4' '3, 200')" 2400 \
	    W.npy "$(head_of '<f4' '200, 200')" 160000 carry.npy "$(head_of '<f4' '1, 200')" 800 \
	    vocab.npy "$(head_of '|u1' "$(wc -c < vocab),")" @vocab \
	    config.npy "$(head_of '|u1' "$(wc -c < config),")" @config
	run bash -c "ulimit -v 100000; '$UNIT/model' show bad.npz"
	[ "$output" = "model: bad.npz: array 'carry' is 1 x 200, not 1000000 x 200" ]
}

@test "keys of the recipe that make no sense" {
	while read -r key value; do
		state "$PROGRESS\n$key=$value"
		refused "config key '$key' has the invalid value '$value'"
	done <<-'END'
		schedule linear
		factor -1
		from 1.5
		clip inf
		clip_norm -0.5
		dropout none
		chunk 1000000001
		valid nan
		patience -1
		log x
		steps 01
		smoothed -1
		best inf
		stale 1e3
	END
	for key in dropout valid; do
		state "$PROGRESS\n$key=1"
		refused "config keys 'dropout' and 'valid' must be below 1"
	done
	# a recipe alone is no progress
	config '$a optimiser=adam'
	refused "config key 'epoch' is missing"
}

@test "damage in the saved state is found, and nothing is written" {
	head -c 480 "$TOP/data/comments.csv" | tok -q -C -S -f text -l never | vocab -q -S -n 0 |
	    encode > chars
	train -q -o model.npz -c lstm -H 4 -T 16 -B 4 -O adam -e 5 -E 0 -N 9 chars
	cp model.npz whole.npz
	for name in carry W.1 V.2; do
		at=$(grep -abo "$name.npy" whole.npz | head -n 1 | cut -d : -f 1)
		cp whole.npz model.npz
		printf '\377' | dd of=model.npz bs=1 seek=$((at + 200)) conv=notrunc status=none
		run -1 cmp -s whole.npz model.npz
		cp model.npz damaged.npz
		run -1 --separate-stderr train -q -R model.npz -N 12 chars
		one_line_error train
		[[ "$stderr" == "train: model.npz: array '$name' is damaged"* ]]
		cmp model.npz damaged.npz
	done
}
