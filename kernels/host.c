/*
 * host.c - memory of the backends that keep everything in host memory.
 *
 * An embedding is stored transposed, a word's h numbers side by side, because
 * every use of it is a look-up by word.
 */
#include <stdlib.h>
#include <string.h>

#include "host.h"

static void *
host_alloc(struct kern *k, size_t n)
{
	(void)k;
	return n > SIZE_MAX / sizeof(real) ? NULL : calloc(n ? n : 1, sizeof(real));
}

static void
host_free(struct kern *k, void *p)
{
	(void)k;
	free(p);
}

static void
host_put(struct kern *k, void *dev, const void *host, size_t n)
{
	(void)k;
	memcpy(dev, host, n * sizeof(real));
}

static void
host_mat_free(struct kern *k, struct kern_mat *m)
{
	(void)k;
	if (m == NULL)
		return;
	free(m->p);
	free(m->touched);
	free(m->is_touched);
	free(m);
}

static struct kern_mat *
host_mat_new(struct kern *k, enum kern_role role, int rows, int cols)
{
	struct kern_mat *m = calloc(1, sizeof(*m));

	if (m == NULL)
		return NULL;
	m->role = role;
	m->rows = rows;
	m->cols = cols;
	m->p = host_alloc(k, (size_t)rows * cols);
	if (role == KERN_EMBED) {
		m->touched = calloc((size_t)cols, sizeof(*m->touched));
		m->is_touched = calloc((size_t)cols, 1);
	}
	if (m->p == NULL || (role == KERN_EMBED && (!m->touched || !m->is_touched))) {
		host_mat_free(k, m);
		return NULL;
	}
	return m;
}

/* B(cols,rows) = A(rows,cols)' */
static void
transpose(int rows, int cols, const real *a, real *b)
{
	for (int i = 0; i < rows; i++)
		for (int j = 0; j < cols; j++)
			b[(size_t)j * rows + i] = a[(size_t)i * cols + j];
}

static void
host_mat_put(struct kern *k, struct kern_mat *m, const void *host)
{
	if (m->role == KERN_EMBED)
		transpose(m->rows, m->cols, host, m->p);
	else
		host_put(k, m->p, host, (size_t)m->rows * m->cols);
}

static void
host_mat_get(struct kern *k, void *host, struct kern_mat *m)
{
	if (m->role == KERN_EMBED)
		transpose(m->cols, m->rows, m->p, host);
	else
		host_put(k, host, m->p, (size_t)m->rows * m->cols);
}

void
NAME(host_touch)(struct kern_mat *m, uint32_t word)
{
	if (!m->is_touched[word]) {
		m->is_touched[word] = 1;
		m->touched[m->ntouched++] = word;
	}
}

static void
descend(real *p, real *g, size_t n, real rate)
{
	for (size_t i = 0; i < n; i++) {
		p[i] -= rate * g[i];
		g[i] = 0;
	}
}

void
NAME(host_sgd)(struct kern *k, struct kern_mat *p, struct kern_mat *g, double rate)
{
	size_t h = (size_t)p->rows;

	(void)k;
	if (p->role != KERN_EMBED) {
		descend(p->p, g->p, (size_t)p->rows * p->cols, (real)rate);
		return;
	}
	for (int i = 0; i < g->ntouched; i++) {
		size_t word = g->touched[i];

		descend(p->p + word * h, g->p + word * h, h, (real)rate);
		g->is_touched[word] = 0;
	}
	g->ntouched = 0;
}

void
NAME(host_memory)(struct kern *k)
{
	k->real = KERN_REAL;
	k->alloc = host_alloc;
	k->free = host_free;
	k->put = host_put;
	k->get = host_put;
	k->mat_new = host_mat_new;
	k->mat_free = host_mat_free;
	k->mat_put = host_mat_put;
	k->mat_get = host_mat_get;
	k->sgd = NAME(host_sgd);
}
