/*
 * prog.h - what every program shares: its name, its way out, its inputs.
 *
 * A message is one line on standard error, "program: subject: reason".
 * This module, options.c and device.c are the only ones in lib/ that exit; besides
 * them progress.c writes to the terminal.
 */
#ifndef PROG_H
#define PROG_H

#include <stdbool.h>
#include <stdio.h>

#if defined(__GNUC__)
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))
#else
#define PRINTF_LIKE(fmt, args)
#endif

enum {
	PROG_OK    = 0,	/* did what was asked */
	PROG_FAIL  = 1,	/* bad input, failed I/O, no memory, or gradcheck said no */
	PROG_USAGE = 2	/* the command line made no sense; nothing was read */
};

extern const char *prog_name;	/* the last part of argv[0] */
/* What the names of all programs here begin with, by our own: where they were
 * installed with PROGRAM_PREFIX, that; else "".  For messages that name one. */
extern char prog_prefix[64];
extern bool prog_quiet;		/* -q: prog_note() says nothing */

extern bool prog_drawn;		/* progress.h's line is on the terminal: wipe it first */

/* Sets prog_name, and lets a reader that leaves early end us quietly; a file that
 * grows past the limit for files is an error like a full disk. */
void prog_init(const char *argv0);

/* Flushes and closes standard output; gives PROG_OK, or dies of what failed. */
int prog_finish(void);

/* Say one line on standard error.  prog_note() is silenced by -q. */
void prog_note(const char *fmt, ...) PRINTF_LIKE(1, 2);
void prog_warn(const char *fmt, ...) PRINTF_LIKE(1, 2);

/* Say one line and exit: PROG_FAIL, PROG_FAIL with errno's words, PROG_USAGE. */
_Noreturn void die(const char *fmt, ...) PRINTF_LIKE(1, 2);
_Noreturn void die_errno(const char *fmt, ...) PRINTF_LIKE(1, 2);
_Noreturn void die_usage(const char *fmt, ...) PRINTF_LIKE(1, 2);

/*
 * The operands of a filter, one after another: "-" and an empty list mean
 * standard input.  Zero the struct, set argc and argv (operands only).
 */
struct prog_inputs {
	int argc;
	char **argv;
	int next;		/* the operand to open next */
	const char *name;	/* of the open one, as messages should have it */
	FILE *f;		/* the open one, or NULL */
};

/*
 * Closes the open input, dying if a read of it failed, and opens the next.
 * Gives false when there are no more; dies if one cannot be opened.
 */
bool prog_next_input(struct prog_inputs *in);

/* Whether both name one regular file that is there; NULL names none. */
bool prog_same_file(const char *a, const char *b);

/* Whether a regular file, NULL for none, is one of these inputs: it is not to be
 * written over while it is read. */
bool prog_reads(const struct prog_inputs *in, const char *path);

#endif
