#!/usr/bin/env bats
# Error messages of lib/: what they may show, and how they are cut.
load helper
UNIT=$BUILD/tests/unit

@test "the arguments may point into the message" {
	run -0 "$UNIT/errmsg" one two
	[ "$output" = "one'one' two'two' " ]
}

@test "control characters and malformed UTF-8 become symbols" {
	run -0 "$UNIT/errmsg" $'a\nb\e[31m\x7f' $'caf\303\251' $'\303' $'x\302\205y' $'\355\240\200'
	[ "$output" = "a␊b␛[31m␡'a␊b␛[31m␡' café'café' �'�' x�y'x�y' ���'���' " ]
}

@test "a long word ends in ..., a path does not" {
	local long
	long=$(printf 'é%.0s' {1..100})
	run -0 "$UNIT/errmsg" "$long"
	[ "$output" = "$long'$(printf 'é%.0s' {1..22})...' " ]
	long=/$(printf 'x%.0s' {1..4000})
	run -0 "$UNIT/errmsg" "$long"
	[ "$output" = "$long'${long:0:44}...' " ]
}

@test "a message that is too long ends in ... after a whole character" {
	run -0 bash -c '"$1" -l 10000 | iconv -f UTF-8 -t UTF-8' _ "$UNIT/errmsg"
	[[ "$output" == *é... ]]
	[ "$(printf %s "$output" | wc -c)" -gt 4500 ]
}
