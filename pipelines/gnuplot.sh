# gnuplot.sh - what curves.sh and vanish.sh share; they read it with `.`, and have
# fail MESSAGE [STATUS], $base, $title, $work, and draw TERMINAL STYLE.
# shellcheck shell=sh disable=SC2154 # theirs

# in_folder: BASE has a folder to be written into
in_folder() {
	case $base in
	*/*) [ -d "${base%/*}/" ] || fail "-o: $base: no such folder" ;;
	esac
}

has_gnuplot() {
	command -v gnuplot > /dev/null ||
		fail "gnuplot: not installed; 'make deps-dev' installs it, and -t does not need it"
}

# quoted TEXT: TEXT as a gnuplot string in single quotes
quoted() {
	printf "'%s'" "$(printf '%s' "$1" | tr '\n' ' ' | sed "s/'/''/g")"
}

# colour_of I: from the palette of Okabe and Ito, for readers with and without
# colour blindness
colour_of() {
	i=$((($1 - 1) % 7))
	set -- '#0072b2' '#e69f00' '#009e73' '#cc79a7' '#d55e00' '#56b4e9' '#000000'
	shift $i
	echo "$1"
}

# frame TERMINAL: the commands that are the same in every plot
frame() {
	echo "set terminal $1"
	echo "set encoding utf8; set tics nomirror; set border 3; set datafile missing 'NaN'"
	[ -z "$title" ] || echo "set title $(quoted "$title") noenhanced"
	[ "${1%% *}" = dumb ] || echo "set grid back linetype 1 linewidth 1 linecolor '#dddddd'"
}

# show STYLE: the plot as text or, with -o, as BASE.svg and BASE.png, whose lines have STYLE
show() {
	if [ -z "$base" ]; then
		width=${COLUMNS:-$(tput cols 2> /dev/null || echo 80)}
		draw "dumb noenhanced mono size $((width - 1)),24" lines > "$work/picture"
		sed -e 's/[[:space:]]*$//' "$work/picture" | sed '/./,$!d'
		return
	fi
	for form in "svg size 900,540 noenhanced background 'white' font 'sans-serif,14'" \
	    "pngcairo size 1350,810 noenhanced font 'sans,18'"; do
		kind=${form%% *}
		kind=${kind%cairo}
		draw "$form" "$1" > "$work/picture"
		{ cat "$work/picture" > "$base.$kind"; } 2> /dev/null || fail "$base.$kind: cannot be written"
	done
}
