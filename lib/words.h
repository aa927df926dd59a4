/*
 * words.h - a sentence into words, as NLTK 3.8's word_tokenize() splits them
 * (without its sentence splitting): punctuation and English clitics come off.
 */
#ifndef WORDS_H
#define WORDS_H

#include "mem.h"

/* Room to work in; zero it to begin. */
struct words {
	struct buf a, b;
};

/*
 * Appends the words of a clean text to out, separated by one space; a space
 * comes first where out is not empty.  False: no memory.
 */
bool words_cut(struct words *w, const char *p, size_t len, struct buf *out);

void words_free(struct words *w);

#endif
