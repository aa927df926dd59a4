/*
 * cells.c - dense layers and recurrent layers by OpenBLAS.  Sequences advance in
 * lock-step, so that a time step is one product of all current rows,
 * (n,h)(h,gates h); the cells' arithmetic is in kernels/cells.
 */
#include <string.h>

#define CELL_FN static inline
#include "num_scalar.h"
#include "parts.h"
#include "units.h"

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

/* One call of a cell that is not truncated: rows of h, m = gates h. */
struct loop {
	const struct cell_args *c;
	int h, m;
	real *e;			/* (t, m): errors of W s */
	real *rows;			/* (nseq, m or h) of a step: the left factor */
	real *product;			/* (nseq, h or m): the result */
	real *through_w, *carried;	/* (nseq, h): errors from the step after */
};

/* The current row of a sequence, or -1 past its end. */
static long
row_at(const struct loop *l, int seq, int step)
{
	long r = l->c->b->start[seq] + step;

	return r < l->c->b->start[seq + 1] ? r : -1;
}

/* product(n,m) = the states before this step times W', for sequences that long. */
static void
multiply_states(const struct loop *l, int step)
{
	const struct cell_args *c = l->c;
	size_t h = (size_t)l->h;
	int n = 0;

	for (int i = 0; i < c->b->nseq; i++) {
		const real *last = shifted_row(c->b, i, c->b->start[i] + step, l->h, c->s, c->s0);

		if (row_at(l, i, step) < 0)
			continue;
		if (last)
			memcpy(l->rows + (size_t)n * h, last, h * sizeof(real));
		else
			memset(l->rows + (size_t)n * h, 0, h * sizeof(real));
		n++;
	}
	GEMM(CblasRowMajor, CblasNoTrans, CblasTrans, n, l->m, l->h, 1, l->rows, l->h, c->w->p,
	    l->h, 0, l->product, l->m);
}

static real
value_or_zero(const real *p, int j)
{
	return p ? p[j] : 0;
}

/* Row r of sequence i, given p(m) = W s_{r-1}. */
static inline void
row_forward(const enum cell cell, const struct loop *l, int i, long r, const real *p)
{
	const struct cell_kind *kind = &cell_kinds[cell];
	const struct cell_args *c = l->c;
	int h = l->h;
	real *a = (real *)c->a + r * l->m, *s = (real *)c->s + r * h;
	real *saved = (real *)c->saved + r * h;
	const real *s0 = shifted_row(c->b, i, (int)r, h, c->s, c->s0);
	const real *saved0 = kind->has_second_state ?
	    shifted_row(c->b, i, (int)r, h, c->saved, c->saved0) : NULL;

	for (int j = 0; j < h; j++) {
		struct cell_unit u = { .s0 = value_or_zero(s0, j), .saved0 = value_or_zero(saved0, j),
		    .bias = value_or_zero(c->bias ? c->bias->p : NULL, j) };

		for (int g = 0; g < kind->gates; g++) {
			u.a[g] = a[g * h + j];
			u.p[g] = p[g * h + j];
		}
		cell_unit_forward(cell, &u);
		for (int g = 0; g < kind->gates; g++)
			a[g * h + j] = u.a[g];
		if (kind->has_saved)
			saved[j] = u.saved;
		s[j] = u.s;
	}
}

/* Row r of sequence i, backward. */
static inline void
row_backward(const enum cell cell, const struct loop *l, int i, long r)
{
	const struct cell_kind *kind = &cell_kinds[cell];
	const struct cell_args *c = l->c;
	int h = l->h;
	const real *a = (const real *)c->a + r * l->m, *ds = (const real *)c->ds + r * h;
	const real *s = (const real *)c->s + r * h, *saved = (const real *)c->saved + r * h;
	const real *s0 = shifted_row(c->b, i, (int)r, h, c->s, c->s0);
	const real *saved0 = kind->has_second_state ?
	    shifted_row(c->b, i, (int)r, h, c->saved, c->saved0) : NULL;
	real *d = (real *)c->d + r * l->m, *e = l->e + r * l->m;
	real *carried = l->carried + (size_t)i * h, *through_w = l->through_w + (size_t)i * h;
	real *dstate = c->dstate ? (real *)c->dstate + r * h : NULL;
	real *dsaved = c->dsaved ? (real *)c->dsaved + r * h : NULL;

	for (int j = 0; j < h; j++) {
		struct cell_unit_back u = { .s = s[j], .saved = kind->has_saved ? saved[j] : 0, .ds = ds[j],
		    .s0 = value_or_zero(s0, j), .saved0 = value_or_zero(saved0, j),
		    .p = through_w[j], .carried = carried[j] };

		for (int g = 0; g < kind->gates; g++)
			u.a[g] = a[g * h + j];
		if (dsaved)
			dsaved[j] = u.carried;
		cell_unit_backward(cell, &u);
		for (int g = 0; g < kind->gates; g++) {
			d[g * h + j] = u.d[g];
			if (kind->has_product_errors)
				e[g * h + j] = u.e[g];
		}
		if (dstate)
			dstate[j] = u.ds;
		carried[j] = u.carried;
	}
}

#define FORWARD_CASE(id, ...) case id: row_forward(id, l, i, r, p); break;
#define BACKWARD_CASE(id, ...) case id: row_backward(id, l, i, r); break;

static void
step_forward(const struct loop *l, int step)
{
	const real *p = l->product;

	multiply_states(l, step);
	for (int i = 0; i < l->c->b->nseq; i++) {
		long r = row_at(l, i, step);

		if (r < 0)
			continue;
		switch (l->c->cell) {
		CELL_ROWS(FORWARD_CASE)
		case NCELLS:
			break;
		}
		p += l->m;
	}
}

static void
loop_forward(struct backend *k, const struct cell_args *c)
{
	struct state *st = k->ctx;
	struct loop l = { .c = c, .h = c->w->cols, .m = c->w->rows };
	size_t n = (size_t)c->b->nseq;

	l.rows = blas_reserve(k, &st->loop, n * (size_t)(l.h + l.m));
	if (l.rows == NULL)
		return;
	l.product = l.rows + n * (size_t)l.h;
	for (int step = 0; step < batch_longest(c->b); step++)
		step_forward(&l, step);
}

/* through_w(n,h) = the errors of this step times W. */
static void
multiply_errors(const struct loop *l, int step)
{
	size_t h = (size_t)l->h, m = (size_t)l->m;
	int nseq = l->c->b->nseq, n = 0;

	for (int i = 0; i < nseq; i++) {
		long r = row_at(l, i, step);

		if (r >= 0)
			memcpy(l->rows + (size_t)n++ * m, l->e + (size_t)r * m, m * sizeof(real));
	}
	GEMM(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, l->h, l->m, 1, l->rows, l->m,
	    l->c->w->p, l->h, 0, l->product, l->h);
	n = 0;
	for (int i = 0; i < nseq; i++)
		if (row_at(l, i, step) >= 0)
			memcpy(l->through_w + (size_t)i * h, l->product + (size_t)n++ * h,
			    h * sizeof(real));
}

static void
step_backward(const struct loop *l, int step)
{
	for (int i = 0; i < l->c->b->nseq; i++) {
		long r = row_at(l, i, step);

		if (r < 0)
			continue;
		switch (l->c->cell) {
		CELL_ROWS(BACKWARD_CASE)
		case NCELLS:
			break;
		}
	}
	multiply_errors(l, step);
}

void
blas_shifted(const struct cell_args *c, real *last)
{
	size_t h = (size_t)c->w->cols;
	const real *s0 = c->s0;

	for (int i = 0; i < c->b->nseq; i++)
		shifted_rows(c->b, i, (int)h, (struct row_view){ c->s, h },
		    s0 ? s0 + (size_t)i * h : NULL, last, h);
}

static void
loop_backward(struct backend *k, const struct cell_args *c)
{
	struct state *st = k->ctx;
	struct loop l = { .c = c, .h = c->w->cols, .m = c->w->rows };
	size_t h = (size_t)l.h, m = (size_t)l.m, n = (size_t)c->b->nseq, t = (size_t)c->b->t;
	bool own = cell_kinds[c->cell].has_product_errors;
	real *last;

	l.rows = blas_reserve(k, &st->loop, n * (m + 3 * h) + t * h + (own ? t * m : 0));
	if (l.rows == NULL)
		return;
	l.product = l.rows + n * m;
	l.through_w = l.product + n * h;
	l.carried = l.through_w + n * h;
	last = l.carried + n * h;
	l.e = own ? last + t * h : c->d;
	memset(l.through_w, 0, 2 * n * h * sizeof(real));
	for (int step = batch_longest(c->b) - 1; step >= 0; step--)
		step_backward(&l, step);
	blas_shifted(c, last);
	add_gradient(c->dw, c->b->t, last, l.e);
	for (size_t r = 0; c->dbias && r < t; r++)
		for (size_t j = 0; j < h; j++)
			c->dbias->p[j] += l.e[r * m + m - h + j];
}

static void
cell_forward(struct backend *k, const struct cell_args *c)
{
	(cell_kinds[c->cell].is_truncated ? blas_rnn_forward : loop_forward)(k, c);
}

static void
cell_backward(struct backend *k, const struct cell_args *c)
{
	bool is_cut = cell_kinds[c->cell].is_truncated && !c->dstate;

	(is_cut ? blas_rnn_backward : loop_backward)(k, c);
}

void
blas_cells(struct backend *k)
{
	k->dense_forward = dense_forward;
	k->dense_backward = dense_backward;
	k->cell_forward = cell_forward;
	k->cell_backward = cell_backward;
}
