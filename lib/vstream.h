/*
 * vstream.h - the vocabulary stream: header, table, empty line, token stream.
 * vocab-stream(5) is the specification.
 */
#ifndef VSTREAM_H
#define VSTREAM_H

#include "count.h"
#include "rows.h"
#include "tokens.h"
#include "vocab.h"

struct vstream {
	struct vocab vocab;
	struct tokens tokens;
	uint64_t lines;		/* that the header promises, */
	uint64_t unique;	/* and its distinct tokens */
	uint64_t read;		/* lines that came */
	uint64_t *seen;		/* (vocab.size) how often each row came */
	char err[240];
};

/* Writes header, table and empty line; the token lines, c->lines of them, follow.
 * Errors stay in ferror(f). */
void vstream_begin(FILE *f, const struct vocab *v, const struct count *c);

/* Reads header, table and empty line.  f must not have been read before.  NULL or
 * a phrase; so do the others.  vstream_close() is due in any case. */
const char *vstream_open(struct vstream *s, FILE *f);

/* Reads a line of tokens as rows.  At the end *more is false, and what came has
 * added up to the table exactly: every row, and the lines. */
const char *vstream_next(struct vstream *s, struct rows *r, bool *more);

void vstream_close(struct vstream *s);		/* frees; does not close f */

#endif
