/*
 * gradcheck.h - a net's gradient against the slope of its loss.
 *
 * For an entry x of a parameter, (J(x + h) - J(x - h)) / 2h is compared, with
 * its sign, with what back-propagation says; J is the loss summed over the
 * batch.  The error is |b - e| / (|b| + |e|).
 *
 * The slope is no better than the two J that it is made of: these are off by some
 * eps (J + t), eps being the double's 2.2e-16 and t the terms of J, the slope by
 * that over h.  Of b and e that differ by no more than 8 eps (J + t) / h, which is
 * four times what was measured at worst, nothing can be said: they count as equal.
 */
#ifndef GRADCHECK_H
#define GRADCHECK_H

#include <stdbool.h>

#include "net.h"

struct gradcheck {
	/* The caller's: */
	struct net *net;		/* of m, in double */
	struct model *m;
	const struct batch *b;
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
	double *logp;			/* (b->t) */
	uint64_t *order;		/* the entries of a parameter, those to check first */
};

/* The worst entry of a parameter. */
struct gradcheck_result {
	size_t checked;			/* entries compared */
	size_t lost;			/* ... whose error is above the threshold, but in the
					 * rounding of J: they count as equal */
	bool passed;
	size_t entry;			/* row * cols + col */
	double plus, minus;		/* J(x + h), J(x - h) */
	double estimated, backprop;
	double error;
};

/* Computes the gradient of every parameter.  NULL or a phrase. */
const char *gradcheck_begin(struct gradcheck *g);

/* Checks parameter i.  NULL or a phrase. */
const char *gradcheck_param(struct gradcheck *g, size_t i, struct gradcheck_result *r);

void gradcheck_free(struct gradcheck *g);

#endif
