/*
 * gradcheck.h - checks a network's gradient by finite differences.
 *
 * For an entry x of a parameter, the central difference e = (J(x + h) - J(x - h)) / 2h is
 * compared with the back-propagated gradient b, sign included; J is the loss summed over
 * the batch.  The relative error is |b - e| / (|b| + |e|).
 *
 * Each J has a rounding error of about eps (J + t), where eps = 2.2e-16 and t is the number
 * of terms of J; divided by h, that is the rounding error of e.  Values b and e that differ
 * by at most 8 eps (J + t) / h, four times the largest error measured, are inconclusive and
 * count as equal.
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
	double dropout;			/* dropout rate; the masks are drawn from the seed, always the same */
	double embed_dropout;
	bool by_sequence;		/* net.h */
	uint32_t seed;
	const struct noise *noise;	/* of a sampled softmax, drawn; NULL for the full one */
	double step;			/* h */
	double threshold;		/* relative errors above it fail */
	size_t most;			/* entries to check of each parameter; 0: all */
	size_t flipped;			/* parameter in whose gradient one sign is flipped,
					 * to test the check itself; m->nparam: none */
	/* Ours: */
	double *grad[MODEL_PARAMS_MAX];
	double *logp;			/* (b->t) */
	uint64_t *order;		/* (entries of the largest parameter) entries to check */
};

/* The entry of a parameter with the largest relative error. */
struct gradcheck_result {
	size_t checked;			/* entries compared */
	size_t inconclusive;		/* entries whose error is above the threshold but within
					 * the rounding error of e */
	bool passed;			/* no error is above the threshold */
	size_t entry;			/* row * cols + col */
	double plus, minus;		/* J(x + h), J(x - h) */
	double estimated, backprop;
	double error;
};

/* Computes the gradient of every parameter.  NULL or an error message; gradcheck_free() is
 * due after success and failure. */
const char *gradcheck_begin(struct gradcheck *g);

/* Checks parameter i and restores it.  NULL or an error message. */
const char *gradcheck_param(struct gradcheck *g, size_t i, struct gradcheck_result *r);

void gradcheck_free(struct gradcheck *g);

#endif
