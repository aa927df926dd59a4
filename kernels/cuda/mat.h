/*
 * mat.h - parameters and gradients on the device.
 */
#ifndef CUDA_MAT_H
#define CUDA_MAT_H

#include "device.h"
#include "real.h"

struct kern_mat {
	enum kern_role role;
	int rows, cols;
	/*
	 * (rows, cols) of the device; an embedding is stored a row a word,
	 * (cols, rows), since every use is by word.
	 */
	real *p;
	/* An embedding's gradient: which words' rows are not zero; host memory. */
	uint32_t *touched;	/* (ntouched) */
	unsigned char *is_touched;	/* (cols) */
	int32_t *where;		/* (cols) share_chains()'s own */
	int ntouched;
};

/* mat_new, mat_free, mat_put, mat_get, sgd and the embedding's entries. */
void NAME(cuda_mat_fill)(struct kern *k);
void NAME(cuda_embed_fill)(struct kern *k);
void NAME(cuda_recur_fill)(struct kern *k);
void NAME(cuda_output_fill)(struct kern *k);
void NAME(cuda_fused_fill)(struct kern *k);

#endif
