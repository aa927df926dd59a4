# Model files that no training wrote, for the tests of their reader.
# shellcheck disable=SC2154

UNIT=$BUILD/tests/unit

# head TYPE SHAPE [ORDER]: the dict of a .npy head
head_of() {
	echo "{'descr': '$1', 'fortran_order': ${3:-False}, 'shape': ($2), }"
}

# floats N: a file "floats" of N ones of 4 bytes
floats() {
	local i
	for ((i = 0; i < $1; i++)); do
		printf '\0\0\200\077'
	done > floats
}

forge() {
	"$UNIT/forge" bad.npz "$@"
}

# one_array HEAD DATA [OPTION...]: a lone array U
one_array() {
	local head=$1 data=$2
	shift 2
	forge "$@" U.npy "$head" "$data"
}

# refused PHRASE: bad.npz does not load, with exactly this phrase
refused() {
	run "$UNIT/model" show bad.npz
	echo "$output"
	[ "$status" -eq 1 ]
	[ "$output" = "model: bad.npz: $1" ]
}

# weights [ARG...]: forges U (2 x 3), V (3 x 2), W (2 x 2), then what is named
weights() {
	floats 6
	head -c 16 floats > four
	forge U.npy "$(head_of '<f4' '2, 3')" @floats V.npy "$(head_of '<f4' '3, 2')" @floats \
	    W.npy "$(head_of '<f4' '2, 2')" @four "$@"
}

# config SED-SCRIPT [ARRAY...]: a network with a config, changed by the script, and
# with more arrays
config() {
	printf '%s\n' version=1 unit=sentence cell=rnn layers=1 hidden=2 vocab=3 \
	    type=float32 | sed "$1" > config
	printf 'SENTENCE_START\t9\nSENTENCE_END\t9\nUNKNOWN_TOKEN\t1\n' > vocab
	weights vocab.npy "$(head_of '|u1' "$(wc -c < vocab),")" @vocab \
	    config.npy "$(head_of '|u1' "$(wc -c < config),")" @config "${@:2}"
}
