/*
 * options.c - parses the command line with getopt_long(), from a table of options.
 */
#include <assert.h>
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "edit_distance.h"
#include "errmsg.h"
#include "options.h"
#include "prog.h"
#include "visible.h"

enum {
	MAX_OPTIONS = 60,
	LONG_ONLY = 256,	/* getopt's value of row i, without a letter: LONG_ONLY + i */
	HELP_COLUMN = 29	/* where the texts of -h begin */
};

static bool quiet;
static const struct command *command;	/* of options_parse() */
static bool given[MAX_OPTIONS];		/* by row of its table */
static const struct opt common[] = {
	{ 'h', "help", OPT_FLAG, { .flag = NULL }, NULL, 0, 0, "print this summary and exit" },
	{ 'q', "quiet", OPT_FLAG, { .flag = &quiet }, NULL, 0, 0, "print errors only" },
	{ 'V', "version", OPT_FLAG, { .flag = NULL }, NULL, 0, 0, "print the version and exit" },
	{ 0 }
};

static size_t
table_length(const struct opt *table)
{
	size_t n = 0;

	while (table[n].name)
		n++;
	return n;
}

/* The option in messages: "-c", or "--name" if it has no letter. */
static const char *
option_label(const struct opt *o)
{
	static char label[64];

	if (o->letter)
		snprintf(label, sizeof(label), "-%c", o->letter);
	else
		snprintf(label, sizeof(label), "--%s", o->name);
	return label;
}

/* Word i of "a|b|c", its length in *len; NULL past the last one. */
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
		if (*o->to.s == NULL)
			return;
		printf(" [");
		visible_put(*o->to.s, strlen(*o->to.s), stdout);
		putchar(']');
		return;
	case OPT_WORD:
		word = word_at(o->arg, *o->to.word, &len);
		printf(" [%.*s]", (int)len, word);
		return;
	}
}

/* A row whose left part is too wide continues on the next line. */
static void
print_option(const struct opt *o)
{
	char letter[] = { '-', o->letter, ',', 0 };
	int width = printf("  %3s --%s%s%s", o->letter ? letter : "", o->name,
	    o->arg ? " " : "", o->arg ? o->arg : "");

	if (width + 2 > HELP_COLUMN) {
		putchar('\n');
		width = 0;
	}
	printf("%*s%s", HELP_COLUMN - width, "", o->help);
	print_default(o);
	putchar('\n');
}

/* A pipeline, with the programs' names as they were installed. */
static void
print_pipeline(const char *text)
{
	const char *bar;

	for (; (bar = strstr(text, "| ")) != NULL; text = bar + 2)
		printf("%s%.*s", prog_prefix, (int)(bar + 2 - text), text);
	printf("%s%s\n", prog_prefix, text);
}

static _Noreturn void
print_help(void)
{
	printf("%s - %s\n", prog_name, command->summary);
	printf("usage: %s [options] %s\n\n", prog_name, command->operands);
	for (const struct opt *o = command->table; o->name; o++)
		print_option(o);
	for (const struct opt *o = common; o->name; o++)
		print_option(o);
	printf("\nexample: ");
	print_pipeline(command->example);
	printf("see %s(1)\n", prog_name);
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
		die_usage("%s: '%s' is not a whole number from %.0f to %.0f",
		    option_label(o), text, o->min, o->max);
	*o->to.i = v;
}

static void
set_real(const struct opt *o, const char *text)
{
	char *end;
	double v;

	errno = 0;
	v = strtod(text, &end);		/* ERANGE also for subnormal numbers, which are exact */
	if (errno == ERANGE && v == 0 && *end == '\0')
		die_usage("%s: '%s' is too close to 0 for a number; give 0, or 5e-324 at least",
		    option_label(o), text);
	/* hexadecimal is refused, as in whole numbers */
	if (end == text || *end || strpbrk(text, "xX") || !isfinite(v) || v < o->min ||
	    v > o->max)
		die_usage("%s: '%s' is not a number from %g to %g",
		    option_label(o), text, o->min, o->max);
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
	die_usage("%s: '%s' is none of %s", option_label(o), text, o->arg);
}

static void
set_option(const struct opt *o, const char *text)
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

/* The option for a value of getopt's; NULL if there is none. */
static const struct opt *
find_option(int value)
{
	if (value >= LONG_ONLY)
		return &command->table[value - LONG_ONLY];
	for (const struct opt *o = command->table; o->name; o++)
		if (o->letter && o->letter == value)
			return o;
	for (const struct opt *o = common; o->name; o++)
		if (o->letter == value)
			return o;
	return NULL;
}

/* Adds a table to getopt's two forms of it: the short string and the long array. */
static void
spell_options(const struct opt *table, char **spec, struct option **longs)
{
	for (const struct opt *o = table; o->name; o++) {
		if (o->letter)
			*(*spec)++ = o->letter;
		if (o->letter && o->type != OPT_FLAG)
			*(*spec)++ = ':';
		(*longs)->name = o->name;
		(*longs)->has_arg = o->type == OPT_FLAG ? no_argument : required_argument;
		(*longs)->flag = NULL;
		(*longs)->val = o->letter ? o->letter : LONG_ONLY + (int)(o - table);
		(*longs)++;
	}
}

/* Row i of the options of this program, its own and then the common ones; NULL after
 * the last. */
static const struct opt *
any_option(size_t i)
{
	size_t n = table_length(command->table);

	return i < n ? &command->table[i] : common[i - n].name ? &common[i - n] : NULL;
}

/* The option whose long name is closest to a misspelled one; NULL if none is close. */
static const struct opt *
closest_option(const char *name, size_t len)
{
	const struct opt *o, *closest = NULL;
	size_t least = SIZE_MAX;

	for (size_t i = 0; (o = any_option(i)) != NULL; i++) {
		size_t d = edit_distance(name, len, o->name, strlen(o->name));

		if (d < least && edit_distance_is_close(d, len)) {
			least = d;
			closest = o;
		}
	}
	return closest;
}

/* Lists the options whose long names begin in this way: none, or several. */
static const char *
list_options(struct errmsg *e, const char *name, size_t len)
{
	const struct opt *o;

	e->text[0] = '\0';
	for (size_t i = 0; (o = any_option(i)) != NULL; i++)
		if (strncmp(o->name, name, len) == 0)
			errmsg_add(e, "%s--%s", *e->text ? " and " : "", o->name);
	return e->text;
}

/* A long name that is no option's. */
static _Noreturn void
complain_of_name(const char *word)
{
	struct errmsg e;
	const char *name = word + 2, *several;
	size_t len = strcspn(name, "=");
	const struct opt *meant;

	several = list_options(&e, name, len);
	if (*several)
		die_usage("--%.*s is short for %s; write more of it (-h shows the options)",
		    (int)len, name, several);
	meant = closest_option(name, len);
	if (meant)
		die_usage("--%.*s: no such option; did you mean --%s? (-h shows the options)",
		    (int)len, name, meant->name);
	die_usage("--%.*s: no such option (-h shows the options)", (int)len, name);
}

/* getopt's ':' and '?', in words. */
static _Noreturn void
complain(int c, char *argv[])
{
	const struct opt *o = optopt ? find_option(optopt) : NULL;

	if (o && c == ':')
		die_usage("%s needs an argument (-h shows the options)", option_label(o));
	if (o)
		die_usage("--%s takes no argument (-h shows the options)", o->name);
	if (optopt)
		die_usage("unknown option -%c (-h shows the options)", optopt);
	complain_of_name(argv[optind - 1]);
}

static _Noreturn void
print_version(void)
{
	printf("%s (unroll) %s\n", prog_name, VERSION);
	exit(prog_finish());
}

int
options_parse(int argc, char *argv[], const struct command *of)
{
	char spec[2 * MAX_OPTIONS + 8] = ":", *p = spec + 1;
	struct option longs[MAX_OPTIONS + 4] = { { 0 } }, *l = longs;
	const struct opt *o;
	int c;

	command = of;
	assert(table_length(of->table) <= MAX_OPTIONS - table_length(common));
	spell_options(of->table, &p, &l);
	spell_options(common, &p, &l);
	opterr = 0;
	while ((c = getopt_long(argc, argv, spec, longs, NULL)) != -1) {
		if (c == 'h')
			print_help();
		if (c == 'V')
			print_version();
		if (c == ':' || c == '?')
			complain(c, argv);
		o = find_option(c);
		if (c != 'q')
			given[o - of->table] = true;
		set_option(o, optarg);
	}
	prog_quiet = quiet;
	return optind;
}

const char *
options_operands(void)
{
	return command->operands;
}

bool
options_given(char letter)
{
	const struct opt *o = find_option(letter);

	assert(o && letter != 'q');
	return given[o - command->table];
}

bool
options_given_name(const char *name)
{
	const struct opt *o = command->table;

	while (o->name && strcmp(o->name, name) != 0)
		o++;
	assert(o->name);
	return given[o - command->table];
}

void
options_reject(const char *names, const char *why)
{
	for (size_t len; *names; names += len + (names[len] == ' ')) {
		char name[64];

		len = strcspn(names, " ");
		snprintf(name, sizeof(name), "%.*s", (int)len, names);
		if (len == 1 ? options_given(name[0]) : options_given_name(name))
			die_usage("%s%s %s", len == 1 ? "-" : "--", name, why);
	}
}
