#!/bin/sh
# Downloads the tutorial's corpus, reddit-comments-2015-08.csv, to this folder.
#
#   data/get-reddit.sh          clone its repository, verify the file, keep it here
#   data/get-reddit.sh FILE     only verify an existing copy
#
# Exit status: 0 the file is the tutorial's, 1 it is not or could not be
# downloaded, 2 the command line is invalid.
set -eu
repository=https://github.com/dennybritz/rnn-tutorial-rnnlm
name=reddit-comments-2015-08.csv
blob=5c116635bce430ed464bcfadc8cc202c26f0b8a5

die() {
	echo "get-reddit: $1" >&2
	exit "${2-1}"
}

# verify FILE: stops unless FILE has the known content
verify() {
	[ -e "$1" ] || die "$1: no such file"
	[ -f "$1" ] || die "$1: not a regular file"
	found=$(git hash-object --no-filters -- "$1" 2>/dev/null) || die "$1: cannot be read"
	[ "$found" = "$blob" ] || die "$1: not the tutorial's file: its blob is $found, not $blob"
}

fetch() {
	here=$(cd "$(dirname "$0")" && pwd)
	if [ -e "$here/$name" ]; then
		verify "$here/$name"
		echo "get-reddit: $here/$name: already here" >&2
		return
	fi
	# in the same folder, so that the last step is a rename
	scratch=$(mktemp -d "$here/.get-reddit.XXXXXX" 2>/dev/null) || die "$here: cannot be written"
	trap 'rm -rf "$scratch"' EXIT
	trap 'exit 1' HUP INT TERM
	if ! git -c core.autocrlf=false clone --quiet --depth 1 \
	    "$repository" "$scratch/clone" 2>"$scratch/log"; then
		die "$repository: $(tail -n 1 "$scratch/log")"
	fi
	[ -f "$scratch/clone/data/$name" ] || die "$repository: no longer has data/$name"
	verify "$scratch/clone/data/$name"
	mv "$scratch/clone/data/$name" "$here/$name"
	echo "get-reddit: $here/$name: verified" >&2
}

[ $# -le 1 ] || die "usage: get-reddit.sh [FILE]" 2
case ${1-} in
-h | --help)
	sed -n 's/^#  *\(data\/get\)/\1/p' "$0"
	exit 0
	;;
-*)
	die "$1: unknown option; usage: get-reddit.sh [FILE]" 2
	;;
esac
command -v git >/dev/null || die "git: not installed"
if [ $# -eq 0 ]; then
	fetch
else
	verify "$1"
	echo "get-reddit: $1: verified" >&2
fi
