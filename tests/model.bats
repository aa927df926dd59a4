# shellcheck disable=SC2016,SC2030,SC2031  # sed scripts; status is of each test
load helper
load forged

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

# one_array HEAD DATA [OPTION...]: a lone array U
one_array() {
	local head=$1 data=$2
	shift 2
	forge "$@" U.npy "$head" "$data"
}

@test "a model comes back as it was saved" {
	"$UNIT/model" make a.npz 3 5 f4 10
	"$UNIT/model" copy a.npz b.npz
	cmp a.npz b.npz
	run "$UNIT/model" show b.npz
	[ "${lines[3]}" = "vocab sentence 5 crc $("$UNIT/model" show a.npz |
	    sed -n 's/.*5 crc //p')" ]
	[ "${lines[4]}" = "epoch 3 sentence 17 seen 1000000000000000 evaluated 2 limit 0 sentences 79170" ]
	[ "${lines[5]}" = "rate 0x1.1111111111111p-5 rate0 0x1.47ae147ae147bp-8 loss nan" ]
	[ "${lines[6]}" = "crc beef seed 10 bptt 4 batch 1 every 5" ]
}

@test "the first weights are NumPy's, in double and rounded to float" {
	local h c seed
	while read -r h c seed; do
		"$UNIT/model" bare d.npz "$h" "$c" f8 "$seed"
		"$UNIT/model" bare f.npz "$h" "$c" f4 "$seed"
		grep "^$h $c $seed " "$TOP/tests/expect/weights.txt" > want
		{
			"$UNIT/model" show d.npz
			"$UNIT/model" show f.npz
			for p in U V W; do
				"$UNIT/model" values d.npz $p 3 | paste -sd' ' | sed "s/^/$p /"
			done
		} | sed "s/^/$h $c $seed /" | sort > got
		diff <(sort want) got
	done <<< $'3 5 10\n20 200 10\n100 8000 4294967295'
}

@test "the same model gives the same bytes, whatever day, mask and name" {
	"$UNIT/model" make a.npz 3 5 f4 10
	mkdir d
	(umask 077; TZ=Asia/Tokyo "$UNIT/model" make d/b 3 5 f4 10)
	cmp a.npz d/b
}

@test "numpy.load reads what we write" {
	need_numpy
	"$UNIT/npz" write a.npz
	"$UNIT/model" make m.npz 3 5 f8 10
	run "$PYTHON" - <<-'EOF'
	import numpy as np
	z = np.load("a.npz")
	for k in z.files:
	    print(k, z[k].dtype.str, z[k].shape, *("%.9g" % x for x in z[k].ravel()[:3]))
	z = np.load("m.npz")
	print(*z.files, *(z[k].shape for k in "UVW"), z["U"].dtype, "%.17g" % z["U"][0, 0])
	print(bytes(z["vocab"]).decode().splitlines()[2], bytes(z["config"]).decode().split()[0])
	EOF
	[ "${lines[0]}" = "f <f4 (2, 3) 0.100000001 -1 3.00000001e+38" ]
	[ "${lines[1]}" = "d <f8 (1, 2, 3, 4) 0 0.142857143 0.285714286" ]
	[ "${lines[2]}" = "b |u1 (5,) 98 121 116" ]
	[ "${lines[3]}" = "u <u4 (2, 1) 0 4.29496730e+09" ] ||
	    [ "${lines[3]}" = "u <u4 (2, 1) 0 4.2949673e+09" ]
	[ "${lines[4]}" = "l <i8 (3, 1, 1) -9.22337204e+18 -1 9.22337204e+18" ]
	[ "${lines[5]}" = "scalar <f8 () 0.142857143" ]
	[ "${lines[6]}" = "empty <f4 (0, 3)" ]
	[ "${lines[7]}" = "U V W vocab config (3, 5) (5, 3) (3, 3) float64 0.24267656081736583" ]
	[ "${lines[8]}" = $'w2\t998 version=1' ]
}

@test "what NumPy writes is read: plain, deflated, in Fortran order, version 2.0" {
	need_numpy
	"$PYTHON" - <<-'EOF'
	import io, sys, zipfile
	import numpy as np
	u = np.arange(6, dtype="f4").reshape(2, 3)
	a = {"U": u, "V": u.T, "W": u[:, :2]}
	np.savez("plain.npz", **a)
	np.savez_compressed("deflated.npz", **{k: np.asfortranarray(x) for k, x in a.items()})
	with zipfile.ZipFile("new.npz", "w") as z:
	    for k, x in a.items():
	        b = io.BytesIO()
	        np.lib.format.write_array(b, x, version=(2, 0))
	        z.writestr(k + ".npy", b.getvalue())
	    z.writestr("README", "not an array")
	EOF
	for f in plain deflated new; do
		run "$UNIT/npz" show $f.npz
		[ "${lines[0]}" = "U <f4 (2,3) 0 1 2 3 4 5" ]
		[ "${lines[1]}" = "V <f4 (3,2) 0 3 1 4 2 5" ]
		[ "${lines[2]}" = "W <f4 (2,2) 0 1 3 4" ]
		[ "${#lines[@]}" -eq 3 ]
	done
}

@test "Fortran order in four dimensions, without NumPy" {
	printf 'abcdefghijklmnopqrstuvwx' > data
	one_array "$(head_of '|u1' '2, 3, 1, 4' True)" @data
	run "$UNIT/npz" show bad.npz
	# element (i,j,0,l) is letter i + 2j + 6l
	[ "$output" = "U |u1 (2,3,1,4) 97 103 109 115 99 105 111 117 101 107 113 119 98 104 110 116 100 106 112 118 102 108 114 120" ]
}

@test "the heads of Python 2, in other orders and spacings, are read" {
	floats 6
	for h in "{'shape': (2L, 3L), 'fortran_order': False, 'descr': '<f4'}" \
	    '{"descr":"<f4","fortran_order":False,"shape":(2,3)}' \
	    "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3,), }   "$'\n'; do
		one_array "$h" @floats
		run "$UNIT/npz" show bad.npz
		[ "$output" = "U <f4 (2,3) 1 1 1 1 1 1" ]
		one_array "$h" @floats -v 3
		run "$UNIT/npz" show bad.npz
		[ "$output" = "U <f4 (2,3) 1 1 1 1 1 1" ]
	done
}

@test "the tutorial's published model loads" {
	need trained-model-theano.npz
	run "$UNIT/model" show "$SHARED/trained-model-theano.npz"
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = "U 50 x 8000 float32 crc c2e4db5c" ]
	[ "${lines[1]}" = "V 8000 x 50 float32 crc 567fdc5a" ]
	[ "${lines[2]}" = "W 50 x 50 float32 crc 18be5857" ]
	[ "${#lines[@]}" -eq 3 ]
}

@test "weights alone load, and arrays of strangers beside them are left" {
	weights
	run "$UNIT/model" show bad.npz
	[ "$status" -eq 0 ]
	[ "${#lines[@]}" -eq 3 ]
	weights bias.npy "$(head_of '<f4' '2,')" 8 README '' '=words' ,.npy '' ''
	run "$UNIT/model" show bad.npz
	[ "${#lines[@]}" -eq 1 ]	# a member that claims to be an array must be one
	weights bias.npy "$(head_of '<f4' '2,')" 8 README '' '=words'
	run "$UNIT/model" show bad.npz
	[ "$status" -eq 0 ]
	[ "${#lines[@]}" -eq 3 ]
}

@test "no beginning of a model is a model" {
	"$UNIT/model" make m.npz 3 5 f4 10
	run "$UNIT/npz" cut m.npz
	[ "$status" -eq 0 ]
	[ "$output" = "$(wc -c < m.npz) beginnings, 0 of them read" ]
}

@test "a byte changed anywhere is refused, or means nothing" {
	"$UNIT/model" make m.npz 3 5 f4 10
	run "$UNIT/npz" flip m.npz
	[ "$status" -eq 0 ]
	[ "$output" = "$((6 * $(wc -c < m.npz))) flips: most refused, some harmless, 0 unnoticed" ]
	floats 6
	one_array "$(head_of '<f4' '2, 3')" @floats -z 1
	run "$UNIT/npz" flip bad.npz
	[ "$status" -eq 0 ]
	[[ "$output" == *" 0 unnoticed" ]]
}

@test "files that are no zip" {
	: > bad.npz
	refused "is empty"
	echo hello > bad.npz
	refused "is not a zip file"
	head -c 5000 /dev/zero > bad.npz
	refused "is not a zip file"
	rm bad.npz
	refused "No such file or directory"
	mkdir bad.npz
	refused "is a directory"
	rmdir bad.npz
	mkfifo bad.npz
	refused "is not a regular file"
	rm bad.npz
	"$UNIT/model" make whole.npz 3 5 f4 10
	head -c 700 whole.npz > bad.npz
	refused "is cut off: the directory at the zip's end is missing"
}

@test "arrays that are no arrays" {
	forge U.npy '' =hello
	refused "array 'U' is not in .npy format"
	forge U.npy '' ''
	refused "array 'U' is not in .npy format"
	printf '\223NUMPY\1\0\377\377{' > member
	forge U.npy '' @member
	refused "array 'U' has a head that NumPy would not write"
	printf '\223NUMPY\1\0\377\17{' > member
	forge U.npy '' @member
	refused "array 'U' is shorter than its own head"
	one_array "$(head_of '<f4' '2, 3')" 24 -v 4
	refused "array 'U' is in a .npy version that is not known here"
}

@test "heads that NumPy would not write" {
	local h
	for h in "{}" "{" "words" "$(head_of '<f4' '2, 3')x" "$(head_of '<f4' '2 3')" \
	    "$(head_of '<f4' '6')" "$(head_of '<f4' '-2, -3')" "$(head_of '<f4' '2, 03')" \
	    "$(head_of '<f4' '2,, 3')" "$(head_of '<f4' '2, 3' Maybe)" \
	    "$(head_of '<f4' '2, 3' "False, 'descr': '<f4'")" \
	    "$(head_of '<f4' '2, 3' "False, 'more': 1")" \
	    "{'descr': '<f4', 'shape': (2, 3)}" "{'descr': '<f4' 'shape': (2, 3)}" \
	    "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3" \
	    "{'descr': '\\x3cf4', 'fortran_order': False, 'shape': (2, 3)}" \
	    "{'descr': <f4, 'fortran_order': False, 'shape': (2, 3)}" \
	    "{'descr': '<f4', 'fortran_order': False, 'shape': [2, 3]}"; do
		one_array "$h" 24
		echo "$h"
		refused "array 'U' has a head that NumPy would not write"
	done
}

@test "types that are none of ours, and the other byte order" {
	one_array "$(head_of '>f4' '2, 3')" 24
	refused "array 'U' is big-endian; save it with numpy's astype('<f4')"
	one_array "$(head_of '>f8' '2, 3')" 48
	refused "array 'U' is big-endian; save it with numpy's astype('<f8')"
	one_array "$(head_of '|O' '2, 3')" 48
	refused "array 'U' holds Python objects, not numbers"
	one_array "$(head_of '<f2' '2, 3')" 12
	refused "array 'U' is of type '<f2', not one of <f4 <f8 |u1 <u4 <i8"
	one_array "$(head_of '<U5' '2, 3')" 120
	refused "array 'U' is of type '<U5', not one of <f4 <f8 |u1 <u4 <i8"
	one_array "{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (6,), }" 24
	refused "array 'U' is of a structured type, not of plain numbers"
}

@test "sizes that overflow, or are not what is there" {
	local big=18446744073709551616 half=4294967296
	one_array "$(head_of '<f4' "$big, 3")" 24
	refused "array 'U' claims a size beyond any memory"
	one_array "$(head_of '<f4' "$half, $half")" 24
	refused "array 'U' claims a size beyond any memory"
	one_array "$(head_of '<f4' "4611686018427387904, 1")" 24	# 2^64 bytes
	refused "array 'U' claims a size beyond any memory"
	one_array "$(head_of '|u1' "$half, $half, 0")" 0
	refused "array 'U' claims a size beyond any memory"
	one_array "$(head_of '<f4' '100000, 100000')" 24
	refused "array 'U' holds 24 bytes of data where its shape says 40000000000"
	one_array "$(head_of '<f4' '2, 2')" 24
	refused "array 'U' holds 24 bytes of data where its shape says 16"
	one_array "$(head_of '<f4' '1, 1, 1, 1, 6')" 24
	refused "array 'U' is of more than 4 dimensions"
}

@test "a zip whose own sizes are not true" {
	local head
	head=$(head_of '<f4' '2, 3')
	one_array "$head" 24 -c 4000000000
	refused "array 'U' is of two sizes at once"
	one_array "$head" 24 -c 4000000000 -k 4000000000
	[ "$(stat -c %s bad.npz)" -lt 1000 ]
	run "$UNIT/model" show bad.npz
	[ "$status" -eq 1 ]
	[ "${#lines[@]}" -eq 1 ]
	one_array "$(head_of '<f4' '1000000, 1000')" 24 -z 1 -c 4000000064
	refused "array 'U' claims more bytes than its compressed data can mean"
	one_array "$head" 24 -m 12
	refused "array 'U' is compressed by another method than deflate"
	one_array "$head" 24 -m 8
	run "$UNIT/model" show bad.npz
	[ "$status" -eq 1 ]
	[[ "$output" == "model: bad.npz: array 'U' "* ]]
	one_array "$head" 24 -e 1
	refused "array 'U' is encrypted"
}

@test "a size that is only claimed takes no memory" {
	[ -z "${SAN:-}" ] || skip "a sanitizer reserves more addresses than that"
	one_array "$(head_of '<f4' '1000000, 1000')" 24 -z 1 -c 4000000064
	run bash -c "ulimit -v 100000; '$UNIT/model' show bad.npz"
	[ "$output" = "model: bad.npz: array 'U' claims more bytes than its compressed data can mean" ]
	config 's/hidden=2/hidden=65536/; s/vocab=3/vocab=16777216/'
	run bash -c "ulimit -v 100000; '$UNIT/model' show bad.npz"
	[ "$output" = "model: bad.npz: array 'U' is 2 x 3, not 65536 x 16777216" ]
}

@test "an array that stands twice" {
	weights W.npy "$(head_of '<f4' '2, 2')" @four
	refused "is damaged: an array stands twice"
}

@test "a name that would spoil the message is no array's" {
	forge $'U\n.npy' '' =x $'\e[31mU.npy' '' =x
	refused "array 'U' is missing"
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
	refused "array 'W' is of type float64, not float32"
	forge U.npy "$(head_of '<i8' '2, 3')" 48 V.npy "$v" @floats W.npy "$w" 16
	refused "array 'U' is of type int64, not float32 or float64"
	forge U.npy "$(head_of '<f4' '6,')" 24 V.npy "$v" @floats W.npy "$w" 16
	refused "array 'U' is of 1 dimensions, not 2"
	forge U.npy "$u" @floats V.npy "$v" @floats W.npy "$(head_of '<f4' '2, 2, 1')" 16
	refused "array 'W' is of 3 dimensions, not 2"
	forge U.npy "$(head_of '<f4' '0, 3')" 0 V.npy "$v" @floats W.npy "$w" 16
	refused "hidden size 0 is not in 1 .. 65536"
	forge U.npy "$(head_of '<f4' '0, 18446744073709551615')" 0
	run "$UNIT/model" show bad.npz
	[ "$status" -eq 1 ]
	forge U.npy "$(head_of '<f4' '6, 1')" @floats V.npy "$v" @floats W.npy "$w" 16
	refused "vocabulary size 1 is not in 2 .. 16777216"
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
	refused "config has a version that never was"
	config '1d'
	refused "config does not begin with its version"
	config '$a colour=blue'
	refused "config key 'colour' is unknown"
	config 's/cell=rnn/cell=cnn/'
	refused "config key 'cell' has the value 'cnn', which makes no sense"
	config 's/layers=1/layers=2/'
	refused "array 'U2' is missing"
	config 's/layers=1/layers=13/'
	refused "13 layers are not in 1 .. 12"
	config 's/layers=1/layers=0/'
	refused "0 layers are not in 1 .. 12"
	config '$a embed=65537'
	refused "embedding size 65537 is not in 0 .. 65536"
	config '$a tied=1'
	refused "a network without embeddings has nothing to tie to its output"
	config '$a bias=2'
	refused "config key 'bias' has the value '2', which makes no sense"
	config '$a bias=1'
	refused "array 'b' is missing"
	config '/hidden/d'
	refused "config key 'hidden' is missing"
	config 's/hidden=2/hidden=02/'
	refused "config key 'hidden' has the value '02', which makes no sense"
	config 's/hidden=2/hidden=4294967298/'
	refused "config key 'hidden' has the value '4294967298', which makes no sense"
	config 's/hidden=2/hidden=-2/'
	refused "config key 'hidden' has the value '-2', which makes no sense"
	config 's/hidden=2/hidden=3/'
	refused "array 'U' is 2 x 3, not 3 x 3"
	config 's/float32/float64/'
	refused "array 'U' is of type float32, not float64"
	config '$a layers=1'
	refused "config key 'layers' stands twice"
	config 's/type=/type/'
	refused "config line 'typefloat32' has no '='"
	config '$s/.*/&&&&&&&&&/'
	refused "config has a line that is too long or holds a zero byte"
	config 's/unit=sentence/unit=stream/'
	refused "array 'vocab' is for unit=sentence, config says unit=stream"
	config '/unit/d'
	refused "config key 'unit' is missing"
	config '$a epoch=3'
	refused "config key 'sentence' is missing"
	config $'$a caf\303\251=\e[31m'
	refused "config key 'caf??' is unknown"
}

@test "progress that makes no sense" {
	local good
	good='$a epoch=1\nsentence=0\nseen=9\nrate=0.005\nrate0=0.005\nloss=none\nevaluated=0\nlimit=0\nsentences=9\ndata_crc=0000beef\nseed=1\nbptt=4\nbatch=1\nevery=5\nepochs=7'
	config "$good"
	run "$UNIT/model" show bad.npz
	[ "$status" -eq 0 ]
	[ "${lines[5]}" = "rate 0x1.47ae147ae147bp-8 rate0 0x1.47ae147ae147bp-8 loss nan" ]
	config "${good/sentence=0/sentence=9}"
	refused "config stands past the last of its sentences"
	config "${good/bptt=4/bptt=4294967295}"
	refused "config key 'bptt' has the value '4294967295', which makes no sense"
	config "${good/seen=9/seen=18446744073709551615}"
	refused "config key 'seen' has the value '18446744073709551615', which makes no sense"
	config "${good/rate=0.005/rate=0x1p-8}"
	refused "config key 'rate' has the value '0x1p-8', which makes no sense"
	config "${good/rate=0.005/rate=none}"
	refused "config key 'rate' has the value 'none', which makes no sense"
	config "${good/rate=0.005/rate=1e999}"
	refused "config key 'rate' has the value '1e999', which makes no sense"
	config "${good/loss=none/loss=nan}"
	refused "config key 'loss' has the value 'nan', which makes no sense"
	config "${good/0000beef/beef}"
	refused "config key 'data_crc' has the value 'beef', which makes no sense"
	config "$good\nvalid_crc=BEEF0000"
	refused "config key 'valid_crc' has the value 'BEEF0000', which makes no sense"
	config "${good/batch=1/batch=0}"
	refused "config key 'batch' has the value '0', which makes no sense"
	config "${good/seen=9/seen=18446744073709551616}"
	refused "config key 'seen' has the value '18446744073709551616', which makes no sense"
}

@test "a config or a vocabulary in the wrong kind of array" {
	config ''
	weights config.npy "$(head_of '<f4' '2,')" 8
	refused "array 'config' is not a row of uint8"
	weights config.npy "$(head_of '|u1' '1, 4')" 4
	refused "array 'config' is not a row of uint8"
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
	refused "array 'bias' does not belong to such a network"
}

# unwritten PATH PHRASE: saving there fails so and leaves no file behind
unwritten() {
	local before
	before=$(ls -lR --time-style=+)
	run "$UNIT/model" make "$1" 3 5 f4 10
	echo "$output"
	[ "$status" -eq 1 ]
	[ "$output" = "model: $1: $2" ]
	[ "$(ls -lR --time-style=+)" = "$before" ]
}

@test "places where a model cannot be written" {
	mkdir d
	mkfifo p
	ln -s nothing dangling
	unwritten /dev/full "is not a regular file"
	[ -c /dev/full ]
	unwritten d "is a directory"
	unwritten p "is not a regular file"
	unwritten dangling "is a symbolic link that leads nowhere"
	unwritten none/m.npz "cannot make a file beside it: No such file or directory"
	unwritten "" "No such file or directory"
}

@test "a folder or a file that is closed to us" {
	[ "$(id -u)" -ne 0 ] || skip "root may write anywhere"
	mkdir d
	chmod 555 d
	unwritten d/m.npz "cannot make a file beside it: Permission denied"
	"$UNIT/model" make m.npz 3 5 f4 10
	chmod 444 m.npz
	unwritten m.npz "Permission denied"
}

@test "a full disk leaves the old model, and nothing beside it" {
	local k
	"$UNIT/model" make m.npz 3 5 f4 10
	cp m.npz old
	for k in 0 1 4 40; do	# in the first write, in the last, between
		run bash -c "trap '' XFSZ; ulimit -f $k; '$UNIT/model' make m.npz 50 100 f8 1 2>&1 | cat"
		[ "$output" = "model: m.npz: File too large" ]
		run bash -c "trap '' XFSZ; ulimit -f $k; '$UNIT/model' make new.npz 50 100 f8 1 2>&1 | cat"
		[ "$output" = "model: new.npz: File too large" ]
		[ "$(echo *)" = "m.npz old" ]
		cmp m.npz old
	done
	run bash -c "trap '' XFSZ; ulimit -f 1; '$UNIT/model' make m.npz 3 5 f4 1 2>&1 | cat"
	[ "$output" = "model: m.npz: File too large" ]
	[ "$(echo *)" = "m.npz old" ]
	cmp m.npz old
}

@test "a symbolic link is followed, and modes stay" {
	mkdir d
	ln -s d/real link
	(umask 027; "$UNIT/model" make d/real 3 5 f4 1)
	[ "$(stat -c %a d/real)" = 640 ]
	chmod 604 d/real
	"$UNIT/model" make link 3 5 f4 2
	[ -L link ]
	[ "$(stat -c %a d/real)" = 604 ]
	[ "$(echo d/*)" = d/real ]
	"$UNIT/model" make two 3 5 f4 2
	cmp d/real two
	[ "$(stat -c %a two)" = "$(printf '%o' $((0666 & ~$(umask))))" ]
}

@test "a file that was left beside the target is not taken for ours" {
	# every name that this process may try but one
	bash -c "for i in 0 1 2; do echo mine > unroll-\$\$-\$i.tmp; done; echo \$\$ > pid
	    exec '$UNIT/model' make m.npz 3 5 f4 1"
	"$UNIT/model" show m.npz
	cat "unroll-$(cat pid)-"[012].tmp | grep -c mine | grep -qx 3
	[ "$(echo m.npz* unroll*)" = "m.npz $(echo "unroll-$(cat pid)-"[012].tmp)" ]
}

@test "a model that could not be read again is not written" {
	run "$UNIT/model" make m.npz 0 5 f4 1
	[ "$output" = "model: m.npz: hidden size 0 is not in 1 .. 65536" ]
	run "$UNIT/model" make m.npz 3 16777217 f4 1
	[ "$output" = "model: m.npz: vocabulary size 16777217 is not in 2 .. 16777216" ]
	[ "$(echo *)" = "*" ]
}

@test "weights that are larger than the memory" {
	[ -z "${SAN:-}" ] || skip "a sanitizer reserves more addresses than the limit"
	run bash -c "ulimit -v 1000000; '$UNIT/model' make m.npz 65536 16777216 f8 1"
	[ "$status" -eq 1 ]
	[ "$output" = "model: m.npz: the weights do not fit into memory" ]
	"$UNIT/model" make m.npz 1000 10000 f8 1
	run bash -c "ulimit -v 60000; '$UNIT/model' show m.npz"
	[ "$status" -eq 1 ]
	[ "$output" = "model: m.npz: array 'U' does not fit into memory" ]
	run bash -c "ulimit -v 200000; '$UNIT/model' show m.npz"
	[ "$status" -eq 1 ]
	[ "$output" = "model: m.npz: the weights do not fit into memory" ]
}

@test "the page lists the keys as they are written" {
	sed -n '/^\.Ss Configuration/,/^Lines are written/s/^\.It Li //p' "$TOP/man/model.5" |
	    sed 's/ , /\n/g' > listed
	sed -n 's/^	{ "\([a-z0-9_]*\)", .*/\1/p' "$TOP/lib/model_config.c" | diff listed -
	[ "$(wc -l < listed)" -ge 40 ]
	"$UNIT/model" make model.npz 3 5 f4 10
	grep -a '^[a-z_0-9]*=' model.npz | sed 's/=.*//' > written
	[ "$(wc -l < written)" -eq 22 ]
	grep -xFf written listed | diff - written
}

@test "the page's example runs" {
	need_numpy
	"$UNIT/model" make model.npz 3 5 f4 10
	sed -n '/^\.Sh EXAMPLES/,$p' "$TOP/man/model.5" |
	    sed -n '/^\.Bd -literal/,/^\.Ed/{/^\./!p}; /^\.Ed/q' | sed 's/\\e/\\/g' > example.py
	run "$PYTHON" example.py
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = "3 hidden units, 5 words" ]
	[ "${lines[1]}" = "['version=1', 'unit=sentence', 'cell=rnn']" ]
	[ "${lines[2]}" = "w2" ]
}

@test "the page is clean" {
	command -v mandoc > /dev/null || skip "no mandoc"
	run mandoc -Tlint -W warning "$TOP/man/model.5"
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}
