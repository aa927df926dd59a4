/*
 * layers.c - the definition of the layers before and between the recurrent ones; and
 * the helpers of the other parts.
 */
#include <stdlib.h>
#include <string.h>

#include "ref.h"

double *
ref_scratch(struct backend *k, size_t n)
{
	double *p = calloc(n ? n : 1, sizeof(*p));

	if (p == NULL)
		host_fail(k, "out of memory");
	return p;
}

void
ref_add(struct matrix *m, const double *sum)
{
	for (size_t i = 0; i < host_len(m); i++)
		m->p[i] += (real)sum[i];
}

static void
embed_forward(struct backend *k, const struct matrix *u, const struct batch *b, void *to)
{
	size_t h = (size_t)host_width(u);
	real *a = to;

	(void)k;
	for (int r = 0; r < b->t; r++)
		memcpy(a + (size_t)r * h, host_word(u, b->x[r]), h * sizeof(real));
}

static void
embed_backward(struct backend *k, const struct batch *b, const void *errors, struct matrix *du)
{
	size_t h = (size_t)host_width(du);
	const real *d = errors;

	(void)k;
	touched_add(&du->touched, b->x, b->t);
	for (int r = 0; r < b->t; r++, d += h) {
		real *row = host_word(du, b->x[r]);

		for (size_t i = 0; i < h; i++)
			row[i] += d[i];
	}
}

static void
pick_rows(struct backend *k, int n, const int *from, int h, const void *s, void *to)
{
	const real *rows = s;
	real *out = to;

	(void)k;
	for (int i = 0; i < n; i++)
		for (int j = 0; j < h; j++)
			out[(size_t)i * h + j] = from[i] < 0 ? 0 : rows[(size_t)from[i] * h + j];
}

static void
add_rows(struct backend *k, int n, const int *to, int h, const void *x, void *s)
{
	const real *rows = x;
	real *out = s;

	(void)k;
	for (int i = 0; i < n; i++)
		for (int j = 0; j < h; j++)
			out[(size_t)to[i] * h + j] += rows[(size_t)i * h + j];
}

static void
dense_forward(struct backend *k, const struct matrix *mat, int t, const void *from, void *to)
{
	int m = mat->rows, n = mat->cols;
	const real *x = from;
	real *a = to;

	(void)k;
	for (int r = 0; r < t; r++)
		for (int i = 0; i < m; i++) {
			double sum = 0;

			for (int j = 0; j < n; j++)
				sum += (double)mat->p[(size_t)i * n + j] * x[(size_t)r * n + j];
			a[(size_t)r * m + i] = (real)sum;
		}
}

/* dx(n) = d(m) M */
static void
dense_back_one(const struct matrix *mat, const real *d, real *dx)
{
	for (int j = 0; j < mat->cols; j++) {
		double sum = 0;

		for (int i = 0; i < mat->rows; i++)
			sum += (double)d[i] * mat->p[(size_t)i * mat->cols + j];
		dx[j] = (real)sum;
	}
}

static void
dense_backward(struct backend *k, const struct matrix *mat, int t, const void *from,
    const void *errors, void *to, struct matrix *dm)
{
	int m = mat->rows, n = mat->cols;
	const real *x = from, *d = errors;
	real *dx = to;

	(void)k;
	for (int r = 0; dx && r < t; r++)
		dense_back_one(mat, d + (size_t)r * m, dx + (size_t)r * n);
	for (int i = 0; i < m; i++)
		for (int j = 0; j < n; j++) {
			double sum = 0;

			for (int r = 0; r < t; r++)
				sum += (double)d[(size_t)r * m + i] * x[(size_t)r * n + j];
			dm->p[(size_t)i * n + j] += (real)sum;
		}
}

static void
bias_forward(struct backend *k, const struct matrix *b, int t, void *to)
{
	real *a = to;

	(void)k;
	for (int r = 0; r < t; r++)
		for (int i = 0; i < b->cols; i++)
			a[(size_t)r * b->cols + i] += b->p[i];
}

static void
bias_backward(struct backend *k, int t, const void *errors, struct matrix *db)
{
	const real *d = errors;

	(void)k;
	for (int i = 0; i < db->cols; i++) {
		double sum = 0;

		for (int r = 0; r < t; r++)
			sum += d[(size_t)r * db->cols + i];
		db->p[i] += (real)sum;
	}
}

static void
multiply(struct backend *k, size_t n, const void *a, const void *b, void *to)
{
	const real *x = a, *y = b;
	real *out = to;

	(void)k;
	for (size_t i = 0; i < n; i++)
		out[i] = x[i] * y[i];
}

void
ref_layers(struct backend *k)
{
	k->embed_forward = embed_forward;
	k->embed_backward = embed_backward;
	k->pick_rows = pick_rows;
	k->add_rows = add_rows;
	k->dense_forward = dense_forward;
	k->dense_backward = dense_backward;
	k->bias_forward = bias_forward;
	k->bias_backward = bias_backward;
	k->multiply = multiply;
}
