/*
 * elementary.h - exp, tanh and the logistic function of vectors, from one polynomial.
 *
 * x = n ln 2 + r with |r| <= ln 2 / 2, exp(x) = 2^n (1 + p(r)), and p(r) the
 * Taylor polynomial of exp(r) - 1.  Its relative error in exp(x) is below
 * r^8/8! = 6e-9 in float (degree 7) and r^14/14! = 5e-18 in double (degree 13), which
 * is less than rounding.  tests/isa/elementary.c compares the functions with libm: exp
 * is within 2 units in the last place, tanh and the logistic function within 4.
 */
#ifndef ELEMENTARY_H
#define ELEMENTARY_H

#include "vec.h"

#if defined(REAL_IS_FLOAT)
#define LN2_HIGH 0.693145751953125f		/* 16 bits: n LN2_HIGH is exact */
#define LN2_LOW  1.42860682030941723e-6f
#define EXP_LOW  -87.0f				/* below it exp(x) is taken as exp(-87) */
#define TANH_ONE 20.0f				/* 2x from which tanh(x) is 1 */
static const real exp_taylor[] = {		/* 1/7!, 1/6!, ... 1/1! */
	1.98412698e-4f, 1.38888889e-3f, 8.33333333e-3f, 4.16666667e-2f, 1.66666667e-1f, 0.5f, 1
};
#else
#define LN2_HIGH 0.69314718036912382		/* 32 bits */
#define LN2_LOW  1.9082149292705877e-10
#define EXP_LOW  -708.0
#define TANH_ONE 40.0
static const real exp_taylor[] = {		/* 1/13!, 1/12!, ... 1/1! */
	1.6059043836821613e-10, 2.08767569878681e-9, 2.505210838544172e-8,
	2.755731922398589e-7, 2.7557319223985893e-6, 2.48015873015873e-5,
	1.984126984126984e-4, 1.388888888888889e-3, 8.333333333333333e-3,
	4.1666666666666664e-2, 1.6666666666666666e-1, 0.5, 1
};
#endif
enum { EXP_TERMS = sizeof(exp_taylor) / sizeof(exp_taylor[0]) };

/* n and p(r) of x. */
INLINE vec
v_exp_parts(vec x, vec *n)
{
	vec r, p = v_set1(exp_taylor[0]);

	*n = v_round(v_mul(x, v_set1((real)1.4426950408889634)));
	r = v_fma(*n, v_set1(-LN2_HIGH), x);
	r = v_fma(*n, v_set1(-LN2_LOW), r);
	UNROLL
	for (int i = 1; i < EXP_TERMS; i++)
		p = v_fma(p, r, v_set1(exp_taylor[i]));
	return v_mul(p, r);
}

/* exp(x) for x <= 0; NaN stays NaN. */
INLINE vec
v_exp(vec x)
{
	vec n, p = v_exp_parts(v_max(v_set1(EXP_LOW), x), &n);

	return v_scale(v_add(p, v_set1(1)), n);
}

/* tanh(x) = e / (e + 2) with e = exp(2|x|) - 1 = 2^n p + (2^n - 1). */
INLINE vec
v_tanh(vec x)
{
	vec n, p, e, two = v_add(v_abs(x), v_abs(x)), one = v_set1(1);

	p = v_exp_parts(v_min(v_set1(TANH_ONE), two), &n);
	e = v_scale(one, n);
	e = v_fma(p, e, v_sub(e, one));
	return v_sign(v_div(e, v_add(e, v_set1(2))), x);
}

/*
 * 1 / (1 + exp(-x)); for x below EXP_LOW it is taken as that of EXP_LOW, because
 * exp(-x) would overflow.
 */
INLINE vec
v_logistic(vec x)
{
	vec n, p, one = v_set1(1);

	x = v_max(v_set1(EXP_LOW), v_min(v_set1(-EXP_LOW), x));
	p = v_exp_parts(v_sub(v_zero(), x), &n);
	return v_div(one, v_add(one, v_scale(v_add(p, one), n)));
}

/* x (1 - y^2): the error of a from the error x of y = tanh(a) */
INLINE vec
through_tanh(vec x, vec y)
{
	return v_mul(x, v_sub(v_set1(1), v_mul(y, y)));
}

/* x y (1 - y): the error of a from the error x of y = logistic(a) */
INLINE vec
through_logistic(vec x, vec y)
{
	return v_mul(x, v_mul(y, v_sub(v_set1(1), y)));
}

#endif
