#!/bin/sh
# Lines of indexes on standard input become an index stream (text form) on
# standard output, by index-stream(5) and without any of our programs.
#
#   as-stream.sh TABLE.tsv < LINES       with this vocabulary
#   as-stream.sh SIZE < LINES            with one made up, of SIZE rows
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# crc FILE: its CRC-32 as eight hex digits; gzip ends with it, little-endian
crc() {
	gzip -c "$1" | tail -c 8 | head -c 4 | od -An -tu1 |
	    awk '{ printf "%02x%02x%02x%02x", $4, $3, $2, $1 }'
}

case $1 in
*[!0-9]*)
	cat "$1" > "$tmp/table" ;;
*)
	awk -v n="$1" 'BEGIN {
		printf "SENTENCE_START\t%d\nSENTENCE_END\t%d\n", n, n
		for (i = 2; i < n - 1; i++)
			printf "w%d\t%d\n", i, n - i
		print "UNKNOWN_TOKEN\t1"
	}' > "$tmp/table" ;;
esac
cat > "$tmp/lines"
size=$(wc -l < "$tmp/table")
width=2
if [ "$size" -gt 65536 ]; then
	width=4
fi
echo "#index 1 size=$((size)) unit=sentence width=$width vocab=$(crc "$tmp/table") form=text"
cat "$tmp/table"
echo
cat "$tmp/lines"
echo "#end crc32=$(crc "$tmp/lines")"
