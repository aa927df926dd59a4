/*
 * detokenize.h - joins the words of a sentence with the usual spacing and capitals: it
 * undoes the word rules of tok as far as the tokens show what they were.
 */
#ifndef DETOKENIZE_H
#define DETOKENIZE_H

#include "vocab.h"

/* Appends the n words w of a sentence to out, without a newline.  False: no memory. */
bool detokenize_put(struct buf *out, const struct vocab *v, const uint32_t *w, uint32_t n);

#endif
