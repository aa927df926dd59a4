/*
 * sentence_word.h - the words of a sentence of indexes, and the empty ones around it.
 */
#ifndef SENTENCE_WORD_H
#define SENTENCE_WORD_H

#include "vocab.h"

struct word {
	const char *p;
	size_t len;
};

/* Word i of w(n), counted from 0; empty outside the sentence. */
static inline struct word
sentence_word(const struct vocab *v, const uint32_t *w, uint32_t n, int64_t i)
{
	struct word x = { "", 0 };

	if (i >= 0 && i < (int64_t)n)
		x.p = vocab_word(v, w[i], &x.len);
	return x;
}

#endif
