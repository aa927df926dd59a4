/*
 * params.cu - parameters: allocation, and copies to the device and back.
 */
#include <stdlib.h>

#include "params.h"
#include "product_tile.h"

static size_t
count_values(const struct matrix *m)
{
	return (size_t)m->rows * m->cols;
}

static void
mat_free(struct backend *k, struct matrix *m)
{
	if (m == NULL)
		return;
	k->free(k, m->p);
	touched_free(&m->touched);
	free(m->where);
	free(m);
}

/* The set of a sparse gradient's rows: by role, as cpu has them. */
static bool
make_touched(struct matrix *m)
{
	switch (m->role) {
	case ROLE_EMBED:
	case ROLE_OUT_BIAS:
		return touched_init(&m->touched, m->cols, m->rows);
	case ROLE_OUT_ROWS:
		return touched_init(&m->touched, m->rows, m->cols);
	default:
		return true;
	}
}

static struct matrix *
mat_new(struct backend *k, enum role role, int rows, int cols)
{
	struct matrix *m = (struct matrix *)calloc(1, sizeof(*m));

	if (m == NULL)
		return NULL;
	m->role = role;
	m->rows = rows;
	m->cols = cols;
	m->p = (real *)k->alloc(k, product_padded(count_values(m)));	/* biases are read in fours */
	if (m->p == NULL || !make_touched(m)) {
		mat_free(k, m);
		return NULL;
	}
	return m;
}

/* to(cols, rows) = from(rows, cols)' */
static void
transpose(real *to, const real *from, int rows, int cols)
{
	for (int i = 0; i < rows; i++)
		for (int j = 0; j < cols; j++)
			to[(size_t)j * rows + i] = from[(size_t)i * cols + j];
}

static void
mat_put(struct backend *k, struct matrix *m, const void *host)
{
	size_t bytes = count_values(m) * sizeof(real);

	if (m->role == ROLE_EMBED) {
		real *transposed = (real *)cuda_host(k, bytes);

		if (transposed == NULL)
			return;
		transpose(transposed, (const real *)host, m->rows, m->cols);
		host = transposed;
	}
	cuda_to_device(k, m->p, host, bytes);
	touched_add_all(&m->touched);
}

static void
mat_get(struct backend *k, void *host, struct matrix *m)
{
	size_t bytes = count_values(m) * sizeof(real);
	real *transposed = m->role == ROLE_EMBED ? (real *)cuda_host(k, bytes) : NULL;

	if (m->role != ROLE_EMBED) {
		cuda_from_device(k, host, m->p, bytes);
	} else if (transposed) {
		cuda_from_device(k, transposed, m->p, bytes);
		if (cuda_well(k))
			transpose((real *)host, transposed, m->cols, m->rows);
	}
}

void
cuda_params_fill(struct backend *k)
{
	k->mat_new = mat_new;
	k->mat_free = mat_free;
	k->mat_put = mat_put;
	k->mat_get = mat_get;
}
