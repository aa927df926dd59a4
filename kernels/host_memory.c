/*
 * host_memory.c - see host_memory.h.
 */
#include <stdlib.h>
#include <string.h>

#include "host_memory.h"

struct backend *
host_open(size_t size, int threads, const char **why)
{
	struct backend *k = calloc(1, sizeof(*k));
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
	k->threads_missing = threads - pool_threads(pool);
	k->ctx = s;
	return k;
}

void
host_close(struct backend *k)
{
	struct host_state *s = k->ctx;

	pool_free(s->pool);
	free(s);
	free(k);
}

static void *
host_alloc(struct backend *k, size_t n)
{
	(void)k;
	return n > SIZE_MAX / sizeof(real) ? NULL : calloc(n ? n : 1, sizeof(real));
}

static void
host_free(struct backend *k, void *p)
{
	(void)k;
	free(p);
}

static void
host_put(struct backend *k, void *dev, const void *host, size_t n)
{
	(void)k;
	memcpy(dev, host, n * sizeof(real));
}

static void
host_mat_free(struct backend *k, struct matrix *m)
{
	(void)k;
	if (m == NULL)
		return;
	free(m->p);
	embed_free(&m->e);
	touched_free(&m->touched);
	free(m);
}

/* The set of touched rows, for roles whose gradient is sparse. */
static bool
new_touched(struct matrix *m)
{
	switch (m->role) {
	case ROLE_EMBED:
		return touched_init(&m->touched, m->cols, m->rows);
	case ROLE_OUT_ROWS:
		return touched_init(&m->touched, m->rows, m->cols);
	case ROLE_OUT_BIAS:
		return touched_init(&m->touched, m->cols, 1);
	default:
		return true;
	}
}

static struct matrix *
host_mat_new(struct backend *k, enum role role, int rows, int cols)
{
	struct matrix *m = calloc(1, sizeof(*m));

	if (m == NULL)
		return NULL;
	m->role = role;
	m->rows = rows;
	m->cols = cols;
	if (role == ROLE_EMBED)
		embed_new(&m->e, rows, cols);
	else
		m->p = host_alloc(k, (size_t)rows * cols);
	if (host_values(m) == NULL || !new_touched(m)) {
		host_mat_free(k, m);
		return NULL;
	}
	return m;
}

static void
host_mat_put(struct backend *k, struct matrix *m, const void *host)
{
	if (m->role == ROLE_EMBED)
		embed_put(&m->e, host);
	else
		host_put(k, m->p, host, (size_t)m->rows * m->cols);
	touched_add_all(&m->touched);
}

static void
host_mat_get(struct backend *k, void *host, struct matrix *m)
{
	if (m->role == ROLE_EMBED)
		embed_get(&m->e, host);
	else
		host_put(k, host, m->p, (size_t)m->rows * m->cols);
}

real *
host_values(const struct matrix *m)
{
	if (m == NULL)
		return NULL;
	return m->role == ROLE_EMBED ? m->e.p : m->p;
}

size_t
host_len(const struct matrix *m)
{
	return (size_t)m->rows * m->cols;
}

struct grad_view
host_view(const struct matrix *g, real *p, size_t len)
{
	const struct touched *t = &g->touched;

	return (struct grad_view){ .p = p, .len = len,
		.width = touched_is_sparse(t) ? t->width : 0, .n = t->n, .row = t->row };
}

static struct grad_view
host_grad_view(struct backend *k, struct matrix *g)
{
	(void)k;
	return host_view(g, host_values(g), host_len(g));
}

void
host_grad_set_rows(struct backend *k, struct matrix *g, const uint32_t *rows, int n)
{
	(void)k;
	touched_clear(&g->touched);
	touched_add(&g->touched, rows, n);
}

int
host_width(const struct matrix *u)
{
	return u->role == ROLE_EMBED ? u->e.h : u->cols;
}

real *
host_word(const struct matrix *u, uint32_t word)
{
	return host_values(u) + (size_t)word * host_width(u);
}

void
host_fail(struct backend *k, const char *error)
{
	struct host_state *s = k->ctx;

	if (s->error == NULL)
		s->error = error;
}

const char *
host_error(struct backend *k)
{
	const struct host_state *s = k->ctx;

	return s->error;
}

void
host_memory(struct backend *k)
{
	k->real = REAL_TYPE;
	k->alloc = host_alloc;
	k->free = host_free;
	k->put = host_put;
	k->get = host_put;
}

void
host_matrices(struct backend *k)
{
	k->mat_new = host_mat_new;
	k->mat_free = host_mat_free;
	k->mat_put = host_mat_put;
	k->mat_get = host_mat_get;
	k->grad_view = host_grad_view;
	k->grad_set_rows = host_grad_set_rows;
}
