/*
 * tokens.h - the token stream: a sentence a line, tokens one space apart.
 *
 * Read strictly: nothing is repaired, so that what was counted is what is
 * encoded, whoever wrote it.
 */
#ifndef TOKENS_H
#define TOKENS_H

#include "line.h"

struct token {
	const char *p;
	size_t len;
};

struct tokens {
	struct line in;		/* in.p, in.len: the line as it was read */
	size_t n;		/* tokens in it */
	const char *next;	/* where the next token of the line begins, or NULL */
	bool inside;		/* the stream follows a table: no header can come */
	char err[200];
};

/* Begins a stream; f stays the caller's, and must not have been read before.
 * tokens_close() is due in any case. */
void tokens_open(struct tokens *t, FILE *f);

/*
 * Reads a line and checks all of it: *more is false at the end.  NULL, or a
 * phrase "line N: what is wrong"; "empty input ..." or "a vocabulary stream
 * where ..." on the first line.  A last line without newline is no error here:
 * in.ended tells.
 */
const char *tokens_line(struct tokens *t, bool *more);

/* The tokens of the line, one after another; false after the last. */
bool tokens_word(struct tokens *t, struct token *w);

/* Begins the line's tokens anew. */
void tokens_again(struct tokens *t);

void tokens_close(struct tokens *t);

#endif
