/*
 * blas.h - the OpenBLAS backend, once for each real; entry.c is the caller.
 */
#ifndef BLAS_H
#define BLAS_H

#include "backend.h"

/* The table, or NULL and *why. */
struct backend *blas_open_f32(int threads, const char **why);
struct backend *blas_open_f64(int threads, const char **why);

#endif
