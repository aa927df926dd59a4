#!/bin/sh
# fuzz.sh TARGET SECONDS: runs a fuzz target, starting from the saved corpus and the
# inputs found by earlier runs.  New inputs go to build/fuzz, never into the corpus.
set -eu
target=$1 seconds=$2
name=${target##*/}
found=build/fuzz/found/$name
mkdir -p "$found"
echo "fuzz: $name for $seconds seconds" >&2
exec "$target" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -print_final_stats=1 \
	-verbosity=0 -artifact_prefix="build/fuzz/$name-" "$found" "tests/fuzz/corpus/$name"
