/*
 * update.h - the update rules on flat arrays, a vector at a time, on the thread pool.  A
 * parameter, its gradient and its moments have the same layout, whichever it is; so the
 * OpenBLAS backend uses this code as well.
 */
#ifndef UPDATE_H
#define UPDATE_H

#include <stddef.h>

#include "backend.h"
#include "isa.h"
#include "pool.h"
#include "touched.h"
#include "simd_names.h"

/* A rule with its constants as reals. */
struct rule_constants {
	enum update_rule rule;
	real rate, scale, clip;		/* clip: infinity for none */
	real decay, fresh;		/* of the first moment; 1 - decay */
	real decay2, fresh2;
	real grow, grow2;		/* Adam's 1 / (1 - decay^step), likewise for decay2 */
	real epsilon, weight_decay;
};

/* P, G, M and N of backend.h. */
struct update_job {
	const struct update *by;
	size_t len;
	real *p, *g, *m, *n;		/* (len); m, n NULL where the rule has none */
	struct touched *touched;	/* G's rows that may not be zero */
	real *row_steps;		/* the numbers of by->row_steps, or NULL */
	struct rule_constants rule;	/* ours */
};

/* P by the rule; then G = 0 and its set is empty. */
void update_all(struct pool *pool, struct update_job *u);

/* The sum of squares of the gradient x(n). */
double update_squares(const real *x, size_t n, const struct touched *touched);

#endif
