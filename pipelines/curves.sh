#!/bin/sh
# curves.sh [-t] [-ls] [-o BASE] [-x examples|epochs] [-T TITLE] [NAME=]LOG...
#
# Plots the losses of one or more runs: as text, or with -o as BASE.svg and
# BASE.png.  -l: logarithmic loss axis.  -s: plot the smoothed losses, which are
# otherwise plotted only for a log that has no others.  -t: write a table instead,
# with the tab-separated columns name, series, examples, epoch, loss.
#
# These lines of a LOG (- is standard input) are read; all others are ignored:
#
#	TIME: Loss after num_examples_seen=N epoch=E: X
#	TIME: Training loss after num_examples_seen=N epoch=E: X
#	TIME: Validation loss after num_examples_seen=N epoch=E: X
#	TIME: Smoothed loss after num_examples_seen=N epoch=E: X
#	iter N, loss: X
#
# X may be any number; nan and inf interrupt the curve.  "iter" lines have no
# epoch, and N is taken as the number of examples.  The default NAME is the file
# name without .log.
set -eu
LC_ALL=C
export LC_ALL

fail() {
	echo "curves: $1" >&2
	exit "${2:-1}"
}
here=${0%/*}
[ "$here" != "$0" ] || here=.
# shellcheck source=pipelines/gnuplot.sh
. "$here/gnuplot.sh"

usage='usage: curves.sh [-t] [-ls] [-o BASE] [-x examples|epochs] [-T TITLE] [NAME=]LOG...'
table='' base='' log='' smoothed='' axis=examples title=''
while getopts :lo:sT:tx: option; do
	case $option in
	l) log=yes ;;
	o)
		base=$OPTARG
		[ -n "$base" ] || fail '-o: the name is empty' 2
		;;
	s) smoothed=yes ;;
	T) title=$OPTARG ;;
	t) table=yes ;;
	x) axis=$OPTARG ;;
	*) fail "$usage" 2 ;;
	esac
done
shift $((OPTIND - 1))
[ $# -gt 0 ] || fail "$usage" 2
case $axis in
examples | epochs) ;;
*) fail "-x: '$axis' is neither examples nor epochs" 2 ;;
esac
[ -z "$table" ] || [ -z "$base$log$smoothed$title" ] ||
	fail '-t: cannot be combined with -l, -o, -s or -T' 2
in_folder

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

# read_log NAME FILE: writes its losses as rows of the table
read_log() {
	cat -- "$2" > "$work/log" || exit 1
	name=$1 awk '
		BEGIN { name = ENVIRON["name"]; OFS = "\t"; number = "^[-+]?[0-9.]+([eE][-+]?[0-9]+)?$" }
		{ sub(/\r$/, "") }
		function row(series, seen, epoch, loss) {
			loss = tolower(loss)
			if (loss !~ number && loss !~ /^[-+]?(nan|inf|infinity)$/)
				return
			print name, series, seen, epoch, loss
			rows++
		}
		match($0, /(Loss|Training loss|Sampled training loss|Validation loss|Smoothed loss) after num_examples_seen=[0-9]+ epoch=[0-9.]+: /) {
			head = substr($0, RSTART, RLENGTH)
			loss = substr($0, RSTART + RLENGTH)
			sub(/[ \t].*/, "", loss)
			split(head, part, "=")
			seen = part[2]; sub(/ .*/, "", seen)
			epoch = part[3]; sub(/:.*/, "", epoch)
			row(head ~ /^V/ ? "validation" : head ~ /raining/ ? "training" : head ~ /^S/ ? "smoothed" : "loss", seen, epoch, loss)
			next
		}
		/^iter [0-9]+,? loss: / {
			loss = $0; sub(/^iter [0-9]+,? loss: */, "", loss); sub(/[, \t].*/, "", loss)
			row("loss", $2 + 0, "-", loss)
		}
		END { exit !rows }' "$work/log" || fail "$2: not a loss log: no line with a loss"
}

n=0
for argument; do
	n=$((n + 1))
	file=${argument#*=} name=${argument%%=*}
	if [ -e "$argument" ] || [ "$file" = "$argument" ]; then
		file=$argument name=$(basename -- "$argument" .log)
	fi
	if [ "$file" != - ]; then
		[ -e "$file" ] || fail "$file: no such file"
		[ ! -d "$file" ] || fail "$file: is a directory"
		[ -r "$file" ] || fail "$file: cannot be read"
	fi
	read_log "$name" "$file" > "$work/$n"
done
if [ -n "$table" ]; then
	i=0
	while [ $((i += 1)) -le $n ]; do
		cat "$work/$i"
	done
	exit
fi
has_gnuplot

column=3 across='examples seen'
if [ "$axis" = epochs ]; then
	column=4 across=epochs
	i=0
	while [ $((i += 1)) -le $n ]; do
		! grep -q '	-	' "$work/$i" || fail "-x epochs: $(head -n 1 "$work/$i" | cut -f 1) has no epochs"
	done
fi
most=$(cat "$work"/[0-9]* | awk -F '\t' -v c=$column '$c > most { most = $c } END { printf "%.0f", most }')
scale=1
if [ "$axis" = examples ] && [ "$most" -ge 5000000 ]; then
	scale=1000000 across='million examples seen'
elif [ "$axis" = examples ] && [ "$most" -ge 5000 ]; then
	scale=1000 across='thousand examples seen'
fi

# points I SERIES: the points of one series of the Ith log; fails if there are none
points() {
	awk -F '\t' -v s="$2" -v c=$column -v scale=$scale '$2 == s {
		print $c / scale, $5 ~ /[in]/ ? "NaN" : $5; rows++ } END { exit !rows }' "$work/$1"
}

# series_of I: the series of the Ith log to plot
series_of() {
	if [ -n "$smoothed" ] || ! grep -q '	loss	\|	training	\|	validation	' "$work/$1"; then
		echo smoothed
	else
		echo loss training validation
	fi
}

# curves STYLE: the arguments of plot: a colour for each log, dashes for validation, dots
# for the training loss beside it
curves() {
	j=0 comma=
	while [ $((j += 1)) -le $n ]; do
		name=$(head -n 1 "$work/$j" | cut -f 1)
		for series in $(series_of "$j"); do
			points "$j" "$series" > "$work/$j.$series" || continue
			dashes=1 shown=$name
			[ "$series" = loss ] || shown="$name, $series"
			[ "$series" != validation ] || dashes=2
			[ "$series" != training ] || dashes=3
			printf "%s%s using 1:2 with %s linecolor '%s' dashtype %s title %s" "$comma" \
			    "$(quoted "$work/$j.$series")" "$1" "$(colour_of $j)" $dashes \
			    "$(quoted "$shown")"
			comma=', '
		done
	done
	echo
}

# draw TERMINAL STYLE: writes the plot to standard output
draw() {
	curves "$2" > "$work/plot"
	[ "$(wc -c < "$work/plot")" -gt 1 ] || fail '-s: the logs have no smoothed losses'
	{
		frame "$1"
		echo "set key noenhanced; set xlabel $(quoted "$across"); set ylabel 'loss'"
		[ -z "$log" ] || echo 'set logscale y'
		printf 'plot '
		cat "$work/plot"
	} | LC_ALL=C.UTF-8 gnuplot || fail 'gnuplot: could not draw the plot'
}

show 'linespoints pointtype 7 pointsize 0.35 linewidth 2'
