#!/bin/sh
# beside.sh [-l LINES] [-w COLUMNS] [NAME=]FILE...
#
# Prints texts side by side, such as samples from several points of training.
# Each text has a column with its name on top (NAME, or the file name without
# .txt) and its long lines wrapped.  LINES is the maximum for each text (default
# 20; 0: all).  COLUMNS is the total width (default: $COLUMNS, the width of the
# terminal, or 80).
#
# Every character counts as one column wide.  Tabs become spaces, and control
# characters become "?".
set -eu

fail() {
	echo "beside: $1" >&2
	exit "${2:-1}"
}

usage='usage: beside.sh [-l LINES] [-w COLUMNS] [NAME=]FILE...'
lines=20 width=${COLUMNS:-$(tput cols 2> /dev/null || echo 80)}
while getopts :l:w: option; do
	case $option in
	l) lines=$OPTARG ;;
	w) width=$OPTARG ;;
	*) fail "$usage" 2 ;;
	esac
done
shift $((OPTIND - 1))
[ $# -gt 0 ] || fail "$usage" 2
case $lines in
'' | *[!0-9]*) fail "-l: '$lines' is not a number of lines" 2 ;;
esac
case $width in
'' | *[!0-9]*) fail "-w: '$width' is not a number of columns" 2 ;;
esac
[ $((width / $#)) -ge 8 ] || fail "-w: $width columns are too few for $# texts; 8 per text are needed" 2

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
n=0
for argument; do
	n=$((n + 1)) file=${argument#*=} name=${argument%%=*}
	if [ -e "$argument" ] || [ "$file" = "$argument" ]; then
		file=$argument name=$(basename -- "$argument" .txt)
	fi
	[ -e "$file" ] || fail "$file: no such file"
	[ ! -d "$file" ] || fail "$file: is a directory"
	[ -r "$file" ] || fail "$file: cannot be read"
	cat -- "$file" > "$work/$n"
	shift
	set -- "$@" "$name"
done

# Characters are found byte by byte, so that every awk finds the same ones.
work=$work LC_ALL=C awk -v most="$lines" -v width="$width" '
	# cut TEXT: the part that fits a column; the remainder goes to "rest"
	function cut(text,    n, i, c) {
		n = 0
		for (i = 1; i <= length(text); i++) {
			c = substr(text, i, 1)
			if (c < "\200" || c >= "\300")
				if (++n > room)
					break
		}
		rest = substr(text, i)
		shown = n > room ? room : n
		return substr(text, 1, i - 1)
	}
	function put(text) {
		gsub(/\t/, " ", text)
		gsub(/[\001-\037\177]|\302[\200-\237]/, "?", text)
		do {
			if (most && height[files] >= most)
				return
			cell[files, ++height[files]] = cut(text)
			used[files, height[files]] = shown
			text = rest
		} while (text != "")
	}
	function blanks(n,    s) {
		s = ""
		while (n-- > 0)
			s = s " "
		return s
	}
	function row(get, i,    f, line, text, n) {
		line = ""
		for (f = 1; f <= files; f++) {
			if (get == "name") {
				text = cut(name[f]); n = shown
			} else if (get == "rule") {
				text = blanks(room); gsub(/ /, "-", text); n = room
			} else {
				text = cell[f, i]; n = used[f, i]
			}
			line = line text blanks(room - n) (f < files ? "  " : "")
		}
		sub(/ +$/, "", line)
		print line
	}
	BEGIN {
		files = ARGC - 1
		room = int((width - 2 * (files - 1)) / files)
		last = files
		for (files = 1; files <= last; files++) {
			name[files] = ARGV[files]
			file = ENVIRON["work"] "/" files
			while ((got = (getline line < file)) > 0)
				put(line)
			close(file)
			if (height[files] > high)
				high = height[files]
		}
		files = last
		row("name")
		row("rule")
		for (i = 1; i <= high; i++)
			row("text", i)
	}' "$@"
