/*
 * parts.h - what the parts of the OpenBLAS backend share.
 */
#ifndef PARTS_H
#define PARTS_H

#include <cblas.h>

#include "ref.h"

#if defined(REAL_F32)
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
real *NAME(blas_space)(struct kern *k, struct buffer *b, size_t n);

/* The rows of the states before each row: last(t,h) from S(t,h) and S0(nseq,h) or NULL. */
void NAME(blas_before)(const struct kern_batch *b, int h, const real *s, const real *s0,
    real *last);
/* Rows of the longest sequence. */
int NAME(blas_longest)(const struct kern_batch *b);

/* dense_*, lstm_* and gru_*. */
void NAME(blas_cells)(struct kern *k);
/* update, sum_squares. */
void NAME(blas_learn)(struct kern *k);

#endif
