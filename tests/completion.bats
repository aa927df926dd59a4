#!/usr/bin/env bats
# What bash offers after the programs' names.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	source "$TOP/man/completion/unroll.bash"
	mkdir folder
	touch model.npz words.tsv
}

# offer WORD...: what is offered for the last word, sorted, on one line
offer() {
	COMP_WORDS=("$@")
	COMP_CWORD=$(($# - 1))
	COMPREPLY=()
	_unroll "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
	offered=$(printf '%s\n' "${COMPREPLY[@]}" | sort | xargs)
}

@test "the options are those of -h, letter, name and whether there is an argument" {
	for tool in $TOOLS; do
		_unroll_options "$tool" | awk '{ print $1, $2, $3 == "-" ? "flag" : "arg" }' | sort > list
		"$tool" -h | help_options | awk '{ print $1, $2, $3 == "-" ? "flag" : "arg" }' |
		    sort > help
		[ "$(wc -l < help)" -ge 4 ]
		diff help list
	done
}

@test "the words that an argument can be are those of -h" {
	for tool in $TOOLS; do
		_unroll_options "$tool" | grep -F '|' | sort > list || true
		"$tool" -h | help_options | awk '$3 ~ /\|/ { print $1, $2, $3 }' |
		    grep -vE ' (column|valid|save-every) ' | sort > help || true
		diff help list
	done
}

@test "every program has operands and a complete line" {
	for tool in $TOOLS; do
		[ -n "$(_unroll_operand "$tool" 1)" ]
		complete -p "$tool" | grep -q _unroll
	done
}

@test "options, their words, and files by their kind are offered" {
	offer tok -
	[[ " $offered " == *" --column "* && " $offered " == *" -h "* ]]
	offer tok -l ''
	[ "$offered" = "early late never" ]
	offer tok --format c
	[ "$offered" = csv ]
	offer tok -p ''
	[ "$offered" = folder ]
	offer sample ''
	[ "$offered" = "folder model.npz" ]
	offer score -d ref ''
	[ "$offered" = "folder model.npz" ]
	offer score -t model.npz w
	[ "$offered" = words.tsv ]
	offer train -R m
	[ "$offered" = model.npz ]
	offer vocab -n ''
	[ -z "$offered" ]
	offer ./bin/decode --d
	[ "$offered" = --detokenize ]
}

@test "an option without a letter is offered and completed by its long name" {
	_unroll_list() {
		printf '%s\n' 'tok - project arg' 'tok - weights file' 'tok - spell red|green' \
		    'tok f flag -' 'tok operands dir'
	}
	offer tok -
	[ "$offered" = "--flag --help --project --quiet --spell --version --weights -V -f -h -q" ]
	offer tok --s
	[ "$offered" = --spell ]
	offer tok --spell ''
	[ "$offered" = "green red" ]
	offer tok --weights w
	[ "$offered" = words.tsv ]
	offer tok --project ''
	[ -z "$offered" ]
	offer tok - ''		# standard input is an operand, not an option
	[ "$offered" = folder ]
	offer tok --weights words.tsv ''
	[ "$offered" = folder ]
}
