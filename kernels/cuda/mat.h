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
	/* An embedding's gradient: which words' rows may not be zero; host memory. */
	uint32_t *touched;		/* (ntouched) */
	unsigned char *is_touched;	/* (words) */
	int ntouched;
	int32_t *where;			/* (words) share_chains()'s own; NULL until used */
};

/* Of an embedding, or of an output layer that is one, too. */
static inline int
mat_words(const struct kern_mat *m)
{
	return m->role == KERN_EMBED ? m->cols : m->rows;
}

static inline int
mat_width(const struct kern_mat *m)
{
	return m->role == KERN_EMBED ? m->rows : m->cols;
}

/* to(n) += the sums of the columns of from(t, ld). */
void NAME(cuda_add_columns)(struct kern *k, int t, int n, int ld, const real *from, real *to);

/* out_backward of the table, but ln P(t) stays on the device, in BUFFER_LOGP, and
 * nobody waits for it.  NULL on failure. */
double *NAME(cuda_out_backward)(struct kern *k, const struct kern_mat *v, const struct kern_mat *c,
    int t, const void *s, const uint32_t *y, void *ds, struct kern_mat *dv, struct kern_mat *dc);

/* Each file's entries of the table. */
void NAME(cuda_mat_fill)(struct kern *k);
void NAME(cuda_update_fill)(struct kern *k);
void NAME(cuda_dense_fill)(struct kern *k);
void NAME(cuda_cells_fill)(struct kern *k);
void NAME(cuda_embed_fill)(struct kern *k);
void NAME(cuda_recur_fill)(struct kern *k);
void NAME(cuda_output_fill)(struct kern *k);
void NAME(cuda_fused_fill)(struct kern *k);

#endif
