/*
 * token_stream.h - the token stream: a sentence per line, tokens separated by one space.
 *
 * A first line "#tokens 1 rules=... lines=..." states the token rules and the form of lines,
 * where they are not the default ones; it is no line of tokens.  The stream is read strictly: nothing is
 * repaired, so that vocab counts exactly what encode encodes, whichever program wrote it.
 */
#ifndef TOKEN_STREAM_H
#define TOKEN_STREAM_H

#include "errmsg.h"
#include "line_form.h"
#include "reader.h"
#include "vocab_table.h"

enum { TOKEN_HEADER = TOKEN_RULES_FIELD + LINE_FORM_FIELD + 16 };	/* bytes of any header, with its NUL */

struct token {
	const char *p;
	size_t len;
};

struct token_stream {
	struct reader in;		/* in.p, in.len: the current line */
	const char *id;		/* its id, of id_len bytes; NULL: lines have none */
	size_t id_len;
	const char *text;	/* its tokens with the spaces between them */
	size_t len;
	size_t n;		/* the tokens: 0 only where a sentence may be empty */
	const char *next;	/* the next token of the line, or NULL */
	bool inside;		/* past the place of a header */
	struct token_rules rules;	/* once the place of a header is passed, */
	struct line_form form;	/* this likewise */
	const struct vocab_stated *stated;	/* the caller's to set, or NULL */
	struct errmsg err;
};

/* Starts reading f, which remains the caller's and must not have been read before.
 * Call token_stream_close() in any case. */
void token_stream_open(struct token_stream *t, FILE *f);

/* Reads the header, if there is one, which the first call of token_stream_line() does
 * otherwise; t->rules is then set.  NULL or an error message. */
const char *token_stream_begin(struct token_stream *t);

/* Writes the header, where one is due, into out. */
const char *token_stream_header(const struct token_rules *r, const struct line_form *form,
    char out[TOKEN_HEADER]);

/*
 * Reads and checks a line; *more is false at the end.  NULL, or an error message:
 * "line N: ...", or for empty input or another kind of stream one without a line
 * number.  A last line without a newline is not an error here; see in.ended.
 */
const char *token_stream_line(struct token_stream *t, bool *more);

/* The next token of the line; false after the last. */
bool token_stream_word(struct token_stream *t, struct token *w);

/* Starts again with the first token of the line. */
void token_stream_again(struct token_stream *t);

void token_stream_close(struct token_stream *t);

#endif
