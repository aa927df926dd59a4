#!/usr/bin/env bats
# unroll-pipelines(7): its examples run, and it names every variable and option.

load helper

PAGE=$TOP/man/unroll-pipelines.7

setup() {
	unset MAKEFLAGS MFLAGS MAKELEVEL
	cd "$BATS_TEST_TMPDIR" || return
}

# examples: a filter: the commands of a page, those over two lines as one
examples() {
	sed '1,/^\.Sh DESCRIPTION/d; :a; /\\e$/ { N; s/\\e\n *//; ba }' |
	    sed -nE 's/^\.Dl ((make|pipelines).*)/\1/p; t; /^make -/p'
}

@test "the examples of unroll-pipelines(7) run, one after another" {
	command -v gnuplot > /dev/null || skip 'no gnuplot'
	ln -s "$TOP/pipelines" pipelines
	cp -r "$TOP/data" data
	# what make demo leaves behind, but from a short run
	make -s -f pipelines/wildml.mk OUT=demo CSV=data/comments.csv VOCAB=100 HIDDEN=6 EPOCHS=2 EVERY=1
	n=0
	while IFS= read -r line; do
		echo "$line"
		touch before
		run -0 bash -c "$line"
		[ -n "$output" ] || [ -n "$(find . -newer before -name '*.svg')" ]
		n=$((n + 1))
	done < <(examples < "$PAGE")
	[ "$n" -ge 8 ]
	[ -s names/cells.html ]
	[ -s char-rnn/best.txt ]
}

@test "unroll-pipelines(7) names every variable that the makefiles take" {
	sed -n 's/^\([A-Z_]*\) ?= .*/\1/p; s/^\([A-Z_]*\) ?=$/\1/p' "$TOP"/pipelines/*.mk | sort -u > taken
	[ "$(wc -l < taken)" -ge 30 ]
	# those that must be given have no default
	printf '%s\n' CSV TEXT | sort -u taken - > want
	sed -n 's/^\.It Va //p' "$PAGE" | sed 's/ , /\n/g' | sort -u | diff want -
}

@test "unroll-pipelines(7) names every option of the scripts" {
	for script in curves beside vanish mix rerank; do
		sed -n 's/^while getopts :\([A-Za-z:]*\) .*/\1/p' "$TOP/pipelines/$script.sh" | tr -d : |
		    fold -w 1 | sort > taken
		[ -s taken ]
		awk -v s="$script.sh" '/^\.S[sh]/ { here = $2 == s } here && sub(/^\.It Fl /, "")' "$PAGE" |
		    cut -c 1 | sort | diff taken - || { echo "$script"; false; }
	done
}
