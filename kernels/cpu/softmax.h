/*
 * softmax.h - a row of logits, spread over panels: its maximum, the sum of its
 * exponentials; and what is known of its parts, joined.
 *
 * The last panel may be cut off anywhere: what lies behind the row's n numbers
 * is neither read nor written.
 */
#ifndef SOFTMAX_H
#define SOFTMAX_H

#include <stdbool.h>

#include "elementary.h"
#include "panels.h"

/* The first n of LANES numbers, the others equal to the first. */
INLINE vec
load_repeated(const real *p, int n)
{
	real a[LANES];

	for (int i = 0; i < LANES; i++)
		a[i] = p[i < n ? i : 0];
	return v_load(a);
}

/* The greatest of n numbers, PW of them and then `next` reals on. */
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

/* The sum of exp(l - top); if they are kept, they take l's place. */
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

/* exp(x) for x <= 0, as the vectors have it. */
INLINE real
exp_of(real x)
{
	real a[LANES];

	v_store(a, v_exp(v_set1(x)));
	return a[0];
}

/* The biases c of npanel panels added to a row. */
INLINE void
add_biases(real *l, int npanel, size_t next, const real *c)
{
	for (; npanel > 0; npanel--, l += next, c += PW) {
		v_store(l, v_add(v_load(l), v_load(c)));
		v_store(l + LANES, v_add(v_load(l + LANES), v_load(c + LANES)));
	}
}

/* dc(PW) += rate times the sum of P's rows. */
INLINE void
add_rows(int t, const real *p, real rate, real *dc)
{
	for (int i = 0; i < PW; i += LANES) {
		vec sum = v_zero();

		for (int r = 0; r < t; r++)
			sum = v_add(sum, v_load(p + r * PW + i));
		v_store(dc + i, v_fma(v_set1(rate), sum, v_load(dc + i)));
	}
}

/* Rows of which each part has a reference and a sum of exp(logit - reference). */
struct parts {
	int n, tv;		/* parts; rows, up to whole vectors */
	real *top, *sum;	/* (n, tv) */
	real *all_top, *all_sum;	/* (tv) of whole rows */
};

/*
 * Joins the parts, LANES rows at a time: all_top and all_sum, and in top[g]
 * what turns a part's exponentials into probabilities.  A maximum may hide
 * what is no number, but then some sum is none, and the row's.
 */
INLINE void
join(const struct parts *j)
{
	for (int r = 0; r < j->tv; r += LANES) {
		vec top = v_load(j->top + r), sum = v_zero();

		for (int g = 1; g < j->n; g++)
			top = v_max(top, v_load(j->top + (size_t)g * j->tv + r));
		for (int g = 0; g < j->n; g++) {
			size_t at = (size_t)g * j->tv + r;
			vec up = v_exp(v_sub(v_load(j->top + at), top));

			v_store(j->top + at, up);
			sum = v_fma(up, v_load(j->sum + at), sum);
		}
		for (int g = 0; g < j->n; g++) {
			size_t at = (size_t)g * j->tv + r;

			v_store(j->top + at, v_div(v_load(j->top + at), sum));
		}
		v_store(j->all_top + r, top);
		v_store(j->all_sum + r, sum);
	}
}

#endif
