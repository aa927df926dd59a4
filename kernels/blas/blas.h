/*
 * blas.h - the OpenBLAS backend, once for each real; plugin.c is the caller.
 */
#ifndef BLAS_H
#define BLAS_H

#include "kern.h"

/* The table, or NULL and *why. */
struct kern *blas_open_f32(int threads, const char **why);
struct kern *blas_open_f64(int threads, const char **why);

#endif
