#!/usr/bin/env bats
# The whole pipe, from a CSV to new sentences, and pipelines/wildml.mk.

load helper

setup() {
	unset MAKEFLAGS MFLAGS MAKELEVEL
	cd "$BATS_TEST_TMPDIR" || return
	CSV=$TOP/data/comments.csv
}

# records CSV: its first 60 lines, extended to the end of the last record
records() {
	awk '{ print; quotes += gsub(/"/, "") } NR >= 60 && quotes % 2 == 0 { exit }' "$1"
}

# wildml VARIABLE...: runs the tutorial on a small CSV with small settings
wildml() {
	[ -e small.csv ] || records "$CSV" > small.csv
	make -f "$TOP/pipelines/wildml.mk" CSV=small.csv OUT=out VOCAB=100 HIDDEN=6 EPOCHS=2 \
	    EVERY=1 "$@"
}

# made FILE...: checks that exactly these files of out/ are newer than "before"
made() {
	(cd out && find . -name '[a-z]*' -newer ../before ! -name vocab.log | sed 's,^\./,,' | sort) > newer
	for f; do echo "$f"; done | sort | diff - newer
}

# later: files made from now on are newer than the file "before"
later() {
	sleep 0.02
	touch before
	sleep 0.02
}

@test "the main task in one pipe: tok | vocab | encode | train, sample | decode" {
	run -0 --separate-stderr pipe "tok < '$CSV' | vocab -q -n 500 | encode | train -q -H 20 -e 2 -r 0.01 -E 1"
	[ "${#lines[@]}" -eq 3 ]
	[ -z "$stderr" ]
	echo "$output" | awk '{ loss[NR] = $NF } END { exit !(loss[1] > 6.2 && loss[1] < 6.23 && loss[3] < 5) }'
	run -0 --separate-stderr pipe 'sample -n 12 model.npz | decode -d'
	[ "${#lines[@]}" -eq 12 ]
	[ -z "$stderr" ]
	run grep -c UNKNOWN_TOKEN <<< "$output"
	[ "$output" = 0 ]
}

@test "candidates are ranked: tok | encode -v model | score model" {
	tok < "$CSV" | vocab -q -n 500 | encode | train -q -H 20 -e 2 -r 0.01 -E 0
	printf 'body\nI have a garden.\nGarden a have I.\n' > candidates.csv
	run -0 --separate-stderr pipe 'tok < candidates.csv | encode -v model.npz | score model.npz'
	[ "${#lines[@]}" -eq 2 ]
	awk '{ p[NR] = $1 } END { exit !(p[1] > p[2] && p[1] < 0) }' <<< "$output"
}

@test "the stages run through files give the same bytes as the pipe" {
	tok < "$CSV" | vocab -q -n 500 | encode | train -q -H 9 -e 1 -E 0 -o piped.npz
	tok "$CSV" > tokens
	vocab -q -t -n 500 tokens > vocab.tsv
	encode -v vocab.tsv tokens > index
	train -q -H 9 -e 1 -E 0 -o filed.npz index
	cmp piped.npz filed.npz
}

@test "the pipe preserves every token: decode restores the lines of tok" {
	tok < "$CSV" > tokens
	vocab -q -n 0 tokens | encode | decode | cmp - tokens
}

@test "a failed stage makes the pipe fail and leaves no model" {
	printf 'body\n"one two three\n' > cut.csv
	run -1 --separate-stderr pipe 'tok cut.csv | vocab -q | encode | train -q -e 1 -E 0'
	[[ "$stderr" == "tok: cut.csv: "* ]]
	rm -f model.npz
	vocab -q "$EXPECT/tiny.tokens" | encode | head -c 400 > index
	run -1 --separate-stderr train -q -e 1 index
	one_line_error train
	[ ! -e model.npz ]
}

@test "wildml: makes all files, and a second run does nothing" {
	run -0 wildml
	for f in tokens vocab.tsv train.index model.npz loss.log samples.txt; do
		[ -s "out/$f" ]
	done
	[ "$(wc -l < out/samples.txt)" -eq 10 ]
	[ "$(grep -c 'Loss after' out/loss.log)" -eq 3 ]
	later
	run -0 wildml
	[[ "$output" == *"Nothing to be done"* ]]
	made
	# make -q agrees
	wildml -q
}

# shellcheck disable=SC2119  # made: nothing
@test "wildml: a changed variable rebuilds only the files that depend on it" {
	run -0 wildml
	later
	run -0 wildml HIDDEN=7
	made model.npz loss.log samples.txt
	later
	run -0 wildml HIDDEN=7 SAMPLES=3
	made samples.txt
	later
	run -0 wildml HIDDEN=7 SAMPLES=3 VOCAB=90
	made vocab.tsv train.index model.npz loss.log samples.txt
	later
	# the same sentences: the model is reused, and no losses are logged
	touch small.csv
	run -0 wildml HIDDEN=7 SAMPLES=3 VOCAB=90
	made tokens vocab.tsv train.index model.npz samples.txt
	later
	run -0 wildml HIDDEN=7 SAMPLES=3 VOCAB=90 THREADS=1
	made
}

@test "wildml: more epochs and interrupted runs resume and reach the same model" {
	run -0 wildml EPOCHS=6
	cp out/model.npz whole.npz
	cp out/loss.log whole.log
	rm -r out
	run -0 wildml EPOCHS=2
	run -0 wildml EPOCHS=6
	[[ "$output" == *"resuming from out/model.npz"* ]]
	cmp out/model.npz whole.npz
	diff <(sed 's/.*Loss/Loss/' whole.log) <(sed 's/.*Loss/Loss/' out/loss.log)
	rm -r out
	# interrupted: train is stopped as soon as it has written a checkpoint
	mkdir bin
	cat > bin/train <<-END
		#!/bin/sh
		PATH='$PATH'
		export PATH
		train "\$@" & pid=\$!
		until [ -e out/part.npz ]; do sleep 0.01; done
		kill \$pid
		wait \$pid
	END
	chmod +x bin/train
	PATH=$PWD/bin:$PATH run -2 pipelines EPOCHS=200
	[ ! -e out/model.npz ]
	[ -e out/part.npz ]
	run -0 wildml EPOCHS=200
	[[ "$output" == *"resuming from out/part.npz"* ]]
	mv out/model.npz whole.npz
	rm -r out
	run -0 wildml EPOCHS=200
	cmp out/model.npz whole.npz
}

# pipelines VARIABLE...: runs wildml with the programs in PATH
pipelines() {
	[ -e alone ] || cp -r "$TOP/pipelines" alone
	make -f alone/wildml.mk CSV=small.csv OUT=out VOCAB=100 HIDDEN=6 EVERY=1 "$@"
}

@test "wildml: fewer epochs start anew" {
	run -0 wildml EPOCHS=1
	cp out/model.npz one.npz
	run -0 wildml EPOCHS=3
	run -0 wildml EPOCHS=1
	cmp out/model.npz one.npz
}

@test "wildml: the report prints the tutorial's figures next to those of the run" {
	run -0 wildml report
	[[ "$output" == *"sentences"*" 79170 "*"$(wc -l < out/tokens)"* ]]
	[[ "$output" == *"unique tokens"*" 65751 "* ]]
	[[ "$output" == *"vocabulary"*" 8000 "*" 100"* ]]
	[[ "$output" == *"devoted"*" 10 "*"8.987197"*"4.605170"* ]]
	[ "$(grep -cE '^  epoch [0-9] +[58]\.[0-9]{6} +[0-9.]{8}$|^  epoch [0-9] +6\.[0-9]{6} +[0-9.]{8}$' <<< "$output")" -eq 10 ]
}

@test "the report of a missing run fails with one line" {
	local report=$TOP/pipelines/report.sh
	mkdir half
	touch half/vocab.log half/vocab.tsv
	for out in 'nowhere: no such folder' 'half: /first-100.log: no such file; make it with wildml.mk'; do
		run -1 --separate-stderr "$report" "${out%%:*}"
		[ -z "$output" ]
		[ "$stderr" = "report: ${out/: \///}" ]
	done
	for arguments in '' 'half half'; do
		# shellcheck disable=SC2086
		run -2 --separate-stderr "$report" $arguments
		[ "$stderr" = 'report: usage: report.sh OUT' ]
	done
}

@test "wildml: the name of the CSV may contain spaces" {
	records "$CSV" > 'a small one.csv'
	wildml CSV='a small one.csv'
	run -0 wildml -s CSV='a small one.csv'
	[ -z "$output" ]
	later
	touch 'a small one.csv'
	wildml CSV='a small one.csv'
	made model.npz samples.txt tokens train.index vocab.tsv
}

@test "wildml: no CSV given, and a missing one" {
	unset CSV
	run -2 --separate-stderr make -f "$TOP/pipelines/wildml.mk"
	[[ "$stderr" == *"CSV is not given"* ]]
	run -2 --separate-stderr make -f "$TOP/pipelines/wildml.mk" CSV=none.csv OUT=out
	[[ "$stderr" == *none.csv* ]]
	[ ! -e out/tokens ]
}

@test "wildml: a failed stage leaves no file that looks complete" {
	printf 'body\n"one two three\n' > small.csv
	run -2 wildml
	[ ! -e out/tokens ]
	printf 'body\n' > small.csv
	run -2 wildml
	[[ "$output" == *"empty input"* ]]
	[ ! -e out/vocab.tsv ]
	[ ! -e out/train.index ]
}

@test "wildml: values reach the commands as they are, whatever they contain" {
	local v
	for v in HIDDEN BPTT RATE EPOCHS EVERY SEED LIMIT VOCAB SAMPLES SHORTEST TEMPERATURE SAMPLE_SEED \
	    THREADS TOK_FLAGS; do
		run make -s -f "$TOP/pipelines/wildml.mk" CSV="$TOP/data/comments.csv" OUT="w-$v" VOCAB=20 HIDDEN=2 LIMIT=5 \
		    EPOCHS=1 $v='$(shell touch ran)`touch ran`;touch ran'
		[ "$status" -eq 2 ]
		[ ! -e ran ]
	done
	printf 'body\nThe cat sat. The dog sat on the mat.\nDid it rain?\n' > "it's \$a \"file\""
	run -0 make -s -f "$TOP/pipelines/wildml.mk" CSV="it's \$a \"file\"" OUT=w VOCAB=20 HIDDEN=2 EPOCHS=1 SAMPLES=2
	[ "$(wc -l < w/samples.txt)" -eq 2 ]
	run -2 make -s -f "$TOP/pipelines/wildml.mk" CSV="it's \$a \"file\"" OUT='a b'
	[ "${#lines[@]}" -eq 1 ]
	[[ "$output" == *"OUT: 'a b' has a space or a special character"* ]]
}
