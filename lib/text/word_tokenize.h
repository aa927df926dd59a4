/*
 * word_tokenize.h - splits a sentence into words as NLTK 3.8's word_tokenize() does
 * (without its sentence splitting): punctuation and English clitics become tokens.
 */
#ifndef WORD_TOKENIZE_H
#define WORD_TOKENIZE_H

#include "mem.h"

/* Buffers for intermediate results; start from a zeroed struct. */
struct word_tokenizer {
	struct buf a, b;
};

/*
 * Appends the words of a clean text to out, separated by single spaces; if out is not
 * empty, a space comes first.  False: no memory.
 */
bool word_tokenize(struct word_tokenizer *w, const char *p, size_t len, struct buf *out);

void word_tokenize_free(struct word_tokenizer *w);

#endif
