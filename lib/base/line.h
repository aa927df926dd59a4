/*
 * line.h - lines of any length, and bytes between them, from one input.
 *
 * A stream here is lines first and perhaps bytes after, so one buffer serves
 * both.  What arrives is given out at once: a pipe is not waited for longer
 * than the line or the bytes asked for.
 */
#ifndef LINE_H
#define LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "errmsg.h"

enum { LINE_MAX_BYTES = 1 << 28 };	/* a longer line is an error */

struct line {
	const char *p;		/* the latest line: len bytes, NUL among them or not, */
	size_t len;		/* without the newline; good until the next call */
	bool ended;		/* it had its newline */
	uint64_t number;	/* counted from 1 */

	FILE *f;		/* NULL: memory */
	const char *data;	/* what has been read: */
	size_t pos, end;	/* data[pos .. end) is not yet given out */
	char *own;		/* data, where it is ours */
	size_t cap;
	bool eof;
	struct errmsg err;
};

/* Begins reading f, from which nothing may have been read before; f stays the
 * caller's, but its position is ours.  Or len bytes at p, which stay in place. */
void line_open(struct line *in, FILE *f);
void line_open_memory(struct line *in, const char *p, size_t len);

/* The next line; *more is false at the end of the input.  NULL, or a phrase:
 * a line that is too long (named by its number), a read error, no memory. */
const char *line_next(struct line *in, bool *more);

/* The next n bytes, at *p, *got of them: fewer only at the end of the input. */
const char *line_bytes(struct line *in, size_t n, const char **p, size_t *got);

/* The same without taking them. */
const char *line_peek(struct line *in, size_t n, const char **p, size_t *got);

void line_close(struct line *in);	/* frees; does not close f */

#endif
