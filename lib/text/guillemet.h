/*
 * guillemet.h - which of the angle quotes of a sentence open and which close: «French»,
 * »German«, »Finnish» and the single ones.
 */
#ifndef GUILLEMET_H
#define GUILLEMET_H

#include "sentence_word.h"

/* Start from a zeroed struct for each sentence. */
struct guillemets {
	uint32_t open;		/* the character that opened a quotation; 0: none is open */
	uint32_t last_left;	/* the last word that is a « or ‹, counted from 1; 0: none */
	bool searched;		/* for last_left */
};

/* Whether a word is such a quote. */
bool guillemet_is(struct word x);

/* Whether word i of the sentence w(n), which is such a quote, opens; to be called for each
 * of them in order.  At the start of a sentence or inside, a » opens if a « follows, or after
 * a colon; a « closes what a » opened, or, if nothing is open, where punctuation follows. */
bool guillemet_opens(struct guillemets *g, const struct vocab *v, const uint32_t *w, uint32_t n,
    uint32_t i);

#endif
