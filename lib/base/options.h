/*
 * options.h - one table of options, three readers: the parser, -h, and the test
 * that holds the manual page against both.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>

enum opt_type {
	OPT_FLAG,	/* sets *to.flag */
	OPT_INT,	/* a whole number from min to max */
	OPT_REAL,	/* a number from min to max, decimal, that a double can hold */
	OPT_STR,	/* any text; NULL means not given */
	OPT_WORD	/* one of the words in arg ("csv|text"); *to.word is its place */
};

struct opt {
	char          letter;	/* 0 ends the table; keep it sorted */
	const char   *name;	/* the long option, without its dashes */
	enum opt_type type;
	union {			/* the pointer type is checked at compile time */
		bool        *flag;
		long        *i;
		double      *x;
		const char **s;
		int         *word;
	} to;
	const char *arg;	/* the argument's name in -h; NULL for a flag */
	double      min, max;	/* inclusive; OPT_INT and OPT_REAL */
	const char *help;
};

/*
 * Reads the options of argv into what the table points at, and gives the
 * index of the first operand.  -h, -V and -q (prog_quiet) are everyone's and
 * stand in no table.  The values found in place are the defaults that -h
 * shows.  Does not return on -h, -V or a wrong command line.
 */
int options_parse(int argc, char *argv[], const struct opt *table, const char *operands);

/* Whether the command line had this option. */
bool options_given(char letter);

#endif
