/*
 * options - the parser of command lines, with rows of every kind
 *
 * Prints what it read; options_given() by letter and by long name; the operands.
 */
#include <stdio.h>

#include "options.h"
#include "prog.h"

static struct {
	bool flag, far;
	long count, project;
	double decay;
	const char *text;
	int word;
} o = { .count = 3, .project = 0, .decay = 0.25 };

static const struct opt options[] = {
	{ 'c', "count", OPT_INT, { .i = &o.count }, "n", 1, 9, "a whole number" },
	{ 'f', "flag", OPT_FLAG, { .flag = &o.flag }, NULL, 0, 0, "a flag" },
	{ 't', "text", OPT_STR, { .s = &o.text }, "file", 0, 0, "a text" },
	{ 'w', "word", OPT_WORD, { .word = &o.word }, "red|green|blue|ultraviolet", 0, 0,
	    "a word" },
	{ 0, "far", OPT_FLAG, { .flag = &o.far }, NULL, 0, 0, "a flag without a letter" },
	{ 0, "project", OPT_INT, { .i = &o.project }, "n", 0, 99, "a number without a letter" },
	{ 0, "weight-decay", OPT_REAL, { .x = &o.decay }, "x", 0, 1, "likewise" },
	{ 0 }
};
static const struct command command = {
	.summary = "read a command line",
	.operands = "[file ...]",
	.example = "tok text | vocab -n 5 | options --project 7",
	.table = options
};

int
main(int argc, char *argv[])
{
	int i;

	prog_init(argv[0]);
	i = options_parse(argc, argv, &command);
	printf("count=%ld flag=%d text=%s word=%d far=%d project=%ld decay=%g quiet=%d\n", o.count,
	    o.flag, o.text ? o.text : "-", o.word, o.far, o.project, o.decay, prog_quiet);
	fputs("given:", stdout);
	for (const struct opt *row = options; row->name; row++) {
		if (options_given_name(row->name))
			printf(" %s", row->name);
		if (row->letter && options_given(row->letter))
			printf(" %c", row->letter);
	}
	fputs("\noperands:", stdout);
	for (; i < argc; i++)
		printf(" %s", argv[i]);
	putchar('\n');
	return prog_finish();
}
