/*
 * vec.h - vectors of LANES reals under the same names for every instruction set, which
 * has VECS registers for them.
 *
 *	v_load, v_store		LANES reals, any alignment
 *	v_set1(x)  v_zero()  v_add  v_sub  v_mul  v_div
 *	v_fma(a, b, c)		a b + c, rounded once if the instruction set can
 *	v_sqrt(a)
 *	v_max(a, b)		b where a or b is NaN
 *	v_min(a, b)		likewise
 *	v_round(a)		to the nearest integer
 *	v_scale(a, n)		a 2^n, for integers n from -126 (-1022) to 127 (1023)
 *	v_abs(a)  v_sign(a, s)	a, which is not negative, with the sign of s
 *	v_low(a, b), v_high(a, b)	the lower (upper) halves of both, interleaved
 *	v_load_part(p, n), v_store_part(p, n, a)	the first n of LANES; the others are 0
 *	v_sum(a)  v_top(a)	sum and maximum of the lanes, in a fixed order
 *	v_add_sums4(p, a)	p[i] += the sum of the lanes of a[i] for i = 0 .. 3, in a
 *				fixed order that may differ from v_sum()'s
 */
#ifndef VEC_H
#define VEC_H

#include "isa.h"

#if defined(ISA_AVX512)
#include "vec_avx512.h"
#elif defined(ISA_AVX2)
#include "vec_avx2.h"
#elif defined(ISA_NEON)
#include "vec_neon.h"
#else
#include "vec_plain.h"
#endif

#endif
