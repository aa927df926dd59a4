/*
 * vocab_lookup.h - a line of tokens as rows of a vocabulary.
 */
#ifndef VOCAB_LOOKUP_H
#define VOCAB_LOOKUP_H

#include "errmsg.h"
#include "token_stream.h"
#include "vocab.h"

struct vocab_lookup {
	uint32_t *w;		/* (n), with START and END in unit=sentence */
	uint32_t n;
	size_t cap;
	struct errmsg err;
};

/*
 * Looks up the tokens of t's current line.  Out-of-vocabulary tokens and, in
 * unit=sentence, those spelled like a marker become UNKNOWN_TOKEN; if the table has
 * none, the error message names line and word.
 */
const char *vocab_lookup_of(struct vocab_lookup *r, const struct vocab *v,
    struct token_stream *t);

void vocab_lookup_free(struct vocab_lookup *r);

#endif
