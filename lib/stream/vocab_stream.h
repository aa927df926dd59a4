/*
 * vocab_stream.h - the vocabulary stream: header, table, empty line, token stream.
 * vocab-stream(5) is the specification.
 */
#ifndef VOCAB_STREAM_H
#define VOCAB_STREAM_H

#include "errmsg.h"
#include "token_stream.h"
#include "vocab.h"
#include "vocab_count.h"
#include "vocab_lookup.h"

struct vocab_stream {
	struct vocab vocab;
	struct token_stream tokens;
	uint64_t lines;		/* that the header promises, */
	uint64_t unique;	/* and its distinct tokens */
	uint64_t read;		/* lines that came */
	uint64_t *seen;		/* (vocab.size) how often each row came */
	struct errmsg err;
};

/* Writes header, table and empty line; the token lines, c->lines of them, follow.
 * Errors stay in ferror(f). */
void vocab_stream_begin(FILE *f, const struct vocab *v, const struct vocab_count *c);

/* Reads header, table and empty line.  f must not have been read before.  NULL or
 * a phrase; so do the others.  vocab_stream_close() is due in any case. */
const char *vocab_stream_open(struct vocab_stream *s, FILE *f);

/* Reads a line of tokens as rows.  At the end *more is false, and what came has
 * added up to the table exactly: every row, and the lines. */
const char *vocab_stream_next(struct vocab_stream *s, struct vocab_lookup *r, bool *more);

void vocab_stream_close(struct vocab_stream *s);		/* frees; does not close f */

#endif
