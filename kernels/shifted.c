/*
 * shifted.c - see shifted.h.
 */
#include <string.h>

#include "shifted.h"

void
shifted_rows(const struct batch *b, int i, int h, struct row_view s, const real *s0, real *to,
    size_t to_stride)
{
	const real *from = s0;

	for (int r = b->start[i]; r < b->start[i + 1]; r++) {
		real *row = to + (size_t)r * to_stride;
		size_t n = from ? (size_t)h : 0;

		if (from)
			memcpy(row, from, n * sizeof(real));
		memset(row + n, 0, (to_stride - n) * sizeof(real));
		from = s.p + (size_t)r * s.stride;
	}
}
