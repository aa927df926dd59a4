/*
 * track.h - how well numbers of a network go along with the traits of the text
 * that it reads: Pearson's correlation of each with each,
 *
 *	r = sum (x - mean x)(s - mean s) / sqrt(sum (x - mean x)^2 sum (s - mean s)^2)
 *
 * over all tokens.  For a trait that is 0 or 1 it is the point-biserial one.
 */
#ifndef TRACK_H
#define TRACK_H

#include <stdint.h>

#include "traits.h"

struct track {
	size_t units;
	uint64_t n;		/* tokens */
	double x[TRAITS], xx[TRAITS];	/* mean of each trait, sum of squares about it */
	double *s, *ss;		/* (units) the same of each unit */
	double *xs;		/* (TRAITS, units) sum of products about both */
};

/* NULL or a phrase; track_free() is due in any case. */
const char *track_init(struct track *t, size_t units);

/* Counts a token: x(TRAITS), and the units' states s(units). */
void track_add(struct track *t, const double *x, const double *s);

/* r; NaN where the trait or the unit never changed. */
double track_r(const struct track *t, int trait, size_t unit);

void track_free(struct track *t);

#endif
