#!/usr/bin/env bats
# Models: what was saved comes back, NumPy reads what we write and we read what
# NumPy writes; and model(5) says how.
# shellcheck disable=SC2030,SC2031  # status is of each test
load helper
load forged

setup() {
	cd "$BATS_TEST_TMPDIR" || return
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
		grep "^$h $c $seed " "$EXPECT/weights.txt" > want
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
	[ "$status" -eq 0 ]
	[ "${#lines[@]}" -eq 3 ]
}

@test "the page lists the keys as they are written" {
	sed -n '/^\.Ss Configuration/,/^Lines are written/s/^\.It Li //p' "$TOP/man/model.5" |
	    sed 's/ , /\n/g' > listed
	sed -n 's/^	{ "\([a-z0-9_]*\)", .*/\1/p' "$TOP/lib/model/model_config.c" | diff listed -
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
