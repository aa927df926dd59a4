/*
 * prompt.h - a text given by hand, as rows of a vocabulary.
 *
 * For a table of characters the text is taken as it is, a character a token;
 * for one of words, its words stand between spaces, as tok writes them.
 */
#ifndef PROMPT_H
#define PROMPT_H

#include "errmsg.h"
#include "vocab.h"

struct prompt {
	uint32_t *w;		/* (n) */
	size_t n, cap;
	uint32_t missing;	/* different tokens that the table lacks */
	struct errmsg err;
};

/*
 * Reads the text, terminated, into a zeroed struct; `unknown` lets a token that
 * the table lacks become UNKNOWN_TOKEN, where there is one.  NULL or a phrase,
 * which names all that is missing as far as it has room: then missing > 0.
 */
const char *prompt_read(struct prompt *r, const struct vocab *v, const char *text, bool unknown);

/* The row of one token: a character or its escape, or a word; or -1. */
int64_t prompt_token(const struct vocab *v, const char *token);

void prompt_free(struct prompt *r);

#endif
