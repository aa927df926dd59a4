/*
 * cells.c - dense layers and gated cells by OpenBLAS: sequences in lock-step, so
 * that a step in time is one product of all rows at hand, (n,h)(h,gates h).
 * backend.h has the formulas.
 */
#include <string.h>

#include "parts.h"

static void
dense_forward(struct backend *k, const struct matrix *m, int t, const void *x, void *a)
{
	(void)k;
	GEMM(CblasRowMajor, CblasNoTrans, CblasTrans, t, m->rows, m->cols, 1, x, m->cols, m->p,
	    m->cols, 0, a, m->rows);
}

/* dM(m,n) += D(t,m)' X(t,n) */
static void
add_gradient(struct matrix *dm, int t, const real *x, const real *d)
{
	GEMM(CblasRowMajor, CblasTrans, CblasNoTrans, dm->rows, dm->cols, t, 1, d, dm->rows, x,
	    dm->cols, 1, dm->p, dm->cols);
}

static void
dense_backward(struct backend *k, const struct matrix *m, int t, const void *x, const void *d,
    void *dx, struct matrix *dm)
{
	(void)k;
	if (dx)
		GEMM(CblasRowMajor, CblasNoTrans, CblasNoTrans, t, m->cols, m->rows, 1, d, m->rows,
		    m->p, m->cols, 0, dx, m->cols);
	add_gradient(dm, t, x, d);
}

static real
logistic(real x)
{
	return 1 / (1 + REXP(-x));
}

static real
logistic_slope(real y)
{
	return y * (1 - y);
}

static real
tanh_slope(real y)
{
	return 1 - y * y;
}

/* One call: rows of h, gates of m = ngate h. */
struct walk {
	const struct matrix *w;
	const struct batch *b;
	int h, m;
	real *a, *s, *c;		/* c: the LSTM's cells, the GRU's products */
	const real *s0, *c0, *bn, *ds;	/* or NULL */
	real *d, *e;			/* errors of the inputs; of the products with W */
	real *rows;			/* (nseq, m or h) of a step: what is multiplied */
	real *product;			/* (nseq, h or m): what comes of it */
	real *carried, *carried_c;	/* (nseq, h) errors from the step after */
};

/* Where the row at hand is among all, or -1 past the sequence's end. */
static long
row_at(const struct walk *w, int seq, int step)
{
	long r = w->b->start[seq] + step;

	return r < w->b->start[seq + 1] ? r : -1;
}

static const real *
before(const struct walk *w, int seq, int step, const real *x, const real *x0)
{
	if (step > 0)
		return x + (size_t)(row_at(w, seq, step) - 1) * w->h;
	return x0 ? x0 + (size_t)seq * w->h : NULL;
}

/* product(n,m) = the states before this step times W', for sequences so long. */
static void
multiply(const struct walk *w, int step)
{
	int n = 0;

	for (int i = 0; i < w->b->nseq; i++) {
		const real *last = before(w, i, step, w->s, w->s0);

		if (row_at(w, i, step) < 0)
			continue;
		if (last)
			memcpy(w->rows + (size_t)n * w->h, last, (size_t)w->h * sizeof(real));
		else
			memset(w->rows + (size_t)n * w->h, 0, (size_t)w->h * sizeof(real));
		n++;
	}
	GEMM(CblasRowMajor, CblasNoTrans, CblasTrans, n, w->m, w->h, 1, w->rows, w->h, w->w->p,
	    w->h, 0, w->product, w->m);
}

static void
lstm_row(const struct walk *w, size_t r, const real *g, const real *clast)
{
	int h = w->h;
	real *a = w->a + r * w->m, *c = w->c + r * h, *s = w->s + r * h;

	for (int j = 0; j < h; j++) {
		a[j] = logistic(a[j] + g[j]);
		a[h + j] = logistic(a[h + j] + g[h + j]);
		a[2 * h + j] = RTANH(a[2 * h + j] + g[2 * h + j]);
		a[3 * h + j] = logistic(a[3 * h + j] + g[3 * h + j]);
		c[j] = a[j] * a[2 * h + j] + (clast ? a[h + j] * clast[j] : 0);
		s[j] = a[3 * h + j] * RTANH(c[j]);
	}
}

static void
gru_row(const struct walk *w, size_t r, const real *g, const real *last)
{
	int h = w->h;
	real *a = w->a + r * w->m, *q = w->c + r * h, *s = w->s + r * h;

	for (int j = 0; j < h; j++) {
		a[j] = logistic(a[j] + g[j]);
		a[h + j] = logistic(a[h + j] + g[h + j]);
		q[j] = g[2 * h + j] + (w->bn ? w->bn[j] : 0);
		a[2 * h + j] = RTANH(a[2 * h + j] + a[j] * q[j]);
		s[j] = (1 - a[h + j]) * a[2 * h + j] + (last ? a[h + j] * last[j] : 0);
	}
}

static void
forward(struct backend *k, struct walk *w)
{
	struct state *st = k->ctx;
	size_t n = (size_t)w->b->nseq;

	w->rows = blas_space(k, &st->back, n * (size_t)(w->h + w->m));
	if (w->rows == NULL)
		return;
	w->product = w->rows + n * (size_t)w->h;
	for (int step = 0; step < blas_longest(w->b); step++) {
		const real *g = w->product;

		multiply(w, step);
		for (int i = 0; i < w->b->nseq; i++) {
			long r = row_at(w, i, step);

			if (r < 0)
				continue;
			if (w->m == 4 * w->h)
				lstm_row(w, (size_t)r, g, before(w, i, step, w->c, w->c0));
			else
				gru_row(w, (size_t)r, g, before(w, i, step, w->s, w->s0));
			g += w->m;
		}
	}
}

static void
lstm_row_back(const struct walk *w, int seq, int step)
{
	int h = w->h;
	size_t r = (size_t)row_at(w, seq, step);
	const real *a = w->a + r * w->m, *clast = before(w, seq, step, w->c, w->c0);
	real *d = w->d + r * w->m, *carried = w->carried + (size_t)seq * h;
	real *carried_c = w->carried_c + (size_t)seq * h;

	for (int j = 0; j < h; j++) {
		real squashed = RTANH(w->c[r * h + j]), error = w->ds[r * h + j] + carried[j];
		real to_c = carried_c[j] + error * a[3 * h + j] * tanh_slope(squashed);

		d[j] = to_c * a[2 * h + j] * logistic_slope(a[j]);
		d[h + j] = clast ? to_c * clast[j] * logistic_slope(a[h + j]) : 0;
		d[2 * h + j] = to_c * a[j] * tanh_slope(a[2 * h + j]);
		d[3 * h + j] = error * squashed * logistic_slope(a[3 * h + j]);
		carried[j] = 0;
		carried_c[j] = to_c * a[h + j];
	}
}

static void
gru_row_back(const struct walk *w, int seq, int step)
{
	int h = w->h;
	size_t r = (size_t)row_at(w, seq, step);
	const real *a = w->a + r * w->m, *last = before(w, seq, step, w->s, w->s0);
	real *d = w->d + r * w->m, *e = w->e + r * w->m, *carried = w->carried + (size_t)seq * h;

	for (int j = 0; j < h; j++) {
		real error = w->ds[r * h + j] + carried[j], new = a[2 * h + j];
		real to_new = error * (1 - a[h + j]) * tanh_slope(new);

		e[j] = d[j] = to_new * w->c[r * h + j] * logistic_slope(a[j]);
		e[h + j] = d[h + j] = error * ((last ? last[j] : 0) - new) *
		    logistic_slope(a[h + j]);
		d[2 * h + j] = to_new;
		e[2 * h + j] = to_new * a[j];
		carried[j] = error * a[h + j];
	}
}

/* carried(n,h) += the errors of this step times W. */
static void
multiply_back(const struct walk *w, int step)
{
	size_t h = (size_t)w->h, m = (size_t)w->m;
	int n = 0;

	for (int i = 0; i < w->b->nseq; i++) {
		long r = row_at(w, i, step);

		if (r >= 0)
			memcpy(w->rows + (size_t)n++ * m, w->e + (size_t)r * m, m * sizeof(real));
	}
	GEMM(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, w->h, w->m, 1, w->rows, w->m, w->w->p,
	    w->h, 0, w->product, w->h);
	n = 0;
	for (int i = 0; i < w->b->nseq; i++) {
		if (row_at(w, i, step) < 0)
			continue;
		for (size_t j = 0; j < h; j++)
			w->carried[(size_t)i * h + j] += w->product[(size_t)n * h + j];
		n++;
	}
}

/* Errors of all rows, and dW; w->e is d for the LSTM, a place of its own for the GRU. */
static int
backward(struct backend *k, struct walk *w, struct matrix *dw)
{
	struct state *st = k->ctx;
	size_t h = (size_t)w->h, m = (size_t)w->m, n = (size_t)w->b->nseq, t = (size_t)w->b->t;
	int own = w->m == 3 * w->h;
	real *p = blas_space(k, &st->back, n * (m + 3 * h) + t * h + (own ? t * m : 0)), *last;

	if (p == NULL)
		return 0;
	w->rows = p;
	w->product = p + n * m;
	w->carried = w->product + n * h;
	w->carried_c = w->carried + n * h;
	last = w->carried_c + n * h;
	w->e = own ? last + t * h : w->d;
	memset(w->carried, 0, 2 * n * h * sizeof(real));
	for (int step = blas_longest(w->b) - 1; step >= 0; step--) {
		for (int i = 0; i < w->b->nseq; i++) {
			if (row_at(w, i, step) < 0)
				continue;
			if (own)
				gru_row_back(w, i, step);
			else
				lstm_row_back(w, i, step);
		}
		multiply_back(w, step);
	}
	blas_before(w->b, w->h, w->s, w->s0, last);
	add_gradient(dw, w->b->t, last, w->e);
	return 1;
}

static void
lstm_forward(struct backend *k, const struct matrix *w, const struct batch *b, void *a,
    const void *s0, const void *c0, void *s, void *c)
{
	struct walk walk = { .w = w, .b = b, .h = w->cols, .m = w->rows, .a = a, .s = s, .c = c,
	    .s0 = s0, .c0 = c0 };

	forward(k, &walk);
}

static void
lstm_backward(struct backend *k, const struct matrix *w, const struct batch *b, const void *a,
    const void *s, const void *c, const void *s0, const void *c0, const void *ds, void *d,
    struct matrix *dw)
{
	struct walk walk = { .w = w, .b = b, .h = w->cols, .m = w->rows, .a = (real *)a,
	    .s = (real *)s, .c = (real *)c, .s0 = s0, .c0 = c0, .ds = ds, .d = d };

	backward(k, &walk, dw);
}

static void
gru_forward(struct backend *k, const struct matrix *w, const struct matrix *bn,
    const struct batch *b, void *a, const void *s0, void *s, void *q)
{
	struct walk walk = { .w = w, .b = b, .h = w->cols, .m = w->rows, .a = a, .s = s, .c = q,
	    .s0 = s0, .bn = bn ? bn->p : NULL };

	forward(k, &walk);
}

static void
gru_backward(struct backend *k, const struct matrix *w, const struct batch *b, const void *a,
    const void *s, const void *q, const void *s0, const void *ds, void *d, struct matrix *dw,
    struct matrix *dbn)
{
	struct walk walk = { .w = w, .b = b, .h = w->cols, .m = w->rows, .a = (real *)a,
	    .s = (real *)s, .c = (real *)q, .s0 = s0, .ds = ds, .d = d };

	if (!backward(k, &walk, dw) || dbn == NULL)
		return;
	for (int r = 0; r < b->t; r++)
		for (int j = 0; j < walk.h; j++)
			dbn->p[j] += walk.e[(size_t)r * walk.m + 2 * walk.h + j];
}

void
blas_cells(struct backend *k)
{
	k->dense_forward = dense_forward;
	k->dense_backward = dense_backward;
	k->lstm_forward = lstm_forward;
	k->lstm_backward = lstm_backward;
	k->gru_forward = gru_forward;
	k->gru_backward = gru_backward;
}
