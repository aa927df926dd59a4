/*
 * product.h - the products of a dense layer, for all rows of a batch at once,
 * shared out over the team.  A number's sum runs in one order whatever the
 * sharing, so the number of threads cannot show.
 */
#ifndef PRODUCT_H
#define PRODUCT_H

#include "panels.h"
#include "pool.h"
#include "gemm_names.h"

/*
 * OUT(t,n) = X(t,k) B(k,n); rows of both lie without gaps.  space: reals that
 * product_space() tells.  2 t k n operations.
 */
void product_forward(struct pool *p, const struct panels *b, int t, const real *x, real *out,
    real *space);
size_t product_space(struct pool *p, const struct panels *b, int t);

/*
 * B(k,n) += rate D(t,k)' X(t,n), rows of X readable up to whole panels, zero
 * past n.  2 t k n operations.
 */
void product_gradient(struct pool *p, struct panels *b, int t, struct rows d, struct rows x,
    real rate, real *space);
size_t product_gradient_space(struct pool *p);

/* A stride for the rows of X: whole panels and a vector more, an odd number. */
INLINE size_t
product_stride(int n)
{
	return ((size_t)n + PW - 1) / PW * PW + LANES;
}

#endif
