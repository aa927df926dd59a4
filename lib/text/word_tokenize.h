/*
 * word_tokenize.h - a sentence into words, as NLTK 3.8's word_tokenize() splits them
 * (without its sentence splitting): punctuation and English clitics come off.
 */
#ifndef WORD_TOKENIZE_H
#define WORD_TOKENIZE_H

#include "mem.h"

/* Room to work in; zero it to begin. */
struct word_tokenizer {
	struct buf a, b;
};

/*
 * Appends the words of a clean text to out, separated by one space; a space
 * comes first where out is not empty.  False: no memory.
 */
bool word_tokenize(struct word_tokenizer *w, const char *p, size_t len, struct buf *out);

void word_tokenize_free(struct word_tokenizer *w);

#endif
