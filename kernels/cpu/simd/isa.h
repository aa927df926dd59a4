/*
 * isa.h - several instruction sets from one source: every file of kernels/cpu except
 * dispatch.c is compiled once for each set and each real; ISA_NAME(f) is
 * f_avx512_f32 and so on.  ISA is avx512, avx2, neon or plain, and ISA_AVX512,
 * ISA_AVX2, ISA_NEON or ISA_PLAIN is defined with it.
 */
#ifndef ISA_H
#define ISA_H

#include <stdint.h>

#include "real.h"

#define ISA_PASTE(f, isa, real) f##_##isa##_##real
#define ISA_EXPAND(f, isa, real) ISA_PASTE(f, isa, real)
#if defined(REAL_IS_FLOAT)
#define ISA_NAME(f) ISA_EXPAND(f, ISA, f32)
#else
#define ISA_NAME(f) ISA_EXPAND(f, ISA, f64)
#endif

/* Prefetches the memory n reals after p, which need not be allocated: nothing is read. */
#if defined(__GNUC__)
#define FETCH(p, n) __builtin_prefetch((const void *)((uintptr_t)(p) + (n) * sizeof(real)))
#else
#define FETCH(p, n) ((void)(p))
#endif

/* Tiles of accumulators must be unrolled completely to stay in registers. */
#if defined(__GNUC__)
#define INLINE static inline __attribute__((always_inline))
#define RESTRICT __restrict__
#else
#define INLINE static inline
#define RESTRICT restrict
#endif
#if defined(__clang__)
#define UNROLL _Pragma("clang loop unroll(full)")
#elif defined(__GNUC__)
#define UNROLL _Pragma("GCC unroll 16")
#else
#define UNROLL
#endif

#endif
