/*
 * arguments.c - fuzz target for the parser of options: the lines of the input are the
 * arguments of a program with an option of every type.  Options that are refused, and -h,
 * end the program: the linker's --wrap brings that back here.
 */
#include <getopt.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"
#include "prog.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
_Noreturn void __wrap_exit(int status);
_Noreturn void __real_exit(int status);

enum { ARGUMENTS = 64, LEAST = -5, MOST = 1000000 };

static bool flag;
static long whole;
static double real;
static const char *text;
static int word;

static const struct opt table[] = {
	{ 'f', "flag", OPT_FLAG, { .flag = &flag }, NULL, 0, 0, "a flag" },
	{ 'n', "number", OPT_INT, { .i = &whole }, "n", LEAST, MOST, "a whole number" },
	{ 's', "string", OPT_STR, { .s = &text }, "text", 0, 0, "any text" },
	{ 'w', "word", OPT_WORD, { .word = &word }, "auto|a|longer|b", 0, 0, "a word" },
	{ 'x', "real", OPT_REAL, { .x = &real }, "x", 0, MOST, "a number" },
	{ 0, "long-only", OPT_FLAG, { .flag = &flag }, NULL, 0, 0, "without a letter" },
	{ 0 }
};
static const struct command command = {
	"be tested", "[file ...]", "tok file", table
};

static jmp_buf back;
static bool parsing;

_Noreturn void
__wrap_exit(int status)
{
	if (parsing)
		longjmp(back, 1);
	__real_exit(status);
}

/* Splits the input at newlines into argv; returns argc. */
static int
split(char *p, size_t len, char *argv[])
{
	static char name[] = "fuzz";
	char *end = p + len;
	int n = 0;

	argv[n++] = name;
	while (p < end && n < ARGUMENTS - 1) {
		char *line = memchr(p, '\n', (size_t)(end - p));

		argv[n++] = p;
		if (line == NULL)
			break;
		*line = '\0';
		p = line + 1;
	}
	argv[n] = NULL;
	return n;
}

static void
parse(int argc, char *argv[])
{
	int first = options_parse(argc, argv, &command);

	if (first < 1 || first > argc || whole < LEAST || whole > MOST ||
	    !(real >= 0 && real <= MOST) || word < 0 || word > 3)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static FILE *null;
	FILE *out = stdout, *err = stderr;
	char *copy, *argv[ARGUMENTS];
	int argc;

	if (null == NULL && (null = fopen("/dev/null", "w")) == NULL)
		abort();
	copy = malloc(len + 1);
	if (copy == NULL)
		abort();
	memcpy(copy, data, len);
	copy[len] = '\0';
	argc = split(copy, len, argv);
	stderr = null;
	stdout = fopen("/dev/null", "w");	/* -h closes it */
	whole = word = optind = 0;
	real = 0;
	text = NULL;
	flag = false;
	parsing = true;
	if (setjmp(back) == 0) {
		parse(argc, argv);
		fclose(stdout);
	}
	parsing = false;
	stdout = out;
	stderr = err;
	free(copy);
	return 0;
}
