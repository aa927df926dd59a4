/*
 * web_words.h - keeps pieces such as URLs whole while the rules for words cut the text
 * around them: a mark takes the place of each, and is replaced again in the tokens.
 */
#ifndef WEB_WORDS_H
#define WEB_WORDS_H

#include "mem.h"

/* Start from a zeroed struct. */
struct web_words {
	struct buf text;	/* the sentence with marks in the place of pieces */
	struct buf tokens;	/* the tokens with the pieces */
	const char **piece;	/* (n) where they are, in the sentence, */
	size_t *piece_len;	/* (n) and their lengths in bytes */
	size_t n, cap, len_cap;
};

/* Puts the sentence, which must remain valid, with marks for its pieces, into w->text, if it
 * has any.  w->n is their number.  False: out of memory. */
bool web_words_mark(struct web_words *w, const char *p, size_t len);

/* Puts the tokens, separated by single spaces, into w->tokens, each piece a token.  False: out
 * of memory. */
bool web_words_restore(struct web_words *w, const char *p, size_t len);

void web_words_free(struct web_words *w);

#endif
