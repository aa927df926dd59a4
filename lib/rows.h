/*
 * rows.h - a line of tokens as rows of a vocabulary.
 */
#ifndef ROWS_H
#define ROWS_H

#include "tokens.h"
#include "vocab.h"

struct rows {
	uint32_t *w;		/* (n), with START and END in unit=sentence */
	uint32_t n;
	size_t cap;
	char err[160];
};

/*
 * The line that t has just read.  What is not in the table, and in unit=sentence
 * what is spelled like a marker, becomes UNKNOWN_TOKEN; without such a row that
 * is the phrase, naming line and word.
 */
const char *rows_of(struct rows *r, const struct vocab *v, struct tokens *t);

void rows_free(struct rows *r);

#endif
