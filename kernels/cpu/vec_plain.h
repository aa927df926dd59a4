/*
 * vec_plain.h - vec.h in plain C, for any compiler and processor: small arrays
 * in loops of fixed length, which compilers turn into what vectors there are.
 */
#ifndef VEC_PLAIN_H
#define VEC_PLAIN_H

#include <stdint.h>
#include <string.h>

enum { VECS = 16, LANES = 16 / sizeof(real) };

typedef struct { real a[LANES]; } vec;

#define EACH_LANE UNROLL for (int i = 0; i < LANES; i++)
#define LANEWISE(name, args, expr) \
	INLINE vec name args { vec v; EACH_LANE v.a[i] = (expr); return v; }

LANEWISE(v_load, (const real *p), p[i])
LANEWISE(v_set1, (real x), x)
LANEWISE(v_zero, (void), 0)
LANEWISE(v_add, (vec x, vec y), x.a[i] + y.a[i])
LANEWISE(v_sub, (vec x, vec y), x.a[i] - y.a[i])
LANEWISE(v_mul, (vec x, vec y), x.a[i] * y.a[i])
LANEWISE(v_div, (vec x, vec y), x.a[i] / y.a[i])
LANEWISE(v_fma, (vec x, vec y, vec z), x.a[i] * y.a[i] + z.a[i])
LANEWISE(v_max, (vec x, vec y), x.a[i] > y.a[i] ? x.a[i] : y.a[i])
LANEWISE(v_min, (vec x, vec y), x.a[i] < y.a[i] ? x.a[i] : y.a[i])
LANEWISE(v_abs, (vec x), (real)fabs(x.a[i]))
LANEWISE(v_sign, (vec x, vec s), (real)copysign(x.a[i], s.a[i]))
LANEWISE(v_load_part, (const real *p, int n), i < n ? p[i] : 0)

/* Adding 1.5 2^23 (2^52) leaves no room for a fraction. */
#if defined(REAL_F32)
static const real no_fraction = 12582912.0f;
#else
static const real no_fraction = 6755399441055744.0;
#endif
LANEWISE(v_round, (vec x), (x.a[i] + no_fraction) - no_fraction)

INLINE void
v_store(real *p, vec v)
{
	EACH_LANE p[i] = v.a[i];
}

INLINE void
v_store_part(real *p, int n, vec v)
{
	for (int i = 0; i < n; i++)
		p[i] = v.a[i];
}

/* 2^n is its exponent field alone. */
INLINE vec
v_scale(vec x, vec n)
{
	EACH_LANE {
		real two_n;
#if defined(REAL_F32)
		uint32_t bits = (uint32_t)((int32_t)n.a[i] + 127) << 23;
#else
		uint64_t bits = (uint64_t)((int64_t)n.a[i] + 1023) << 52;
#endif

		memcpy(&two_n, &bits, sizeof(two_n));
		x.a[i] *= two_n;
	}
	return x;
}

INLINE real
v_sum(vec v)
{
	real sum = v.a[0];

	for (int i = 1; i < LANES; i++)
		sum += v.a[i];
	return sum;
}

INLINE real
v_top(vec v)
{
	real top = v.a[0];

	for (int i = 1; i < LANES; i++)
		top = v.a[i] > top ? v.a[i] : top;
	return top;
}

/* out[i] = the sum of the lanes of a[i]. */
INLINE void
v_sum4(const vec a[4], real out[4])
{
	for (int i = 0; i < 4; i++)
		out[i] = v_sum(a[i]);
}

#endif
