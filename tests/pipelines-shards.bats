#!/usr/bin/env bats
# pipelines/shards.mk, and the examples of unroll-cluster(7) for text in shards.

load helper

setup() {
	unset MAKEFLAGS MFLAGS MAKELEVEL
	cd "$BATS_TEST_TMPDIR" || return
}

# shards VARIABLE...: makes the shards of two files
shards() {
	[ -e one.csv ] || {
		awk '{ print; quotes += gsub(/"/, "") } NR >= 60 && quotes % 2 == 0 { exit }' \
		    "$TOP/data/comments.csv" > one.csv
		printf 'body\n"Two ""quoted"",\n\nlines."\n\nI have a garden. It is green.' > two.csv
	}
	make -j 2 -f "$TOP/pipelines/shards.mk" CSV='one.csv two.csv' OUT=out SHARDS=3 VOCAB=60 "$@"
}

# whole: the table and the content of one pipe are those of the shards
whole() {
	tok one.csv two.csv | vocab -q -n 60 -o vocab.tsv | encode | decode > text
	cmp vocab.tsv out/vocab.tsv
	for f in out/shard-*.index; do decode "$f"; done | cmp text -
}

@test "shards.mk: the vocabulary and the content of one pipe, byte for byte" {
	shards
	[ "$(cd out && echo *)" = "$(echo shard-{1,2,3}.{index,tokens,tsv} vocab.tsv)" ]
	whole
	run -0 train -q -H 4 -e 1 out/shard-*.index
	# the number of shards changes nothing but the files
	shards SHARDS=10
	[ "$(echo out/shard-*.index)" = "$(echo out/shard-{01,02,03,04,05,06,07,08,09,10}.index)" ]
	whole
}

@test "shards.mk makes what is missing or depends on a change, and nothing else" {
	shards
	run -0 shards
	[[ "$output" != *tok* ]]
	rm out/shard-2.tokens out/shard-2.tsv out/shard-2.index
	touch before
	sleep 0.02
	shards
	[ ! out/shard-1.tokens -nt before ]
	[ out/shard-2.index -nt before ]
	run -0 shards VOCAB=50
	[[ "$output" != *"tok "* && "$output" == *"vocab -M"* && "$output" == *encode* ]]
}

@test "shards.mk leaves no half of a file, and stops at a shard without text" {
	shards
	printf 'body\n"unclosed' > two.csv
	run -2 --separate-stderr shards
	[[ "$stderr" == *'never ends'* ]]
	[ ! -e out/shard-3.tokens ] || [ ! out/shard-3.tokens -nt two.csv ]
	printf 'body\na\n' > two.csv
	run -2 --separate-stderr shards CSV=two.csv SHARDS=7
	[[ "$stderr" == *'shard 1 of 7 has no tokens; take fewer SHARDS'* ]]
	for wrong in 'SHARDS=0' 'SHARDS=x' 'CSV=' 'CSV=a;b' 'SSH=a b'; do
		run -2 --separate-stderr shards "$wrong"
		[[ "$stderr" == *"${wrong%%=*}"* ]]
	done
}

@test "shards.mk on other machines, by GNU parallel" {
	command -v parallel > /dev/null || skip 'no GNU parallel here'
	shards SSH=: OUT=out
	whole
	touch before
	sleep 0.02
	shards SSH=:
	[ -z "$(find out -name 'shard-*' -newer before)" ]
}

# example N: the commands of block N under "Text in shards"
example() {
	awk -v n="$1" '/^\.S[sh] / { here = /Text in shards/ } /^\.Ed/ { block = 0 }
		block == n { gsub(/\\e/, "\\"); print } here && /^\.Bd/ { block = ++blocks }' "$TOP/man/unroll-cluster.7"
}

@test "the examples of unroll-cluster(7) for shards run: xargs, GNU parallel, Slurm" {
	cp "$TOP/data/comments.csv" .
	ln -s "$TOP/pipelines" pipelines
	tok -c body comments.csv | vocab -q -n 500 -o one.tsv | encode | decode > text
	example 1 > xargs.sh
	grep -q xargs xargs.sh
	bash -e xargs.sh
	cmp one.tsv vocab.tsv
	for i in 1 2 3 4; do decode $i.index; done | cmp text -
	[ -s words.npz ]
	if command -v parallel > /dev/null; then
		rm vocab.tsv
		example 2 | sed 's/--sshlogin [^ ]*/-S :/' > parallel.sh
		grep -q -e '-S :' parallel.sh
		bash -e parallel.sh
		cmp one.tsv vocab.tsv
		for i in 1 2 3 4; do decode $i.index; done | cmp text -
	fi
	example 3 > job.sh
	grep -q '^#SBATCH --array=1-4' job.sh
	rm -f [1-4].*
	for i in 1 2 3 4; do
		SLURM_ARRAY_TASK_ID=$i SLURM_ARRAY_TASK_COUNT=4 bash job.sh
	done
	vocab -q -M -n 500 [1-4].tsv | cmp one.tsv -
}
