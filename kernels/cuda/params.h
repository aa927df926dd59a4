/*
 * params.h - parameters and gradients on the device.
 */
#ifndef CUDA_PARAMS_H
#define CUDA_PARAMS_H

#include "device.h"
#include "real.h"
#include "touched.h"
#include "cuda_names.h"

struct matrix {
	enum role role;
	int rows, cols;
	/*
	 * (rows, cols) on the device; an embedding is stored as one row per word,
	 * (cols, rows), since every use is by word.
	 */
	real *p;
	struct touched touched;	/* of a sparse gradient; zeros (dense) otherwise; host memory */
	int32_t *where;			/* (words) for launch_chains() and launch_groups(); NULL
					 * until used */
};

/* Of an embedding, or of an output layer that serves as one (tied). */
static inline int
mat_words(const struct matrix *m)
{
	return m->role == ROLE_EMBED ? m->cols : m->rows;
}

static inline int
mat_width(const struct matrix *m)
{
	return m->role == ROLE_EMBED ? m->rows : m->cols;
}

/* m->where, of -1; false, and the error kept, when out of memory. */
bool cuda_make_where(struct backend *k, struct matrix *m);

/* to(n) += the sums of the columns of from(t, ld). */
void cuda_add_columns(struct backend *k, int t, int n, int ld, const real *from, real *to);

/* out_backward, but ln P(t) stays on the device, in BUFFER_LOGP, and the call does not
 * wait.  NULL on failure. */
double *cuda_out_backward(struct backend *k, const struct output_args *a);

/* cell_forward and cell_backward of the plain cell, which may be truncated; false, and nothing
 * done, where the time loop for all cells is to be taken. */
bool cuda_rnn_forward(struct backend *k, const struct cell_args *c);
bool cuda_rnn_backward(struct backend *k, const struct cell_args *c);

/* Each file's entries of the table. */
void cuda_params_fill(struct backend *k);
void cuda_update_fill(struct backend *k);
void cuda_dense_fill(struct backend *k);
void cuda_cells_fill(struct backend *k);
void cuda_embed_fill(struct backend *k);
void cuda_output_fill(struct backend *k);
void cuda_fused_fill(struct backend *k);
void cuda_sampled_fill(struct backend *k);
void cuda_tree_fill(struct backend *k);

#endif
