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
case $base in
*/*) [ -d "${base%/*}/" ] || fail "-o: $base: no such folder" ;;
esac

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
command -v gnuplot > /dev/null ||
	fail "gnuplot: not installed; 'make deps-dev' installs it, and -t does not need it"

# quoted TEXT: TEXT as a gnuplot string in single quotes
quoted() {
	printf "'%s'" "$(printf '%s' "$1" | tr '\n' ' ' | sed "s/'/''/g")"
}

# curves STYLE: the arguments of plot; colours from the palette of Okabe and Ito, for
# readers with and without colour blindness
curves() {
	i=0 comma=''
	set -- "$1" '#0072b2' '#e69f00' '#009e73' '#cc79a7' '#d55e00' '#56b4e9' '#000000'
	style=$1
	shift
	while IFS= read -r name; do
		i=$((i + 1))
		# a logarithmic scale has no zero
		name=$name awk -F '\t' '$1 == ENVIRON["name"] { print $2, ($3 > 0 ? $3 : "NaN") }' \
		    "$work/all" > "$work/$i"
		printf "%s%s using 1:2 with %s linecolor '%s' title %s" "$comma" \
		    "$(quoted "$work/$i")" "$style" "$1" "$(quoted "$name")"
		comma=', ' colour=$1
		shift
		set -- "$@" "$colour"
	done < "$work/names"
	echo
}

# draw TERMINAL STYLE: writes the plot to standard output
draw() {
	{
		echo "set terminal $1"
		echo "set encoding utf8; set key bottom left noenhanced; set tics nomirror; set border 3"
		echo "set xlabel 'words back'; set ylabel 'gradient / gradient at 0'"
		echo "set datafile missing 'NaN'; set logscale y; set format y '%.0e'"
		[ -z "$title" ] || echo "set title $(quoted "$title") noenhanced"
		[ "${1%% *}" = dumb ] || echo "set grid back linetype 1 linewidth 1 linecolor '#dddddd'"
		printf 'plot '
		curves "$2"
	} | LC_ALL=C.UTF-8 gnuplot || fail 'gnuplot: could not draw the plot'
}

if [ -z "$base" ]; then
	width=${COLUMNS:-$(tput cols 2> /dev/null || echo 80)}
	draw "dumb noenhanced mono size $((width - 1)),24" lines > "$work/picture"
	sed -e 's/[[:space:]]*$//' "$work/picture" | sed '/./,$!d'
	exit
fi
for form in "svg size 900,540 noenhanced background 'white' font 'sans-serif,14'" \
    "pngcairo size 1350,810 noenhanced font 'sans,18'"; do
	kind=${form%% *}
	kind=${kind%cairo}
	draw "$form" 'lines linewidth 2' > "$work/picture"
	{ cat "$work/picture" > "$base.$kind"; } 2> /dev/null || fail "$base.$kind: cannot be written"
done
