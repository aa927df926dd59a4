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
	uint32_t missing;	/* number of different tokens not in the vocabulary */
	struct errmsg err;
};

/*
 * Reads a string into a zeroed struct.  With `unknown`, tokens that are not in the
 * vocabulary become UNKNOWN_TOKEN if it has that.  NULL or an error message; if tokens
 * are missing, it lists as many of them as it has room for, and missing > 0.
 */
const char *prompt_read(struct prompt *r, const struct vocab *v, const char *text, bool unknown);

/* The row of a single token, a word, a character or its escape; -1 if there is none. */
int64_t prompt_token(const struct vocab *v, const char *token);

void prompt_free(struct prompt *r);

#endif
