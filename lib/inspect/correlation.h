/*
 * correlation.h - how strongly the states of a network's units depend on features of the
 * text that it reads: Pearson's correlation of each state s with each feature x,
 *
 *	r = sum (x - mean x)(s - mean s) / sqrt(sum (x - mean x)^2 sum (s - mean s)^2)
 *
 * over all tokens (for a feature that is 0 or 1, the point-biserial correlation); and
 * the units with the strongest correlations.
 */
#ifndef CORRELATION_H
#define CORRELATION_H

#include <stdint.h>

#include "text_features.h"

struct correlation {
	size_t units;
	uint64_t n;		/* tokens */
	/* mean of each feature, and sum of squared deviations from it */
	double x[FEATURES], xx[FEATURES];
	double *s, *ss;		/* (units) the same for each unit */
	double *xs;		/* (FEATURES, units) sum of products of deviations */
};

/* NULL or an error message; correlation_free() is due after either. */
const char *correlation_init(struct correlation *t, size_t units);

/* Adds a token: its features x(FEATURES), and the units' states s(units). */
void correlation_add(struct correlation *t, const double *x, const double *s);

/* r of a feature and a unit; NaN if either never changed. */
double correlation_r(const struct correlation *t, int feature, size_t unit);

/* A unit and its correlation with a feature. */
struct correlation_rank {
	double r;
	int feature;
	size_t unit;
};

/*
 * Finds the `best` units of each feature, those of greatest |r|, and sorts all of these
 * by |r|, then by feature, then by unit.  Pairs without a correlation are left out.
 * rank has room for FEATURES * t->units; returns how many it holds.
 */
size_t correlation_rank_units(const struct correlation *t, size_t best,
    struct correlation_rank *rank);

void correlation_free(struct correlation *t);

#endif
