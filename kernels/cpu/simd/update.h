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
#include "num_vector.h"
#include "pool.h"
#include "rule_step.h"
#include "touched.h"
#include "simd_names.h"

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
