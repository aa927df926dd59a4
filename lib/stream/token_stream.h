/*
 * token_stream.h - the token stream: a sentence a line, tokens one space apart.
 *
 * Read strictly: nothing is repaired, so that what was counted is what is
 * encoded, whoever wrote it.
 */
#ifndef TOKEN_STREAM_H
#define TOKEN_STREAM_H

#include "errmsg.h"
#include "reader.h"

struct token {
	const char *p;
	size_t len;
};

struct token_stream {
	struct reader in;		/* in.p, in.len: the line as it was read */
	size_t n;		/* tokens in it */
	const char *next;	/* where the next token of the line begins, or NULL */
	bool inside;		/* the stream follows a table: no header can come */
	struct errmsg err;
};

/* Begins a stream; f stays the caller's, and must not have been read before.
 * token_stream_close() is due in any case. */
void token_stream_open(struct token_stream *t, FILE *f);

/*
 * Reads a line and checks all of it: *more is false at the end.  NULL, or a
 * phrase "line N: what is wrong"; "empty input ..." or "a vocabulary stream
 * where ..." on the first line.  A last line without newline is no error here:
 * in.ended tells.
 */
const char *token_stream_line(struct token_stream *t, bool *more);

/* The tokens of the line, one after another; false after the last. */
bool token_stream_word(struct token_stream *t, struct token *w);

/* Begins the line's tokens anew. */
void token_stream_again(struct token_stream *t);

void token_stream_close(struct token_stream *t);

#endif
