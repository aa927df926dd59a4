/*
 * row_math.h - arithmetic on single rows of numbers.
 */
#ifndef ROW_MATH_H
#define ROW_MATH_H

#include "vec.h"

/* The sum of a(n) b(n). */
INLINE real
row_dot(const real *a, const real *b, int n)
{
	vec sum = v_zero();
	int i = 0;

	for (; i + LANES <= n; i += LANES)
		sum = v_fma(v_load(a + i), v_load(b + i), sum);
	if (i < n)
		sum = v_fma(v_load_part(a + i, n - i), v_load_part(b + i, n - i), sum);
	return v_sum(sum);
}

/* a(n) += by b(n) */
INLINE void
row_add_scaled(real *a, const real *b, int n, real by)
{
	vec x = v_set1(by);
	int i = 0;

	for (; i + LANES <= n; i += LANES)
		v_store(a + i, v_fma(x, v_load(b + i), v_load(a + i)));
	if (i < n)
		v_store_part(a + i, n - i,
		    v_fma(x, v_load_part(b + i, n - i), v_load_part(a + i, n - i)));
}

/* a(n) *= by */
INLINE void
row_scale(real *a, int n, real by)
{
	vec x = v_set1(by);
	int i = 0;

	for (; i + LANES <= n; i += LANES)
		v_store(a + i, v_mul(x, v_load(a + i)));
	for (; i < n; i++)
		a[i] *= by;
}

#endif
