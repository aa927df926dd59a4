/*
 * params.cu - parameters: to the device and back.
 */
#include <stdlib.h>

#include "params.h"

static size_t
count(const struct matrix *m)
{
	return (size_t)m->rows * m->cols;
}

static void
mat_free(struct backend *k, struct matrix *m)
{
	if (m == NULL)
		return;
	k->free(k, m->p);
	free(m->touched);
	free(m->is_touched);
	free(m->where);
	free(m);
}

/* Host memory that an embedding needs; false when there is none. */
static bool
remember_words(struct matrix *m)
{
	size_t words = (size_t)m->cols;

	m->touched = (uint32_t *)malloc(words * sizeof(*m->touched));
	m->is_touched = (unsigned char *)calloc(words, 1);
	return m->touched && m->is_touched;
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
	m->p = (real *)k->alloc(k, count(m));
	if (m->p == NULL || (role == ROLE_EMBED && !remember_words(m))) {
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

/* What comes from the host may be anything. */
static void
touch_all(struct matrix *m)
{
	for (int i = 0; i < m->cols; i++) {
		m->is_touched[i] = 1;
		m->touched[i] = (uint32_t)i;
	}
	m->ntouched = m->cols;
}

static void
mat_put(struct backend *k, struct matrix *m, const void *host)
{
	size_t bytes = count(m) * sizeof(real);

	if (m->role == ROLE_EMBED) {
		real *turned = (real *)cuda_host(k, bytes);

		if (turned == NULL)
			return;
		transpose(turned, (const real *)host, m->rows, m->cols);
		host = turned;
		touch_all(m);
	}
	cuda_to_device(k, m->p, host, bytes);
}

static void
mat_get(struct backend *k, void *host, struct matrix *m)
{
	size_t bytes = count(m) * sizeof(real);
	real *turned = m->role == ROLE_EMBED ? (real *)cuda_host(k, bytes) : NULL;

	if (m->role != ROLE_EMBED) {
		cuda_from_device(k, host, m->p, bytes);
	} else if (turned) {
		cuda_from_device(k, turned, m->p, bytes);
		if (cuda_well(k))
			transpose((real *)host, turned, m->cols, m->rows);
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
