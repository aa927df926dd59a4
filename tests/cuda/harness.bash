# harness.bash - sourced by the scripts that need a GPU: checks with a time limit and a
# count, and what is to be skipped.
#
#	REQUIRE_GPU=1	an absent GPU is a failure
#	RESULTS=FILE	a line is appended for each check: status, seconds, name, last line
# shellcheck shell=bash
export LC_ALL=C
checks_failed=0 checks_made=0
: "${RESULTS:=/dev/null}"

# limited SECONDS COMMAND...: a program, or a function that is exported
limited() {
	# shellcheck disable=SC2016
	timeout -k 5 "$1" bash -c '"$@"' limited "${@:2}"
}

# gpu_or_exit NAME COMMAND...: the command opens the device cuda.  Status 0 and one line
# where the driver says that there is no GPU, and only there; 1 if it fails otherwise.
gpu_or_exit() {
	local name=$1 why
	shift
	why=$(limited 60 "$@" 2>&1 > /dev/null) && return 0
	case $why in
	*'no NVIDIA GPU is here'* | *'no NVIDIA driver is here'*)
		if [ -z "${REQUIRE_GPU:-}" ]; then
			echo "$name: SKIP: ${why#*: }" >&2
			exit 0
		fi ;;
	esac
	echo "$name: nothing was tested: ${why:-the GPU does not answer}" >&2
	exit 1
}

# record STATUS SECONDS NAME FILE
record() {
	printf '%s\t%s\t%s\t%s\n' "$1" "$2" "$3" "$(tail -n 1 "$4" | tr '\t' ' ')" >> "$RESULTS"
}

# check SECONDS NAME COMMAND...: the command, or exported function, must end with status 0
# within so many seconds
check() {
	local limit=$1 name=$2 begun=$SECONDS status=0 out
	shift 2
	out=$(mktemp)
	limited "$limit" "$@" > "$out" 2>&1 || status=$?
	checks_made=$((checks_made + 1))
	record "$status" $((SECONDS - begun)) "$name" "$out"
	if [ "$status" -eq 0 ]; then
		echo "ok $name ($((SECONDS - begun)) s)"
		[ -z "${show:-}" ] || tail -n 40 "$out"
	else
		checks_failed=$((checks_failed + 1))
		echo "not ok $name: $([ "$status" -eq 124 ] && echo "not finished after $limit s" ||
		    echo "status $status")"
		tail -n 40 "$out" | sed 's/^/# /'
	fi
	rm -f "$out"
}

# figures SECONDS NAME COMMAND...: a check whose output is shown
figures() {
	show=yes check "$@"
}

# skipped NAME WHY
skipped() {
	echo "ok $1 # skip: $2"
	printf 'skip\t0\t%s\t%s\n' "$1" "$2" >> "$RESULTS"
}

# count_checks NAME: the last line, and the status of the script
count_checks() {
	echo "$1: $checks_made checks, $checks_failed failed, $SECONDS s"
	[ "$checks_made" -gt 0 ] && [ "$checks_failed" -eq 0 ]
}
