/*
 * sampled.h - the sampled softmax: a softmax over each row's target and the same n noise
 * words for all rows.
 *
 * The noise words' rows of V are gathered into two small matrices in panels, N' (h,n) and
 * N (n,h); the products with them are those of dense layers: logits S N', errors P N and
 * gradients P' S, 6 t h n operations.  The targets' rows, one for each row of the batch,
 * are used where they are: 6 t h operations.  The gradients are then added to the rows of
 * V's gradient, so nothing in a step depends on the size of the vocabulary.
 */
#ifndef SAMPLED_H
#define SAMPLED_H

#include "output.h"
#include "softmax_names.h"

/* struct sampled_args of backend.h, with rows of h numbers that follow each other. */
struct sampled_call {
	int t, h, n;
	const real *v, *c;		/* (v,h), (v); c: NULL for zeros */
	const real *s;
	const uint32_t *y, *noise;
	const double *target_shift, *noise_shift;
	double *logp;
	real *ds, *dv, *dc;		/* (t,h); (v,h) and (v), of which rows are added to */
};

/* An error is left in o->mem.failed. */
void softmax_sampled(struct output *o, const struct sampled_call *c);

#endif
