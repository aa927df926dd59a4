/*
 * unicode_words.h - cuts a sentence at Unicode's word boundaries, or at white space.
 */
#ifndef UNICODE_WORDS_H
#define UNICODE_WORDS_H

#include "mem.h"

/*
 * Both append the tokens of a clean text to out, separated by single spaces; out may stay
 * empty.  False: out of memory.
 */

/* The segments between word boundaries without white space, of which a zero width space
 * is one here. */
bool unicode_words(const char *p, size_t len, struct buf *out);

/* What white space of ASCII separates. */
bool space_words(const char *p, size_t len, struct buf *out);

enum { UNSPACED_MOST = 40 };	/* more letters than any word has */

/* Whether the text has so many letters in a row, of scripts that put no spaces between words,
 * that it needs rules which cut them. */
bool unicode_words_are_unspaced(const char *p, size_t len);

#endif
