#!/bin/sh
# report.sh OUT: prints the figures of the tutorial next to those of the run in OUT
set -eu

fail() {
	echo "report: $1" >&2
	exit "${2:-1}"
}

[ $# -eq 1 ] || fail 'usage: report.sh OUT' 2
out=$1
[ -d "$out" ] || fail "$out: no such folder"
for file in vocab.log vocab.tsv first-100.log; do
	[ -f "$out/$file" ] || fail "$out/$file: no such file; make it with wildml.mk"
	[ -r "$out/$file" ] || fail "$out/$file: cannot be read"
done

row() {
	printf '%-34s %14s %14s\n' "$1" "$2" "$3"
}

# said PATTERN: the part in \( \) of a message of vocab
said() {
	sed -n "s/^.*vocab: $1.*/\\1/p" "$out/vocab.log"
}

size=$(wc -l < "$out/vocab.tsv" | tr -d ' ')
row '' tutorial yours
row sentences 79170 "$(said 'Parsed \([0-9]*\) sentences')"
row 'unique tokens' 65751 "$(said 'Found \([0-9]*\) unique')"
row 'vocabulary' 8000 "$size"
row 'least frequent word kept' devoted "$(said ".*vocabulary is '\(.*\)' and")"
row '  its count' 10 "$(said '.*appeared \([0-9]*\) times')"
row 'expected loss without training' 8.987197 "$(awk -v c="$size" 'BEGIN { printf "%.6f", log(c) }')"
echo
echo 'Loss on the first 100 sentences before each epoch:'
sed -n 's/.*epoch=\([0-9]*\): \(.*\)/\1 \2/p' "$out/first-100.log" | while read -r epoch ours; do
	set -- 8.987425 8.976270 8.960212 8.930430 8.862264 6.913570 6.302493 6.014995 5.833877 5.710718
	shift "$epoch"
	row "  epoch $epoch" "${1-}" "$ours"
done
