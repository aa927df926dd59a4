/*
 * options.c - the command line, by getopt_long() over a table.
 */
#include <assert.h>
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"
#include "prog.h"

enum { MAX_OPTIONS = 60 };

static bool quiet;
static bool given[128];		/* by letter */
static const struct opt everyones[] = {
	{ 'h', "help", OPT_FLAG, { .flag = NULL }, NULL, 0, 0, "print this summary and exit" },
	{ 'q', "quiet", OPT_FLAG, { .flag = &quiet }, NULL, 0, 0, "say nothing but errors" },
	{ 'V', "version", OPT_FLAG, { .flag = NULL }, NULL, 0, 0, "print the version and exit" },
	{ 0 }
};

static size_t
length(const struct opt *table)
{
	size_t n = 0;

	while (table[n].letter)
		n++;
	return n;
}

/* The word at place i of "a|b|c", its length in *len; NULL past the end. */
static const char *
word_at(const char *words, int i, size_t *len)
{
	while (i-- > 0) {
		words = strchr(words, '|');
		if (words == NULL)
			return NULL;
		words++;
	}
	*len = strcspn(words, "|");
	return words;
}

static void
print_default(const struct opt *o)
{
	const char *word;
	size_t len = 0;

	switch (o->type) {
	case OPT_FLAG:
		return;
	case OPT_INT:
		printf(" [%ld]", *o->to.i);
		return;
	case OPT_REAL:
		printf(" [%g]", *o->to.x);
		return;
	case OPT_STR:
		if (*o->to.s)
			printf(" [%s]", *o->to.s);
		return;
	case OPT_WORD:
		word = word_at(o->arg, *o->to.word, &len);
		printf(" [%.*s]", (int)len, word);
		return;
	}
}

static void
print_option(const struct opt *o)
{
	char left[64];

	snprintf(left, sizeof(left), "-%c, --%s%s%s", o->letter, o->name,
	    o->arg ? " " : "", o->arg ? o->arg : "");
	printf("  %-26s %s", left, o->help);
	print_default(o);
	putchar('\n');
}

static _Noreturn void
help(const struct opt *table, const char *operands)
{
	printf("usage: %s [options] %s\n", prog_name, operands);
	for (const struct opt *o = table; o->letter; o++)
		print_option(o);
	for (const struct opt *o = everyones; o->letter; o++)
		print_option(o);
	exit(prog_finish());
}

static void
set_int(const struct opt *o, const char *text)
{
	char *end;
	long v;

	errno = 0;
	v = strtol(text, &end, 10);
	if (end == text || *end || errno || v < o->min || v > o->max)
		die_usage("-%c: '%s' is not a whole number from %.0f to %.0f",
		    o->letter, text, o->min, o->max);
	*o->to.i = v;
}

static void
set_real(const struct opt *o, const char *text)
{
	char *end;
	double v;

	errno = 0;
	v = strtod(text, &end);
	/* no hexadecimal, as of whole numbers; and no 0 that was not meant as one */
	if (end == text || *end || strpbrk(text, "xX") || errno || !isfinite(v) ||
	    v < o->min || v > o->max)
		die_usage("-%c: '%s' is not a number from %g to %g",
		    o->letter, text, o->min, o->max);
	*o->to.x = v;
}

static void
set_word(const struct opt *o, const char *text)
{
	const char *word;
	size_t len;

	for (int i = 0; (word = word_at(o->arg, i, &len)) != NULL; i++) {
		if (strlen(text) == len && memcmp(word, text, len) == 0) {
			*o->to.word = i;
			return;
		}
	}
	die_usage("-%c: '%s' is none of %s", o->letter, text, o->arg);
}

static void
set(const struct opt *o, const char *text)
{
	switch (o->type) {
	case OPT_FLAG:
		*o->to.flag = true;
		return;
	case OPT_INT:
		set_int(o, text);
		return;
	case OPT_REAL:
		set_real(o, text);
		return;
	case OPT_STR:
		*o->to.s = text;
		return;
	case OPT_WORD:
		set_word(o, text);
		return;
	}
}

static const struct opt *
find(const struct opt *table, int letter)
{
	for (const struct opt *o = table; o->letter; o++)
		if (o->letter == letter)
			return o;
	for (const struct opt *o = everyones; o->letter; o++)
		if (o->letter == letter)
			return o;
	return NULL;
}

/* getopt's two spellings of a table: the short string and the long array. */
static void
spell(const struct opt *table, char **spec, struct option **longs)
{
	for (const struct opt *o = table; o->letter; o++) {
		*(*spec)++ = o->letter;
		if (o->type != OPT_FLAG)
			*(*spec)++ = ':';
		(*longs)->name = o->name;
		(*longs)->has_arg = o->type == OPT_FLAG ? no_argument : required_argument;
		(*longs)->flag = NULL;
		(*longs)->val = o->letter;
		(*longs)++;
	}
}

static _Noreturn void
complain(int c, char *argv[])
{
	const char *arg = argv[optind - 1];

	if (c == ':' && optopt)
		die_usage("-%c needs an argument (-h shows the options)", optopt);
	if (strncmp(arg, "--", 2) == 0)
		die_usage("%s: no such option, or not with that argument (-h shows them)", arg);
	die_usage("unknown option -%c (-h shows the options)", optopt);
}

int
options_parse(int argc, char *argv[], const struct opt *table, const char *operands)
{
	char spec[2 * MAX_OPTIONS + 8] = ":", *p = spec + 1;
	struct option longs[MAX_OPTIONS + 4] = { { 0 } }, *l = longs;
	int c;

	assert(length(table) <= MAX_OPTIONS - length(everyones));
	spell(table, &p, &l);
	spell(everyones, &p, &l);
	opterr = 0;
	while ((c = getopt_long(argc, argv, spec, longs, NULL)) != -1) {
		if (c == 'h')
			help(table, operands);
		if (c == 'V') {
			printf("%s (unroll) %s\n", prog_name, VERSION);
			exit(prog_finish());
		}
		if (c == ':' || c == '?')
			complain(c, argv);
		given[c & 127] = true;
		set(find(table, c), optarg);
	}
	prog_quiet = quiet;
	return optind;
}

bool
options_given(char letter)
{
	return given[letter & 127];
}
