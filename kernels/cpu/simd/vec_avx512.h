/*
 * vec_avx512.h - vec.h on AVX-512 (F and DQ): 32 registers of 512 bits.
 */
#ifndef VEC_AVX512_H
#define VEC_AVX512_H

#include <immintrin.h>

#define VECS 32

#if defined(REAL_IS_FLOAT)
typedef __m512 vec;
typedef __mmask16 mask;
enum { LANES = 16 };
#define V(op) _mm512_##op##_ps
#else
typedef __m512d vec;
typedef __mmask8 mask;
enum { LANES = 8 };
#define V(op) _mm512_##op##_pd
#endif

#include "vec_x86.h"

#if defined(REAL_IS_FLOAT)
INLINE vec
v_low(vec a, vec b)
{
	return _mm512_permutex2var_ps(a, _mm512_setr_epi32(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5,
	    21, 6, 22, 7, 23), b);
}

INLINE vec
v_high(vec a, vec b)
{
	return _mm512_permutex2var_ps(a, _mm512_setr_epi32(8, 24, 9, 25, 10, 26, 11, 27, 12, 28,
	    13, 29, 14, 30, 15, 31), b);
}
#else
INLINE vec
v_low(vec a, vec b)
{
	return _mm512_permutex2var_pd(a, _mm512_setr_epi64(0, 8, 1, 9, 2, 10, 3, 11), b);
}

INLINE vec
v_high(vec a, vec b)
{
	return _mm512_permutex2var_pd(a, _mm512_setr_epi64(4, 12, 5, 13, 6, 14, 7, 15), b);
}
#endif

INLINE vec
v_load_part(const real *p, int n)
{
	return V(maskz_loadu)((mask)((1u << n) - 1), p);
}

INLINE void
v_store_part(real *p, int n, vec a)
{
	V(mask_storeu)(p, (mask)((1u << n) - 1), a);
}

INLINE vec v_scale(vec a, vec n) { return V(scalef)(a, n); }
INLINE vec v_abs(vec a) { return V(abs)(a); }
INLINE real v_sum(vec a) { return V(reduce_add)(a); }
INLINE real v_top(vec a) { return V(reduce_max)(a); }

INLINE vec
v_round(vec a)
{
	return V(roundscale)(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}

/* Four sums at once cost little more than one. */
INLINE void
v_add_sums4(real *to, const vec a[4])
{
	vec ab = v_add(V(unpacklo)(a[0], a[1]), V(unpackhi)(a[0], a[1]));
	vec cd = v_add(V(unpacklo)(a[2], a[3]), V(unpackhi)(a[2], a[3]));
#if defined(REAL_IS_FLOAT)
	vec all = v_add(V(shuffle)(ab, cd, 0x44), V(shuffle)(ab, cd, 0xee));
	__m256 half = _mm256_add_ps(_mm512_castps512_ps256(all), _mm512_extractf32x8_ps(all, 1));
	__m128 sums = _mm_add_ps(_mm256_castps256_ps128(half), _mm256_extractf128_ps(half, 1));

	_mm_storeu_ps(to, _mm_add_ps(_mm_loadu_ps(to), sums));
#else
	__m256d x = _mm256_add_pd(_mm512_castpd512_pd256(ab), _mm512_extractf64x4_pd(ab, 1));
	__m256d y = _mm256_add_pd(_mm512_castpd512_pd256(cd), _mm512_extractf64x4_pd(cd, 1));
	__m256d sums = _mm256_add_pd(_mm256_permute2f128_pd(x, y, 0x20),
	    _mm256_permute2f128_pd(x, y, 0x31));

	_mm256_storeu_pd(to, _mm256_add_pd(_mm256_loadu_pd(to), sums));
#endif
}

#endif
