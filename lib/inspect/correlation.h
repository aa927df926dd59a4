/*
 * correlation.h - how well numbers of a network go along with the traits of the text
 * that it reads: Pearson's correlation of each with each,
 *
 *	r = sum (x - mean x)(s - mean s) / sqrt(sum (x - mean x)^2 sum (s - mean s)^2)
 *
 * over all tokens.  For a trait that is 0 or 1 it is the point-biserial one.
 */
#ifndef CORRELATION_H
#define CORRELATION_H

#include <stdint.h>

#include "text_features.h"

struct correlation {
	size_t units;
	uint64_t n;		/* tokens */
	double x[TRAITS], xx[TRAITS];	/* mean of each trait, sum of squares about it */
	double *s, *ss;		/* (units) the same of each unit */
	double *xs;		/* (TRAITS, units) sum of products about both */
};

/* NULL or a phrase; correlation_free() is due in any case. */
const char *correlation_init(struct correlation *t, size_t units);

/* Counts a token: x(TRAITS), and the units' states s(units). */
void correlation_add(struct correlation *t, const double *x, const double *s);

/* r; NaN where the trait or the unit never changed. */
double correlation_r(const struct correlation *t, int trait, size_t unit);

void correlation_free(struct correlation *t);

#endif
