/*
 * contractions.h - the last of the word rules: text in which everything else is
 * padded by spaces, into tokens.
 */
#ifndef CONTRACTIONS_H
#define CONTRACTIONS_H

#include "mem.h"

/*
 * Appends the tokens between p and end, clean text, to out, separated by one
 * space; a space comes first where out is not empty.  Contractions such as
 * cannot and 'tis become two.  False: no memory.
 */
bool contractions_split(const char *p, const char *end, struct buf *out);

#endif
