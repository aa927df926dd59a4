/*
 * rejoin.h - joins the words of a sentence that Unicode's boundaries cut, or the pieces
 * of another tokeniser.
 */
#ifndef REJOIN_H
#define REJOIN_H

#include "vocab.h"

/* Both append the n words w of a sentence to out, without a newline.  False: no memory. */

/*
 * Words of WORDS_UNICODE, with the spacing that their scripts have: none beside Han and
 * Kana, none between letters of Thai and its like, and none where punctuation attaches.
 * Where tok converted to lower case, the first letter is a capital.
 */
bool rejoin_unicode(struct buf *out, const struct vocab *v, const uint32_t *w, uint32_t n);

/*
 * Words of WORDS_SPACE: those of SentencePiece, where U+2581 stands for a space, of
 * subword-nmt and fastBPE, which end in @@ where the next continues them, and of WordPiece,
 * which begin with ## where they continue the one before; others with spaces.
 */
bool rejoin_pieces(struct buf *out, const struct vocab *v, const uint32_t *w, uint32_t n);

#endif
