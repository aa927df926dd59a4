#!/usr/bin/env bats
# score: its output.  train-oracle.bats compares its ln P with the oracle's.
# shellcheck disable=SC2154,SC2094

load helper

export TOOL=score	# whose refusals refused() looks at

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	small_data > tiny.stream
	train -q -D -H 8 -r 0.1 -e 5 -E 0 -o tiny.npz tiny.stream
}

@test "a line per sentence: ln P, tokens, perplexity per token" {
	score tiny.npz tiny.stream > got
	[ "$(wc -l < got)" -eq 13 ]
	grep -cE $'^-[0-9]+\\.[0-9]{6}\t[0-9]+\t[0-9]+\\.[0-9]{4}$' got | grep -qx 13
	awk -F '\t' '{ far = exp(-$1 / $2) - $3 } far * far > 1e-6 { exit 1 }' got
	# tokens: words and END
	awk '{ print NF - 1 }' "$EXPECT/tiny.index.txt" | diff - <(cut -f 2 got)
}

@test "-w agrees with the lines of sentences" {
	score tiny.npz tiny.stream > lines
	score -w tiny.npz tiny.stream > words
	awk -F '\t' 'NR == FNR { want[NR] = $1; n[NR] = $2; next }
		FNR == 1 { s = 1 }
		{ sum += $2; k++ }
		k == n[s] {
			far = sum - want[s++]
			if (far * far > 1e-8) exit 1
			sum = k = 0
		}
		END { if (s != 14) exit 1 }' lines words
	# and the tokens are the text
	cut -f 1 words | tr '\n' ' ' | sed 's/ *SENTENCE_END */\n/g' > text
	decode tiny.stream | diff - text
}

@test "-w: the probabilities of all words after one history sum to 1" {
	for real in '' -D; do
		# every word as the third of a sentence with the same beginning
		awk 'NR > 2 { print "0 5 9", NR - 1, "1" }' "$EXPECT/tiny.tsv" |
		    small_stream > every
		score $real -w tiny.npz every | awk 'NR % 4 == 3' > third
		# END is what a sentence of two words has there; START cannot stand there
		echo '0 5 9 1' | small_stream > end
		score $real -w tiny.npz end | tail -n 1 >> third
		[ "$(wc -l < third)" -eq 29 ]
		awk -F '\t' '{ sum += exp($2); seen[$3]++ }
			END {
				for (i = 1; i <= 30; i++) {
					if (seen[i] > 1) exit 1
					missing += !seen[i]
				}
				# one rank is START'"'"'s, and so is what lacks
				if (missing != 1 || sum > 1.00001 || sum < 0.95) exit 1
			}' third
	done
}

@test "every probability of every word: sums are 1" {
	# unit=stream has no word that cannot stand everywhere
	printf 'a b c\nb c a\nc c b a\n' | vocab -q -S -n 0 | encode > s
	train -q -T 0 -D -H 4 -r 0.5 -e 20 -E 0 -o s.npz s
	for w in a b c; do
		printf 'a b %s\n' $w
	done | encode -v s.npz > every
	score -D -w s.npz every | awk 'NR % 2 == 0' > second
	awk '{ sum += exp($2); ranks += $3 } END { exit !(sum > 0.99999 && sum < 1.00001 && ranks == 6) }' second
}

@test "-p: the most probable word at each step, as -w ranks it" {
	score -p tiny.npz tiny.stream > predicted
	score -w tiny.npz tiny.stream > words
	[ "$(wc -l < predicted)" -eq 13 ]
	tr ' ' '\n' < predicted | paste - words > both
	[ "$(wc -l < both)" -eq "$(wc -l < words)" ]
	awk -F '\t' '($1 == $2) != ($4 == 1) { exit 1 }' both
	grep -q $'\t1$' words
}

@test "equal probabilities rank by index" {
	train -q -H 3 -e 0 -E 0 -o flat.npz tiny.stream
	"$BUILD/tests/unit/scale" flat.npz V 0 flat.npz
	score -w flat.npz tiny.stream > words
	awk -F '\t' 'NR == FNR { row[$1] = NR; next } row[$1] != $3 { exit 1 }' "$EXPECT/tiny.tsv" words
	score -p flat.npz tiny.stream | tr ' ' '\n' | sort -u > one
	echo SENTENCE_START | diff - one
	score flat.npz tiny.stream | cut -f 3 | sort -u > perplexity
	echo 30.0000 | diff - perplexity
}

@test "a perplexity beyond its significant digits is printed in short form" {
	train -q -H 3 -e 0 -E 0 -o m.npz tiny.stream
	"$BUILD/tests/unit/scale" m.npz V 300 large.npz
	score large.npz tiny.stream > lines
	score -t large.npz tiny.stream | grep perplexity >> lines
	awk -F '\t' '{ x = $NF; short += x ~ /^[0-9.]+e\+[0-9]+$/ && x >= 1e15
			long += x ~ /^[0-9]+\.[0-9][0-9][0-9][0-9]$/ && x < 1e15 }
		END { exit !(short > 0 && short + long == 15) }' lines
	"$BUILD/tests/unit/scale" m.npz V 3e6 larger.npz
	score -t larger.npz tiny.stream | grep -x 'perplexity.inf'
}

@test "-t: totals, with and without UNKNOWN_TOKEN" {
	score -t tiny.npz tiny.stream > got
	cut -f 1 got | paste -sd ' ' > keys
	echo 'sentences tokens loss perplexity bits_per_byte tokens_known loss_known perplexity_known tokens_unknown types_unknown' |
	    diff - keys
	score -w tiny.npz tiny.stream > words
	awk -F '\t' 'NR == FNR { got[$1] = $2; next }
		{ all += $2; n++ }
		$1 != "UNKNOWN_TOKEN" { known += $2; k++ }
		function bad(a, b) { return (a - b) ^ 2 > 1e-7 }
		END {
			if (got["sentences"] != 13 || got["tokens"] != n || got["tokens_known"] != k)
				exit 1
			if (k >= n || bad(got["loss"], -all / n) || bad(got["loss_known"], -known / k))
				exit 1
			if (bad(got["perplexity"], exp(-all / n)) || bad(got["perplexity_known"], exp(-known / k)))
				exit 1
			if (got["tokens_unknown"] != n - k || got["types_unknown"] != "unknown")
				exit 1
		}' got words
}

@test "-t: bits per byte of the text, where its length is known" {
	score -t tiny.npz tiny.stream | grep -qx $'bits_per_byte\tunknown'
	small_data head -n 12 > text
	encode -v tiny.npz < "$EXPECT/tiny.tokens" > binary
	score -t tiny.npz text > a
	score -t tiny.npz binary > b
	diff <(grep -v bits a) <(grep -v bits b)
	bytes=$(wc -c < "$EXPECT/tiny.tokens")
	awk -F '\t' -v bytes="$bytes" '{ got[$1] = $2 }
		END {
			far = got["bits_per_byte"] - got["loss"] * got["tokens"] / log(2) / bytes
			exit !(far * far < 1e-9)
		}' b
	# one sentence of unknown length and the sum is unknown
	score -t tiny.npz binary text | grep -qx $'bits_per_byte\tunknown'
}

@test "nothing to score: no lines, and totals that say so" {
	small_stream < /dev/null > none
	for o in '' -w -p; do
		run -0 --separate-stderr score $o tiny.npz none
		[ -z "$output$stderr" ]
	done
	score -t tiny.npz none > got
	printf '%s\t%s\n' sentences 0 tokens 0 loss unknown perplexity unknown \
	    bits_per_byte unknown tokens_known 0 loss_known unknown perplexity_known unknown \
	    tokens_unknown 0 types_unknown 0 |
	    diff - got
}

@test "a frame of one index predicts nothing but has its line" {
	printf 'a b\nb\nb a\n' | vocab -q -S -n 0 | encode > s
	train -q -T 0 -H 2 -e 1 -E 0 -o s.npz s
	score s.npz s > got
	cut -f 2 got | paste -sd ' ' | grep -qx '1 0 1'
	sed -n 2p got | grep -qx $'0.000000\t0\tunknown'
	score -p s.npz s > got
	awk '{ print NF }' got | paste -sd ' ' | grep -qx '1 0 1'
	[ "$(score -w s.npz s | wc -l)" -eq 2 ]
}

@test "many sentences go through one window after another, in their order" {
	small_data repeated 400 > long
	for o in '' -w -p; do
		score $o tiny.npz tiny.stream > once
		for _ in {1..400}; do
			cat once
		done > want
		score $o tiny.npz long | cmp - want
	done
}

@test "a sentence longer than any window" {
	# 70000 steps of 30 words, and 3000 of 8000: both pass what -w holds
	awk 'BEGIN { printf "0"; for (i = 0; i < 80000; i++) printf " %d", 2 + i % 27; print " 1" }' |
	    small_stream > long
	score tiny.npz long > line
	score -w tiny.npz long > words
	[ "$(wc -l < words)" -eq 80001 ]
	awk -F '\t' 'NR == FNR { want = $1; next } { sum += $2 }
		END { far = sum / want - 1; exit !(far * far < 1e-12) }' line words
	[ "$(score -p tiny.npz long | wc -w)" -eq 80001 ]
}

@test "memory is bounded by the window, not by the input" {
	case ${SAN:-} in *address*) skip 'ulimit -v and ASan do not mix' ;; esac
	awk 'BEGIN { for (i = 0; i < 300000; i++) print "0 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 1" }' |
	    small_stream > long
	[ "$(wc -c < long)" -gt 13000000 ]
	ulimit -v 60000
	score -q -j 1 -t tiny.npz long | grep -qx $'sentences\t300000'
}

@test "any number of threads gives the same bytes" {
	for o in '' -t -w -p -D; do
		score -j 1 $o tiny.npz tiny.stream > one
		score -j 2 $o tiny.npz tiny.stream | cmp - one
		score -j 3 $o tiny.npz tiny.stream | cmp - one
	done
}

@test "the tutorial's model, which has no vocabulary, takes the stream's" {
	need trained-model-theano.npz
	m=$SHARED/trained-model-theano.npz
	"$ORACLE/as-stream.sh" 8000 < "$EXPECT/theano.index.txt" > s
	for o in '' -w -p -t; do
		for j in 1 2; do
			score -j $j $o "$m" s > "j$j"
		done
		cmp j1 j2
	done
	score -w "$m" s | cut -f 1 | head -n 1 | grep -qE '^(w[0-9]+|SENTENCE_END|UNKNOWN_TOKEN)$'
	refused 1 "the stream's vocabulary has 30 words, but the model's weights are for 8000; encode the text with the table that it was trained with: encode -v TABLE" "$m" \
	    tiny.stream
	score "$m" s > float
	score -D "$m" s > double
	run -1 cmp -s float double
	paste float double | awk -F '\t' '{ far = $1 / $4 - 1 } far * far > 1e-10 { exit 1 }'
}

@test "every device gives the same except for last digits" {
	score -d ref tiny.npz tiny.stream > by.ref
	for d in auto cpu blas; do
		score -d $d tiny.npz tiny.stream | paste by.ref - |
		    awk -F '\t' '{ far = $1 - $4 } far * far > 1e-11 || $2 != $5 { exit 1 }'
	done
	refused 2 'is none of auto|cpu|cuda|blas|ref' -d abacus tiny.npz tiny.stream
}

@test "weights whose outputs are not numbers" {
	train -q -H 16 -e 0 -E 0 -o start.npz tiny.stream
	"$BUILD/tests/unit/scale" start.npz U 100 steep.npz
	"$BUILD/tests/unit/scale" steep.npz V 1.3e39 steep.npz
	for o in '' -t -w -p; do
		run -1 --separate-stderr score -q $o steep.npz tiny.stream
		[ "${#stderr_lines[@]}" -eq 1 ]
		[[ "$stderr" == 'score: tiny.stream: sentence '*': its probability is not a number; '* ]]
	done
}

@test "streams and models that do not go together" {
	"$ORACLE/as-stream.sh" 30 < "$EXPECT/tiny.index.txt" > other
	refused 1 'tiny.npz: other: the stream'\''s vocabulary' tiny.npz other
	"$ORACLE/as-stream.sh" 29 < /dev/null > other
	refused 1 'other: the stream'\''s vocabulary (29 words' tiny.npz other
}

@test "files that are not inputs" {
	refused 1 'missing.npz: No such file' missing.npz tiny.stream
	refused 1 '.: is a directory' . tiny.stream
	refused 1 'score: tiny.stream: is an index stream; give the model first: score model.npz ... [index-stream ...]' tiny.stream tiny.npz
	vocab -q "$EXPECT/tiny.tokens" > v
	refused 1 'score: v: is a vocabulary stream; give the model first: score model.npz ... [index-stream ...]' v tiny.npz
	refused 1 'README.md: is not a model; give the model first: score model.npz ... [index-stream ...]' "$TOP/README.md" tiny.npz
	run -1 --separate-stderr score tiny.npz tiny.stream tiny.npz
	[ "$stderr" = 'score: tiny.npz: a model or other .npz file where an index stream was expected; is it in the wrong place on the command line?' ]
	for program in train decode encode; do
		TOOL=$program refused 1 "$program: tiny.npz: a model or other .npz file where " tiny.npz
	done
	mkfifo fifo
	refused 1 'fifo: is not a regular file' fifo tiny.stream
	refused 1 'missing: No such file' tiny.npz missing
	refused 1 '.: Is a directory' tiny.npz .
	refused 1 'standard input: empty input' tiny.npz < /dev/null
	refused 1 'missing from the pipe?' tiny.npz "$EXPECT/tiny.tokens"
	vocab -q "$EXPECT/tiny.tokens" > v
	refused 1 'a vocabulary stream where an index stream' tiny.npz v
}

@test "a truncated stream: complete frames are scored, the status is 1" {
	sed '$d' tiny.stream > short
	run -1 --separate-stderr score tiny.npz short
	[ "${#lines[@]}" -eq 13 ]
	[[ "$stderr" == 'score: short: the stream ends without its last frame'* ]]
	run -1 --separate-stderr score -t tiny.npz short
	one_line_error score
}

@test "a truncated or altered model is refused" {
	head -c -20 tiny.npz > short.npz
	refused 1 'short.npz: ' short.npz tiny.stream
}

@test "a full disk is an error; a closed pipe is not" {
	for o in '' -t -w -p; do
		run -1 --separate-stderr pipe "score $o tiny.npz tiny.stream > /dev/full"
		one_line_error score
		[[ "$stderr" == *'write error on standard output'* ]]
	done
	run --separate-stderr bash -c 'score -w tiny.npz tiny.stream tiny.stream | head -n 1'
	[ -z "$stderr" ]
}

@test "out of memory is one line" {
	case ${SAN:-} in *address*) skip 'ulimit -v and ASan do not mix' ;; esac
	train -q -H 4000 -e 0 -E 0 -o wide.npz tiny.stream
	ulimit -v 150000
	run -1 --separate-stderr score -q -j 1 wide.npz tiny.stream
	one_line_error score
	[[ "$stderr" == *memory* ]]
}

@test "usage errors" {
	refused 2 'no model given; usage: '
	refused 2 'exclude each other; give one of them' -t -w tiny.npz tiny.stream
	refused 2 'exclude each other; give one of them' -p -w tiny.npz tiny.stream
	refused 2 'exclude each other; give one of them' -p -t tiny.npz tiny.stream
	for v in x '' -1 1.5 1025; do
		refused 2 "-j: '$v' is not a whole number" -j "$v" tiny.npz tiny.stream
	done
	refused 2 'unknown option -Z' -Z
	refused 2 '-d needs an argument' -d
	run -0 --separate-stderr score -h
	[ -z "$stderr" ]
	[ "${#lines[@]}" -le 24 ]
	run -0 score -V
	[[ "$output" == 'score (unroll) '* ]]
}

@test "bits per byte of characters counts the bytes of the text, not of the stream" {
	printf 'to be or\nnot to be\n' > text
	tok -C -S text | vocab -q -S -n 0 | encode > c.index
	train -q -H 2 -e 0 -E 0 -o c.npz c.index
	score -t c.npz c.index > got
	[ "$(wc -c < text)" -eq 19 ]
	awk '{ v[$1] = $2 } END {
		want = v["tokens"] * v["loss"] / log(2) / 19
		d = v["bits_per_byte"] - want
		exit !(d < 1e-4 && d > -1e-4) }' got
}

@test "with nothing predicted, bits per byte are also unknown" {
	printf 'a\nb\n' | vocab -q -S -n 0 | encode > one.index
	train -q -T 0 -H 2 -e 0 -E 0 -o one.npz <(printf 'a b\n' | vocab -q -S -n 0 | encode)
	score -t one.npz one.index > got
	grep -qx "bits_per_byte	unknown" got
}

@test "a stream trained in chunks is scored as one sequence, its state carried over" {
	head -40 "$BATS_TEST_DIRNAME/../data/comments.csv" | tok -C -S > lines
	vocab -q -S < lines | encode > chars
	train -q -D -T 7 -H 5 -e 1 -E 0 -o chars.npz chars
	score -D -t chars.npz chars > totals
	tokens=$(awk 'NR > 1 { n += NF } END { print n }' lines)
	[ "$(awk '$1 == "tokens" { print $2 }' totals)" -eq $((tokens - 1)) ]
	# per step, per line and in total: the same sum
	score -D -w chars.npz chars | awk '{ s += $2 } END { printf "%.1f\n", s }' > words
	score -D chars.npz chars | awk '{ s += $1 } END { printf "%.1f\n", s }' | diff - words
	awk '{ v[$1] = $2 } END { print -v["loss"] * v["tokens"] }' totals | paste words - |
	    awk '{ d = $1 - $2; exit !(d < 0.1 && d > -0.1) }'
	# where frames end does not matter: the same tokens, one or many a line
	{ head -n 1 lines; sed 1d lines | tr '\n' ' ' | sed 's/ $//'; } > joined
	encode -v chars.npz joined | score -D -t chars.npz | grep -E '^(loss|tokens)' > one
	grep -E '^(loss|tokens)' totals | diff - one
	# and a new file is a new text
	score -D -t chars.npz chars chars | awk '$1 == "tokens" { print $2 }' > twice
	[ "$(cat twice)" -eq $((2 * (tokens - 1))) ]
}

@test "a model cannot come from a pipe" {
	refused 1 '-: a model cannot go through a pipe; name a file' - tiny.stream
}

@test "a text that was cut otherwise than the model's is scored, and that is told once" {
	printf '%s\n' 'I am' 'so am I' > lines
	tok -C lines | vocab -q -n 0 | encode > chars.index
	train -q -H 4 -e 1 -E 0 -o chars.npz chars.index
	unzip -p chars.npz config.npy | grep -aqx 'rules=characters'
	run -0 --separate-stderr score chars.npz chars.index
	[ -z "$stderr" ]
	tok -C lines | encode -v chars.npz | cmp - chars.index
	tok -C -l early lines | encode -v chars.npz > low.index
	run -0 --separate-stderr score chars.npz low.index
	[ "${#stderr_lines[@]}" -eq 1 ]
	[ "$stderr" = "score: chars.npz: low.index: the text was cut by the token rules characters,lower=early, the model's by characters; their probabilities are not those of one kind of text" ]
	[ "${#lines[@]}" -eq 2 ]
	sample -q -n 2 chars.npz | head -n 1 | grep -q ' rules=characters$'
	# a model of version 0.2, whose rules nobody knows
	sed '1s/ rules=characters//' chars.index > old.index
	train -q -H 4 -e 1 -E 0 -o old.npz old.index
	! unzip -p old.npz config.npy | grep -aq rules= || false
	tok -C lines | encode -v old.npz > new.index
	cmp new.index chars.index
	run -0 --separate-stderr score old.npz new.index
	[ "${#stderr_lines[@]}" -eq 1 ]
	[[ "$stderr" == *"the model's by words;"* ]]
	score old.npz old.index 2>&1 | diff - <(printf '%s\n' "$output")
	run -0 --separate-stderr sample -n 3 old.npz
	[ "$stderr" = 'sample: old.npz: states no token rules, so its tokens are taken for words; if they are characters: --rules characters' ]
	sample --rules characters -x 'I a' -n 3 old.npz | cmp - <(sample -x 'I a' -n 3 chars.npz)
	run -1 --separate-stderr sample --rules words chars.npz
	[ "$stderr" = 'sample: chars.npz: it states rules=characters, but --rules says words; leave --rules out' ]
	# a resumed training tells, and the model has the rules of what it learned last
	run -0 --separate-stderr train -q -R old.npz -e 2 -o both.npz chars.index
	[[ "$stderr" == *"the text was cut by the token rules characters, the model's by words"* ]]
	unzip -p both.npz config.npy | grep -aqx 'rules=characters'
	run -1 --separate-stderr train -q -H 4 -o two.npz chars.index old.index
	[[ "$stderr" == *'old.index: its token rules differ from those of the previous stream'* ]]
}

@test "a model without a vocabulary: once, that nothing but the size was compared" {
	need_numpy
	"$PYTHON" - <<-'END'
	import numpy as np
	z = np.load("tiny.npz")
	np.savez("bare.npz", U=z["U"], V=z["V"], W=z["W"])
	END
	run -0 --separate-stderr score bare.npz tiny.stream tiny.stream
	[ "${#stderr_lines[@]}" -eq 1 ]
	[[ "$stderr" == "score: bare.npz: the model has no vocabulary, so nothing but the size, "*" words, tells whether the text was encoded with the right one" ]]
	run -0 --separate-stderr score -q bare.npz tiny.stream
	[ -z "$stderr" ]
	run -0 --separate-stderr score tiny.npz tiny.stream
	[ -z "$stderr" ]
	run -0 --separate-stderr cells -u 0 bare.npz tiny.stream
	[[ "$stderr" == "cells: bare.npz: the model has no vocabulary, "* ]]
}

@test "several models: a field for each, and each has what it gives alone" {
	tok --ids 0 -f text <<< $'the cat saw the dog . yes .\n\nno zebra' > ids.tokens
	train -q -c gru -H 6 -r 0.1 -e 2 -E 0 -o gru.npz tiny.stream	# float, the other double
	encode -v tiny.npz ids.tokens > ids.stream
	for options in '' --by-record -w '-w --text ids.tokens'; do
		# shellcheck disable=SC2086
		score $options tiny.npz gru.npz ids.stream > both
		for m in 0 1; do
			model=(tiny.npz gru.npz)
			# shellcheck disable=SC2086
			score $options "${model[m]}" ids.stream > one
			case $options in
			-w*) fields=1,2,$((m + 3)),$((m + 5)),7 ;;
			*) fields=1,$((m + 2)),4,$((m + 5)) ;;
			esac
			cut -f "$fields" both | cmp - one
		done
	done
	score -t tiny.npz gru.npz gru.npz < ids.stream > both
	for m in 2 3 4; do
		model=(0 0 tiny.npz gru.npz gru.npz)
		score -t "${model[m]}" ids.stream | cmp - <(cut -f 1,$m both)
	done
	run -1 cmp -s <(cut -f 2 both) <(cut -f 3 both)
	# windows, and a sentence longer than one
	small_data repeated 400 > long
	score -w tiny.npz gru.npz long | cut -f 1,3,5 | cmp - <(score -w gru.npz long)
	awk 'BEGIN { printf "0"; for (i = 0; i < 80000; i++) printf " %d", 2 + i % 27; print " 1" }' |
	    small_stream > long
	score -w tiny.npz gru.npz long | cut -f 1,3,5 | cmp - <(score -w gru.npz long)
}

@test "several models of a stream: each carries its own hidden state over" {
	printf 'b a\na b a\nb\n' | vocab -q -S -n 0 | encode > s
	train -q -H 3 -e 1 -E 0 -T 2 -o a.npz s
	train -q -H 4 -e 2 -E 0 -T 3 -c gru -o b.npz s
	train -q -H 3 -e 1 -E 0 -T 0 -o lines.npz s
	score -w a.npz b.npz s s | cut -f 1,3,5 | cmp - <(score -w b.npz s s)
	score a.npz b.npz s s | cut -f 2,3,5 | cmp - <(score b.npz s s)
	run -1 --separate-stderr score a.npz lines.npz s
	[ "$stderr" = 'score: lines.npz: reads a stream line by line, and a.npz otherwise (train -T 0); score each by itself' ]
}

@test "several models that do not go together, and what asks one only" {
	printf 'a b\nb\n' | vocab -q -n 0 | encode > ab
	train -q -H 2 -e 1 -E 0 -o ab.npz ab
	refused 1 'score: ab.npz: its vocabulary (5 words) is not that of tiny.npz (30 words); models are scored together only on one vocabulary' tiny.npz ab.npz tiny.stream
	printf 'a a\nb\n' | vocab -q -n 0 | encode > ba
	train -q -H 2 -e 1 -E 0 -o ba.npz ba
	refused 1 'score: ba.npz: its vocabulary (5 words) is not that of ab.npz (5 words); ' ab.npz ba.npz ab
	printf 'ab\nb\n' | tok -C | vocab -q -n 0 | encode > chars
	train -q -H 2 -e 1 -E 0 -o chars.npz chars
	refused 1 'score: chars.npz: its text was cut by the token rules characters, that of ab.npz by words; ' ab.npz chars.npz ab
	refused 2 '-p: shows what one model predicts; give one model' -p tiny.npz tiny.npz tiny.stream
	refused 1 'score: missing.npz: No such file' tiny.npz missing.npz tiny.stream
	head -c 300 tiny.npz > cut.npz
	refused 1 'score: cut.npz: ' tiny.npz cut.npz tiny.stream
	train -q -H 16 -e 0 -E 0 -o start.npz tiny.stream
	"$BUILD/tests/unit/scale" start.npz U 100 steep.npz
	"$BUILD/tests/unit/scale" steep.npz V 1.3e39 steep.npz
	refused 1 'score: steep.npz: tiny.stream: sentence ' -q tiny.npz steep.npz tiny.stream
}
