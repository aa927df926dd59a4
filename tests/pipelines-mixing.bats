#!/usr/bin/env bats
# mix.sh and rerank.sh: weights of a mixture against NumPy, n-best lists in their forms,
# and what is refused.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	mix=$TOP/pipelines/mix.sh rerank=$TOP/pipelines/rerank.sh
	awk 'BEGIN {
		x = 20151001
		for (i = 0; i < 3000; i++)
			for (k = 1; k <= 3; k++) {
				x = (x * 16807) % 2147483647
				printf "w%d\t%.6f\t1\n", i % 90, -x / 2147483647 * (6 + k) > k ".tsv"
			}
	}'
}

# a model of a few sentences, and the programs' folder for the scripts
small_model() {
	printf 'the dog sleeps\nthe cat sleeps\nthe dog sees the cat\n' > tokens
	vocab -q < tokens | encode > index
	train -q -H 8 -r 0.05 -e 30 -E 0 -o m.npz index
}

@test "mix.sh: output that cannot be written is status 1" {
	run -1 bash -c '"$0" -p 1.tsv 2.tsv > /dev/full' "$mix"
	run -1 bash -c '"$0" 1.tsv 2.tsv > /dev/full' "$mix"
}

@test "mix.sh: weights and bits equal those of NumPy" {
	need_numpy
	"$mix" 1.tsv 2.tsv 3.tsv > got
	"$PYTHON" - <<-'END' > want
	import numpy as np
	p = np.exp([[float(l.split("\t")[1]) for l in open(f)] for f in ("1.tsv", "2.tsv", "3.tsv")])
	w = np.ones(3) / 3
	for _ in range(20000):
	    w = (w[:, None] * p / (w @ p)).mean(axis=1)
	for k in range(3):
	    print(w[k], -np.log2(p[k]).mean())
	print(1, -np.log2(w @ p).mean())
	END
	sed 1d got | cut -f 2,3 | tr '\t' ' ' > pairs
	cat got
	awk -v tol=1e-6 -f "$ORACLE/close.awk" want pairs
}

@test "mix.sh: the columns of several models in one file are so many files" {
	paste 1.tsv 2.tsv 3.tsv | awk -F '\t' -v OFS='\t' '{ print $1, $2, $5, $3, $6 }' > two.tsv
	"$mix" 1.tsv 2.tsv 3.tsv > want
	sed 's/^two.tsv:\([12]\)/\1.tsv/' <("$mix" two.tsv 3.tsv) | diff want -
	"$mix" 3.tsv two.tsv | cut -f 1 | paste -sd ' ' | grep -qx 'model 3.tsv two.tsv:1 two.tsv:2 mix'
	# the text's words and whether the vocabulary has them; one file alone
	sed 's/$/\tknown/' two.tsv > known.tsv
	"$mix" -p 1.tsv 2.tsv | cmp - <("$mix" -p known.tsv)
	sed '9s/\t[^\t]*$//' two.tsv > short.tsv
	run -1 --separate-stderr "$mix" short.tsv
	[ "$stderr" = 'mix.sh: short.tsv: line 9: 4 fields, where the first line has 5' ]
}

@test "mix.sh -p and -w: the mixture's words, which mix again to the same" {
	"$mix" -w 0.25,0.75,0 -p 1.tsv 2.tsv 3.tsv > mixed.tsv
	[ "$(cut -f 1 mixed.tsv)" = "$(cut -f 1 1.tsv)" ]
	want=$("$mix" -w 0.25,0.75 1.tsv 2.tsv | tail -n 1 | cut -f 3)
	[ "$("$mix" -w 1,0 mixed.tsv 3.tsv | sed -n 2p | cut -f 3)" = "$want" ]
}

@test "mix.sh: KenLM's output, a model without any probability, a name with '='" {
	printf 'the=4 1 -1.5\tcat=9 2 -inf\t</s>=2 2 -0.5\tTotal: -9 OOV: 0\nPerplexity including OOVs:\t4\n' > ken
	printf 'the\t-1\ncat\t-2\nSENTENCE_END\t-3\n' > a=b.tsv
	run -0 "$mix" -w 0.5,0.5 -p ken a=b.tsv
	[ "${lines[1]}" = "cat	$(awk 'BEGIN { printf "%.9f", log(0.5 * exp(-2)) }')" ]
	[ "${lines[0]}" = "the	$(awk 'BEGIN { printf "%.9f", log(0.5 * exp(-1.5 * log(10)) + 0.5 * exp(-1)) }')" ]
	run -0 "$mix" ken a=b.tsv
	[ "$(cut -f 1 <<< "${lines[2]}")" = a=b.tsv ]
}

@test "mix.sh refuses other texts, numbers that are none, and weights that do not fit" {
	head -n 10 1.tsv > short.tsv
	sed 's/^w/v/' 2.tsv > other.tsv
	printf 'a\tb\n' > bad.tsv
	: > empty.tsv
	for args in '1.tsv short.tsv' '1.tsv other.tsv' '1.tsv bad.tsv' '1.tsv empty.tsv' \
	    '-w 0.5,0.6 1.tsv 2.tsv' '-w 1 1.tsv 2.tsv' '-w a,b 1.tsv 2.tsv' '1.tsv none.tsv'; do
		echo "$args"
		# shellcheck disable=SC2086
		run --separate-stderr "$mix" $args
		[ "$status" -ne 0 ]
		[ -z "$output" ]
		[ "${#stderr_lines[@]}" -eq 1 ]
	done
	run -2 "$mix"
	run -2 --separate-stderr "$mix" 1.tsv
	[ "$stderr" = 'mix.sh: 1.tsv: one model; a mixture needs two' ]
}

@test "rerank.sh: the weighted sum, in both forms, on what score gives" {
	small_model
	printf '7\t-1.5\tthe dog sleeps\n3\t-2\tcat  the sees \n7\t-1\tsleeps dog the\n' > list
	cut -f 3 list | tr -s ' ' | sed 's/ $//' | encode -v m.npz | score -q m.npz | cut -f 1 > logp
	run -0 "$rerank" -m m.npz -l 0.5 -b 0.25 -a list
	[ "${#lines[@]}" -eq 3 ]
	paste logp list | awk -F '\t' '{ printf "%s\t%.6f\t%s\t%s\n", $2, $3 + 0.5 * $1 + 0.75, $3, $1 }' > want
	diff <(cut -f 1-4 <<< "$output") want
	run -0 "$rerank" -m m.npz list
	[ "${#lines[@]}" -eq 2 ]
	[[ "${lines[0]}" == 7*'the dog sleeps' ]]
	[[ "${lines[1]}" == 3*'cat the sees' ]]
	# Moses' form; and costs
	awk -F '\t' '{ print $1 " ||| " $3 " ||| LM0= -3 ||| " $2 }' list > moses
	diff <("$rerank" -m m.npz -n 2 moses) <("$rerank" -m m.npz -n 2 list)
	awk -F '\t' -v OFS='\t' '{ $2 = -$2; print }' list > costs
	diff <("$rerank" -c -m m.npz < costs) <("$rerank" -m m.npz list)
}

@test "rerank.sh: a candidate without words is a sentence that ends at once" {
	small_model
	printf '7\t-1.5\tthe dog sleeps\n7\t-9\t\n8\t-1\t \n' > list
	printf '#tokens 1 lines=empty\n\n' | encode -v m.npz | score -q m.npz | cut -f 1 > logp
	run -0 --separate-stderr "$rerank" -m m.npz -a -b 1 list
	[ -z "$stderr" ]
	[ "${lines[1]}" = "$(awk '{ printf "7\t%.6f\t-9\t%s\t", -9 + $1, $1 }' logp)" ]
	run -0 "$rerank" -m m.npz list
	[ "${lines[1]}" = "$(awk '{ printf "8\t%.6f\t", -1 + $1 }' logp)" ]
}

@test "rerank.sh refuses what it cannot rank" {
	small_model
	printf 'a\t-1\tthe dog\nb\tx\tthe\n' > score
	printf 'a -1 the dog\n' > form
	for list in score form /dev/null none; do
		echo "$list"
		run -1 --separate-stderr "$rerank" -m m.npz "$list"
		[ -z "$output" ]
		[ "${#stderr_lines[@]}" -eq 1 ]
	done
	run -1 "$rerank" -m none.npz score
	run -2 "$rerank" score
	run -2 "$rerank" -m m.npz -n 0 score
	run -2 "$rerank" -m m.npz -l much score
}
