#!/usr/bin/env bats
# info: what is inside a model.
# shellcheck disable=SC2154

load helper

export TOOL=info	# the program that refused() runs
UNIT=$BUILD/tests/unit

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	printf '%s\n' 'a b c d a b' 'b c a ,' 'd d a b c' > sentences
	vocab -q -n 0 sentences | encode > words.index
	printf 'ab\ncab\n' | tok -C -S | vocab -q -S -n 0 | encode > chars.index
	train -q -H 4 -e 1 -E 0 -o rnn.npz words.index
	train -q -c gru -H 4 -L 2 -m 3 -t -O adam -B 2 -r 0.01 -p 0.25 -v 0.34 -E 1 -e 2 -o gru.npz words.index
	train -q -c lstm -H 3 -m 5 -D -T 2 -O momentum -N 1 -E 0 -o lstm.npz chars.index
	train -q -H 4 -m 4 --softmax tree -O adam -e 1 -E 0 -o tree.npz words.index
	train -q -H 4 --softmax sampled --samples 3 -e 1 -E 0 -o sampled.npz words.index
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	cp "$BATS_FILE_TMPDIR"/* .
}

# has FILE LINE...: info's output for the file has each of these lines, | standing for a tab
has() {
	info "$1" > got
	for line in "${@:2}"; do
		grep -qxF "${line/|/$'\t'}" got || { echo "$1: no $line"; cat got; false; }
	done
}

@test "the network, its sizes, and what its training has done" {
	has rnn.npz 'file|rnn.npz' "file_bytes|$(wc -c < rnn.npz)" 'parameters|80' 'parameter_bytes|320' \
	    'optimiser_bytes|0' 'output|full' 'resumable|yes' 'evaluated_on|none' 'perplexity|none' \
	    'cell|rnn' 'layers|1' 'hidden|4' 'vocab|8' 'embed|0' 'tied|0' 'type|float32' 'unit|sentence' \
	    'rules|words' 'epoch|1' 'steps|3' 'rate|0.005' 'optimiser|sgd' 'schedule|halve' 'loss|none'
	loss=$(sed -n 's/.*loss=//p' < <(unzip -p gru.npz config.npy) | head -n 1)
	has gru.npz 'cell|gru' 'layers|2' 'hidden|4' 'embed|3' 'tied|1' 'optimiser|adam' 'dropout|0.25' \
	    'batch|2' 'rate0|0.01' 'epoch|2' 'epochs|2' 'steps|2' 'evaluated_on|validation'
	[ "$(awk -F '\t' '$1 == "loss" { printf "%.17g", $2 }' got)" = "$loss" ]
	[ "$(awk -F '\t' '$1 == "perplexity" { print $2 }' got)" = "$(awk -v l="$loss" 'BEGIN { printf "%.4f", exp(l) }')" ]
	grep -qE '^best_perplexity	[0-9]+[.][0-9]{4}$' got
	# twice the parameters are moments
	awk -F '\t' '$1 == "parameter_bytes" { p = $2 } $1 == "optimiser_bytes" { exit $2 != 2 * p || p == 0 }' got
	has lstm.npz 'type|float64' 'unit|stream' 'rules|characters,ends' 'chunk|2' 'sentence|1'
	awk -F '\t' '$1 == "parameter_bytes" { p = $2 } $1 == "optimiser_bytes" { exit $2 != p + 2 * 3 * 8 }' got
	has tree.npz 'output|tree' 'tree|1'
	has sampled.npz 'output|sampled' 'samples|3' 'parameters|92'
	# each line is a key and a value, each key there once
	run -1 grep -vE '^[a-z0-9_]+	[^	]+$' got
	cut -f 1 got | sort | uniq -d > twice
	[ ! -s twice ]
}

@test "every key of a config is listed as the file has it" {
	for m in rnn gru lstm tree sampled; do
		unzip -p $m.npz config.npy | tail -c +129 | grep -a = | sed '/version=/d' | awk -F = '{
			print $1, $2 ~ /^[0-9.e-]+$/ && $2 !~ /^0[0-9a-f]/ ? sprintf("%.15g", $2) : $2 }' |
		    grep -v _crc | sort > want
		info $m.npz | awk -F '\t' '{ print $1, $2 ~ /^[0-9.e-]+$/ ? sprintf("%.15g", $2) : $2 }' | sort > got
		[ "$(wc -l < want)" -gt 20 ]
		comm -23 want got > missing
		[ ! -s missing ] || { echo $m; cat missing; false; }
	done
}

@test "several files, one after another; and a model without configuration" {
	info rnn.npz gru.npz > both
	cat <(info rnn.npz) <(info gru.npz) | diff - both
	"$UNIT/model" bare bare.npz 3 5 f8 1
	info bare.npz > got
	tr '|' '\t' <<-'END' | diff - <(grep -v '^file' got)
		parameters|39
		parameter_bytes|312
		optimiser_bytes|0
		output|full
		resumable|no
		cell|rnn
		layers|1
		hidden|3
		vocab|5
		embed|0
		project|0
		bias|0
		tied|0
		tree|0
		cutoffs|none
		reduction|0
		type|float64
	END
}

@test "-j: a JSON object in each line, with the same keys and values" {
	cp gru.npz $'quote" back\\slash\ttab\xc3\xa9\xff.npz'
	info -j rnn.npz quote*.npz > got
	[ "$(wc -l < got)" -eq 2 ]
	[[ "$(tail -n 1 got)" == '{"file":"quote\" back\\slash\u0009tabé�.npz","file_bytes":'* ]]
	grep -q '"cell":"gru"' got
	grep -q '"loss":null' got
	info gru.npz | sed 1d | awk -F '\t' '{ 
		value = "\"" $2 "\""
		if ($2 == "none")
			value = $1 == "evaluated_on" ? value : "null"
		else if ($2 ~ /^[0-9.e+-]+$/ && $1 !~ /crc/)
			value = $2
		printf "%s\"%s\":%s", (NR > 1 ? "," : ""), $1, value }' > want
	[ "$(tail -n 1 got | sed 's/^[^,]*,//; s/}$//')" = "$(cat want)" ]
	if command -v python3 > /dev/null; then
		python3 -c 'import json, sys; [json.loads(line) for line in sys.stdin]' < got
	fi
}

@test "the weights are not read" {
	# one more word of 0xff in V is not finite, which only a reader of weights can notice
	perl -0777 -pe 's/(V\.npy.{128}.{8}).{4}/$1\xff\xff\xff\xff/s' rnn.npz > bad.npz
	run -1 score bad.npz words.index
	has bad.npz 'cell|rnn'
}

# cosines FILE ARRAY N ACROSS ALONG WORD...: all words' cosines with a word: element j
# of word w is at j * ACROSS + w * ALONG of the array
cosines() {
	info -j "$1" > /dev/null
	"$UNIT/model" values "$1" "$2" $(($3 * 8)) | awk -v n="$3" -v across="$4" -v along="$5" '
		{ x[NR - 1] = $1 }
		END { for (v = 0; v < 8; v++) { for (w = 0; w < 8; w++) {
			dot = a = b = 0
			for (j = 0; j < n; j++) {
				p = x[j * across + v * along]; q = x[j * across + w * along]
				dot += p * q; a += p * p; b += q * q
			}
			if (v != w) printf "%d %d %.4f\n", v, w, dot / sqrt(a * b) } } }' |
	    sort -k 1n,1 -k 3gr,3
}

@test "--nearest: cosines of E, of V with tied weights, and of U without embeddings" {
	printf '%s\n' SENTENCE_START SENTENCE_END a b c d , UNKNOWN_TOKEN > table
	[ "$(sed '1d; /^$/,$d' words.index | cut -f 1 | paste -sd ' ')" = "$(paste -sd ' ' table)" ]
	while read -r file arguments; do
		# shellcheck disable=SC2086
		cosines $file $arguments > all
		for i in 2 5 6; do
			word=$(sed -n "$((i + 1))p" table)
			awk -v i=$i 'NR == FNR { w[NR - 1] = $0; next } $1 == i { print w[i] "\t" w[$2] "\t" $3 }' \
			    table all > want
			[ "$(wc -l < want)" -eq 7 ]
			info --nearest "$word" "$file" | diff - want || { echo "$file"; false; }
		done
	done <<-'END'
		tree.npz E 4 8 1
		gru.npz V 3 1 3
		rnn.npz U 4 8 1
	END
	info --nearest a,b -n 2 rnn.npz > got
	cat <(info --nearest a -n 2 rnn.npz) <(info --nearest b -n 2 rnn.npz) | diff - got
	[ "$(wc -l < got)" -eq 4 ]
}

@test "what is refused" {
	refused 2 'no model given; usage: info [options] file ...'
	refused 1 'missing.npz: No such file' missing.npz
	refused 1 'words.index: is an index stream; name a file that train wrote' words.index
	refused 1 'sentences: is not a model; name a file that train wrote' sentences
	head -c -50 gru.npz > cut.npz
	refused 1 'cut.npz: is cut off: the directory' cut.npz
	refused 1 '-: a model cannot go through a pipe; name a file' -
	run -1 --separate-stderr info rnn.npz cut.npz
	[ "${lines[0]}" = $'file\trnn.npz' ]
	[[ "$stderr" == 'info: cut.npz: '* ]]
	refused 2 '-n: the number of words that --nearest lists; add --nearest' -n 3 rnn.npz
	refused 2 '-j cannot be combined with --nearest' -j --nearest a rnn.npz
	refused 2 '--nearest: takes one model; run it once for each' --nearest a rnn.npz gru.npz
	refused 1 "--nearest: 'A' is not in the vocabulary of rnn.npz" --nearest a,A rnn.npz
	refused 1 "--nearest: '' is not in the vocabulary" --nearest a,,b rnn.npz
	"$UNIT/model" bare bare.npz 3 5 f8 1
	refused 1 'bare.npz: a model without a vocabulary' --nearest a bare.npz
	run -1 --separate-stderr bash -c 'info rnn.npz > /dev/full'
	one_line_error info
}

@test "--words lists the words of a model, as vocab --keep reads them" {
	info --words rnn.npz > list
	printf '%s\n' SENTENCE_START SENTENCE_END a b c d , UNKNOWN_TOKEN | sort > want
	sort list | diff want -
	printf 'e e f\n' | vocab -q -n 8 --keep list -t | cut -f 1 | sort | diff want -
	refused 2 'takes one model' --words rnn.npz gru.npz
	refused 2 'cannot be combined' --words -j rnn.npz
	refused 2 'cannot be combined' --words --nearest a rnn.npz
}
