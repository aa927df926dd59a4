/*
 * num_vector.h - the number of kernels/cells/units.h and kernels/rule_step.h as a vector.
 */
#ifndef NUM_VECTOR_H
#define NUM_VECTOR_H

#include "elementary.h"

#define CELL_FN INLINE

typedef vec num;

INLINE num num_zero(void) { return v_zero(); }
INLINE num num_add(num a, num b) { return v_add(a, b); }
INLINE num num_sub(num a, num b) { return v_sub(a, b); }
INLINE num num_mul(num a, num b) { return v_mul(a, b); }
INLINE num num_fma(num a, num b, num c) { return v_fma(a, b, c); }
INLINE num num_blend(num z, num a, num b) { return v_fma(z, v_sub(a, b), b); }
INLINE num num_set(real x) { return v_set1(x); }
INLINE num num_div(num a, num b) { return v_div(a, b); }
INLINE num num_sqrt(num a) { return v_sqrt(a); }
INLINE num num_clip(num g, real limit) { return v_max(v_set1(-limit), v_min(v_set1(limit), g)); }
INLINE num num_one_minus(num a) { return v_sub(v_set1(1), a); }
INLINE num num_tanh(num a) { return v_tanh(a); }
INLINE num num_logistic(num a) { return v_logistic(a); }
INLINE num num_through_tanh(num e, num y) { return through_tanh(e, y); }
INLINE num num_through_logistic(num e, num y) { return through_logistic(e, y); }

#endif
