#!/bin/sh
# vanish.sh [-t] [-o BASE] [-T TITLE] [NAME=]FILE...
#
# Compares how gradients vanish in several networks: plots the ratios that cells
# --gradient wrote into each FILE, on a logarithmic scale, as text or with -o as
# BASE.svg and BASE.png.  -t: write a table instead, without gnuplot: k, then the
# ratio of each network, "-" where there is none; tab-separated, with names on top.
#
# Each layer of a network has a curve.  The default NAME is the file name without
# .tsv.
set -eu
LC_ALL=C
export LC_ALL

fail() {
	echo "vanish: $1" >&2
	exit "${2:-1}"
}
here=${0%/*}
[ "$here" != "$0" ] || here=.
# shellcheck source=pipelines/gnuplot.sh
. "$here/gnuplot.sh"

usage='usage: vanish.sh [-t] [-o BASE] [-T TITLE] [NAME=]FILE...'
table='' base='' title=''
while getopts :o:T:t option; do
	case $option in
	o)
		base=$OPTARG
		[ -n "$base" ] || fail '-o: the name is empty' 2
		;;
	T) title=$OPTARG ;;
	t) table=yes ;;
	*) fail "$usage" 2 ;;
	esac
done
shift $((OPTIND - 1))
[ $# -gt 0 ] || fail "$usage" 2
[ -z "$table" ] || [ -z "$base$title" ] || fail '-t: cannot be combined with -o or -T' 2
in_folder

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

# read_norms NAME FILE: name, layer, k and ratio of each line, tab-separated; a network of
# several layers gets their numbers into its names
read_norms() {
	name=$1 awk -F '\t' '
		BEGIN { name = ENVIRON["name"]; OFS = "\t"; number = "^[0-9.]+([eE][-+]?[0-9]+)?$" }
		NF != 5 || $1 !~ /^[0-9]+$/ || $2 !~ /^[0-9]+$/ || $4 !~ number && $4 !~ /^(nan|inf)$/ { bad = 1; exit }
		{ layer[NR] = $1; k[NR] = $2; ratio[NR] = $4; many = many || $1 != layer[1] }
		END {
			if (bad || NR == 0)
				exit 1
			for (i = 1; i <= NR; i++)
				print many ? name ", layer " layer[i] : name, k[i], ratio[i]
		}' "$2" || fail "$2: not the output of cells --gradient"
}

n=0
for argument; do
	n=$((n + 1))
	file=${argument#*=} name=${argument%%=*}
	if [ -e "$argument" ] || [ "$file" = "$argument" ]; then
		file=$argument name=$(basename -- "$argument" .tsv)
	fi
	[ -f "$file" ] || fail "$file: no such file"
	[ -r "$file" ] || fail "$file: cannot be read"
	read_norms "$name" "$file" > "$work/$n.norms"
	cut -f 1 "$work/$n.norms" | uniq >> "$work/names"
done
twice=$(sort "$work/names" | uniq -d | head -n 1)
[ -z "$twice" ] || fail "two curves have the name '$twice'; give NAME=FILE" 2
cat "$work"/*.norms > "$work/all"

if [ -n "$table" ]; then
	awk -F '\t' '
		NR == FNR { name[++n] = $0; next }
		{ ratio[$1, $2] = $3; if ($2 + 0 > most) most = $2 + 0 }
		END {
			printf "k"
			for (i = 1; i <= n; i++)
				printf "\t%s", name[i]
			for (k = 0; k <= most; k++) {
				printf "\n%d", k
				for (i = 1; i <= n; i++)
					printf "\t%s", (name[i], k) in ratio ? ratio[name[i], k] : "-"
			}
			print ""
		}' "$work/names" "$work/all"
	exit
fi
has_gnuplot

# curves STYLE: the arguments of plot
curves() {
	n=0 comma=''
	while IFS= read -r name; do
		n=$((n + 1))
		# a logarithmic scale has no zero
		name=$name awk -F '\t' '$1 == ENVIRON["name"] { print $2, ($3 > 0 ? $3 : "NaN") }' \
		    "$work/all" > "$work/$n"
		printf "%s%s using 1:2 with %s linecolor '%s' title %s" "$comma" \
		    "$(quoted "$work/$n")" "$1" "$(colour_of $n)" "$(quoted "$name")"
		comma=', '
	done < "$work/names"
	echo
}

# draw TERMINAL STYLE: writes the plot to standard output
draw() {
	{
		frame "$1"
		echo "set key bottom left noenhanced; set logscale y; set format y '%.0e'"
		echo "set xlabel 'words back'; set ylabel 'gradient / gradient at 0'"
		printf 'plot '
		curves "$2"
	} | LC_ALL=C.UTF-8 gnuplot || fail 'gnuplot: could not draw the plot'
}

show 'lines linewidth 2'
