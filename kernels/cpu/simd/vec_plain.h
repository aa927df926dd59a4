/*
 * vec_plain.h - vec.h for any processor: compilers with vector types map them to the
 * processor's registers; for others, or with VEC_STRUCT, it is portable C with small
 * arrays and loops of fixed length.
 */
#ifndef VEC_PLAIN_H
#define VEC_PLAIN_H

#include <stdint.h>
#include <string.h>

#define VECS 16
enum { LANES = 16 / sizeof(real) };

#define EACH_LANE UNROLL for (int i = 0; i < LANES; i++)

#if defined(__GNUC__) && !defined(VEC_STRUCT)
typedef real vec __attribute__((vector_size(16)));
#define LANE(v) (v)[i]

INLINE vec v_load(const real *p) { vec v; memcpy(&v, p, sizeof(v)); return v; }
INLINE void v_store(real *p, vec v) { memcpy(p, &v, sizeof(v)); }
INLINE vec v_zero(void) { return (vec){ 0 }; }
INLINE vec v_set1(real x) { return x - v_zero(); }
INLINE vec v_add(vec x, vec y) { return x + y; }
INLINE vec v_sub(vec x, vec y) { return x - y; }
INLINE vec v_mul(vec x, vec y) { return x * y; }
INLINE vec v_div(vec x, vec y) { return x / y; }
INLINE vec v_fma(vec x, vec y, vec z) { return x * y + z; }
#else
typedef struct { real a[LANES]; } vec;
#define LANE(v) (v).a[i]
#endif

#define LANEWISE(name, args, expr) \
	INLINE vec name args { vec v; EACH_LANE LANE(v) = (expr); return v; }

#if !defined(__GNUC__) || defined(VEC_STRUCT)
INLINE void v_store(real *p, vec v) { EACH_LANE p[i] = LANE(v); }
LANEWISE(v_load, (const real *p), p[i])
LANEWISE(v_zero, (void), 0)
LANEWISE(v_set1, (real x), x)
LANEWISE(v_add, (vec x, vec y), LANE(x) + LANE(y))
LANEWISE(v_sub, (vec x, vec y), LANE(x) - LANE(y))
LANEWISE(v_mul, (vec x, vec y), LANE(x) * LANE(y))
LANEWISE(v_div, (vec x, vec y), LANE(x) / LANE(y))
LANEWISE(v_fma, (vec x, vec y, vec z), LANE(x) * LANE(y) + LANE(z))
#endif

LANEWISE(v_max, (vec x, vec y), LANE(x) > LANE(y) ? LANE(x) : LANE(y))
LANEWISE(v_min, (vec x, vec y), LANE(x) < LANE(y) ? LANE(x) : LANE(y))
LANEWISE(v_sqrt, (vec x), RSQRT(LANE(x)))
LANEWISE(v_abs, (vec x), (real)fabs(LANE(x)))
LANEWISE(v_sign, (vec x, vec s), (real)copysign(LANE(x), LANE(s)))

/* LANES of the interleaved lanes of both, from `at` on. */
INLINE vec
interleave(vec x, vec y, int at)
{
	real a[LANES], b[LANES], c[2 * LANES];

	v_store(a, x);
	v_store(b, y);
	EACH_LANE {
		c[2 * i] = a[i];
		c[2 * i + 1] = b[i];
	}
	return v_load(c + at);
}

INLINE vec v_low(vec x, vec y) { return interleave(x, y, 0); }
INLINE vec v_high(vec x, vec y) { return interleave(x, y, LANES); }

INLINE vec
v_load_part(const real *p, int n)
{
	real a[LANES] = { 0 };

	for (int i = 0; i < n; i++)
		a[i] = p[i];
	return v_load(a);
}

INLINE void
v_store_part(real *p, int n, vec x)
{
	real a[LANES];

	v_store(a, x);
	for (int i = 0; i < n; i++)
		p[i] = a[i];
}

/* A sum of this order, 1.5 2^23 (2^52), has no bits for a fraction. */
#if defined(REAL_IS_FLOAT)
static const real no_fraction = 12582912.0f;
#else
static const real no_fraction = 6755399441055744.0;
#endif
INLINE vec
v_round(vec x)
{
	return v_sub(v_add(x, v_set1(no_fraction)), v_set1(no_fraction));
}

/* 2^n has no bits but those of its exponent. */
INLINE vec
v_scale(vec x, vec n)
{
	EACH_LANE {
		real two_n;
#if defined(REAL_IS_FLOAT)
		uint32_t bits = (uint32_t)((int32_t)LANE(n) + 127) << 23;
#else
		uint64_t bits = (uint64_t)((int64_t)LANE(n) + 1023) << 52;
#endif

		memcpy(&two_n, &bits, sizeof(two_n));
		LANE(x) *= two_n;
	}
	return x;
}

INLINE real
first(vec v)
{
	int i = 0;

	return LANE(v);
}

INLINE real
v_sum(vec v)
{
	real sum = first(v);

	for (int i = 1; i < LANES; i++)
		sum += LANE(v);
	return sum;
}

INLINE real
v_top(vec v)
{
	real top = first(v);

	for (int i = 1; i < LANES; i++)
		top = LANE(v) > top ? LANE(v) : top;
	return top;
}

INLINE void
v_add_sums4(real *to, const vec a[4])
{
	for (int i = 0; i < 4; i++)
		to[i] += v_sum(a[i]);
}

#endif
