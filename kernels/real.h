/*
 * real.h - single and double precision from one source: each kernel file is compiled
 * once with REAL_IS_FLOAT and once with REAL_IS_DOUBLE; NAME(f) is f_f32 or f_f64.
 */
#ifndef REAL_H
#define REAL_H

#include <math.h>

#define NAME_PASTE(f, suffix) f##_##suffix
#if defined(REAL_IS_FLOAT)
typedef float real;
#define NAME(f) NAME_PASTE(f, f32)
#define REAL_TYPE REAL_F32
#define RTANH(x) tanhf(x)
#define REXP(x) expf(x)
#define RSQRT(x) sqrtf(x)
#elif defined(REAL_IS_DOUBLE)
typedef double real;
#define NAME(f) NAME_PASTE(f, f64)
#define REAL_TYPE REAL_F64
#define RTANH(x) tanh(x)
#define REXP(x) exp(x)
#define RSQRT(x) sqrt(x)
#else
#error "compile with REAL_IS_FLOAT or REAL_IS_DOUBLE"
#endif

#endif
