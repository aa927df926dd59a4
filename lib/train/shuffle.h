/*
 * shuffle.h - the lines of a text in another order in every epoch, from the seed and the
 * epoch's number alone, so that a resumed run has the same orders.
 */
#ifndef SHUFFLE_H
#define SHUFFLE_H

#include "corpus.h"

/* Zero it to begin; shuffle_free() frees its memory. */
struct shuffle {
	struct corpus text;	/* in the order of `epoch`; n = 0: none yet */
	uint64_t epoch;
	size_t *order;		/* (text.n) */
};

/* The text c with its frames in the order of this epoch, a
 * random permutation (Fisher and Yates, as Durstenfeld 1964 has it).  *text is valid until
 * the next call.  NULL or "out of memory". */
const char *shuffle_text(struct shuffle *s, const struct corpus *c, uint32_t seed, uint64_t epoch,
    const struct corpus **text);

void shuffle_free(struct shuffle *s);

#endif
