/*
 * vec_avx2.h - vec.h on AVX2 with FMA: 16 registers of 256 bits.
 */
#ifndef VEC_AVX2_H
#define VEC_AVX2_H

#include <immintrin.h>

#define VECS 16

#if defined(REAL_IS_FLOAT)
typedef __m256 vec;
enum { LANES = 8 };
#define V(op) _mm256_##op##_ps
#else
typedef __m256d vec;
enum { LANES = 4 };
#define V(op) _mm256_##op##_pd
#endif

#include "vec_x86.h"

INLINE vec
v_low(vec a, vec b)
{
	return V(permute2f128)(V(unpacklo)(a, b), V(unpackhi)(a, b), 0x20);
}

INLINE vec
v_high(vec a, vec b)
{
	return V(permute2f128)(V(unpacklo)(a, b), V(unpackhi)(a, b), 0x31);
}

/* A mask with all bits of the first n lanes set. */
INLINE __m256i
first_lanes(int n)
{
#if defined(REAL_IS_FLOAT)
	return _mm256_cmpgt_epi32(_mm256_set1_epi32(n), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
#else
	return _mm256_cmpgt_epi64(_mm256_set1_epi64x(n), _mm256_setr_epi64x(0, 1, 2, 3));
#endif
}

INLINE vec v_load_part(const real *p, int n) { return V(maskload)(p, first_lanes(n)); }
INLINE void v_store_part(real *p, int n, vec a) { V(maskstore)(p, first_lanes(n), a); }

INLINE vec v_round(vec a) { return V(round)(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
INLINE vec v_abs(vec a) { return V(andnot)(v_set1((real)-0.0), a); }

/* 2^n has no bits but those of its exponent. */
INLINE vec
v_scale(vec a, vec n)
{
#if defined(REAL_IS_FLOAT)
	__m256i e = _mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127));

	return v_mul(a, _mm256_castsi256_ps(_mm256_slli_epi32(e, 23)));
#else
	__m256i e = _mm256_cvtepi32_epi64(_mm256_cvtpd_epi32(n));

	e = _mm256_slli_epi64(_mm256_add_epi64(e, _mm256_set1_epi64x(1023)), 52);
	return v_mul(a, _mm256_castsi256_pd(e));
#endif
}

INLINE real
v_sum(vec a)
{
#if defined(REAL_IS_FLOAT)
	__m128 x = _mm_add_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1));

	x = _mm_add_ps(x, _mm_movehl_ps(x, x));
	return _mm_cvtss_f32(_mm_add_ss(x, _mm_movehdup_ps(x)));
#else
	__m128d x = _mm_add_pd(_mm256_castpd256_pd128(a), _mm256_extractf128_pd(a, 1));

	return _mm_cvtsd_f64(_mm_add_sd(x, _mm_unpackhi_pd(x, x)));
#endif
}

INLINE real
v_top(vec v)
{
	real a[LANES], top;

	v_store(a, v);
	top = a[0];
	for (int i = 1; i < LANES; i++)
		top = a[i] > top ? a[i] : top;
	return top;
}

INLINE void
v_add_sums4(real *to, const vec a[4])
{
#if defined(REAL_IS_FLOAT)
	vec all = _mm256_hadd_ps(_mm256_hadd_ps(a[0], a[1]), _mm256_hadd_ps(a[2], a[3]));
	__m128 sums = _mm_add_ps(_mm256_castps256_ps128(all), _mm256_extractf128_ps(all, 1));

	_mm_storeu_ps(to, _mm_add_ps(_mm_loadu_ps(to), sums));
#else
	for (int i = 0; i < 4; i++)
		to[i] += v_sum(a[i]);
#endif
}

#endif
