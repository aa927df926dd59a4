/*
 * vec_x86.h - the part of vec.h that vec_avx2.h and vec_avx512.h share: intrinsics
 * that differ only in the width, which V() adds.
 */
#ifndef VEC_X86_H
#define VEC_X86_H

INLINE vec v_load(const real *p) { return V(loadu)(p); }
INLINE void v_store(real *p, vec v) { V(storeu)(p, v); }
INLINE vec v_set1(real x) { return V(set1)(x); }
INLINE vec v_zero(void) { return V(setzero)(); }
INLINE vec v_add(vec a, vec b) { return V(add)(a, b); }
INLINE vec v_sub(vec a, vec b) { return V(sub)(a, b); }
INLINE vec v_mul(vec a, vec b) { return V(mul)(a, b); }
INLINE vec v_div(vec a, vec b) { return V(div)(a, b); }
INLINE vec v_sqrt(vec a) { return V(sqrt)(a); }
INLINE vec v_fma(vec a, vec b, vec c) { return V(fmadd)(a, b, c); }
INLINE vec v_max(vec a, vec b) { return V(max)(a, b); }
INLINE vec v_min(vec a, vec b) { return V(min)(a, b); }

INLINE vec
v_sign(vec a, vec s)
{
	return V(or)(a, V(and)(s, v_set1((real)-0.0)));
}

#endif
