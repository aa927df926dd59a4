/*
 * tree.c - the definition of the hierarchical softmax; backend.h has the formulas.
 */
#include <stdlib.h>

#include "ref.h"

static double
node_logit(const struct matrix *v, const struct matrix *c, const real *s, uint32_t node)
{
	double sum = c ? c->p[node] : 0;

	for (int j = 0; j < v->cols; j++)
		sum += (double)v->p[(size_t)node * v->cols + j] * s[j];
	return sum;
}

/* ln of the logistic function */
static double
log_logistic(double x)
{
	return x > 0 ? -log1p(exp(-x)) : x - log1p(exp(x));
}

static void
tree_forward(struct backend *k, const struct tree_args *a)
{
	const real *s = a->s;

	(void)k;
	for (int r = 0; r < a->t; r++, s += a->v->cols) {
		a->logp[r] = 0;
		for (int i = a->start[r]; i < a->start[r + 1]; i++)
			a->logp[r] += log_logistic(a->turn[i] * node_logit(a->v, a->c, s, a->node[i]));
	}
}

/* The error of one node on the path of row r: that of its logit. */
static void
node_back(const struct tree_args *a, int r, int i, double *ds, double *dv, double *dc)
{
	int h = a->v->cols;
	uint32_t node = a->node[i];
	const real *s = (const real *)a->s + (size_t)r * h, *v = a->v->p + (size_t)node * h;
	double z = a->turn[i] * node_logit(a->v, a->c, s, node);
	double error = -a->turn[i] * exp(log_logistic(-z));

	for (int j = 0; j < h; j++) {
		ds[j] += error * v[j];
		dv[(size_t)node * h + j] += error * s[j];
	}
	dc[node] += error;
}

static void
tree_backward(struct backend *k, const struct tree_args *a)
{
	size_t n = (size_t)a->v->rows, h = (size_t)a->v->cols;
	double *dv = ref_scratch(k, n * h + n + h), *dc, *ds;
	real *to = a->ds;

	if (dv == NULL)
		return;
	dc = dv + n * h;
	ds = dc + n;
	tree_forward(k, a);
	for (int r = 0; r < a->t; r++, to += h) {
		for (size_t j = 0; j < h; j++)
			ds[j] = 0;
		for (int i = a->start[r]; i < a->start[r + 1]; i++)
			node_back(a, r, i, ds, dv, dc);
		for (size_t j = 0; j < h; j++)
			to[j] = (real)ds[j];
	}
	ref_add(a->dv, dv);
	touched_add(&a->dv->touched, a->node, a->start[a->t]);
	if (a->dc) {
		ref_add(a->dc, dc);
		touched_add(&a->dc->touched, a->node, a->start[a->t]);
	}
	free(dv);
}

static void
tree_logits(struct backend *k, const struct tree_args *a)
{
	const real *s = a->s;
	real *l = a->l;

	(void)k;
	for (int r = 0; r < a->t; r++, s += a->v->cols)
		for (int i = 0; i < a->v->rows; i++)
			*l++ = (real)node_logit(a->v, a->c, s, (uint32_t)i);
}

void
ref_tree(struct backend *k)
{
	k->tree_forward = tree_forward;
	k->tree_backward = tree_backward;
	k->tree_logits = tree_logits;
}
