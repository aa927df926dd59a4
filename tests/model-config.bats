#!/usr/bin/env bats
# Model files whose arrays are sound, but not those of a network, or whose config
# or vocabulary makes no sense.
# shellcheck disable=SC2016,SC2030,SC2031  # sed scripts; status is of each test
load helper
load forged

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

@test "arrays that are missing, of another type or shape" {
	local u v w
	floats 6
	u=$(head_of '<f4' '2, 3') v=$(head_of '<f4' '3, 2') w=$(head_of '<f4' '2, 2')
	forge V.npy "$v" @floats W.npy "$w" 16
	refused "array 'U' is missing"
	forge U.npy "$u" @floats V.npy "$v" @floats
	refused "array 'W' is missing"
	forge U.npy "$u" @floats V.npy "$u" @floats W.npy "$w" 16
	refused "array 'V' is 2 x 3, not 3 x 2"
	forge U.npy "$u" @floats V.npy "$v" @floats W.npy "$(head_of '<f8' '2, 2')" 32
	refused "array 'W' has type float64, not float32"
	forge U.npy "$(head_of '<i8' '2, 3')" 48 V.npy "$v" @floats W.npy "$w" 16
	refused "array 'U' has type int64, not float32 or float64"
	forge U.npy "$(head_of '<f4' '6,')" 24 V.npy "$v" @floats W.npy "$w" 16
	refused "array 'U' has 1 dimensions, not 2"
	forge U.npy "$u" @floats V.npy "$v" @floats W.npy "$(head_of '<f4' '2, 2, 1')" 16
	refused "array 'W' has 3 dimensions, not 2"
	forge U.npy "$(head_of '<f4' '0, 3')" 0 V.npy "$v" @floats W.npy "$w" 16
	refused "hidden size 0: must be between 1 and 65536"
	forge U.npy "$(head_of '<f4' '0, 18446744073709551615')" 0
	run "$UNIT/model" show bad.npz
	[ "$status" -eq 1 ]
	forge U.npy "$(head_of '<f4' '6, 1')" @floats V.npy "$v" @floats W.npy "$w" 16
	refused "vocabulary size 1: must be between 2 and 16777216"
}

@test "weights that are not finite" {
	local x
	floats 6
	for x in '\0\0\300\177' '\0\0\200\177' '\0\0\200\377'; do	# NaN, +inf, -inf
		{ head -c 12 floats; printf %b "$x"; } > four
		forge U.npy "$(head_of '<f4' '2, 3')" @floats \
		    V.npy "$(head_of '<f4' '3, 2')" @floats W.npy "$(head_of '<f4' '2, 2')" @four
		refused "array 'W' has a value that is not finite"
	done
}

@test "the forged config is a good one before it is changed" {
	config ''
	run "$UNIT/model" show bad.npz
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = "U 2 x 3 float32 crc 29dd1225" ]
	[[ "${lines[3]}" == "vocab sentence 3 crc "*" last UNKNOWN_TOKEN" ]]
	[ "${#lines[@]}" -eq 4 ]
}

@test "a config that makes no sense" {
	config 's/version=1/version=2/'
	refused "written by a newer version of this program"
	config 's/version=1/version=0/'
	refused "config has an unknown version"
	config '1d'
	refused "config does not begin with its version"
	config '$a colour=blue'
	refused "config key 'colour' is unknown"
	config 's/cell=rnn/cell=cnn/'
	refused "config key 'cell' has the invalid value 'cnn'"
	config 's/layers=1/layers=2/'
	refused "array 'U2' is missing"
	config 's/layers=1/layers=13/'
	refused "13 layers: must be between 1 and 12"
	config 's/layers=1/layers=0/'
	refused "0 layers: must be between 1 and 12"
	config '$a embed=65537'
	refused "embedding size 65537: must be between 0 and 65536"
	config '$a tied=1'
	refused "tied output weights need embeddings"
	config '$a bias=2'
	refused "config key 'bias' has the invalid value '2'"
	config '$a bias=1'
	refused "array 'b' is missing"
	config '/hidden/d'
	refused "config key 'hidden' is missing"
	config 's/hidden=2/hidden=02/'
	refused "config key 'hidden' has the invalid value '02'"
	config 's/hidden=2/hidden=4294967298/'
	refused "config key 'hidden' has the invalid value '4294967298'"
	config 's/hidden=2/hidden=-2/'
	refused "config key 'hidden' has the invalid value '-2'"
	config 's/hidden=2/hidden=3/'
	refused "array 'U' is 2 x 3, not 3 x 3"
	config 's/float32/float64/'
	refused "array 'U' has type float32, not float64"
	config '$a layers=1'
	refused "config key 'layers' is repeated"
	config 's/type=/type/'
	refused "config line 'typefloat32' has no '='"
	config '$s/.*/&&&&&&&&&/'
	refused "config has a line that is too long or holds a zero byte"
	config 's/unit=sentence/unit=stream/'
	refused "array 'vocab': row 0: SENTENCE_START in a table of unit=stream"
	for rules in characters characters,ends words,lower=late words; do
		config "2a rules=$rules"
		"$UNIT/model" show bad.npz > shown
	done
	config '2a rules=letters'
	refused "config key 'rules' has the invalid value 'letters'"
	config '/unit/d'
	refused "config key 'unit' is missing"
	config '$a epoch=3'
	refused "config key 'sentence' is missing"
	config $'$a caf\303\251=\e[31m'
	refused "config key 'café' is unknown"
}

@test "progress that makes no sense" {
	local good
	good='$a epoch=1\nsentence=0\nseen=9\nrate=0.005\nrate0=0.005\nloss=none\nevaluated=0\nlimit=0\nsentences=9\ndata_crc=0000beef\nseed=1\nbptt=4\nbatch=1\nevery=5\nepochs=7'
	config "$good"
	run "$UNIT/model" show bad.npz
	[ "$status" -eq 0 ]
	[ "${lines[5]}" = "rate 0x1.47ae147ae147bp-8 rate0 0x1.47ae147ae147bp-8 loss nan" ]
	config "${good/sentence=0/sentence=9}"
	refused "config key 'sentence' must be below 'sentences'"
	config "${good/bptt=4/bptt=4294967295}"
	refused "config key 'bptt' has the invalid value '4294967295'"
	config "${good/seen=9/seen=18446744073709551615}"
	refused "config key 'seen' has the invalid value '18446744073709551615'"
	config "${good/rate=0.005/rate=0x1p-8}"
	refused "config key 'rate' has the invalid value '0x1p-8'"
	config "${good/rate=0.005/rate=none}"
	refused "config key 'rate' has the invalid value 'none'"
	config "${good/rate=0.005/rate=1e999}"
	refused "config key 'rate' has the invalid value '1e999'"
	config "${good/loss=none/loss=nan}"
	refused "config key 'loss' has the invalid value 'nan'"
	config "${good/0000beef/beef}"
	refused "config key 'data_crc' has the invalid value 'beef'"
	config "$good\nvalid_crc=BEEF0000"
	refused "config key 'valid_crc' has the invalid value 'BEEF0000'"
	config "${good/batch=1/batch=0}"
	refused "config key 'batch' has the invalid value '0'"
	config "${good/seen=9/seen=18446744073709551616}"
	refused "config key 'seen' has the invalid value '18446744073709551616'"
}

@test "a config or a vocabulary in the wrong kind of array" {
	config ''
	weights config.npy "$(head_of '<f4' '2,')" 8
	refused "array 'config' is not one-dimensional uint8"
	weights config.npy "$(head_of '|u1' '1, 4')" 4
	refused "array 'config' is not one-dimensional uint8"
	head -c 20 config > half
	weights config.npy "$(head_of '|u1' '20,')" @half
	refused "config ends inside a line"
	weights config.npy "$(head_of '|u1' '0,')" 0
	refused "config does not begin with its version"
}

@test "a vocabulary that does not fit the weights" {
	config ''
	weights config.npy "$(head_of '|u1' "$(wc -c < config),")" @config
	refused "array 'vocab' is missing"
	printf 'a\t2\nb\t1\n' > two
	sed -i 's/sentence/stream/' config
	weights config.npy "$(head_of '|u1' "$(wc -c < config),")" @config \
	    vocab.npy "$(head_of '|u1' 8,)" @two
	refused "array 'vocab' has 2 words, the weights have 3"
	printf 'a\t2\na\t1\n' > two
	weights vocab.npy "$(head_of '|u1' 8,)" @two
	run "$UNIT/model" show bad.npz
	[ "$status" -eq 1 ]
	[[ "$output" == "model: bad.npz: array 'vocab': row "* ]]
	[ "${#lines[@]}" -eq 1 ]
}

@test "an array that no such network has" {
	config ''
	weights config.npy "$(head_of '|u1' "$(wc -c < config),")" @config \
	    vocab.npy "$(head_of '|u1' "$(wc -c < vocab),")" @vocab \
	    bias.npy "$(head_of '<f4' '2,')" 8
	refused "array 'bias' does not belong to this kind of network"
}
