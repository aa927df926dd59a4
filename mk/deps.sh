#!/bin/sh
# deps.sh PACKAGE...: installs the Debian packages that are missing.  Root or sudo
# is needed only if there are any; without either, a message says what to do.
# NAME:ARCHITECTURE is a package of another architecture.
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
	echo "deps: apt-get: not found; install the equivalents of:$missing" >&2
	exit 1
fi
if [ "$(id -u)" -eq 0 ]; then
	as_root=
elif command -v sudo >/dev/null; then
	as_root=sudo
else
	echo "deps: must be root to install packages; ask an administrator for: apt-get install$missing" >&2
	exit 1
fi
echo "deps: installing$missing" >&2
for p in $missing; do
	case $p in
	*:*) $as_root dpkg --add-architecture "${p#*:}" ;;
	esac
done
# A stale list of packages usually works, so a failed update is not an error.
$as_root apt-get update -qq || true
# shellcheck disable=SC2086
DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends $missing >&2
# What was not there may be now: the next make looks for it.
command -p rm -f build/*/config.mk
