/*
 * contractions.h - the last of the word rules: splits text, in which the other rules
 * have put spaces around tokens, at white space and inside contractions.
 */
#ifndef CONTRACTIONS_H
#define CONTRACTIONS_H

#include "mem.h"

/*
 * Appends the tokens of the clean text from p to end to out, separated by single
 * spaces; if out is not empty, a space comes first.  Contractions such as cannot and
 * 'tis become two tokens.  False: no memory.
 */
bool contractions_split(const char *p, const char *end, struct buf *out);

#endif
