/*
 * shifted.h - the states one row earlier, a factor of the gradient of W.
 */
#ifndef SHIFTED_H
#define SHIFTED_H

#include "batch.h"
#include "real.h"
#include "real_names.h"

/* Rows of reals, `stride` apart. */
struct row_view {
	const real *p;
	size_t stride;
};

/* The row of S(t,h) before row r of sequence i, or that of S0(nseq,h); NULL:
 * zeros. */
static inline const real *
shifted_row(const struct batch *b, int i, int r, int h, const real *s, const real *s0)
{
	if (r > b->start[i])
		return s + (size_t)(r - 1) * h;
	return s0 ? s0 + (size_t)i * h : NULL;
}

/*
 * TO: the rows of sequence i of S(t,h), each one row later, with s0 (of the sequence;
 * NULL: zeros) first.  Elements from h up to to_stride are set to zero.
 */
void shifted_rows(const struct batch *b, int i, int h, struct row_view s, const real *s0, real *to,
    size_t to_stride);

#endif
