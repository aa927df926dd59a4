#!/usr/bin/env bats
# sample: what it draws, how often, and what it refuses.
# shellcheck disable=SC2154

load helper

export TOOL=sample	# whose refusals refused() looks at

# Made once: a model of the small data, and one of lines of characters.
setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	small_data > tiny.stream
	train -q -H 8 -r 0.1 -e 5 -E 0 -o tiny.npz tiny.stream
	printf '%s\n' Ada Bea Cleo Dora Eva Zora | tok -C | vocab -q | encode > names.stream
	train -q -H 8 -r 0.1 -e 200 -E 0 -o names.npz names.stream
	awk 'BEGIN { for (i = 0; i < 60; i++) print (i % 3 ? "t o o \\s n o t" : "n o t"), "\\n" }' |
	    vocab -q --rules characters -S -n 0 | encode | tee lines.stream | train -q -T 0 -a no -b 4 -H 8 -r 0.1 -e 100 -E 0 -o lines.npz
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	cp "$BATS_FILE_TMPDIR"/*.npz "$BATS_FILE_TMPDIR"/*.stream .
}

@test "ten sentences of seven words and more, without UNKNOWN_TOKEN" {
	sample -q tiny.npz | decode > text
	[ "$(wc -l < text)" -eq 10 ]
	awk 'NF < 7' text | wc -l | grep -qx 0
	sample -q -n 2000 -m 3 tiny.npz | decode > text
	[ "$(wc -l < text)" -eq 2000 ]
	awk '{ n = NF < 3 ? 0 : NF; seen[n]++ } END { exit !(!seen[0] && seen[3] && seen[4]) }' text
	run -1 grep -wE 'UNKNOWN_TOKEN|SENTENCE_START|SENTENCE_END' text
}

@test "-u allows UNKNOWN_TOKEN" {
	sample -q -n 200 -u tiny.npz | decode | grep -qw UNKNOWN_TOKEN
}

@test "-M closes the sentence" {
	sample -q -n 300 -m 2 -M 4 tiny.npz | decode > text
	awk 'NF > 4 || NF < 2 { exit 1 } { seen[NF]++ } END { exit !(seen[2] && seen[4]) }' text
	sample -q -n 3 -m 5 -M 5 tiny.npz | decode | awk 'NF != 5 { exit 1 }'
	sample -q -n 30 -M 5 tiny.npz | decode | awk 'NF != 5 { exit 1 }'
	refused 2 '-m 7 is more than -M 5; lower -m or raise -M' -m 7 -M 5 tiny.npz
}

# Pearson's chi-squared statistic against the model's own probabilities; 26 words can be
# drawn, and with 26 degrees one in ten thousand correct samplers exceeds 58.
@test "20000 first words are distributed as the model says" {
	sample -q -n 20000 -m 1 -M 1 tiny.npz | decode | sort | uniq -c > drawn
	awk 'NR > 2 && !/^UNKNOWN_TOKEN/ { print "0", NR - 1, "1" }' "$EXPECT/tiny.tsv" |
	    small_stream > every
	score -w tiny.npz every | awk 'NR % 2' > model
	[ "$(wc -l < model)" -eq 27 ]
	cat > chi.awk <<-'EOF'
		NR == FNR { p[$1] = exp($2); sum += p[$1]; next }
		{ n[$2] = $1; if (!($2 in p)) exit 1 }
		END {
			for (w in p) {
				want = 20000 * p[w] / sum
				chi += (n[w] - want) ^ 2 / want
			}
			print chi
			exit !(chi < 58)
		}
	EOF
	awk -f chi.awk model drawn
	# the statistic tells another temperature from this one
	sample -q -n 20000 -m 1 -M 1 -T 0.9 tiny.npz | decode | sort | uniq -c > drawn
	run -1 awk -f chi.awk model drawn
}

@test "... and so are later words, after the same prompt" {
	sample -q -n 20000 -m 3 -M 3 -x 'the cat' tiny.npz | decode | cut -d ' ' -f 3 |
	    sort | uniq -c > drawn
	the=$(awk '$1 == "the" { print NR - 1 }' "$EXPECT/tiny.tsv")
	cat=$(awk '$1 == "cat" { print NR - 1 }' "$EXPECT/tiny.tsv")
	awk -v beginning="0 $the $cat" 'NR > 2 && !/^UNKNOWN_TOKEN/ { print beginning, NR - 1, "1" }' \
	    "$EXPECT/tiny.tsv" | small_stream > every
	score -w tiny.npz every | awk 'NR % 4 == 3' > model
	awk 'NR == FNR { p[$1] = exp($2); sum += p[$1]; next } { n[$2] = $1 }
		END {
			for (w in p) {
				want = 20000 * p[w] / sum
				if (want >= 5) chi += (n[w] - want) ^ 2 / want
			}
			exit !(chi < 58)
		}' model drawn
}

@test "END is drawn from the m-th word on, as often as the model says" {
	sample -q -n 20000 -m 2 -M 3 -x 'the cat' tiny.npz | decode | awk 'NF == 2' | wc -l > ended
	the=$(awk '$1 == "the" { print NR - 1 }' "$EXPECT/tiny.tsv")
	cat=$(awk '$1 == "cat" { print NR - 1 }' "$EXPECT/tiny.tsv")
	awk -v beginning="0 $the $cat" 'NR == 2 { print beginning, 1 }
		NR > 2 && !/^UNKNOWN_TOKEN/ { print beginning, NR - 1, "1" }' \
	    "$EXPECT/tiny.tsv" | small_stream > every
	score -w tiny.npz every | awk 'NR == 3 || (NR > 3 && NR % 4 == 2)' > model
	awk 'NR == FNR { n = $1; next } { p = exp($2); sum += p; if ($1 == "SENTENCE_END") end = p }
		END {
			want = 20000 * end / sum
			print n, want, FNR
			exit !(FNR == 28 && want > 100 && (n - want) ^ 2 / want < 15)
		}' ended model
}

@test "the same seed gives the same bytes on any number of threads; another, others" {
	sample -q -j 1 -s 3 -n 50 tiny.npz > a
	sample -q -j 2 -s 3 -n 50 tiny.npz | cmp - a
	sample -q -j 3 -s 3 -n 50 tiny.npz | cmp - a
	sample -q -s 4 -n 50 tiny.npz > b
	run -1 cmp -s a b
	sample -q -n 50 tiny.npz > c
	sample -q -s 10 -n 50 tiny.npz | cmp - c
}

@test "-T 0, -k 1 and -P 0 take the most probable word" {
	sample -q -n 2 -m 1 -M 6 -T 0 tiny.npz | decode > greedy
	sample -q -n 2 -m 1 -M 6 -k 1 tiny.npz | decode | cmp - greedy
	sample -q -n 2 -m 1 -M 6 -P 0 -s 5 tiny.npz | decode | cmp - greedy
	sort -u greedy | wc -l | grep -qx 1
	# score -p would say the same, where START and UNKNOWN_TOKEN are not the best
	sample -q -n 1 -m 1 -M 6 -T 0 tiny.npz | score -p tiny.npz > predicted
	head -n 1 greedy | tr ' ' '\n' > words
	tr ' ' '\n' < predicted | head -n "$(wc -l < words)" > best
	paste words best | awk '$2 != "UNKNOWN_TOKEN" && $2 != "SENTENCE_END" && $1 != $2 { exit 1 }'
}

@test "-k and -P draw from the first words only, and from all of those" {
	echo '0 2 1' | small_stream > any
	awk 'NR > 2 && !/^UNKNOWN_TOKEN/ { print "0", NR - 1, "1" }' "$EXPECT/tiny.tsv" |
	    small_stream > every
	score -w tiny.npz every | awk 'NR % 2' | sort -t $'\t' -k 2,2nr > model
	for k in 1 3 5; do
		sample -q -n 3000 -m 1 -M 1 -k $k tiny.npz | decode | sort -u > drawn
		head -n $k model | cut -f 1 | sort | diff - drawn
	done
	for p in 0.1 0.3 0.6; do
		awk -v p=$p '{ w[NR] = $1; q[NR] = exp($2); sum += q[NR] }
			END { for (i = 1; i <= NR; i++) { print w[i]; got += q[i]; if (got >= p * sum) exit } }' \
		    model | sort > want
		sample -q -n 5000 -m 1 -M 1 -P $p tiny.npz | decode | sort -u | diff want -
	done
	# more words than there are: all
	sample -q -n 40 -k 10000 tiny.npz | decode > a
	[ "$(wc -l < a)" -eq 40 ]
}

@test "equally probable words: the first ones are kept" {
	"$BUILD/tests/unit/scale" tiny.npz V 0 flat.npz
	sample -q -n 500 -m 1 -M 1 -k 2 flat.npz | decode | sort -u > got
	sed -n 3,4p "$EXPECT/tiny.tsv" | cut -f 1 | sort | diff - got
}

@test "a low temperature favours probable words, a high one none" {
	for t in 0.2 1 1000; do
		sample -q -n 300 -T $t tiny.npz | score -t tiny.npz | sed -n 's/^loss\t//p'
	done > losses
	sort -n losses | diff losses -
	sample -q -n 27000 -m 1 -M 1 -T 1e6 tiny.npz | decode | sort | uniq -c |
	    awk '{ chi += ($1 - 1000) ^ 2 / 1000; n++ } END { exit !(n == 27 && chi < 58) }'
}

@test "-x: each sentence begins with the prompt" {
	sample -q -n 30 -x 'the old cat' tiny.npz | decode > text
	grep -c '^the old cat .' text | grep -qx 30
	sample -q -n 5 -x '  the   cat ' tiny.npz | decode | grep -c '^the cat ' | grep -qx 5
	sample -q -n 5 -x '' tiny.npz > a
	sample -q -n 5 tiny.npz | cmp - a
	# the beginning counts for -m and -M
	sample -q -n 5 -m 2 -M 2 -x 'the cat' tiny.npz | decode | sort -u > got
	echo 'the cat' | diff - got
	refused 2 '-x: 3 words, but -M allows at most 2; raise it' -m 1 -M 2 -x 'the old cat' tiny.npz
}

@test "-x: words outside the vocabulary" {
	refused 1 "-x: 'zebra' is not in the vocabulary; -u replaces it by UNKNOWN_TOKEN" -x 'the zebra' tiny.npz
	refused 1 "'SENTENCE_END' is a marker, not a word; leave it out" -x 'the SENTENCE_END' tiny.npz
	refused 1 '-e: SENTENCE_START is a marker, which is never drawn; name a word' -e SENTENCE_START tiny.npz
	refused 1 "'UNKNOWN_TOKEN' is a marker, which stands for words outside the vocabulary; allow it with -u, or leave it out" -x UNKNOWN_TOKEN tiny.npz
	refused 1 "'a␉b' is not in" -x $'a\tb' tiny.npz
	sample -q -n 3 -u -x 'the zebra' tiny.npz | decode | grep -c '^the UNKNOWN_TOKEN ' | grep -qx 3
	# all of them are named, each once
	refused 1 "-x: 'zebra', 'okapi' are not in the vocabulary; -u replaces them by UNKNOWN_TOKEN" \
	    -x 'the zebra okapi zebra' tiny.npz
	refused 1 "-x: 'q', 'é', '\t' are not in the vocabulary" -x $'qé\t t' lines.npz
	refused 1 "', ... are not in the vocabulary" -x "$(printf 'w%d ' {1..500})" tiny.npz
	refused 1 '-x: invalid UTF-8; give the text in UTF-8' -x $'t\xff' lines.npz
	refused 1 "-x: 'z' is not in the vocabulary, nor is UNKNOWN_TOKEN, which -u would use; leave it out" \
	    -u -x 'z' lines.npz
}

@test "the bytes of a frame are those of its token line, for bits per byte" {
	sample -q -n 100 tiny.npz > s
	decode s > text
	score -t tiny.npz s > got
	awk -F '\t' -v bytes="$(wc -c < text)" '{ got[$1] = $2 }
		END {
			far = got["bits_per_byte"] - got["loss"] * got["tokens"] / log(2) / bytes
			exit !(far * far < 1e-9)
		}' got
	encode -v tiny.npz < text | cmp - s
}

@test "-t writes the same in text" {
	sample -q -n 20 -t tiny.npz > text
	head -n 1 text | grep -q 'form=text'
	sample -q -n 20 tiny.npz | decode > want
	decode text | cmp - want
}

@test "-n 0 is a stream without sentences" {
	sample -n 0 tiny.npz | score -t tiny.npz | grep -qx $'sentences\t0'
}

@test "-D computes in double" {
	sample -q -D -n 5 tiny.npz | decode > text
	[ "$(wc -l < text)" -eq 5 ]
}

@test "a stream: -n sequences of -M characters, and their lines are frames" {
	sample -q -n 3 -M 500 lines.npz > s
	decode s > text
	# a newline is put between sequences that were cut off inside a line
	n=$(wc -c < text)
	[ "$n" -ge 1500 ]
	[ "$n" -le 1502 ]
	[ "$(grep -c 'o not$' text)" -gt 50 ]
	sample -q -n 3 -M 500 -t lines.npz | sed '1,/^$/d; /^#/d' > frames
	newline=$(awk '/^\\n\t/ { print NR - 2 }' s)
	awk -v nl="$newline" '{ n += NF; for (i = 1; i < NF; i++) if ($i == nl) exit 1 }
		$NF != nl { cut++ } END { exit !(n == 1500 && cut <= 3 && NR > 100) }' frames
	# by default one sequence of 2000
	sample -q -t lines.npz | sed '1,/^$/d; /^#/d' | wc -w | grep -qx 2000
	# the second sequence does not depend on where the first one ended
	sample -q -n 1 -M 500 lines.npz | decode | cmp -n 500 - text
	sample -q -n 50 lines.npz -M 30 | score -t lines.npz | grep -q '^bits_per_byte.[0-9]'
}

@test "-e: a sequence ends after the token" {
	sample -q -n 200 -e '\n' lines.npz > s
	decode s > text
	[ "$(wc -l < text)" -eq 200 ]
	[ "$(grep -cx 'too not' text)" -gt 20 ]
	sample -q -n 200 -e $'\n' lines.npz | cmp - s
	# -m: the end is one of the tokens
	sample -q -n 200 -m 5 -e '\n' -t lines.npz | sed '1,/^$/d; /^#/d' > frames
	awk 'NF < 5 { exit 1 } END { exit NR != 200 }' frames
	sample -q -n 200 -e ' ' lines.npz | decode | grep -c ' $' | grep -qx 200
	sample -q -n 20 -e '\s' lines.npz > a
	sample -q -n 20 -e ' ' lines.npz | cmp - a
	# the longest: cut off without an end
	sample -q -n 20 -m 3 -M 3 -e '\n' -x 't' -t lines.npz | sed '1,/^$/d; /^#/d' |
	    awk 'NF != 3 { exit 1 } END { exit NR != 20 }'
	# sentences end after it, too
	sample -q -n 200 -m 1 -e cat tiny.npz | decode > text
	[ "$(grep -c '\<cat$' text)" -gt 50 ]
	run -1 grep 'cat .' text
	refused 1 "-e: 'zebra' is not in the vocabulary; name one of its words" -e zebra tiny.npz
	refused 1 "-e: 'x' is not in the vocabulary" -e x lines.npz
	refused 1 "-e: '' is not in the vocabulary" -e '' lines.npz
	refused 2 '-m: a stream has no end to delay; add -e, or drop -m' -m 5 lines.npz
	refused 2 '-m 9 is more than -M 3; lower -m or raise -M' -e '\n' -m 9 -M 3 lines.npz
}

@test "-x with characters: the text is taken literally, including spaces" {
	sample -q -n 9 -M 60 -x 'not too' lines.npz | decode > text
	[ "$(grep -c '^not too' text)" -eq 9 ]
	sample -q -n 1 -M 8 -x $'t o\nnot' lines.npz | decode | head -c 7 | cmp - <(printf 't o\nnot')
	refused 2 '-x: 7 characters, but -M allows at most 3; raise it' -M 3 -x 'not too' lines.npz
	sample -q -n 5 -x 'Zo' names.npz | decode > text
	[ "$(grep -c '^Zo' text)" -eq 5 ]
}

@test "names: sentences of characters, from one character" {
	sample -q -n 200 names.npz > s
	decode s > text
	[ "$(wc -l < text)" -eq 200 ]
	for name in Ada Bea Cleo Dora Eva Zora; do
		grep -qx "$name" text
	done
	# a frame's bytes are those of its line
	encode -v names.npz <(tok -C text) | cmp - s
	sample -q -n 50 -m 6 names.npz | decode | awk 'length < 6 { exit 1 }'
}

@test "-w: a line of text per sentence, with the ln P of score" {
	sample -q -n 50 -u tiny.npz > s
	paste <(score tiny.npz s | cut -f 1) <(decode s) > want
	sample -q -n 50 -u -w tiny.npz > got
	diff <(cut -f 2 want) <(cut -f 2 got)
	paste want got |
	    awk -F '\t' '{ d = $1 - $3; if (d * d > 1e-11 + 1e-9 * $1 * $1) exit 1 }'
	# those that -M closed, and those with a prime
	for options in '-m 2 -M 3' '-x the' '-T 0.3 -k 5'; do
		# shellcheck disable=SC2086
		sample -q -n 20 $options tiny.npz | score tiny.npz | cut -f 1 > want
		# shellcheck disable=SC2086
		sample -q -n 20 $options -w tiny.npz | paste want - |
		    awk -F '\t' '{ d = $1 - $2; if (d * d > 1e-11 + 1e-9 * $1 * $1) exit 1 } END { exit NR != 20 }'
	done
	# characters: one line, whatever they are
	sample -q -n 7 -M 80 -w lines.npz > got
	[ "$(wc -l < got)" -eq 7 ]
	grep -q '^-[0-9.]*	.*o not\\n.*' got
	sample -q -n 30 -e '\n' lines.npz | score lines.npz | cut -f 1 > want
	sample -q -n 30 -e '\n' -w lines.npz > got
	paste want got | awk -F '\t' '{ d = $1 - $2; if (d * d > 1e-11 + 1e-9 * $1 * $1) exit 1 } END { exit NR != 30 }'
	refused 2 '-t: -w writes no indexes; drop one of the two' -w -t tiny.npz
}

@test "a stream is written as it is generated, and takes no memory" {
	case ${SAN:-} in *address*) skip 'ulimit -v and ASan do not mix' ;; esac
	ulimit -v 40000
	sample -q -j 1 -M 2000000 lines.npz | decode | wc -c | grep -qE '^200000[01]$'
}

@test "lines of characters: the first is drawn by the counts of the vocabulary" {
	sed '1d; /^$/,$d' lines.stream | awk -F '\t' '{ print $1, $2 }' > counts
	sample -q -t -n 9000 -M 1 lines.npz | sed '1,/^$/d; /^#/d' | sort -n | uniq -c > drawn
	awk 'NR == FNR { c[NR - 1] = $2; sum += $2; next } { n[$2] = $1 }
		END {
			for (i in c) chi += (n[i] - 9000 * c[i] / sum) ^ 2 / (9000 * c[i] / sum)
			exit !(chi < 30)
		}' counts drawn
}

@test "a model without a vocabulary needs the table" {
	need trained-model-theano.npz movie-reviews.vocab.tsv
	m=$SHARED/trained-model-theano.npz
	refused 1 'has no vocabulary; name the file of it with -v' "$m"
	cut -f 2,3 "$SHARED/movie-reviews.vocab.tsv" > table.tsv
	sample -q -n 3 -v table.tsv "$m" > s
	sample -q -n 3 -j 2 -v table.tsv "$m" | cmp - s
	decode s > text
	[ "$(wc -l < text)" -eq 3 ]
	score -t "$m" s | grep -qx $'sentences\t3'
	refused 1 'tiny.tsv: 30 words, but ' -v "$EXPECT/tiny.tsv" "$m"
}

@test "-v must agree with the model's own vocabulary" {
	sample -q -v "$EXPECT/tiny.tsv" tiny.npz > a
	sample -q tiny.npz | cmp - a
	sed 's/^the	/tho	/' "$EXPECT/tiny.tsv" > other.tsv
	refused 1 'other.tsv: not the vocabulary of tiny.npz; leave -v out to use its own' -v other.tsv tiny.npz
	head -n 20 "$EXPECT/tiny.tsv" > fewer.tsv
	refused 1 'fewer.tsv: ' -v fewer.tsv tiny.npz
	refused 1 'missing.tsv: No such file' -v missing.tsv tiny.npz
	refused 1 'tiny.stream: ' -v tiny.stream tiny.npz
	refused 1 '.: Is a directory' -v . tiny.npz
}

@test "the run ends if no word can be drawn" {
	# markers and UNKNOWN_TOKEN only
	printf 'SENTENCE_START\t1\nSENTENCE_END\t1\nUNKNOWN_TOKEN\t1\n' > bare.tsv
	echo '0 2 2 1' | "$ORACLE/as-stream.sh" bare.tsv > bare.stream
	train -q -H 2 -e 1 -E 0 -o bare.npz bare.stream
	run -1 --separate-stderr sample -k 1 bare.npz
	[ "$stderr" = 'sample: bare.npz: no word can be drawn after 0 words; allow UNKNOWN_TOKEN with -u, or train again at a lower rate' ]
	sample -q -u -n 2 -m 1 -M 3 bare.npz | decode > text
	[ "$(wc -l < text)" -eq 2 ]
	# and weights whose outputs are not numbers
	train -q -H 16 -e 0 -E 0 -o start.npz tiny.stream
	"$BUILD/tests/unit/scale" start.npz U 100 steep.npz
	"$BUILD/tests/unit/scale" steep.npz V 1.3e39 steep.npz
	run -1 --separate-stderr sample -q -n 100 steep.npz
	[ "${#stderr_lines[@]}" -eq 1 ]
	[[ "$stderr" == 'sample: steep.npz: no word can be drawn after '*' words; allow UNKNOWN_TOKEN with -u'* ]]
}

@test "the reader notices a stream that sample did not finish" {
	run -1 --separate-stderr pipe 'sample -q bare.npz | decode'
	[[ "$stderr" == *'sample: bare.npz: No such file'* ]]
	[[ "$stderr" == *'decode: standard input: empty input'* ]]
}

@test "memory does not grow over a million words" {
	case ${SAN:-} in *address*) skip 'ulimit -v and ASan do not mix' ;; esac
	ulimit -v 40000
	sample -q -j 1 -m 100 -M 100 -n 10000 tiny.npz > s
	[ "$(decode s | wc -w)" -eq 1000000 ]
}

@test "files that are not models" {
	refused 1 'missing.npz: No such file' missing.npz
	refused 1 '.: is a directory' .
	refused 1 'sample: tiny.stream: is an index stream; give the model: sample model.npz' tiny.stream
	head -c 1000 tiny.npz > short.npz
	refused 1 'short.npz: ' short.npz
	refused 2 'is none of auto|cpu|cuda|blas|ref' -d abacus tiny.npz
	for d in cpu blas ref; do
		sample -q -d $d -n 2 tiny.npz | decode > text
		[ -s text ]
	done
}

@test "a full disk is an error, soon; a closed pipe is not" {
	run -1 --separate-stderr pipe 'sample -n 100000000 tiny.npz > /dev/full'
	one_line_error sample
	run --separate-stderr bash -c 'sample -n 100000000 tiny.npz | decode | head -n 1'
	[ "${#lines[@]}" -eq 1 ]
	[ -z "$stderr" ]
}

@test "out of memory is one line" {
	case ${SAN:-} in *address*) skip 'ulimit -v and ASan do not mix' ;; esac
	train -q -H 4000 -e 0 -E 0 -o wide.npz tiny.stream
	ulimit -v 100000
	refused 1 memory -j 1 wide.npz
}

@test "usage errors" {
	refused 2 'give one model; usage: '
	refused 2 'give one model; usage: ' tiny.npz tiny.npz
	for o in j k m M n s; do
		for v in x '' -1 1.5 99999999999999999999; do
			refused 2 "-$o: '$v' is not a whole number" -$o "$v" tiny.npz
		done
	done
	for v in x '' -1 nan inf; do
		refused 2 "-T: '$v' is not a number" -T "$v" tiny.npz
		refused 2 "-P: '$v' is not a number" -P "$v" tiny.npz
	done
	refused 2 '-P: ' -P 1.1 tiny.npz
	refused 2 '-m: ' -m 0 tiny.npz
	refused 2 'unknown option -Z' -Z
	run -0 --separate-stderr sample -h
	[ -z "$stderr" ]
	[ "${#lines[@]}" -le 32 ]
	run -0 sample -V
	[[ "$output" == 'sample (unroll) '* ]]
}

@test "a model cannot come from a pipe" {
	refused 1 '-: a model cannot go through a pipe; name a file' -
}
