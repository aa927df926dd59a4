/*
 * prompt.h - converts a text from the command line into rows of a vocabulary.
 *
 * If the vocabulary consists of characters, each character of the text is a token;
 * otherwise tokens are separated by spaces, as tok writes them.
 */
#ifndef PROMPT_H
#define PROMPT_H

#include "errmsg.h"
#include "vocab.h"

struct prompt {
	uint32_t *w;		/* (n) */
	size_t n, cap;
	struct vocab missing;	/* the different tokens that are not in the vocabulary */
	uint32_t capitals;	/* of these, the number that it has in lower case, */
	uint32_t glued;		/* or without the punctuation beside them (raw_word.h) */
	struct errmsg err;
};

/*
 * Reads a string into a zeroed struct.  With `unknown`, tokens that are not in the
 * vocabulary become UNKNOWN_TOKEN if it has that.  NULL or an error message.  If tokens
 * are missing, that is prompt_missing().
 */
const char *prompt_read(struct prompt *r, const struct vocab *v, const char *text, bool unknown);

/* The same from lines of a token stream, of characters as well. */
const char *prompt_read_tokens(struct prompt *r, const struct vocab *v, const char *lines,
    bool unknown);

/* "'a', 'b'": the missing tokens, as many as there is room for.  It lasts as long as r,
 * which may add to it with errmsg_add(). */
const char *prompt_missing(struct prompt *r);

/* The row of a single token, a word, a character or its escape; -1 if there is none. */
int64_t prompt_token(const struct vocab *v, const char *token);

void prompt_free(struct prompt *r);

#endif
