#!/usr/bin/env bats
# Page, -h and parser cannot drift, and the examples run.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

@test "every program has a page, a file of tests and a place in the Makefile" {
	[ "$(cd "$TOP/bin" && printf '%s\n' *.c | grep -v _options | xargs)" = "$(printf '%s.c\n' $TOOLS | sort | xargs)" ]
	for tool in $TOOLS; do
		[ -f "$TOP/man/$tool.1" ]
		[ -f "$TOP/tests/$tool.bats" ]
		grep -q "^\.Xr $tool 1" "$TOP/man/unroll.7"
	done
}

@test "options are found in -h and on a page, with and without a letter" {
	"$BUILD/tests/unit/options" -h | help_options > found
	diff found - <<-'END'
		c count n 3
		f flag - -
		t text file -
		w word red|green|blue|ultraviolet red
		- far - -
		- project n 0
		- weight-decay x 0.25
		h help - -
		q quiet - -
		V version - -
	END
	page_options > found <<-'END'
		.It Fl c , Fl -count Ar n
		Some.
		.It Fl f , Fl -flag
		.It Fl w , Fl -word Cm red | green
		.It Fl -far
		.It Fl -weight-decay Ar x
	END
	diff found - <<-'END'
		c count n
		f flag -
		w word red|green
		- far -
		- weight-decay x
	END
}

@test "the options of -h are those of the page: letter, long name and argument" {
	for tool in $TOOLS; do
		"$tool" -h | help_options | cut -d ' ' -f 1-3 | sort > help
		page_options < "$TOP/man/$tool.1" | sort > page
		[ "$(wc -l < help)" -ge 4 ]
		diff help page || { echo "$tool"; false; }
	done
}

# synopsis_options: a filter: the options in the synopsis of a page, one a line: letters
# of flags may stand together
synopsis_options() {
	sed -nE '/^\.Sh SYNOPSIS/,/^\.Sh DESCRIPTION/s/^\.(Op )?Fl (-?[A-Za-z-]+).*/\2/p' |
	    sed -E '/^-/!s/./&\n/g' | sed '/^$/d' | sort -u
}

@test "the synopsis names every option, by its letter if it has one" {
	synopsis_options > found <<-'END'
		.Sh SYNOPSIS
		.Op Fl afq
		.Op Fl c Ar n
		.Fl R Ar model
		.Op Fl -weight-decay Ar x
		.Sh DESCRIPTION
	END
	[ "$(paste -sd ' ' found)" = "-weight-decay R a c f q" ]
	for tool in $TOOLS; do
		"$tool" -h | help_options | awk '{ print $1 == "-" ? "-" $2 : $1 }' | sort > help
		synopsis_options < "$TOP/man/$tool.1" > page
		diff help page || { echo "$tool"; false; }
	done
}

@test "the options of -h are those of the parser: short, long, with and without argument" {
	for tool in $TOOLS; do
		"$tool" -h | help_options > help
		while read -r letter name argument _; do
			# what does not exist is named as such; -h ends it all
			for option in "--$name" $([ "$letter" = - ] || echo "-$letter"); do
				run --separate-stderr timeout 10 "$tool" "$option" -h
				[[ "$stderr" != *unknown* && "$stderr" != *'no such option'* ]]
			done
			run --separate-stderr timeout 10 "$tool" "--$name"
			if [ "$argument" = - ]; then
				[[ "$stderr" != *"needs an argument"* ]]
			else
				[[ "$stderr" == *"needs an argument"* ]]
			fi < /dev/null
		done < help
	done
}

@test "-h fits a screen: 24 lines where there are few options, 80 columns; on standard output" {
	for tool in $TOOLS; do
		case $tool in
		train) most=76 ;;
		gradcheck | sample | tok) most=40 ;;
		*) most=24 ;;
		esac
		for help in -h --help; do
			run -0 --separate-stderr "$tool" "$help"
			[ -z "$stderr" ]
			[ "${#lines[@]}" -le "$most" ]
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

@test "-h begins with what the page's NAME says, and ends with an example and the page" {
	for tool in $TOOLS; do
		run -0 "$tool" -h
		[ "${lines[0]}" = "$tool - $(sed -n 's/^\.Nd //p' "$TOP/man/$tool.1")" ]
		[[ "${lines[1]}" == "usage: $tool [options]"* ]]
		[[ "${lines[-2]}" == "example: "*"$tool "* ]]
		[ "${lines[-1]}" = "see $tool(1)" ]
	done
}

@test "the example of every -h works" {
	mkdir data
	cp "$TOP/data/comments.csv" data
	cd data
	pipe 'tok comments.csv | vocab -q -n 500 | encode | train -q -H 20 -e 0'
	for tool in $TOOLS; do
		example=$("$tool" -h | sed -n 's/^example: //p')
		echo "$example"
		run -0 pipe "$example"
		file=${example##*> }
		[ -n "$output" ] || [ -s "$file" ]
	done
}

@test "defaults that -h shows stand on the page" {
	for tool in $TOOLS; do
		while read -r letter name _ value; do
			[ "$value" != - ] || continue
			start="Fl $letter , Fl -$name"
			[ "$letter" != - ] || start="Fl -$name"
			sed -n "/^\.It $start\( \|\$\)/,/^\.It /p" "$TOP/man/$tool.1" > item
			grep -qE "(^|[ .])${value//./\\.}[.,;]?( |\$)" item ||
			    { echo "$tool --$name: $value"; false; }
		done < <("$tool" -h | help_options)
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
		    iconv.1 | jq.1 | mktemp.1 | split.1 | uniq.1 | unzip.1 | wc.1 | parallel.1 | xargs.1) ;;
		*) [ -f "$TOP/man/$ref" ] || { echo "$ref"; false; } ;;
		esac
	done
}

# examples: a filter: writes the examples of a page into files 01.sh, 02.sh and so on:
# each line .Dl $, and each literal block in EXAMPLES or "Where to begin"
examples() {
	awk '
		function unescape(line) {
			gsub(/\\e/, "\\", line)
			gsub(/\\-/, "-", line)
			return line
		}
		/^\.S[hs] / { inside = /^\.Sh EXAMPLES|^\.Ss Where to begin/ }
		/^\.Ed/ { block = 0 }
		block { print unescape($0) > file }
		inside && /^\.Bd -literal/ { block = 1; file = sprintf("%02d.sh", ++n) }
		sub(/^\.Dl \$ /, "") { print unescape($0) > sprintf("%02d.sh", ++n) }'
}

@test "the examples of every page work, one after another" {
	local n=0 page example
	for page in "$TOP"/man/*.[1-9]; do
		rm -rf data
		mkdir data
		cp "$TOP/data/comments.csv" data
		cd data
		# literal blocks in the pages of formats are formats
		case $page in
		*.5) grep '^\.Dl' "$page" | examples ;;
		*) examples < "$page" ;;
		esac
		for example in [0-9]*.sh; do
			[ -f "$example" ] || continue
			echo "${page##*/}: $(cat "$example")"
			touch began
			run -0 --separate-stderr timeout 100 bash -e -o pipefail "$example"
			echo "$stderr"
			[ -n "$output" ] || [ -n "$(find . -newer began -size +0 ! -name began)" ]
			# reports of vocab, train and gradcheck, but no warnings
			[ -z "$(grep -vE '^(vocab: (Parsed|Found|Using|The least)|gradcheck: |train: .*will (be replaced|remove it)$|$)' <<< "$stderr" |
			    grep -vE '^train: (finished|stopped|early stopping|to continue|[a-z.]*npz: ((validation )?loss|never))')" ]
			n=$((n + 1))
		done
		cd ..
	done
	[ "$n" -ge 30 ]
}

@test "pages fit 80 columns, examples included" {
	local page
	for page in "$TOP"/man/*.1; do
		mandoc -T ascii -O width=80 "$page" | col -bx > shown
		[ "$(wc -l < shown)" -gt 40 ]
		run -1 grep -E '.{81}' shown
	done
}

@test "every page carries the version of the Makefile, and no name of a system" {
	version=$(sed -n 's/^VERSION := //p' "$TOP/Makefile")
	for page in "$TOP"/man/*.[1-9]; do
		echo "$page"
		run -0 mandoc -T ascii "$page"
		[[ "${lines[-1]}" == "unroll $version "*" unroll $version" ]]
		[[ "$output" != *BSD* ]]
		# groff writes the name of a system into the head as well
		grep -qx '\.ds doc-volume-operating-system unroll' "$page"
	done
}

@test "model(5) names every array" {
	sed -n 's/^ \*	\([A-Za-z]2\{0,1\}\)	(.*/\1/p' "$TOP/lib/model/model.h" > arrays
	[ "$(wc -l < arrays)" -eq 9 ]
	while read -r array; do
		grep -q "^\.It $array Ta" "$TOP/man/model.5" || { echo "$array"; false; }
	done < arrays
}
