/*
 * cells.c - the definition of the gated cells, row by row; backend.h has the
 * formulas.  Going back, `carried` is the error that a row's successor sends.
 */
#include <stdlib.h>

#include "ref.h"

static double
logistic(double x)
{
	return 1 / (1 + exp(-x));
}

/* The derivative, by the value: of the logistic function, and of tanh. */
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

/* g(m) = W(m,h) last(h); last NULL is zeros. */
static void
product(const struct matrix *w, const real *last, double *g)
{
	for (int i = 0; i < w->rows; i++) {
		g[i] = 0;
		for (int j = 0; last && j < w->cols; j++)
			g[i] += (double)w->p[(size_t)i * w->cols + j] * last[j];
	}
}

/* carried(h) += W' e(m); dw(m,h) += e last'. */
static void
product_back(const struct matrix *w, const double *e, const real *last, double *carried,
    double *dw)
{
	for (int i = 0; i < w->rows; i++)
		for (int j = 0; j < w->cols; j++) {
			size_t at = (size_t)i * w->cols + j;

			carried[j] += e[i] * w->p[at];
			if (last)
				dw[at] += e[i] * last[j];
		}
}

static void
add_to(struct matrix *m, const double *sum)
{
	for (size_t i = 0; i < (size_t)m->rows * m->cols; i++)
		m->p[i] += (real)sum[i];
}

/* One row: a(4h) from inputs to gates; g(4h) = W s_{r-1}. */
static void
lstm_row(int h, const double *g, const real *clast, real *a, real *s, real *c)
{
	for (int j = 0; j < h; j++) {
		double in = logistic(a[j] + g[j]);
		double forget = logistic(a[h + j] + g[h + j]);
		double new = tanh(a[2 * h + j] + g[2 * h + j]);
		double out = logistic(a[3 * h + j] + g[3 * h + j]);
		double cell = (clast ? forget * clast[j] : 0) + in * new;

		a[j] = (real)in;
		a[h + j] = (real)forget;
		a[2 * h + j] = (real)new;
		a[3 * h + j] = (real)out;
		c[j] = (real)cell;
		s[j] = (real)(out * tanh(cell));
	}
}

static void
lstm_forward(struct backend *k, const struct matrix *w, const struct batch *b, void *gates,
    const void *s0, const void *c0, void *states, void *cells)
{
	int h = w->cols;
	real *a = gates, *s = states, *c = cells;
	double *g = ref_scratch(k, 4 * (size_t)h);

	for (int i = 0; g && i < b->nseq; i++)
		for (int r = b->start[i]; r < b->start[i + 1]; r++) {
			size_t at = (size_t)r * h;

			product(w, ref_before(b, i, r, h, s, s0), g);
			lstm_row(h, g, ref_before(b, i, r, h, c, c0), a + 4 * at, s + at,
			    c + at);
		}
	free(g);
}

/*
 * One row: e(4h) = the errors of the inputs to its gates a(4h), from ds(h) and
 * what its successor sent, carried(h) to s and carried_c(h) to c.  carried
 * becomes zeros, carried_c what the row sends on.
 */
static void
lstm_row_back(int h, const real *a, const real *c, const real *clast, const real *ds,
    double *carried, double *carried_c, double *e)
{
	for (int j = 0; j < h; j++) {
		double in = a[j], forget = a[h + j], new = a[2 * h + j], out = a[3 * h + j];
		double squashed = tanh(c[j]), error = ds[j] + carried[j];
		double to_c = carried_c[j] + error * out * tanh_slope(squashed);

		e[j] = to_c * new * logistic_slope(in);
		e[h + j] = clast ? to_c * clast[j] * logistic_slope(forget) : 0;
		e[2 * h + j] = to_c * in * tanh_slope(new);
		e[3 * h + j] = error * squashed * logistic_slope(out);
		carried[j] = 0;
		carried_c[j] = to_c * forget;
	}
}

static void
lstm_backward(struct backend *k, const struct matrix *w, const struct batch *b,
    const void *gates, const void *states, const void *cells, const void *s0, const void *c0,
    const void *errors, void *to, struct matrix *dw)
{
	size_t h = (size_t)w->cols;
	const real *a = gates, *s = states, *c = cells, *ds = errors;
	double *sum = ref_scratch(k, 4 * h * h + 6 * h), *e, *carried;
	real *d = to;

	if (sum == NULL)
		return;
	e = sum + 4 * h * h;
	carried = e + 4 * h;
	for (int i = 0; i < b->nseq; i++) {
		for (size_t j = 0; j < 2 * h; j++)
			carried[j] = 0;
		for (int r = b->start[i + 1] - 1; r >= b->start[i]; r--) {
			size_t at = (size_t)r * h;

			lstm_row_back((int)h, a + 4 * at, c + at,
			    ref_before(b, i, r, (int)h, c, c0), ds + at, carried,
			    carried + h, e);
			product_back(w, e, ref_before(b, i, r, (int)h, s, s0), carried, sum);
			for (size_t j = 0; j < 4 * h; j++)
				d[4 * at + j] = (real)e[j];
		}
	}
	add_to(dw, sum);
	free(sum);
}

/* One row: a(3h) from inputs to gates; g(3h) = W s_{r-1}. */
static void
gru_row(int h, const double *g, const real *bn, const real *last, real *a, real *s, real *q)
{
	for (int j = 0; j < h; j++) {
		double reset = logistic(a[j] + g[j]);
		double keep = logistic(a[h + j] + g[h + j]);
		double from = g[2 * h + j] + (bn ? bn[j] : 0);
		double new = tanh(a[2 * h + j] + reset * from);

		a[j] = (real)reset;
		a[h + j] = (real)keep;
		a[2 * h + j] = (real)new;
		q[j] = (real)from;
		s[j] = (real)((1 - keep) * new + (last ? keep * last[j] : 0));
	}
}

static void
gru_forward(struct backend *k, const struct matrix *w, const struct matrix *bn,
    const struct batch *b, void *gates, const void *s0, void *states, void *products)
{
	int h = w->cols;
	real *a = gates, *s = states, *q = products;
	double *g = ref_scratch(k, 3 * (size_t)h);

	for (int i = 0; g && i < b->nseq; i++)
		for (int r = b->start[i]; r < b->start[i + 1]; r++) {
			const real *last = ref_before(b, i, r, h, s, s0);
			size_t at = (size_t)r * h;

			product(w, last, g);
			gru_row(h, g, bn ? bn->p : NULL, last, a + 3 * at, s + at, q + at);
		}
	free(g);
}

/*
 * One row: d(3h) = the errors of the inputs to its gates a(3h), and e(3h) those
 * of W s_{r-1}, which differ in n.  carried(h) becomes what goes on past W.
 */
static void
gru_row_back(int h, const real *a, const real *q, const real *last, const real *ds,
    double *carried, real *d, double *e)
{
	for (int j = 0; j < h; j++) {
		double reset = a[j], keep = a[h + j], new = a[2 * h + j];
		double error = ds[j] + carried[j];
		double to_new = error * (1 - keep) * tanh_slope(new);

		e[j] = to_new * q[j] * logistic_slope(reset);
		e[h + j] = error * ((last ? last[j] : 0) - new) * logistic_slope(keep);
		e[2 * h + j] = to_new * reset;
		d[j] = (real)e[j];
		d[h + j] = (real)e[h + j];
		d[2 * h + j] = (real)to_new;
		carried[j] = error * keep;
	}
}

static void
gru_backward(struct backend *k, const struct matrix *w, const struct batch *b,
    const void *gates, const void *states, const void *products, const void *s0,
    const void *errors, void *to, struct matrix *dw, struct matrix *dbn)
{
	size_t h = (size_t)w->cols;
	const real *a = gates, *s = states, *q = products, *ds = errors;
	double *sum = ref_scratch(k, 3 * h * h + 5 * h), *e, *carried, *bias;
	real *d = to;

	if (sum == NULL)
		return;
	e = sum + 3 * h * h;
	carried = e + 3 * h;
	bias = carried + h;
	for (int i = 0; i < b->nseq; i++) {
		for (size_t j = 0; j < h; j++)
			carried[j] = 0;
		for (int r = b->start[i + 1] - 1; r >= b->start[i]; r--) {
			const real *last = ref_before(b, i, r, (int)h, s, s0);
			size_t at = (size_t)r * h;

			gru_row_back((int)h, a + 3 * at, q + at, last, ds + at, carried,
			    d + 3 * at, e);
			product_back(w, e, last, carried, sum);
			for (size_t j = 0; j < h; j++)
				bias[j] += e[2 * h + j];
		}
	}
	add_to(dw, sum);
	if (dbn)
		add_to(dbn, bias);
	free(sum);
}

void
ref_cells(struct backend *k)
{
	k->lstm_forward = lstm_forward;
	k->lstm_backward = lstm_backward;
	k->gru_forward = gru_forward;
	k->gru_backward = gru_backward;
}
