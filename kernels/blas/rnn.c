/*
 * rnn.c - the plain cell by OpenBLAS: one matrix-vector product per step, and
 * truncated back-propagation as bptt products (t,h)(h,h) for all rows together.
 */
#include <string.h>

#include "parts.h"

void
blas_rnn_forward(struct backend *k, const struct cell_args *c)
{
	const struct batch *b = c->b;
	int h = c->w->rows;
	const real *s0 = c->s0;
	real *s = c->s;

	(void)k;
	if (c->s != c->a)
		memcpy(s, c->a, (size_t)b->t * h * sizeof(real));
	for (int i = 0; i < b->nseq; i++) {
		const real *last = s0 ? s0 + (size_t)i * h : NULL;

		for (int r = b->start[i]; r < b->start[i + 1]; r++) {
			real *row = s + (size_t)r * h;

			if (last)
				GEMV(CblasRowMajor, CblasNoTrans, h, h, 1, c->w->p, h, last, 1, 1,
				    row, 1);
			for (int j = 0; j < h; j++)
				row[j] = RTANH(row[j]);
			last = row;
		}
	}
}

/* E(t,h) becomes the error one row earlier: E_{r-1} = (E_r W)(1 - s_{r-1}^2). */
static void
shift_errors(const struct matrix *w, const struct batch *b, const real *s, real *e, real *g)
{
	int h = w->rows;

	GEMM(CblasRowMajor, CblasNoTrans, CblasNoTrans, b->t, h, h, 1, e, h, w->p, h, 0, g, h);
	for (int i = 0; i < b->nseq; i++) {
		size_t last = (size_t)(b->start[i + 1] - 1) * h;

		for (size_t j = (size_t)b->start[i] * h; j < last; j++)
			e[j] = g[j + h] * (1 - s[j] * s[j]);
		memset(e + last, 0, (size_t)h * sizeof(real));
	}
}

/* Full BPTT: the errors of all rows move back together, one row after another. */
static void
errors_whole(const struct cell_args *c)
{
	const struct batch *b = c->b;
	int h = c->w->rows;
	const real *s = c->s;
	real *d = c->d;

	memcpy(d, c->ds, (size_t)b->t * h * sizeof(real));
	for (int i = 0; i < b->nseq; i++)
		for (int r = b->start[i + 1] - 1; r >= b->start[i]; r--) {
			real *row = d + (size_t)r * h;

			if (r + 1 < b->start[i + 1])
				GEMV(CblasRowMajor, CblasTrans, h, h, 1, c->w->p, h, row + h, 1, 1,
				    row, 1);
			for (int j = 0; j < h; j++)
				row[j] *= 1 - s[(size_t)r * h + j] * s[(size_t)r * h + j];
		}
}

/* e(t,h), g(t,h): scratch. */
static void
errors_truncated(const struct cell_args *c, real *e, real *g)
{
	size_t n = (size_t)c->b->t * c->w->rows;
	const real *s = c->s, *ds = c->ds;
	real *d = c->d;

	for (size_t i = 0; i < n; i++)
		d[i] = e[i] = ds[i] * (1 - s[i] * s[i]);
	for (int step = 0; step < c->bptt; step++) {
		shift_errors(c->w, c->b, s, e, g);
		for (size_t i = 0; i < n; i++)
			d[i] += e[i];
	}
}

void
blas_rnn_backward(struct backend *k, const struct cell_args *c)
{
	struct state *st = k->ctx;
	int h = c->w->rows;
	size_t n = (size_t)c->b->t * h;
	real *e = blas_reserve(k, &st->loop, 2 * n), *g;

	if (e == NULL)
		return;
	g = e + n;
	if (c->bptt >= batch_longest(c->b) - 1)
		errors_whole(c);
	else
		errors_truncated(c, e, g);
	blas_shifted(c, g);
	GEMM(CblasRowMajor, CblasTrans, CblasNoTrans, h, h, c->b->t, 1, c->d, h, g, h, 1, c->dw->p,
	    h);
}
