#!/bin/sh
# mix.sh [-w WEIGHT,WEIGHT,...] [-p] FILE...: mixes language models.
#
# Each FILE has the probabilities that one model gives the words of the same text: a line a
# word, "word TAB ln P" and perhaps more, as score -w writes it, or KenLM's query -v word.
# Lines of score -w with several models count as so many files, FILE:1, FILE:2 and so on.
# The weights of the mixture, P(word) = sum of weight P_model(word), are those with which
# the text is most probable, found by expectation maximisation; -w gives them instead.
#
# Writes a table of models, weights, bits a word and perplexity, the mixture last; with -p
# the mixture's own "word TAB ln P", for another mixture or a ranking.
set -eu
name=${0##*/} weights='' words=0

usage() {
	echo "usage: $name [-w weight,weight,...] [-p] file ..." >&2
	exit 2
}

while getopts :w:p option; do
	case $option in
	w) weights=$OPTARG ;;
	p) words=1 ;;
	*) usage ;;
	esac
done
shift $((OPTIND - 1))
[ $# -ge 1 ] || usage
# awk takes an operand with "=" for an assignment, unless it has a slash before
for file; do
	shift
	[ "$file" = - ] || { [ -r "$file" ] && [ ! -d "$file" ]; } || {
		printf '%s: %s: cannot be read\n' "$name" "$file" | LC_ALL=C tr '\001-\011\013-\037\177' '[?*]' >&2
		exit 1
	}
	case $file in
	/* | -) ;;
	*) file=./$file ;;
	esac
	set -- "$@" "$file"
done

status=0
# shellcheck disable=SC2016	# awk's own $
env LC_ALL=C awk -v weights="$weights" -v words="$words" -v name="$name" '
function fail(file, what,    line) {
	line = shown(file) ": " what
	gsub(/[\001-\037\177]|\302[\200-\237]/, "?", line)
	printf "%s: %s\n", name, line > "/dev/stderr"
	failed = file == "-w" || what ~ /a mixture needs/ ? 3 : 1
	exit failed
}

# ln P of a word from its text, in units of `unit`; a model may give no probability at all
function logarithm(text, unit) {
	if (text ~ /^-inf(inity)?$/)
		return none
	if (text !~ /^[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?$/)
		fail(FILENAME, "line " FNR ": \047" text "\047 is not ln P; give what score -w writes")
	return text * unit
}

# What stands for a word outside a vocabulary, or for the end of a sentence
function is_marker(w) {
	return w == "UNKNOWN_TOKEN" || w == "<unk>" || w == "SENTENCE_END" || w == "</s>"
}

function add_word(k, w, x) {
	n[k]++
	if (x > 1e-6)
		fail(FILENAME, "line " FNR ": ln P of \047" w "\047 is above 0")
	p[k, n[k]] = x
	if (k == 1)
		word[n[k]] = w
	else if (word[n[k]] != w && !(is_marker(w) || is_marker(word[n[k]])) && other[k]++ == 0)
		first[k] = n[k]
}

# Models of the current file, whose lines are a word, ln P of each, and the ranks
function begin_file(    k, models) {
	kenlm = $0 ~ /\tTotal: /
	models = kenlm || NF < 5 ? 1 : int((NF - 1) / 2)
	fields = NF
	for (k = 1; k <= models; k++)
		file[m + k] = FILENAME (models > 1 ? ":" k : "")
	before_file = m
	m += models
	seen[FILENAME] = 1
}

# KenLM: fields "word=id length log10", the last one "Total: ..."
function read_kenlm(    i, part, f, w) {
	for (i = 1; i <= NF; i++) {
		if ($i ~ /^Total: /)
			break
		if (split($i, part, " ") != 3)
			fail(FILENAME, "line " FNR ": not a field of query -v word: " $i)
		w = part[1]
		sub(/=[0-9]+$/, "", w)
		add_word(m, w, logarithm(part[3], log(10)))
	}
}

BEGIN { FS = "\t"; none = -1e9 }	# none: ln of no probability at all
FNR == 1 { begin_file() }
kenlm {
	if ($0 ~ /\tTotal: /)
		read_kenlm()
	next
}
NF < 2 { fail(FILENAME, "line " FNR ": no tab and ln P after the word; give what score -w writes") }
fields >= 5 && NF != fields { fail(FILENAME, "line " FNR ": " NF " fields, where the first line has " fields) }
{
	for (k = before_file + 1; k <= m; k++)
		add_word(k, $1, logarithm($(1 + k - before_file), 1))
}

function check_files(    k) {
	for (k = 1; k < ARGC; k++)
		if (!(ARGV[k] in seen))
			fail(ARGV[k], "empty; a line a word was expected")
	if (m < 2)
		fail(file[1], "one model; a mixture needs two")
	for (k = 2; k <= m; k++) {
		if (n[k] != n[1])
			fail(file[k], n[k] " words, but " shown(file[1]) " has " n[1] "; score the same text")
		if (other[k] * 2 > n[1])
			fail(file[k], "most words are not those of " shown(file[1]) "; score the same text")
		if (other[k])
			printf "%s: %s: %d of %d words are not those of %s, the first is word %d; words that only one vocabulary has may differ\n",
			    name, shown(file[k]), other[k], n[1], shown(file[1]), first[k] > "/dev/stderr"
	}
}

# Probabilities relative to the best model of each word, so that none is too small
function make_relative(    k, t) {
	for (t = 1; t <= n[1]; t++) {
		top[t] = p[1, t]
		for (k = 2; k <= m; k++)
			if (p[k, t] > top[t])
				top[t] = p[k, t]
		for (k = 1; k <= m; k++)
			r[k, t] = p[k, t] - top[t] < -700 ? 0 : exp(p[k, t] - top[t])
	}
}

function mixed(t,    k, sum) {
	sum = 0
	for (k = 1; k <= m; k++)
		sum += w[k] * r[k, t]
	return sum
}

# One iteration; returns the largest change of a weight
function improve(    k, t, sum, most, d) {
	for (k = 1; k <= m; k++)
		part[k] = 0
	for (t = 1; t <= n[1]; t++) {
		sum = mixed(t)
		for (k = 1; k <= m; k++)
			part[k] += w[k] * r[k, t] / sum
	}
	most = 0
	for (k = 1; k <= m; k++) {
		d = part[k] / n[1] - w[k]
		most = d > most ? d : -d > most ? -d : most
		w[k] = part[k] / n[1]
	}
	return most
}

function take_weights(    k, given, sum) {
	if (split(weights, given, ",") != m)
		fail("-w", weights ": give a weight for each of the " m " files")
	sum = 0
	for (k = 1; k <= m; k++) {
		if (given[k] !~ /^([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?$/)
			fail("-w", "\047" given[k] "\047 is not a weight from 0 to 1")
		sum += w[k] = given[k] + 0
	}
	if (sum < 0.999 || sum > 1.001)
		fail("-w", "the weights add up to " sum ", not to 1")
	for (k = 1; k <= m; k++)
		w[k] /= sum
}

# From the last two iterations, begun at before[] and between[], a leap in their direction
# as far as their ratio promises (Varadhan and Roland 2008, the third scheme); none where a
# weight would not stay positive.
function leap(    k, first, change, squares, squares2, far, to) {
	for (k = 1; k <= m; k++) {
		first = between[k] - before[k]
		change = w[k] - between[k] - first
		squares += first * first
		squares2 += change * change
	}
	if (squares2 == 0)
		return
	far = sqrt(squares / squares2)
	for (k = 1; k <= m; k++) {
		first = between[k] - before[k]
		to[k] = before[k] + 2 * far * first + far * far * (w[k] - between[k] - first)
		if (to[k] <= 0)
			return
	}
	for (k = 1; k <= m; k++)
		w[k] = to[k]
}

function find_weights(    k, i) {
	for (k = 1; k <= m; k++)
		w[k] = 1 / m
	for (i = 0; i < 10000; i++) {
		for (k = 1; k <= m; k++)
			before[k] = w[k]
		improve()
		for (k = 1; k <= m; k++)
			between[k] = w[k]
		if (improve() <= 1e-9)
			break
		leap()
	}
}

function shown(path) {
	sub(/^\.\//, "", path)
	return path
}

function print_row(label, weight, sum) {
	if (sum <= none)
		printf "%s\t%s\tinf\tinf\n", label, weight
	else
		printf "%s\t%s\t%.6f\t%.4f\n", label, weight, -sum / n[1] / log(2), exp(-sum / n[1])
}

function log_mixed(t,    x) {
	x = mixed(t)
	return x > 0 && top[t] > none ? top[t] + log(x) : none
}

END {
	if (failed)
		exit failed
	check_files()
	make_relative()
	if (weights != "")
		take_weights()
	else
		find_weights()
	for (t = 1; t <= n[1]; t++) {
		all += log_mixed(t)
		if (words + 0)
			printf "%s\t%s\n", word[t], (log_mixed(t) > none ? sprintf("%.9f", log_mixed(t)) : "-inf")
	}
	if (words + 0)
		exit 0
	print "model\tweight\tbits\tperplexity"
	for (k = 1; k <= m; k++) {
		sum = 0
		for (t = 1; t <= n[1]; t++)
			sum += p[k, t]
		print_row(shown(file[k]), sprintf("%.9f", w[k]), sum)
	}
	print_row("mix", 1, all)
}' "$@" || status=$?
# 2 is that of an awk that cannot write
case $status in
2) exit 1 ;;
3) exit 2 ;;
*) exit "$status" ;;
esac
