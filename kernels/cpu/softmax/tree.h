/*
 * tree.h - the hierarchical softmax: a word's probability is the product of the decisions
 * on its path through a binary tree, a row of V each, used where it is.
 *
 * Rows of the batch are divided among threads, and for V's gradient columns are, so that a
 * node's sum has the order of the rows.  With paths of p nodes, 6 t h p operations.
 */
#ifndef TREE_H
#define TREE_H

#include "output.h"
#include "softmax_names.h"

/* struct tree_args of backend.h, with rows of h numbers that follow each other. */
struct tree_call {
	int t, h;
	const real *v, *c;		/* c: NULL for zeros */
	const real *s;
	const int *start;
	const uint32_t *node;
	const signed char *turn;
	double *logp;
	real *ds, *dv, *dc;		/* NULL forward; dc NULL where c is */
};

/* Backward if c->dv is set.  An error is left in o->mem.failed. */
void softmax_tree(struct output *o, const struct tree_call *c);

#endif
