/*
 * update.h - the update rules on runs of numbers, a vector at a time.
 */
#ifndef UPDATE_H
#define UPDATE_H

#include <stddef.h>

#include "kern.h"
#include "vec.h"

/* A rule with its constants as reals. */
struct rule {
	enum kern_rule rule;
	real rate, scale, clip;		/* clip: infinity where nothing is cut */
	real decay, fresh;		/* of the first moment; 1 - decay */
	real decay2, fresh2;
	real grow, grow2;		/* Adam's 1 / (1 - decay^step), likewise for decay2 */
	real epsilon;
};

struct rule ISA_NAME(update_rule)(const struct kern_update *u);

/* P(n) by the rule with G(n) and the moments M(n), N(n), NULL where it has none; G = 0. */
void ISA_NAME(update_range)(const struct rule *u, size_t n, real *p, real *g, real *m, real *n2);

/* The sum of squares of x(n). */
double ISA_NAME(update_squares)(const real *x, size_t n);

#endif
