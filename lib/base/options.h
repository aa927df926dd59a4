/*
 * options.h - the command line of a program: one table, read by the parser, by -h,
 * and by the tests that compare the manual page and the completion with it.
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
	char          letter;	/* 0: the option has a long name only */
	const char   *name;	/* the long name, without dashes; NULL ends the table */
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

/* What -h says, and the table. */
struct command {
	const char *summary;	/* what the program does, as in NAME of its page */
	const char *operands;	/* as in the synopsis: "[file ...]" */
	const char *example;	/* a command line; all programs in its pipe are of this suite */
	const struct opt *table;	/* sorted; long names without a letter come last */
};

/*
 * Parses the options in argv into the variables that the table points at, and
 * returns the index of the first operand.  Long names may be abbreviated, as
 * getopt_long() has it.  -h, -V and -q (prog_quiet) belong to every program and
 * are in no table.  What the variables hold before the call are the defaults that
 * -h shows.  Does not return on -h, -V or a wrong command line.
 * `command` must remain valid, for options_given().
 */
int options_parse(int argc, char *argv[], const struct command *command);

/* The operands of the parsed command, as in its usage. */
const char *options_operands(void);

/* Whether an option of the table was on the command line; by letter or long name. */
bool options_given(char letter);
bool options_given_name(const char *name);

/* Ends with "-x WHY" if one of these options was given: letters and long names, separated
 * by spaces. */
void options_reject(const char *names, const char *why);

#endif
