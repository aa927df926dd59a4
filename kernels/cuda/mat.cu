/*
 * mat.cu - parameters: to the device, back, and updated there.
 */
#include <stdlib.h>

#include "mat.h"

static size_t
count(const struct kern_mat *m)
{
	return (size_t)m->rows * m->cols;
}

static void
mat_free(struct kern *k, struct kern_mat *m)
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
remember_words(struct kern_mat *m)
{
	size_t words = (size_t)m->cols;

	m->touched = (uint32_t *)malloc(words * sizeof(*m->touched));
	m->is_touched = (unsigned char *)calloc(words, 1);
	m->where = (int32_t *)malloc(words * sizeof(*m->where));
	if (!m->touched || !m->is_touched || !m->where)
		return false;
	for (size_t i = 0; i < words; i++)
		m->where[i] = -1;
	return true;
}

static struct kern_mat *
mat_new(struct kern *k, enum kern_role role, int rows, int cols)
{
	struct kern_mat *m = (struct kern_mat *)calloc(1, sizeof(*m));

	if (m == NULL)
		return NULL;
	m->role = role;
	m->rows = rows;
	m->cols = cols;
	m->p = (real *)k->alloc(k, count(m));
	if (m->p == NULL || (role == KERN_EMBED && !remember_words(m))) {
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
mat_put(struct kern *k, struct kern_mat *m, const void *host)
{
	size_t bytes = count(m) * sizeof(real);

	if (m->role == KERN_EMBED) {
		real *turned = (real *)cuda_host(k, bytes);

		if (turned == NULL)
			return;
		transpose(turned, (const real *)host, m->rows, m->cols);
		host = turned;
	}
	cuda_to_device(k, m->p, host, bytes);
}

static void
mat_get(struct kern *k, void *host, struct kern_mat *m)
{
	size_t bytes = count(m) * sizeof(real);
	real *turned = m->role == KERN_EMBED ? (real *)cuda_host(k, bytes) : NULL;

	if (m->role != KERN_EMBED) {
		cuda_from_device(k, host, m->p, bytes);
	} else if (turned) {
		cuda_from_device(k, turned, m->p, bytes);
		if (cuda_well(k))
			transpose((real *)host, turned, m->cols, m->rows);
	}
}

static __global__ void
descend(size_t n, real *p, real *g, real rate)
{
	size_t i = (size_t)blockIdx.x * blockDim.x + threadIdx.x;

	if (i < n) {
		p[i] -= rate * g[i];
		g[i] = 0;
	}
}

/* The same for the row of one word, a block each. */
static __global__ void
descend_words(int h, const uint32_t *words, real *p, real *g, real rate)
{
	size_t at = (size_t)words[blockIdx.x] * h;

	for (int j = (int)threadIdx.x; j < h; j += (int)blockDim.x) {
		p[at + j] -= rate * g[at + j];
		g[at + j] = 0;
	}
}

static void
forget_words(struct kern_mat *g)
{
	for (int i = 0; i < g->ntouched; i++)
		g->is_touched[g->touched[i]] = 0;
	g->ntouched = 0;
}

static void
sgd(struct kern *k, struct kern_mat *p, struct kern_mat *g, double by)
{
	size_t n = count(p);
	uint32_t *words;

	if (p->role != KERN_EMBED) {
		launch(k, descend, dim3((unsigned)cuda_over(n, 256)), dim3(256), 0, n, p->p, g->p,
		    (real)by);
		return;
	}
	if (g->ntouched == 0)
		return;
	words = (uint32_t *)cuda_upload(k, BUFFER_TOUCHED, g->touched,
	    (size_t)g->ntouched * sizeof(*words));
	launch(k, descend_words, dim3((unsigned)g->ntouched), dim3(128), 0, p->rows,
	    (const uint32_t *)words, p->p, g->p, (real)by);
	forget_words(g);
}

void
NAME(cuda_mat_fill)(struct kern *k)
{
	k->mat_new = mat_new;
	k->mat_free = mat_free;
	k->mat_put = mat_put;
	k->mat_get = mat_get;
	k->sgd = sgd;
}
