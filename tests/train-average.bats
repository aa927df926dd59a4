#!/usr/bin/env bats
# train --average: the model is a mean of the weights, and training goes on from the weights.
load helper

export TOOL=train	# whose refusals refused() looks at

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	small_data > words	# 13 steps in an epoch
}

# reals ARRAY MODEL: the numbers of an array of doubles
reals() {
	unzip -p "$2" "$1.npy" | tail -c +129 | od -An -v -w8 -t f8
}

@test "every 32 steps the mean takes in the weights, later ones more" {
	local net=(-q -D -H 3 -r 0.05 -E 0 -e 100) n
	for n in 32 64 96 100; do
		train "${net[@]}" -N $n -o $n.npz words
		reals W $n.npz > $n.reals
	done
	train "${net[@]}" -N 100 --average -o mean.npz words
	cmp <(reals W.last mean.npz) 100.reals
	reals W mean.npz | paste 32.reals 64.reals 96.reals - | awk '{
		m = $1; m += 4 / 5 * ($2 - m); m += 4 / 6 * ($3 - m); d = m - $4
		if (d < -1e-15 || d > 1e-15) { print; bad = 1 } }
		END { exit bad || NR != 9 }'
}

@test "before the first 32 steps the model has the weights themselves" {
	train -q -H 3 -E 0 -e 100 -N 31 -o plain.npz words
	train -q -H 3 -E 0 -e 100 -N 31 --average -o mean.npz words
	cmp <(unzip -p plain.npz W.npy) <(unzip -p mean.npz W.npy)
	cmp <(unzip -p plain.npz W.npy) <(unzip -p mean.npz W.last.npy)
}

@test "a resumed run has the same mean, whatever the net" {
	local net n
	while read -r net; do
		# shellcheck disable=SC2086 # options
		for n in 0 7 31 32 50 64; do
			train -q $net -E 2 -e 7 --average -N $n -o part.npz --force words > log
			[ "$n" != 0 ] || { mv part.npz whole.npz; mv log whole.log; continue; }
			train -q -R part.npz -N 0 words >> log
			cmp whole.npz part.npz
		done
	done <<-'END'
		-H 4
		-H 4 -O adam -B 4
		-H 4 -c lstm -m 3 -t -O adam --softmax sampled --samples 5 -p 0.2
		-H 4 -c gru -m 3 -O adam --softmax tree
	END
}

@test "evaluations are of the mean, and do not disturb the weights" {
	local net=(-H 4 -c lstm -m 4 -t -O adam -r 0.02 -S constant --softmax sampled --samples 5 -e 6)
	head -n 40 words > few
	train -q "${net[@]}" -E 0 -o plain.npz words
	train -q "${net[@]}" -E 1 --average -v words -o mean.npz words > log
	cmp <(unzip -p plain.npz V.npy) <(unzip -p mean.npz V.last.npy)
	score -q -t mean.npz words | awk '$1 == "loss" { print $2 }' > scored
	sed -n 's/.*Validation loss .*epoch=6: //p' log | paste scored - | awk '{
		d = $1 - $2; exit !(d < 2e-6 && d > -2e-6) }'
	train -q -i mean.npz -e 0 -E 0 -o new.npz words
	cmp <(unzip -p new.npz V.npy) <(unzip -p mean.npz V.npy)
	run -0 unzip -l new.npz
	[[ "$output" != *.last.npy* ]]
	refused 2 '--average cannot change in a resumed run (-R)' -R plain.npz --average words
}
