/*
 * product.h - the products of a dense layer for all rows of a batch, on the thread
 * pool.  The order of summation does not depend on how the work is divided, so
 * neither does the result on the number of threads.
 */
#ifndef PRODUCT_H
#define PRODUCT_H

#include "panels.h"
#include "pool.h"
#include "gemm_names.h"

/*
 * OUT(t,n) = X(t,k) B(k,n); rows of both are adjacent.  space: as many reals as
 * product_space() returns.  2 t k n operations.
 */
void product_forward(struct pool *p, const struct panels *b, int t, const real *x, real *out,
    real *space);
size_t product_space(struct pool *p, const struct panels *b, int t);

/*
 * B(k,n) += rate D(t,k)' X(t,n); rows of X are readable up to whole panels, and zero
 * past n.  space: product_gradient_space().  2 t k n operations.
 */
void product_gradient(struct pool *p, struct panels *b, int t, struct rows d, struct rows x,
    real rate, real *space);
size_t product_gradient_space(struct pool *p);

/* A stride for the rows of X: whole panels and one vector, an odd number of vectors. */
INLINE size_t
product_stride(int n)
{
	return ((size_t)n + PW - 1) / PW * PW + LANES;
}

#endif
