/*
 * parts.h - what the parts of the OpenBLAS backend share.
 */
#ifndef PARTS_H
#define PARTS_H

#include <cblas.h>

#include "ref.h"
#include "blas_names.h"

#if defined(REAL_IS_FLOAT)
#define GEMM cblas_sgemm
#define GEMV cblas_sgemv
#else
#define GEMM cblas_dgemm
#define GEMV cblas_dgemv
#endif

/* Grows to the largest batch, then stays. */
struct buffer {
	real *p;
	size_t n;
};

struct state {
	struct host_state host;
	struct buffer logits, part, back;
	double *max, *sum;	/* (chunks, rows) of the output layer */
	int nchunk;
};

/* n reals; NULL, noted, when there is no memory. */
real *blas_space(struct backend *k, struct buffer *b, size_t n);

/* The rows of the states before each row: last(t,h) from S(t,h) and S0(nseq,h) or NULL. */
void blas_before(const struct batch *b, int h, const real *s, const real *s0,
    real *last);
/* Rows of the longest sequence. */
int blas_longest(const struct batch *b);

/* dense_*, lstm_* and gru_*. */
void blas_cells(struct backend *k);
/* update, sum_squares. */
void blas_optimiser(struct backend *k);

#endif
