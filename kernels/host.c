/*
 * host.c - memory of the backends that keep everything in host memory.
 */
#include <stdlib.h>
#include <string.h>

#include "host.h"

struct kern *
NAME(host_open)(size_t size, int threads, const char **why)
{
	struct kern *k = calloc(1, sizeof(*k));
	struct host_state *s = calloc(1, size);
	struct pool *pool = pool_new(threads);

	if (k == NULL || s == NULL || pool == NULL) {
		*why = "out of memory";
		free(k);
		free(s);
		pool_free(pool);
		return NULL;
	}
	s->pool = pool;
	k->ctx = s;
	return k;
}

void
NAME(host_close)(struct kern *k)
{
	struct host_state *s = k->ctx;

	pool_free(s->pool);
	free(s);
	free(k);
}

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
	NAME(embed_free)(&m->e);
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
	if (role == KERN_EMBED)
		NAME(embed_new)(&m->e, rows, cols);
	else
		m->p = host_alloc(k, (size_t)rows * cols);
	if (m->p == NULL && m->e.p == NULL) {
		host_mat_free(k, m);
		return NULL;
	}
	return m;
}

static void
host_mat_put(struct kern *k, struct kern_mat *m, const void *host)
{
	if (m->role == KERN_EMBED)
		NAME(embed_put)(&m->e, host);
	else
		host_put(k, m->p, host, (size_t)m->rows * m->cols);
}

static void
host_mat_get(struct kern *k, void *host, struct kern_mat *m)
{
	if (m->role == KERN_EMBED)
		NAME(embed_get)(&m->e, host);
	else
		host_put(k, host, m->p, (size_t)m->rows * m->cols);
}

real *
NAME(host_numbers)(const struct kern_mat *m)
{
	if (m == NULL)
		return NULL;
	return m->role == KERN_EMBED ? m->e.p : m->p;
}

size_t
NAME(host_len)(const struct kern_mat *m)
{
	return (size_t)m->rows * m->cols;
}

struct embed *
NAME(host_words)(const struct kern_mat *m)
{
	return m->role == KERN_EMBED ? (struct embed *)&m->e : NULL;
}

int
NAME(host_width)(const struct kern_mat *u)
{
	return u->role == KERN_EMBED ? u->e.h : u->cols;
}

real *
NAME(host_word)(const struct kern_mat *u, uint32_t word)
{
	return NAME(host_numbers)(u) + (size_t)word * NAME(host_width)(u);
}

void
NAME(host_note)(struct kern *k, const char *error)
{
	struct host_state *s = k->ctx;

	if (s->error == NULL)
		s->error = error;
}

const char *
NAME(host_error)(struct kern *k)
{
	const struct host_state *s = k->ctx;

	return s->error;
}

void
NAME(host_memory)(struct kern *k)
{
	k->real = KERN_REAL;
	k->alloc = host_alloc;
	k->free = host_free;
	k->put = host_put;
	k->get = host_put;
}

void
NAME(host_matrices)(struct kern *k)
{
	k->mat_new = host_mat_new;
	k->mat_free = host_mat_free;
	k->mat_put = host_mat_put;
	k->mat_get = host_mat_get;
}
