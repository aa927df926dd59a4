/*
 * gradcheck.h - a net's gradient against the slope of its loss.
 *
 * For an entry x of a parameter, (J(x + h) - J(x - h)) / 2h is compared, with
 * its sign, with what back-propagation says; J is the loss summed over the
 * batch.  The error is |b - e| / (|b| + |e|).
 */
#ifndef GRADCHECK_H
#define GRADCHECK_H

#include <stdbool.h>

#include "net.h"

struct gradcheck {
	/* The caller's: */
	struct net *net;		/* of m, in double */
	struct model *m;
	const struct kern_batch *b;
	int bptt;
	double dropout;			/* with masks drawn from the seed, the same every time */
	uint32_t seed;
	double step;			/* h */
	double threshold;		/* errors above it fail */
	size_t most;			/* entries of a parameter to check; 0: all */
	size_t flipped;			/* parameter whose gradient gets one sign wrong, to
					 * show that it is noticed; m->nparam: none */
	/* Ours: */
	double *grad[MODEL_PARAMS_MAX];
	double peak;			/* the largest gradient of all */
	double *logp;			/* (b->t) */
	size_t *order;			/* the entries of a parameter, those to check first */
};

/* The worst entry of a parameter. */
struct gradcheck_result {
	size_t checked;			/* entries compared */
	bool passed;
	size_t entry;			/* row * cols + col */
	double plus, minus;		/* J(x + h), J(x - h) */
	double estimated, backprop;
	double error;
};

/* Computes the gradient of every parameter.  NULL or a phrase. */
const char *gradcheck_begin(struct gradcheck *g);

/*
 * Checks parameter i.  Where both numbers are too small for the rounding of J to
 * let them be compared, they count as equal: up to a bound, and never more than
 * a thousandth of the largest gradient of all parameters.  NULL or a phrase.
 */
const char *gradcheck_param(struct gradcheck *g, size_t i, struct gradcheck_result *r);

void gradcheck_free(struct gradcheck *g);

#endif
