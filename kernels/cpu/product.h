/*
 * product.h - the products of a dense layer, for all rows of a batch at once,
 * shared out over the team.  A number's sum runs in one order whatever the
 * sharing, so the number of threads cannot show.
 */
#ifndef PRODUCT_H
#define PRODUCT_H

#include "state.h"

/*
 * OUT(t,n) = X(t,k) B(k,n); rows of both lie without gaps.  space: reals that
 * product_space() tells.  2 t k n operations.
 */
void ISA_NAME(product)(struct kern *k, const struct panels *b, int t, const real *x, real *out,
    real *space);
size_t ISA_NAME(product_space)(struct kern *k, const struct panels *b, int t);

/*
 * B(k,n) += D(t,k)' X(t,n), rows of D without gaps, those of X `stride` apart
 * and readable up to whole panels, whose columns past n are zero.
 */
void ISA_NAME(product_gradient)(struct kern *k, struct panels *b, int t, const real *d,
    const real *x, size_t stride);

#endif
