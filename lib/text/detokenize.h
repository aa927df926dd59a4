/*
 * detokenize.h - tokens spaced as a person would write them: what the word rules of
 * tok took apart, put together again as far as the tokens tell.
 */
#ifndef DETOKENIZE_H
#define DETOKENIZE_H

#include "vocab.h"

/* Appends the n words of a sentence, without a newline.  False: no memory. */
bool detokenize_put(struct buf *out, const struct vocab *v, const uint32_t *w, uint32_t n);

#endif
