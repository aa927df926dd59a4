# Loaded by every .bats file.  make test puts the freshly built tools first
# in PATH; running bats by hand works too, after a make.
bats_require_minimum_version 1.5.0

TOP=$(cd "$BATS_TEST_DIRNAME/.." && pwd)
: "${BUILD:=$TOP/build/release}"
unset UNROLL_PLUGINS	# the build's own
PATH="$BUILD/bin:$PATH"
TOOLS=$(sed -n 's/^TOOLS *:= *\([^#]*\).*/\1/p' "$TOP/Makefile")
SHARED=$TOP/../shared/data	# real corpora, not part of the project
EXPECT=$TOP/tests/expect	# the oracles' numbers
ORACLE=$TOP/tests/oracle
CUDA_VISIBLE_DEVICES=		# the tests' auto is cpu, on every machine
export CUDA_VISIBLE_DEVICES LC_ALL=C TOP BUILD PATH TOOLS SHARED EXPECT ORACLE

# pipe 'a | b | c': run a pipeline, failing if any stage fails.
pipe() {
	bash -o pipefail -c "$1"
}

# one_line_error TOOL: stderr is exactly one line, signed by TOOL, and nothing
# came out.  After run --separate-stderr.
# shellcheck disable=SC2154
one_line_error() {
	[ "${#stderr_lines[@]}" -eq 1 ]
	[[ "${stderr_lines[0]}" == "$1: "* ]]
	[ -z "$output" ]
}

# need FILE...: skip the test, saying so, where a shared corpus is absent.
need() {
	local f
	for f; do
		[ -e "$SHARED/$f" ] || skip "no $f beside the project"
	done
}

# need_numpy: sets PYTHON to one that has NumPy, or skips.
# shellcheck disable=SC2034
need_numpy() {
	PYTHON=$("$ORACLE/find-python.sh" 'import numpy') || skip "no python3 with NumPy"
}

# small_stream: lines of indexes as an index stream of the oracle's small vocabulary.
small_stream() {
	"$ORACLE/as-stream.sh" "$EXPECT/tiny.tsv"
}

# small_data [FILTER...]: its 13 sentences as such a stream, or what a filter makes
# of their lines.
small_data() {
	"${@:-cat}" < "$EXPECT/tiny.index.txt" | small_stream
}

# repeated N: a filter: all lines, N times over.
repeated() {
	awk -v n="$1" '{ l[NR] = $0 }
		END { for (i = 0; i < n; i++) for (j = 1; j <= NR; j++) print l[j] }'
}

# same_on_threads ARGUMENT...: train gives the same model and log on 1, 2 and 3
# threads.  Leaves 1.npz and its like behind.
same_on_threads() {
	local j
	for j in 1 2 3; do
		train -q -j $j -o $j.npz "$@" > log || return
		cut -c 21- log > $j.log
		cmp 1.npz $j.npz && cmp 1.log $j.log || return
	done
}

# stop_after DELAY COMMAND...: sends SIGTERM to a command DELAY seconds after its
# first line.  It leaves log and err behind, and its status in `stopped`.
# shellcheck disable=SC2034
stop_after() {
	local delay=$1 pid
	shift
	: > log
	"$@" > log 2> err &
	pid=$!
	for _ in {1..3000}; do
		[ ! -s log ] || break
		sleep 0.01
	done
	sleep "$delay"
	kill -TERM $pid || true
	stopped=0
	wait $pid || stopped=$?
}

# refused STATUS WORDS ARGUMENT...: $TOOL, run with these arguments, ends with
# the status and one line that holds the words.
# shellcheck disable=SC2153,SC2154
refused() {
	local status_wanted=$1 words=$2
	shift 2
	run "-$status_wanted" --separate-stderr "$TOOL" "$@"
	one_line_error "$TOOL"
	[[ "$stderr" == *"$words"* ]]
}

# help_options: a filter: the options that -h lists, "LETTER NAME ARGUMENT DEFAULT" a
# line, where what is missing is "-"
help_options() {
	awk '
		function put() {
			if (row == "")
				return
			value = match(row, /\[[^]]*\]$/) ? substr(row, RSTART + 1, RLENGTH - 2) : "-"
			letter = row ~ /^  -/ ? substr(row, 4, 1) : "-"
			row = substr(row, 9)
			sub(/  .*/, "", row)
			argument = index(row, " ") ? substr(row, index(row, " ") + 1) : "-"
			sub(/ .*/, "", row)
			print letter, row, argument, value
			row = ""
		}
		/^  (-.,|   ) --/ { put(); row = $0; next }
		/^ / && row != "" { row = row "  " $0; next }
		{ put() }
		END { put() }'
}

# page_options: a filter: the options that a page describes, likewise: "LETTER NAME
# ARGUMENT"
page_options() {
	sed -nE -e 's/^\.It Fl (.) , Fl -([a-z-]+)(.*)/\1 \2\3/p' \
	    -e 's/^\.It Fl -([a-z-]+)(.*)/- \1\2/p' |
	    sed -E -e 's/ (Ar|Cm) / /' -e 's/ \| /|/g' -e 's/^(. [^ ]+)$/\1 -/'
}
