/*
 * params.c - the layout of each role.
 *
 * W' of ROLE_GATES has its columns in blocks: for each PW hidden units one panel per
 * gate, so that a block of panels has all the weights of these units.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "hugepage.h"
#include "state.h"

/* n rounded up to whole panels: the output layer reads its biases in panels. */
static int
padded_to_panels(int n)
{
	return (n + PW - 1) / PW * PW;
}

static void
mat_free(struct backend *k, struct matrix *mat)
{
	struct cpu_mat *m = cpu_mat_of(mat);

	(void)k;
	if (m == NULL)
		return;
	embed_free(&m->host.e);
	touched_free(&m->host.touched);
	panels_free(&m->s.w);
	panels_free(&m->s.wt);
	panels_free(&m->v);
	free(m->host.p);
	free(m);
}

/* Allocates the values of a new matrix; false: out of memory. */
static bool
allocate_values(struct cpu_mat *m, int rows, int cols)
{
	enum role role = m->host.role;

	switch (role) {
	case ROLE_EMBED:
		embed_new(&m->host.e, rows, cols);
		return m->host.e.p && touched_init(&m->host.touched, cols, rows);
	case ROLE_OUT:
		panels_new(&m->v, cols, rows);
		return m->v.p != NULL;
	case ROLE_OUT_ROWS:
		m->host.p = hugepage_zeros((size_t)rows * cols, sizeof(real));
		m->is_stale = true;
		return m->host.p && touched_init(&m->host.touched, rows, cols);
	case ROLE_BIAS:
	case ROLE_OUT_BIAS:
		m->host.p = calloc((size_t)rows * padded_to_panels(cols), sizeof(real));
		return m->host.p && (role == ROLE_BIAS || touched_init(&m->host.touched, cols, 1));
	case ROLE_SQUARE:
	case ROLE_DENSE:
		panels_new(&m->s.wt, cols, rows);
		break;
	case ROLE_GATES:
		panels_new(&m->s.wt, cols, rows / cols * padded_to_panels(cols));
		m->s.wt.whole = rows / cols * ((cols + LANES - 1) / PW);
		break;
	}
	panels_new(&m->s.w, rows, cols);
	return m->s.w.p && m->s.wt.p;
}

static struct matrix *
mat_new(struct backend *k, enum role role, int rows, int cols)
{
	struct cpu_mat *m = calloc(1, sizeof(*m));

	if (m == NULL)
		return NULL;
	m->host.role = role;
	m->host.rows = rows;
	m->host.cols = cols;
	if (!allocate_values(m, rows, cols)) {
		mat_free(k, &m->host);
		return NULL;
	}
	return &m->host;
}

static void
mat_put(struct backend *k, struct matrix *mat, const void *host)
{
	struct cpu_mat *m = cpu_mat_of(mat);

	switch (mat->role) {
	case ROLE_EMBED:
		embed_put(&mat->e, host);
		break;
	case ROLE_OUT:
		panels_put(&m->v, host, 1, (size_t)m->v.k);
		break;
	case ROLE_OUT_ROWS:
	case ROLE_BIAS:
	case ROLE_OUT_BIAS:
		memcpy(mat->p, host, host_len(mat) * sizeof(real));
		break;
	case ROLE_SQUARE:
	case ROLE_DENSE:
	case ROLE_GATES:
		panels_put(&m->s.w, host, (size_t)m->s.w.n, 1);
		break;
	}
	params_changed(k, m);
	touched_add_all(&mat->touched);
}

static void
mat_get(struct backend *k, void *host, struct matrix *mat)
{
	struct cpu_mat *m = cpu_mat_of(mat);

	(void)k;
	switch (mat->role) {
	case ROLE_EMBED:
		embed_get(&mat->e, host);
		break;
	case ROLE_OUT:
		panels_get(&m->v, host, 1, (size_t)m->v.k);
		break;
	case ROLE_OUT_ROWS:
	case ROLE_BIAS:
	case ROLE_OUT_BIAS:
		memcpy(host, mat->p, host_len(mat) * sizeof(real));
		break;
	case ROLE_SQUARE:
	case ROLE_DENSE:
	case ROLE_GATES:
		panels_get(&m->s.w, host, (size_t)m->s.w.n, 1);
		break;
	}
}

static void
transpose_task(void *arg, int i, int thread)
{
	struct cpu_mat *m = arg;
	struct square *s = &m->s;
	int ngate = m->host.role == ROLE_GATES ? m->host.rows / m->host.cols : 1;
	int rows = m->host.rows / ngate, unit = i / ngate * PW;

	(void)thread;
	panel_transpose(&s->w, i % ngate * rows + unit,
	    rows - unit < PW ? rows - unit : PW, &s->wt, i);
}

void
params_changed(struct backend *k, struct cpu_mat *m)
{
	m->is_stale = m->host.role == ROLE_OUT_ROWS;
	if (m->s.w.p)
		parallel_on(k, transpose_task, m, m->s.wt.np, NUMBER * m->host.rows * m->host.cols);
}

/* Panel i of V' from PW rows of V. */
static void
panel_task(void *arg, int i, int thread)
{
	struct cpu_mat *m = arg;
	size_t h = (size_t)m->host.cols;
	int first = i * PW, n = m->host.rows - first < PW ? m->host.rows - first : PW;
	const real *rows = m->host.p + (size_t)first * h;
	real *p = m->v.p + (size_t)i * m->v.stride;

	(void)thread;
	for (size_t j = 0; j < h; j++)
		for (int r = 0; r < n; r++)
			p[j * PW + (size_t)r] = rows[(size_t)r * h + j];
}

const struct panels *
params_panels(struct backend *k, const struct matrix *v)
{
	struct cpu_mat *m = cpu_mat_of(v);

	if (v->role == ROLE_OUT || !m->is_stale)
		return &m->v;
	if (m->v.p == NULL)
		panels_new(&m->v, v->cols, v->rows);
	if (m->v.p == NULL) {
		host_fail(k, "out of memory");
		return NULL;
	}
	parallel_on(k, panel_task, m, m->v.np, NUMBER * (double)host_len(v));
	m->is_stale = false;
	return &m->v;
}

void
params_entries(struct backend *k)
{
	k->mat_new = mat_new;
	k->mat_free = mat_free;
	k->mat_put = mat_put;
	k->mat_get = mat_get;
}
