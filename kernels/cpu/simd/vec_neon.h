/*
 * vec_neon.h - vec.h on AArch64's Advanced SIMD (NEON): 32 registers of 128 bits.
 */
#ifndef VEC_NEON_H
#define VEC_NEON_H

#include <arm_neon.h>

#define VECS 32

#if defined(REAL_IS_FLOAT)
typedef float32x4_t vec;
enum { LANES = 4 };
#define V(op) v##op##q_f32
#define SIGN_BITS vdupq_n_u32(UINT32_C(1) << 31)
#else
typedef float64x2_t vec;
enum { LANES = 2 };
#define V(op) v##op##q_f64
#define SIGN_BITS vdupq_n_u64(UINT64_C(1) << 63)
#endif

INLINE vec v_load(const real *p) { return V(ld1)(p); }
INLINE void v_store(real *p, vec a) { V(st1)(p, a); }
#if defined(REAL_IS_FLOAT)
INLINE vec v_set1(real x) { return vdupq_n_f32(x); }
#else
INLINE vec v_set1(real x) { return vdupq_n_f64(x); }
#endif
INLINE vec v_zero(void) { return v_set1(0); }
INLINE vec v_add(vec a, vec b) { return V(add)(a, b); }
INLINE vec v_sub(vec a, vec b) { return V(sub)(a, b); }
INLINE vec v_mul(vec a, vec b) { return V(mul)(a, b); }
INLINE vec v_div(vec a, vec b) { return V(div)(a, b); }
INLINE vec v_sqrt(vec a) { return V(sqrt)(a); }
INLINE vec v_fma(vec a, vec b, vec c) { return V(fma)(c, a, b); }
INLINE vec v_round(vec a) { return V(rndn)(a); }
INLINE vec v_abs(vec a) { return V(abs)(a); }
INLINE vec v_low(vec a, vec b) { return V(zip1)(a, b); }
INLINE vec v_high(vec a, vec b) { return V(zip2)(a, b); }
INLINE real v_sum(vec a) { return V(addv)(a); }
INLINE real v_top(vec a) { return V(maxv)(a); }

/* Neither FMAX nor FMAXNM treats NaN as vec.h does; a comparison with NaN is false. */
INLINE vec v_max(vec a, vec b) { return V(bsl)(V(cgt)(a, b), a, b); }
INLINE vec v_min(vec a, vec b) { return V(bsl)(V(clt)(a, b), a, b); }

INLINE vec
v_sign(vec a, vec s)
{
	return V(bsl)(SIGN_BITS, s, a);
}

/* 2^n has no bits but those of its exponent. */
INLINE vec
v_scale(vec a, vec n)
{
#if defined(REAL_IS_FLOAT)
	int32x4_t e = vaddq_s32(vcvtq_s32_f32(n), vdupq_n_s32(127));

	return v_mul(a, vreinterpretq_f32_s32(vshlq_n_s32(e, 23)));
#else
	int64x2_t e = vaddq_s64(vcvtq_s64_f64(n), vdupq_n_s64(1023));

	return v_mul(a, vreinterpretq_f64_s64(vshlq_n_s64(e, 52)));
#endif
}

INLINE vec
v_load_part(const real *p, int n)
{
	real a[LANES] = { 0 };

	for (int i = 0; i < n; i++)
		a[i] = p[i];
	return v_load(a);
}

INLINE void
v_store_part(real *p, int n, vec a)
{
	real lane[LANES];

	v_store(lane, a);
	for (int i = 0; i < n; i++)
		p[i] = lane[i];
}

INLINE void
v_add_sums4(real *to, const vec a[4])
{
#if defined(REAL_IS_FLOAT)
	v_store(to, v_add(v_load(to), V(padd)(V(padd)(a[0], a[1]), V(padd)(a[2], a[3]))));
#else
	v_store(to, v_add(v_load(to), V(padd)(a[0], a[1])));
	v_store(to + LANES, v_add(v_load(to + LANES), V(padd)(a[2], a[3])));
#endif
}

#endif
