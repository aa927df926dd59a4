/*
 * cut.h - the last of the word rules: text in which everything else is
 * padded by spaces, into tokens.
 */
#ifndef CUT_H
#define CUT_H

#include "mem.h"

/*
 * Appends the tokens between p and end, clean text, to out, separated by one
 * space; a space comes first where out is not empty.  Contractions such as
 * cannot and 'tis become two.  False: no memory.
 */
bool cut_tokens(const char *p, const char *end, struct buf *out);

#endif
