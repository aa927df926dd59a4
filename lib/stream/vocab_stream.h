/*
 * vocab_stream.h - the vocabulary stream: header, table, empty line, lines of tokens,
 * end line.
 * Specified in vocab-stream(5).
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
	uint64_t lines;		/* according to the header, */
	uint64_t unique;	/* as its distinct tokens */
	uint64_t read;		/* lines read */
	bool summed;		/* it ends in a line with a checksum: version 2 */
	uint64_t *seen;		/* (vocab.size) counts of the tokens read */
	const struct vocab_stated *stated;
	struct errmsg err;
};

/* Writes header, table and empty line; the c->lines token lines are to follow, and the
 * end line.  Returns the CRC-32 of what was written.  Write errors are left in ferror(f). */
uint32_t vocab_stream_begin(FILE *f, const struct vocab *v, const struct vocab_count *c);

/* What the end line says about the lines of tokens, which are often known before the table
 * is: their number, CRC-32 and bytes, newlines included. */
struct vocab_lines {
	uint64_t n, bytes;
	uint32_t crc;
};

/* Adds a line of len bytes, without its newline. */
void vocab_lines_add(struct vocab_lines *l, const char *p, size_t len);

/* Writes the end line, after these lines; `begun` is what vocab_stream_begin() returned. */
void vocab_stream_end(FILE *f, const struct vocab_lines *l, uint32_t begun);

/* Reads header, table and empty line from f, which must not have been read before.  If it
 * has no token rules, they are those of `stated` (NULL: none, hence words).  This and
 * vocab_stream_next() return NULL or an error message.  Call vocab_stream_close() in any
 * case. */
const char *vocab_stream_open(struct vocab_stream *s, FILE *f,
    const struct vocab_stated *stated);

/* Reads a line of tokens as rows.  *more is false at the end, where the number of
 * lines, the count of every row and the checksum have matched. */
const char *vocab_stream_next(struct vocab_stream *s, struct vocab_lookup *r, bool *more);

void vocab_stream_close(struct vocab_stream *s);		/* frees; does not close f */

#endif
