/*
 * model_grow.h - a model's weights for a vocabulary with more words.
 */
#ifndef MODEL_GROW_H
#define MODEL_GROW_H

#include "model.h"

/* What becomes of the words. */
struct model_growth {
	uint32_t kept, added;
	bool drops_unknown;	/* UNKNOWN_TOKEN of a stream, where no word is unknown any more */
};

/* NULL, or an error message: no other vocabulary can replace m's, which is missing, or its output
 * has no row for each word. */
const char *model_grow_refuse(const struct model *m);

/* Whether v can replace the vocabulary of m, which was not refused: it is of the same unit and
 * has all of m's words.  NULL or an error message. */
const char *model_grow_check(struct model *m, const struct vocab *v, struct model_growth *g);

/*
 * Copies the weights of `old` to m, a new model with its initial weights, of the same shape
 * but with another vocabulary, which model_grow_check() has allowed.  Words have the rows
 * that they are spelled like.  Those that `old` lacks keep their initial weights as input;
 * as output, to begin about as probable as the rarest words, they have the mean of the rows of
 * these, to which their initial weights, but not their initial bias, are added.
 * NULL or "out of memory".
 */
const char *model_grow(struct model *m, const struct model *old);

#endif
