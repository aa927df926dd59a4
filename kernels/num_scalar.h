/*
 * num_scalar.h - the number type of units.h and rule_step.h as a single real, for the host or, where
 * CELL_FN contains __device__, for a thread of a GPU.
 */
#ifndef NUM_SCALAR_H
#define NUM_SCALAR_H

#include "real.h"

typedef real num;

CELL_FN num num_zero(void) { return 0; }
CELL_FN num num_add(num a, num b) { return a + b; }
CELL_FN num num_sub(num a, num b) { return a - b; }
CELL_FN num num_mul(num a, num b) { return a * b; }
CELL_FN num num_fma(num a, num b, num c) { return a * b + c; }
CELL_FN num num_blend(num z, num a, num b) { return (1 - z) * b + z * a; }
CELL_FN num num_set(real x) { return x; }
CELL_FN num num_div(num a, num b) { return a / b; }
CELL_FN num num_sqrt(num a) { return RSQRT(a); }
CELL_FN num num_clip(num g, real limit) { return g > limit ? limit : g < -limit ? -limit : g; }
CELL_FN num num_one_minus(num a) { return 1 - a; }
CELL_FN num num_tanh(num a) { return RTANH(a); }
CELL_FN num num_logistic(num a) { return 1 / (1 + REXP(-a)); }
CELL_FN num num_through_tanh(num e, num y) { return e * (1 - y * y); }
CELL_FN num num_through_logistic(num e, num y) { return e * (y * (1 - y)); }

#endif
