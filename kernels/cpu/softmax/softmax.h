/*
 * softmax.h - maximum and sum of exponentials of a row of logits that is spread over
 * panels; and a bias added to the rows of a panel, and its gradient.
 *
 * Each function reads the row once.  The last panel may be incomplete: past the
 * row's n numbers nothing is read or written.
 */
#ifndef SOFTMAX_H
#define SOFTMAX_H

#include <stdbool.h>

#include "elementary.h"
#include "panels.h"

/* The first n of LANES numbers; the others are copies of the first. */
INLINE vec
load_repeated(const real *p, int n)
{
	real a[LANES];

	for (int i = 0; i < LANES; i++)
		a[i] = p[i < n ? i : 0];
	return v_load(a);
}

/* The greatest of n numbers, PW in each panel; panels are `next` reals apart. */
INLINE real
maximum(const real *l, int n, size_t next)
{
	vec left = load_repeated(l, (n < LANES ? n : LANES)), right = left;

	for (; n >= PW; n -= PW, l += next) {
		left = v_max(left, v_load(l));
		right = v_max(right, v_load(l + LANES));
	}
	for (; n > 0; n -= LANES, l += LANES)
		left = v_max(left, load_repeated(l, (n < LANES ? n : LANES)));
	return v_top(v_max(left, right));
}

/* The sum of exp(l - top); if `keep` is set, the exponentials replace l. */
INLINE real
exponentiate(real *l, int n, size_t next, real top, const bool keep)
{
	vec t = v_set1(top), even = v_zero(), odd = v_zero();
	real rest = 0;

	for (; n >= PW; n -= PW, l += next) {
		vec x = v_exp(v_sub(v_load(l), t));
		vec y = v_exp(v_sub(v_load(l + LANES), t));

		even = v_add(even, x);
		odd = v_add(odd, y);
		if (keep) {
			v_store(l, x);
			v_store(l + LANES, y);
		}
	}
	for (; n > 0; n -= LANES, l += LANES) {
		real x[LANES];

		v_store(x, v_exp(v_sub(load_repeated(l, (n < LANES ? n : LANES)), t)));
		for (int k = 0; k < (n < LANES ? n : LANES); k++) {
			rest += x[k];
			if (keep)
				l[k] = x[k];
		}
	}
	return v_sum(v_add(even, odd)) + rest;
}

/* exp(x) for x <= 0, computed as the vectors' is. */
INLINE real
exp_of(real x)
{
	real a[LANES];

	v_store(a, v_exp(v_set1(x)));
	return a[0];
}

/* Rows l(n,PW) += c(PW). */
INLINE void
add_to_rows(real *l, int n, const real *c)
{
	vec left = v_load(c), right = v_load(c + LANES);

	for (int r = 0; r < n; r++, l += PW) {
		v_store(l, v_add(v_load(l), left));
		v_store(l + LANES, v_add(v_load(l + LANES), right));
	}
}

/* c(PW) += rate times the sum of the rows of p(n,PW). */
INLINE void
add_rows(const real *p, int n, real rate, real *c)
{
	vec left = v_zero(), right = v_zero(), by = v_set1(rate);

	for (int r = 0; r < n; r++, p += PW) {
		left = v_add(left, v_load(p));
		right = v_add(right, v_load(p + LANES));
	}
	v_store(c, v_fma(by, left, v_load(c)));
	v_store(c + LANES, v_fma(by, right, v_load(c + LANES)));
}

#endif
