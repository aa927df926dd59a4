/*
 * raw_word.h - recognises words of a text that was not split into tokens: words which the
 * vocabulary has in lower case, or without the punctuation beside them.
 */
#ifndef RAW_WORD_H
#define RAW_WORD_H

#include "mem.h"
#include "token_stream.h"
#include "vocab.h"

enum raw_word {
	RAW_WORD_NONE,		/* not in the vocabulary in any way */
	RAW_WORD_CAPITALS,	/* in lower case */
	RAW_WORD_GLUED		/* without punctuation, or as the first part of a contraction */
};

/* What makes a token a word of the vocabulary, which does not have it as it is.  `low`
 * is memory for its lower case; where there is none left, the result is RAW_WORD_NONE. */
enum raw_word raw_word_kind(struct buf *low, const struct vocab *v, const char *p, size_t len);

/* Counts over the first lines of a token stream, those of RAW_LINES.  Start from a zeroed
 * struct; buf_free(&low). */
enum { RAW_LINES = 1000 };
struct raw_count {
	uint64_t tokens;
	uint64_t unknown;	/* not in the vocabulary */
	uint64_t raw;		/* of these, not RAW_WORD_NONE */
	struct buf low;
};

/* Adds the current line, of which token_stream_word() reads the tokens afterwards. */
void raw_count_line(struct raw_count *c, const struct vocab *v, struct token_stream *t);

/* Whether so many of the tokens are raw words that the text was not split into tokens. */
bool raw_count_is_raw(const struct raw_count *c);

#endif
