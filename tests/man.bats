#!/usr/bin/env bats
# Page, -h and parser cannot drift, and the examples run.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

@test "every program has a page, a file of tests and a place in the Makefile" {
	[ "$(cd "$TOP/bin" && echo *.c)" = "$(printf '%s.c\n' $TOOLS | sort | xargs)" ]
	for tool in $TOOLS; do
		[ -f "$TOP/man/$tool.1" ]
		[ -f "$TOP/tests/$tool.bats" ]
		grep -q "^\.Xr $tool 1" "$TOP/man/unroll.7"
	done
}

@test "the options of -h are those of the page, letter and long name" {
	for tool in $TOOLS; do
		"$tool" -h | sed -n 's/^  -\(.\), --\([a-z-]*\).*/\1 \2/p' | sort > help
		sed -n 's/^\.It Fl \(.\) , Fl -\([a-z-]*\).*/\1 \2/p' "$TOP/man/$tool.1" | sort > page
		[ "$(wc -l < help)" -ge 4 ]
		diff help page || { echo "$tool"; false; }
	done
}

@test "options with an argument have one on the page, and flags have none" {
	for tool in $TOOLS; do
		"$tool" -h | sed -nE -e 's/^  -(.), --[a-z-]+  .*/\1/p' \
		    -e 's/^  -(.), --[a-z-]+ [^ ].*/\1 Ar/p' | sort > help
		sed -nE -e 's/^\.It Fl (.) , Fl -[a-z-]+$/\1/p' \
		    -e 's/^\.It Fl (.) , Fl -[a-z-]+ (Ar|Cm) .*/\1 Ar/p' "$TOP/man/$tool.1" | sort > page
		diff help page || { echo "$tool"; false; }
	done
}

@test "the synopsis names every option" {
	for tool in $TOOLS; do
		"$tool" -h | sed -n 's/^  -\(.\), .*/\1/p' | sort > help
		sed -n '/^\.Sh SYNOPSIS/,/^\.Sh DESCRIPTION/s/^\.\(Op \)*Fl \([A-Za-z]*\).*/\2/p' \
		    "$TOP/man/$tool.1" | fold -w 1 | sort -u > page
		diff help page || { echo "$tool"; false; }
	done
}

@test "what -h lists, the parser takes: short and long, with and without argument" {
	for tool in $TOOLS; do
		"$tool" -h | sed -n 's/^  -\(.\), --\([a-z-]*\).*/\1 \2/p' > help
		while read -r letter name; do
			run -0 "$tool" --help
			for option in "-$letter" "--$name"; do
				# an option that does not exist is named as such; -h ends it all
				run --separate-stderr timeout 10 "$tool" "$option" -h
				[[ "$stderr" != *unknown* && "$stderr" != *'no such option'* ]]
			done
		done < help
	done
}

@test "-h fits a screen of 24 lines (that of train 50) and 80 columns, and goes to standard output" {
	for tool in $TOOLS; do
		for help in -h --help; do
			run -0 --separate-stderr "$tool" "$help"
			[ -z "$stderr" ]
			[ "${#lines[@]}" -le "$([ "$tool" = train ] && echo 50 || echo 24)" ]
			for line in "${lines[@]}"; do
				[ "${#line}" -le 80 ] || { echo "$line"; false; }
			done
		done
	done
}

@test "-V names the program, the suite and the version of the Makefile" {
	version=$(sed -n 's/^VERSION := //p' "$TOP/Makefile")
	for tool in $TOOLS; do
		run -0 "$tool" -V
		[ "$output" = "$tool (unroll) $version" ]
	done
}

@test "defaults that -h shows stand on the page" {
	for tool in $TOOLS; do
		while read -r letter value; do
			sed -n "/^\.It Fl $letter , /,/^\.It /p" "$TOP/man/$tool.1" > item
			grep -qE "(^|[ .])${value//./\\.}[.,;]?( |\$)" item ||
			    { echo "$tool -$letter: $value"; false; }
		done < <("$tool" -h | sed -n 's/^  -\(.\), .* \[\([^]]*\)\]$/\1 \2/p')
	done
}

@test "the pages are clean for mandoc" {
	run -0 mandoc -T lint -W warning "$TOP"/man/*.[1-9]
	[ -z "$output" ]
}

@test "the argument of an option is no option: no -T -0" {
	run -1 grep -nE '^\.(.* )?Fl( [A-Za-z])+ ([0-9]|[a-z]{2})' "$TOP"/man/*.[1-9]
}

@test "what stands in a column of a page fits it" {
	local wide=
	for page in "$TOP"/man/*.[1-9]; do
		sed -E '/^\.It /{ s/ (Sy|Li|No|Ar|Cm|Em|Ev|Pa)($| )/ /g; s/ (Sy|Li|No|Ar|Cm|Em|Ev|Pa)($| )/ /g
			s/ Fl / -/g; s/ Pq ([^ ]+)/ (\1)/g; s/ Xr ([^ ]+) ([1-9])/ \1(\2)/g; s/\\[&-]/-/g }' "$page" | awk '
			/^\.Bl -column/ {
				columns = split($0, width, "\"")
				inside = 1
			}
			/^\.El/ { inside = 0 }
			inside && sub(/^\.It +/, "") {
				cells = split($0, cell, / *Ta */)
				for (i = 1; i < cells; i++) {
					checked++
					if (length(cell[i]) > length(width[2 * i])) {
						print cell[i] ": wider than " width[2 * i]
						wide = 1
					}
				}
			}
			END { exit wide || !checked && '"$(grep -c 'Bl -column' "$page")"' }' ||
		    wide+=" ${page##*/}"
	done
	[ -z "$wide" ] || { echo "in$wide"; false; }
}

@test "pages refer to pages that there are" {
	for ref in $(sed -n 's/^\.Xr \([^ ]*\) \([1-9]\).*/\1.\2/p' "$TOP"/man/*.[1-9] | sort -u); do
		case $ref in
		awk.1 | cat.1 | grep.1 | gzip.1 | head.1 | nohup.1 | paste.1 | perl.1 | shuf.1 | sort.1 | \
		    split.1 | uniq.1 | unzip.1 | wc.1 | parallel.1) ;;
		*) [ -f "$TOP/man/$ref" ] || { echo "$ref"; false; } ;;
		esac
	done
}

@test "the examples of every page work, one after another" {
	n=0
	for page in "$TOP"/man/*.[1-9]; do
		rm -rf data
		mkdir data
		cp "$TOP/data/comments.csv" data
		while IFS= read -r line; do
			echo "$(basename "$page"): $line"
			run -0 --separate-stderr bash -o pipefail -c "cd data && $line"
			echo "$stderr"
			[ -n "$output" ] || [ -n "$(find data -newer data/comments.csv -name '*.npz')" ]
			[ -z "$stderr" ] || [[ "$line" != *' -q'* ]]
			n=$((n + 1))
		done < <(sed -n 's/^\.Dl \$ //p' "$page" | sed 's/\\e/\\/g; s/\\-/-/g')
	done
	[ "$n" -ge 15 ]
}

@test "model(5) names every array" {
	sed -n 's/^ \*	\([A-Za-z]2\{0,1\}\)	(.*/\1/p' "$TOP/lib/model/model.h" > arrays
	[ "$(wc -l < arrays)" -eq 9 ]
	while read -r array; do
		grep -q "^\.It $array Ta" "$TOP/man/model.5" || { echo "$array"; false; }
	done < arrays
}
