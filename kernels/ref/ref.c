/*
 * ref.c - the definition: every operation as its formula reads, sums in double.
 *
 * Written to be verifiable, not fast; the other backends are tested against it.
 * Forward and backward are adjacent.  This file has the softmax layer; cells.c the
 * recurrent layers, layers.c the layers before and between them, sampled.c and tree.c
 * the cheaper output layers, update.c the update rules.
 */
#include <stdlib.h>

#include "registry.h"
#include "ref.h"

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
out_forward(struct backend *k, const struct output_args *a)
{
	const real *s = a->s;
	double *l = ref_scratch(k, (size_t)a->v->rows);

	for (int r = 0; l && r < a->t; r++) {
		log_softmax(a->v, a->c, s + (size_t)r * a->v->cols, l);
		a->logp[r] = l[a->y[r]];
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
out_backward(struct backend *k, const struct output_args *a)
{
	size_t nv = (size_t)a->v->rows, h = (size_t)a->v->cols;
	const real *s = a->s;
	real *ds = a->ds;
	double *p = ref_scratch(k, 2 * nv + nv * h), *sum, *bias;

	if (p == NULL)
		return;
	bias = p + nv;
	sum = bias + nv;
	for (int r = 0; r < a->t; r++) {
		log_softmax(a->v, a->c, s + (size_t)r * h, p);
		a->logp[r] = p[a->y[r]];
		for (size_t i = 0; i < nv; i++) {
			p[i] = exp(p[i]) - (i == a->y[r]);
			bias[i] += p[i];
		}
		out_back_one(a->v, s + (size_t)r * h, p, ds + (size_t)r * h, sum);
	}
	ref_add(a->dv, sum);
	if (a->dc)
		ref_add(a->dc, bias);
	free(p);
}

static void
out_logp(struct backend *k, const struct output_args *a)
{
	size_t nv = (size_t)a->v->rows;
	const real *s = a->s;
	real *out = a->l;
	double *l = ref_scratch(k, nv);

	for (int r = 0; l && r < a->t; r++) {
		log_softmax(a->v, a->c, s + (size_t)r * a->v->cols, l);
		for (size_t i = 0; i < nv; i++)
			out[(size_t)r * nv + i] = (real)l[i];
	}
	free(l);
}

struct backend *
ref_open(int threads, const char **why)
{
	/* a single thread: rows are computed one after another */
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
	k->out_forward = out_forward;
	k->out_backward = out_backward;
	k->out_logp = out_logp;
	ref_layers(k);
	ref_cells(k);
	ref_sampled(k);
	ref_tree(k);
	ref_update(k);
	return k;
}
