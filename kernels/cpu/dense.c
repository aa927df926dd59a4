/*
 * dense.c - the operations between recurrent layers: dense layers, biases, dropout masks.
 */
#include <string.h>

#include "product.h"
#include "state.h"

enum { PART = 4096, COLUMNS = 4 * LANES, ROWS = 64 };	/* per task */

static void
dense_forward(struct backend *k, const struct matrix *m, int t, const void *x, void *a)
{
	const struct panels *mt = &cpu_mat_of(m)->s.wt;
	struct pool *p = state(k)->pool;
	real *space = cpu_scratch(k, product_space(p, mt, t));

	if (space)
		product_forward(p, mt, t, x, a, space);
}

/* Copies rows of n into rows of whole panels, padded with zeros. */
struct widening {
	int t, n;
	size_t stride;
	const real *from;
	real *to;
};

static void
widen_task(void *arg, int i, int thread)
{
	const struct widening *w = arg;
	size_t n = (size_t)w->n;

	(void)thread;
	for (int r = i * ROWS; r < w->t && r < (i + 1) * ROWS; r++) {
		real *to = w->to + (size_t)r * w->stride;

		memcpy(to, w->from + (size_t)r * n, n * sizeof(real));
		memset(to + n, 0, (w->stride - n) * sizeof(real));
	}
}

static void
dense_backward(struct backend *k, const struct matrix *mat, int t, const void *x, const void *d,
    void *dx, struct matrix *dm)
{
	struct panels *m = &cpu_mat_of(mat)->s.w;
	struct pool *p = state(k)->pool;
	struct widening w = { t, m->n, product_stride(m->n), x, NULL };
	size_t wide = (size_t)t * w.stride, forward = product_space(p, m, t);
	size_t back = product_gradient_space(p);
	real *space = cpu_scratch(k, wide + (forward > back ? forward : back));

	if (space == NULL)
		return;
	if (dx)
		product_forward(p, m, t, d, dx, space + wide);
	w.to = space;
	parallel_on(k, widen_task, &w, (t + ROWS - 1) / ROWS, NUMBER * (double)wide);
	product_gradient(p, &cpu_mat_of(dm)->s.w, t, (struct rows){ d, (size_t)m->k },
	    (struct rows){ space, w.stride }, 1, space + wide);
}

/* Some columns of all rows, or some rows of all columns. */
struct bias_job {
	int t, n;
	const real *x;
	real *to;
};

static void
add_bias_task(void *arg, int i, int thread)
{
	const struct bias_job *a = arg;
	size_t n = (size_t)a->n;

	(void)thread;
	for (int r = i * ROWS; r < a->t && r < (i + 1) * ROWS; r++) {
		real *RESTRICT row = a->to + (size_t)r * n;
		const real *RESTRICT bias = a->x;

		for (size_t j = 0; j < n; j++)
			row[j] += bias[j];
	}
}

static void
bias_forward(struct backend *k, const struct matrix *b, int t, void *to)
{
	struct bias_job a = { t, b->cols, b->p, to };

	parallel_on(k, add_bias_task, &a, (t + ROWS - 1) / ROWS, NUMBER * t * b->cols);
}

static void
sum_rows_task(void *arg, int i, int thread)
{
	const struct bias_job *a = arg;
	int n = a->n - i * COLUMNS < COLUMNS ? a->n - i * COLUMNS : COLUMNS;
	real sum[COLUMNS] = { 0 };

	(void)thread;
	for (int r = 0; r < a->t; r++) {
		const real *row = a->x + (size_t)r * a->n + (size_t)i * COLUMNS;

		if (n == COLUMNS)
			for (int j = 0; j < COLUMNS; j++)
				sum[j] += row[j];
		else
			for (int j = 0; j < n; j++)
				sum[j] += row[j];
	}
	for (int j = 0; j < n; j++)
		a->to[(size_t)i * COLUMNS + j] += sum[j];
}

static void
bias_backward(struct backend *k, int t, const void *d, struct matrix *db)
{
	struct bias_job a = { t, db->cols, d, db->p };

	parallel_on(k, sum_rows_task, &a, (a.n + COLUMNS - 1) / COLUMNS, NUMBER * t * a.n);
}

struct masked {
	size_t n;
	const real *x, *y;
	real *out;
};

static void
multiply_task(void *arg, int i, int thread)
{
	const struct masked *m = arg;
	size_t end = ((size_t)i + 1) * PART < m->n ? ((size_t)i + 1) * PART : m->n;

	(void)thread;
	for (size_t j = (size_t)i * PART; j < end; j++)
		m->out[j] = m->x[j] * m->y[j];
}

static void
multiply(struct backend *k, size_t n, const void *x, const void *y, void *out)
{
	struct masked m = { n, x, y, out };

	parallel_on(k, multiply_task, &m, (int)((n + PART - 1) / PART), NUMBER * (double)n);
}

void
dense_entries(struct backend *k)
{
	k->dense_forward = dense_forward;
	k->dense_backward = dense_backward;
	k->bias_forward = bias_forward;
	k->bias_backward = bias_backward;
	k->multiply = multiply;
}
