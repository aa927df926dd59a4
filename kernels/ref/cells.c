/*
 * cells.c - the definition of the recurrent cells, row by row.  It does not use
 * the arithmetic of kernels/cells, which is tested against this file.
 */
#include <stdlib.h>

#include "ref.h"

static double
logistic(double x)
{
	return 1 / (1 + exp(-x));
}

/* The derivatives of the logistic function and of tanh, given the value. */
static double
logistic_slope(double y)
{
	return y * (1 - y);
}

static double
tanh_slope(double y)
{
	return 1 - y * y;
}

/* One row; NULL: zeros, or an array the cell does not have. */
struct row {
	int h;
	const real *s0, *saved0, *bias;	/* (h) before the row; the state bias */
	real *a, *s, *saved;		/* (gates h), (h), (h) */
};

/* a from inputs to gates, given g(gates h) = W s_{r-1}. */
static void
rnn_row(const struct row *r, const double *g)
{
	for (int j = 0; j < r->h; j++)
		r->s[j] = (real)tanh(r->a[j] + g[j]);
}

static void
lstm_row(const struct row *r, const double *g)
{
	int h = r->h;
	real *a = r->a;

	for (int j = 0; j < h; j++) {
		double in = logistic(a[j] + g[j]);
		double forget = logistic(a[h + j] + g[h + j]);
		double new = tanh(a[2 * h + j] + g[2 * h + j]);
		double out = logistic(a[3 * h + j] + g[3 * h + j]);
		double cell = (r->saved0 ? forget * r->saved0[j] : 0) + in * new;

		a[j] = (real)in;
		a[h + j] = (real)forget;
		a[2 * h + j] = (real)new;
		a[3 * h + j] = (real)out;
		r->saved[j] = (real)cell;
		r->s[j] = (real)(out * tanh(cell));
	}
}

static void
gru_row(const struct row *r, const double *g)
{
	int h = r->h;
	real *a = r->a;

	for (int j = 0; j < h; j++) {
		double reset = logistic(a[j] + g[j]);
		double keep = logistic(a[h + j] + g[h + j]);
		double from = g[2 * h + j] + (r->bias ? r->bias[j] : 0);
		double new = tanh(a[2 * h + j] + reset * from);

		a[j] = (real)reset;
		a[h + j] = (real)keep;
		a[2 * h + j] = (real)new;
		r->saved[j] = (real)from;
		r->s[j] = (real)((1 - keep) * new + (r->s0 ? keep * r->s0[j] : 0));
	}
}

/*
 * Errors of one row: in, error(h) of s, and carried2(h) of the second state from the
 * row after; out, d(gates h) of the inputs, e(gates h) of W s_{r-1}, and what
 * bypasses W on its way to the row before, carried(h) to s and carried2(h).
 */
struct row_errors {
	const double *error;
	double *carried, *carried2, *d, *e;
};

static void
rnn_row_back(const struct row *r, struct row_errors *m)
{
	for (int j = 0; j < r->h; j++)
		m->d[j] = m->e[j] = m->error[j] * tanh_slope(r->s[j]);
}

static void
lstm_row_back(const struct row *r, struct row_errors *m)
{
	int h = r->h;
	const real *a = r->a;

	for (int j = 0; j < h; j++) {
		double in = a[j], forget = a[h + j], new = a[2 * h + j], out = a[3 * h + j];
		double squashed = tanh(r->saved[j]), error = m->error[j];
		double to_c = m->carried2[j] + error * out * tanh_slope(squashed);

		m->d[j] = to_c * new * logistic_slope(in);
		m->d[h + j] = r->saved0 ? to_c * r->saved0[j] * logistic_slope(forget) : 0;
		m->d[2 * h + j] = to_c * in * tanh_slope(new);
		m->d[3 * h + j] = error * squashed * logistic_slope(out);
		m->carried2[j] = to_c * forget;
	}
	for (int j = 0; j < 4 * h; j++)
		m->e[j] = m->d[j];
}

static void
gru_row_back(const struct row *r, struct row_errors *m)
{
	int h = r->h;
	const real *a = r->a;

	for (int j = 0; j < h; j++) {
		double reset = a[j], keep = a[h + j], new = a[2 * h + j], error = m->error[j];
		double to_new = error * (1 - keep) * tanh_slope(new);

		m->d[j] = m->e[j] = to_new * r->saved[j] * logistic_slope(reset);
		m->d[h + j] = m->e[h + j] = error * ((r->s0 ? r->s0[j] : 0) - new) *
		    logistic_slope(keep);
		m->d[2 * h + j] = to_new;
		m->e[2 * h + j] = to_new * reset;
		m->carried[j] = error * keep;
	}
}

/* By enum cell. */
static const struct {
	void (*forward)(const struct row *r, const double *g);
	void (*backward)(const struct row *r, struct row_errors *m);
} rows[NCELLS] = {
	[CELL_RNN] = { rnn_row, rnn_row_back },
	[CELL_LSTM] = { lstm_row, lstm_row_back },
	[CELL_GRU] = { gru_row, gru_row_back },
};

static struct row
row_of(const struct cell_args *c, int i, int r)
{
	const struct cell_kind *kind = &cell_kinds[c->cell];
	int h = c->w->cols;
	size_t at = (size_t)r * h;

	return (struct row){
		.h = h, .s0 = shifted_row(c->b, i, r, h, c->s, c->s0),
		.saved0 = kind->has_second_state ?
		    shifted_row(c->b, i, r, h, c->saved, c->saved0) : NULL,
		.bias = c->bias ? c->bias->p : NULL,
		.a = c->a ? (real *)c->a + kind->gates * at : NULL,
		.s = (real *)c->s + at, .saved = kind->has_saved ? (real *)c->saved + at : NULL
	};
}

/* g(m) = W(m,h) last(h); last NULL is zeros. */
static void
product_with_row(const struct matrix *w, const real *last, double *g)
{
	for (int i = 0; i < w->rows; i++) {
		g[i] = 0;
		for (int j = 0; last && j < w->cols; j++)
			g[i] += (double)w->p[(size_t)i * w->cols + j] * last[j];
	}
}

static void
cell_forward(struct backend *k, const struct cell_args *c)
{
	double *g = ref_scratch(k, (size_t)c->w->rows);

	for (int i = 0; g && i < c->b->nseq; i++)
		for (int r = c->b->start[i]; r < c->b->start[i + 1]; r++) {
			struct row row = row_of(c, i, r);

			product_with_row(c->w, row.s0, g);
			rows[c->cell].forward(&row, g);
		}
	free(g);
}

/* A backward pass in double: its sums, and the current row's errors. */
struct sums {
	double *dw, *dbias, *d;			/* (m,h), (h), (t,m) */
	double *error, *carried, *carried2;	/* (h) each */
	double *row_d, *row_e;			/* (m) each */
};

/* All zeros; returns the block to be freed, or NULL. */
static double *
new_sums(struct backend *k, const struct cell_args *c, struct sums *s)
{
	size_t m = (size_t)c->w->rows, h = (size_t)c->w->cols, t = (size_t)c->b->t;
	double *mem = ref_scratch(k, m * h + 4 * h + t * m + 2 * m);

	if (mem == NULL)
		return NULL;
	s->dw = mem;
	s->dbias = s->dw + m * h;
	s->error = s->dbias + h;
	s->carried = s->error + h;
	s->carried2 = s->carried + h;
	s->d = s->carried2 + h;
	s->row_d = s->d + t * m;
	s->row_e = s->row_d + m;
	return mem;
}

/* dW += e last', carried += W' e; and the state bias, which is in the last gate. */
static void
product_back(const struct cell_args *c, const real *last, struct sums *s)
{
	size_t m = (size_t)c->w->rows, h = (size_t)c->w->cols;

	for (size_t i = 0; i < m; i++)
		for (size_t j = 0; j < h; j++) {
			s->carried[j] += s->row_e[i] * c->w->p[i * h + j];
			if (last)
				s->dw[i * h + j] += s->row_e[i] * last[j];
		}
	for (size_t j = 0; j < h; j++)
		s->dbias[j] += s->row_e[m - h + j];
}

/* Row r of sequence i; own: its error from above is added. */
static void
row_back(const struct cell_args *c, int i, int r, bool own, struct sums *s)
{
	size_t h = (size_t)c->w->cols, m = (size_t)c->w->rows;
	const real *ds = (const real *)c->ds + (size_t)r * h;
	struct row row = row_of(c, i, r);
	struct row_errors e = { s->error, s->carried, s->carried2, s->row_d, s->row_e };

	for (size_t j = 0; j < h; j++) {
		s->error[j] = (own ? ds[j] : 0) + s->carried[j];
		s->carried[j] = 0;
	}
	for (size_t j = 0; c->dstate && j < h; j++)
		((real *)c->dstate)[(size_t)r * h + j] = (real)s->error[j];
	for (size_t j = 0; c->dsaved && j < h; j++)
		((real *)c->dsaved)[(size_t)r * h + j] = (real)s->carried2[j];
	rows[c->cell].backward(&row, &e);
	product_back(c, row.s0, s);
	for (size_t j = 0; j < m; j++)
		s->d[(size_t)r * m + j] += s->row_d[j];
}

static void
forget_carried(const struct cell_args *c, struct sums *s)
{
	for (int j = 0; j < c->w->cols; j++)
		s->carried[j] = s->carried2[j] = 0;
}

/* Truncated BPTT: the error of each row separately, at most bptt rows back. */
static void
sequence_back_truncated(const struct cell_args *c, int i, struct sums *s)
{
	for (int t = c->b->start[i]; t < c->b->start[i + 1]; t++) {
		forget_carried(c, s);
		for (int r = t; r >= c->b->start[i] && r >= t - c->bptt; r--)
			row_back(c, i, r, r == t, s);
	}
}

static void
sequence_back(const struct cell_args *c, int i, struct sums *s)
{
	forget_carried(c, s);
	for (int r = c->b->start[i + 1] - 1; r >= c->b->start[i]; r--)
		row_back(c, i, r, true, s);
}

/* Whether errors are cut off, which DSTATE excludes. */
static bool
is_cut(const struct cell_args *c)
{
	return cell_kinds[c->cell].is_truncated && !c->dstate;
}

static void
cell_backward(struct backend *k, const struct cell_args *c)
{
	size_t n = (size_t)c->b->t * c->w->rows;
	real *d = c->d;
	struct sums s;
	double *mem = new_sums(k, c, &s);

	for (int i = 0; mem && i < c->b->nseq; i++)
		(is_cut(c) ? sequence_back_truncated : sequence_back)(c, i, &s);
	for (size_t i = 0; mem && i < n; i++)
		d[i] = (real)s.d[i];
	if (mem)
		ref_add(c->dw, s.dw);
	if (mem && c->dbias)
		ref_add(c->dbias, s.dbias);
	free(mem);
}

void
ref_cells(struct backend *k)
{
	k->cell_forward = cell_forward;
	k->cell_backward = cell_backward;
}
