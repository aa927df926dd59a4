#!/usr/bin/env bats
# The bundled corpus matches data/README.md, and the tutorial's corpus is accepted
# only if it is the right file.

load helper

setup() {
	CSV=$TOP/data/comments.csv
	GET=$TOP/data/get-reddit.sh
	NAME=reddit-comments-2015-08.csv
	HERE=$BATS_TEST_TMPDIR/data
}

# figure NAME: the number in the row NAME of data/README.md
figure() {
	sed -n "s/^| $1 | \([0-9]*\).*/\1/p" "$TOP/data/README.md"
}

# stand_in [FILE]: copies the script to $HERE and makes a repository that replaces
# GitHub's, with FILE as its corpus.
stand_in() {
	command -v git > /dev/null || skip "no git"
	mkdir "$HERE"
	cp "$GET" "$HERE"
	local repo=$BATS_TEST_TMPDIR/repo
	git init -q "$repo"
	if [ $# -gt 0 ]; then
		mkdir "$repo/data"
		cp "$1" "$repo/data/$NAME"
		git -C "$repo" add data
	fi
	git -C "$repo" -c user.name=t -c user.email=t@example.org \
	    commit -q --allow-empty -m corpus
	export GIT_CONFIG_COUNT=1 GIT_CONFIG_VALUE_0=https://github.com/dennybritz/rnn-tutorial-rnnlm
	export GIT_CONFIG_KEY_0="url.file://$repo.insteadOf"
}

# A git whose hash-object takes every file for the tutorial's.
credulous_git() {
	mkdir "$BATS_TEST_TMPDIR/bin"
	cat > "$BATS_TEST_TMPDIR/bin/git" <<-END
		#!/bin/sh
		[ "\$1" != hash-object ] || exec echo 5c116635bce430ed464bcfadc8cc202c26f0b8a5
		exec $(command -v git) "\$@"
	END
	chmod +x "$BATS_TEST_TMPDIR/bin/git"
	PATH=$BATS_TEST_TMPDIR/bin:$PATH
}

@test "comments.csv: records, words, paragraphs and topics match the page" {
	# a record ends on the first line that leaves an even number of quotes
	run awk '{
			topic = $0
			quotes += gsub(/"/, "")
			if (quotes % 2 == 1)
				folded = 1
			else {
				records++
				paragraphs += folded
				folded = 0
				sub(/.*,/, "", topic)
				seen[topic] = 1
			}
			if (NR > 1)
				words += NF
		}
		END {
			for (t in seen)
				topics++
			print records - 1, words, paragraphs, topics - 1
		}' "$CSV"
	[ "$output" = "$(figure records) $(figure words) $(figure 'bodies of several paragraphs') $(figure topics)" ]
	[ "$(figure words)" -ge 15000 ]
}

@test "comments.csv: LF, UTF-8, a quoted body and a one-word topic in every record" {
	[ "$(head -n 1 "$CSV")" = body,topic ]
	[ "$(tail -c 1 "$CSV" | od -An -tx1)" = " 0a" ]
	run grep -c $'\r' "$CSV"
	[ "$output" = 0 ]
	run iconv -f UTF-8 -t UTF-8 -o /dev/null "$CSV"
	[ "$status" -eq 0 ]
	run grep -cE '^".*",[a-z]+$|[^"]",[a-z]+$|""",[a-z]+$' "$CSV"
	[ "$output" = "$(figure records)" ]
}

# shellcheck disable=SC2154
@test "get-reddit: refuses another file, a missing one, a folder, and invalid command lines" {
	command -v git > /dev/null || skip "no git"
	run --separate-stderr "$GET" "$CSV"
	[ "$status" -eq 1 ]
	one_line_error get-reddit
	[[ "$stderr" == *"not the tutorial's file"* ]]
	run --separate-stderr "$GET" "$BATS_TEST_TMPDIR/none"
	[ "$status" -eq 1 ]
	one_line_error get-reddit
	run --separate-stderr "$GET" "$TOP/data"
	[ "$status" -eq 1 ]
	one_line_error get-reddit
	run --separate-stderr "$GET" a b
	[ "$status" -eq 2 ]
	one_line_error get-reddit
	run --separate-stderr "$GET" -x
	[ "$status" -eq 2 ]
	one_line_error get-reddit
}

@test "get-reddit: a clone with a different corpus leaves nothing behind" {
	stand_in "$CSV"
	run --separate-stderr "$HERE/get-reddit.sh"
	[ "$status" -eq 1 ]
	one_line_error get-reddit
	[[ "$stderr" == *"not the tutorial's file"* ]]
	[ "$(ls -A "$HERE")" = get-reddit.sh ]
}

@test "get-reddit: a repository without the corpus, and a missing repository" {
	stand_in
	run --separate-stderr "$HERE/get-reddit.sh"
	[ "$status" -eq 1 ]
	one_line_error get-reddit
	[[ "$stderr" == *"no longer has data/$NAME"* ]]
	rm -rf "$BATS_TEST_TMPDIR/repo"
	run --separate-stderr "$HERE/get-reddit.sh"
	[ "$status" -eq 1 ]
	one_line_error get-reddit
	[ "$(ls -A "$HERE")" = get-reddit.sh ]
}

@test "get-reddit: the corpus of a verified clone is installed once" {
	stand_in "$CSV"
	credulous_git
	run "$HERE/get-reddit.sh"
	[ "$status" -eq 0 ]
	cmp "$CSV" "$HERE/$NAME"
	rm -rf "$BATS_TEST_TMPDIR/repo"
	run "$HERE/get-reddit.sh"
	[ "$status" -eq 0 ]
	[[ "$output" == *"already here"* ]]
	[ "$(ls -A "$HERE")" = $'get-reddit.sh\n'"$NAME" ]
}

@test "names.txt: sorted names whose number and longest length match the page" {
	local names=$TOP/data/names.txt
	[ "$(wc -l < "$names")" -eq "$(figure names)" ]
	[ "$(awk 'length > n { n = length } END { print n }' "$names")" -eq "$(figure 'letters of the longest')" ]
	run -1 grep -vxE '[a-z]{3,}' "$names"
	sort -cu "$names"
}
