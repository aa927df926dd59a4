/*
 * real.h - one source, two types: each kernel file is compiled once with
 * REAL_F32 and once with REAL_F64 defined, and NAME(f) is f_f32 or f_f64.
 */
#ifndef REAL_H
#define REAL_H

#include <math.h>

#define NAME_PASTE(f, suffix) f##_##suffix
#if defined(REAL_F32)
typedef float real;
#define NAME(f) NAME_PASTE(f, f32)
#define KERN_REAL KERN_F32
#define RTANH(x) tanhf(x)
#define REXP(x) expf(x)
#define RSQRT(x) sqrtf(x)
#elif defined(REAL_F64)
typedef double real;
#define NAME(f) NAME_PASTE(f, f64)
#define KERN_REAL KERN_F64
#define RTANH(x) tanh(x)
#define REXP(x) exp(x)
#define RSQRT(x) sqrt(x)
#else
#error "compile with REAL_F32 or REAL_F64"
#endif

#endif
