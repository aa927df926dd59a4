/*
 * prog.h - what every program shares: its name, messages, exit status and inputs.
 *
 * A message is one line on standard error, "program: subject: reason".
 * This module, options.c and device.c are the only ones in lib/ that exit; besides
 * them progress.c writes to the terminal.
 */
#ifndef PROG_H
#define PROG_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#if defined(__GNUC__)
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))
#else
#define PRINTF_LIKE(fmt, args)
#endif

enum {
	PROG_OK    = 0,	/* did what was asked */
	PROG_FAIL  = 1,	/* bad input, failed I/O, no memory, or gradcheck said no */
	PROG_USAGE = 2	/* wrong usage; nothing was read */
};

extern const char *prog_name;	/* the last part of argv[0] */
/* The PROGRAM_PREFIX that the programs were installed with, or "", derived from
 * prog_name; for messages that name another program. */
extern char prog_prefix[64];
extern bool prog_quiet;		/* -q: prog_note() is silent */

extern bool prog_drawn;		/* a progress line is on the terminal and must be cleared first */

/* Sets prog_name and the signal handling: a closed pipe ends the program quietly,
 * and exceeding the file size limit is an error like a full disk. */
void prog_init(const char *argv0);

/* Whether fd is a terminal.  Keeps errno, unlike isatty(): it may have the reason of a
 * failed write. */
bool prog_is_terminal(int fd);

/* Dies if a write to standard output failed, with the text of errno: to be called
 * after writes, before anything else that may fail. */
void prog_check_output(void);

/* Flushes and closes standard output and returns PROG_OK, or dies on an error. */
int prog_finish(void);

/* Write a line to standard error; -q silences prog_note(). */
void prog_note(const char *fmt, ...) PRINTF_LIKE(1, 2);
void prog_warn(const char *fmt, ...) PRINTF_LIKE(1, 2);
/* The same with a line that is complete. */
void prog_note_line(const char *line);
void prog_warn_line(const char *line);

/* Write a line and exit: with PROG_FAIL; with PROG_FAIL and the text of errno; with
 * PROG_USAGE. */
_Noreturn void die(const char *fmt, ...) PRINTF_LIKE(1, 2);
_Noreturn void die_errno(const char *fmt, ...) PRINTF_LIKE(1, 2);
/* With a message of lib/ that names its subject; NULL: nothing is wrong.  An empty one is
 * reported by another process. */
void die_if(const char *why);
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
 * Closes the open input and opens the next; false when there are no more.  Dies if the
 * next cannot be opened.  Read errors are the reader's to report (reader.h).
 */
bool prog_next_input(struct prog_inputs *in);

/* The bytes of all of them, 0 unless all are regular files. */
uint64_t prog_inputs_bytes(const struct prog_inputs *in);

/* Whether both name the same existing regular file; NULL names none. */
bool prog_same_file(const char *a, const char *b);

/* Whether path, NULL for none, names a regular file among these inputs, which must
 * not be overwritten while it is read. */
bool prog_reads(const struct prog_inputs *in, const char *path);

#endif
