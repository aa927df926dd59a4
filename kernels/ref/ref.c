/*
 * ref.c - the definition: every operation as its formula reads, sums in double.
 *
 * Written to be believed, not to be fast; the other backends are held against
 * it.  Forward and backward stand side by side.  Here is the net of one plain
 * layer; cells.c has the gated ones, layers.c what goes before and
 * between, update.c the rules.
 */
#include <stdlib.h>

#include "registry.h"
#include "ref.h"

static void
rnn_forward(struct backend *k, const struct matrix *w, const struct batch *b, const void *from,
    const void *s0, void *to)
{
	int h = w->rows;
	const real *a = from;
	real *s = to;

	(void)k;
	for (int i = 0; i < b->nseq; i++)
		for (int r = b->start[i]; r < b->start[i + 1]; r++) {
			const real *last = ref_before(b, i, r, h, s, s0);

			for (int j = 0; j < h; j++) {
				double sum = a[(size_t)r * h + j];

				for (int l = 0; last && l < h; l++)
					sum += (double)w->p[(size_t)j * h + l] * last[l];
				s[(size_t)r * h + j] = (real)tanh(sum);
			}
		}
}

/*
 * One row's error delta(h) reaches row r of sequence i: it is counted in D and
 * dW there, and delta becomes the error at the row before, (W' delta)(1 - s^2).
 */
static void
back_one(const struct matrix *w, int r, int h, const real *last, double *delta, double *next,
    double *d, double *dw)
{
	for (int j = 0; j < h; j++) {
		d[(size_t)r * h + j] += delta[j];
		for (int l = 0; last && l < h; l++)
			dw[(size_t)j * h + l] += delta[j] * last[l];
	}
	for (int l = 0; last && l < h; l++) {
		double sum = 0;

		for (int j = 0; j < h; j++)
			sum += w->p[(size_t)j * h + l] * delta[j];
		next[l] = sum * (1 - (double)last[l] * last[l]);
	}
	for (int l = 0; last && l < h; l++)
		delta[l] = next[l];
}

static void
rnn_backward(struct backend *k, const struct matrix *w, const struct batch *b, int bptt,
    const void *states, const void *s0, const void *errors, void *to, struct matrix *dw)
{
	int h = w->rows;
	const real *s = states, *ds = errors;
	size_t n = (size_t)b->t * h, hh = (size_t)h * h;
	double *mem = ref_scratch(k, n + hh + 2 * (size_t)h);
	double *d = mem, *sum, *delta, *next;
	real *out = to;

	if (mem == NULL)
		return;
	sum = d + n;
	delta = sum + hh;
	next = delta + h;
	for (int i = 0; i < b->nseq; i++)
		for (int t = b->start[i]; t < b->start[i + 1]; t++) {
			for (int j = 0; j < h; j++) {
				double st = s[(size_t)t * h + j];

				delta[j] = ds[(size_t)t * h + j] * (1 - st * st);
			}
			for (int r = t; r >= b->start[i] && r >= t - bptt; r--)
				back_one(w, r, h, ref_before(b, i, r, h, s, s0), delta, next,
				    d, sum);
		}
	for (size_t i = 0; i < n; i++)
		out[i] = (real)d[i];
	for (size_t i = 0; i < hh; i++)
		dw->p[i] += (real)sum[i];
	free(mem);
}

/* l(v) = ln softmax(V s + c) for one row s(h). */
static void
log_softmax(const struct matrix *v, const struct matrix *c, const real *s, double *l)
{
	double max = -INFINITY, sum = 0;

	for (int i = 0; i < v->rows; i++) {
		double dot = c ? c->p[i] : 0;

		for (int j = 0; j < v->cols; j++)
			dot += (double)v->p[(size_t)i * v->cols + j] * s[j];
		l[i] = dot;
		max = dot > max ? dot : max;
	}
	for (int i = 0; i < v->rows; i++)
		sum += exp(l[i] - max);
	for (int i = 0; i < v->rows; i++)
		l[i] -= max + log(sum);
}

static void
out_forward(struct backend *k, const struct matrix *v, const struct matrix *c, int t,
    const void *states, const uint32_t *y, double *logp)
{
	const real *s = states;
	double *l = ref_scratch(k, (size_t)v->rows);

	for (int r = 0; l && r < t; r++) {
		log_softmax(v, c, s + (size_t)r * v->cols, l);
		logp[r] = l[y[r]];
	}
	free(l);
}

/* ds(h) = P V and dv(v,h) += P' s for one row, P in p(v). */
static void
out_back_one(const struct matrix *v, const real *s, const double *p, real *ds, double *dv)
{
	int h = v->cols;

	for (int j = 0; j < h; j++) {
		double sum = 0;

		for (int i = 0; i < v->rows; i++) {
			sum += p[i] * v->p[(size_t)i * h + j];
			dv[(size_t)i * h + j] += p[i] * s[j];
		}
		ds[j] = (real)sum;
	}
}

static void
out_backward(struct backend *k, const struct matrix *v, const struct matrix *c, int t,
    const void *states, const uint32_t *y, void *to, struct matrix *dv, struct matrix *dc,
    double *logp)
{
	size_t n = (size_t)v->rows * v->cols;
	const real *s = states;
	real *ds = to;
	double *p = ref_scratch(k, 2 * (size_t)v->rows + n), *sum, *bias;

	if (p == NULL)
		return;
	bias = p + v->rows;
	sum = bias + v->rows;
	for (int r = 0; r < t; r++) {
		log_softmax(v, c, s + (size_t)r * v->cols, p);
		logp[r] = p[y[r]];
		for (int i = 0; i < v->rows; i++) {
			p[i] = exp(p[i]) - (i == (int)y[r]);
			bias[i] += p[i];
		}
		out_back_one(v, s + (size_t)r * v->cols, p, ds + (size_t)r * v->cols, sum);
	}
	for (size_t i = 0; i < n; i++)
		dv->p[i] += (real)sum[i];
	for (int i = 0; dc && i < v->rows; i++)
		dc->p[i] += (real)bias[i];
	free(p);
}

static void
out_logp(struct backend *k, const struct matrix *v, const struct matrix *c, int t,
    const void *states, void *to)
{
	const real *s = states;
	real *out = to;
	double *l = ref_scratch(k, (size_t)v->rows);

	for (int r = 0; l && r < t; r++) {
		log_softmax(v, c, s + (size_t)r * v->cols, l);
		for (int i = 0; i < v->rows; i++)
			out[(size_t)r * v->rows + i] = (real)l[i];
	}
	free(l);
}

struct backend *
ref_open(int threads, const char **why)
{
	/* one row after another: a definition has no need of more */
	struct backend *k = host_open(sizeof(struct host_state), 1, why);

	(void)threads;
	if (k == NULL)
		return NULL;
	host_memory(k);
	host_matrices(k);
	k->name = "ref";
	k->isa = "plain C";
	k->close = host_close;
	k->error = host_error;
	k->rnn_forward = rnn_forward;
	k->rnn_backward = rnn_backward;
	k->out_forward = out_forward;
	k->out_backward = out_backward;
	k->out_logp = out_logp;
	ref_layers(k);
	ref_cells(k);
	ref_update(k);
	return k;
}
