/*
 * parts.h - the state and internal functions of the OpenBLAS backend.
 */
#ifndef PARTS_H
#define PARTS_H

#include <cblas.h>

#include "ref.h"
#include "scratch.h"
#include "blas_names.h"

#if defined(REAL_IS_FLOAT)
#define GEMM cblas_sgemm
#define GEMV cblas_sgemv
#else
#define GEMM cblas_dgemm
#define GEMV cblas_dgemv
#endif

struct state {
	struct host_state host;
	struct scratch logits, part, loop;
	double *max, *sum;	/* (chunks, rows) of the output layer */
	int nchunk;
};

/* n reals; NULL, and reported, when out of memory. */
real *blas_reserve(struct backend *k, struct scratch *s, size_t n);

/* cell_forward and cell_backward of the plain cell, which may be truncated. */
void blas_rnn_forward(struct backend *k, const struct cell_args *c);
void blas_rnn_backward(struct backend *k, const struct cell_args *c);
/* last(t,h): the states one row earlier. */
void blas_shifted(const struct cell_args *c, real *last);

/* dense_* and cell_*. */
void blas_cells(struct backend *k);
/* update, sum_squares. */
void blas_optimiser(struct backend *k);

#endif
