#!/bin/sh
# Installs Debian packages by name, those that are missing; NAME:ARCHITECTURE is one
# of another architecture.  Needs root or sudo only when something is missing, and
# says what to do without either.
set -eu
native=$(dpkg --print-architecture 2>/dev/null || true)

# is_installed PACKAGE[:ARCHITECTURE]
is_installed() {
	case $1 in
	*:*) wanted=${1#*:} ;;
	*) wanted=$native ;;
	esac
	dpkg-query -W -f '${Architecture} ${Status}\n' "$1" 2>/dev/null |
	    grep -qE "^(all|$wanted) install ok installed$"
}

missing=
for p in "$@"; do
	is_installed "$p" || missing="$missing $p"
done
if [ -z "$missing" ]; then
	exit 0
fi
if ! command -v apt-get >/dev/null; then
	echo "deps: no apt-get here; install what corresponds to:$missing" >&2
	exit 1
fi
if [ "$(id -u)" -eq 0 ]; then
	as_root=
elif command -v sudo >/dev/null; then
	as_root=sudo
else
	echo "deps: not root; ask for: apt-get install$missing" >&2
	exit 1
fi
echo "deps: installing$missing" >&2
for p in $missing; do
	case $p in
	*:*) $as_root dpkg --add-architecture "${p#*:}" ;;
	esac
done
# A stale list still installs most of the time, so only its failure matters.
$as_root apt-get update -qq || true
# shellcheck disable=SC2086
DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends $missing >&2
