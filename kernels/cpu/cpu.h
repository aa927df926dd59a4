/*
 * cpu.h - the fast CPU backend, once for each instruction set and real.
 */
#ifndef CPU_H
#define CPU_H

#include "backend.h"

/* The backend, or NULL and *why. */
struct backend *cpu_avx512_f32(int threads, const char **why);
struct backend *cpu_avx512_f64(int threads, const char **why);
struct backend *cpu_avx2_f32(int threads, const char **why);
struct backend *cpu_avx2_f64(int threads, const char **why);
struct backend *cpu_neon_f32(int threads, const char **why);
struct backend *cpu_neon_f64(int threads, const char **why);
struct backend *cpu_plain_f32(int threads, const char **why);
struct backend *cpu_plain_f64(int threads, const char **why);

#endif
