/*
 * sampled.c - the definition of the sampled softmax; backend.h has the formulas.
 */
#include <stdlib.h>

#include "ref.h"

static double
dot(const real *a, const real *b, int n)
{
	double sum = 0;

	for (int j = 0; j < n; j++)
		sum += (double)a[j] * b[j];
	return sum;
}

static const real *
row_of(const struct matrix *v, uint32_t word)
{
	return v->p + (size_t)word * v->cols;
}

static double
logit(const struct sampled_args *a, const real *s, uint32_t word, double shift)
{
	return dot(row_of(a->v, word), s, a->v->cols) + (a->c ? a->c->p[word] : 0) + shift;
}

/* p(n + 1) = the probabilities of the noise words and the target of row r, less 1 at the
 * target; writes logp[r]. */
static void
probabilities(const struct sampled_args *a, int r, double *p)
{
	const real *s = (const real *)a->s + (size_t)r * a->v->cols;
	double max, sum;

	max = p[a->n] = logit(a, s, a->y[r], a->target_shift[r]);
	for (int i = 0; i < a->n; i++) {
		p[i] = a->noise[i] == a->y[r] ? -INFINITY : logit(a, s, a->noise[i], a->noise_shift[i]);
		max = p[i] > max ? p[i] : max;
	}
	sum = exp(p[a->n] - max);
	for (int i = 0; i < a->n; i++)
		sum += exp(p[i] - max);
	a->logp[r] = p[a->n] - max - log(sum);
	for (int i = 0; i <= a->n; i++)
		p[i] = exp(p[i] - max) / sum;
	p[a->n] -= 1;
}

/* Adds a row's errors to sums (words of `p` in order: noise, then targets by row). */
static void
add_errors(const struct sampled_args *a, int r, const double *p, double *dv, double *dc)
{
	int h = a->v->cols;
	const real *s = (const real *)a->s + (size_t)r * h;
	real *ds = (real *)a->ds + (size_t)r * h;

	for (int j = 0; j < h; j++) {
		double sum = 0;

		for (int i = 0; i <= a->n; i++) {
			uint32_t word = i < a->n ? a->noise[i] : a->y[r];

			sum += p[i] * row_of(a->v, word)[j];
			dv[(size_t)word * h + j] += p[i] * s[j];
		}
		ds[j] = (real)sum;
	}
	for (int i = 0; i <= a->n; i++)
		dc[i < a->n ? a->noise[i] : a->y[r]] += p[i];
}

static void
sampled_backward(struct backend *k, const struct sampled_args *a)
{
	size_t v = (size_t)a->v->rows, h = (size_t)a->v->cols;
	double *p = ref_scratch(k, (size_t)a->n + 1 + v * (h + 1));
	double *dv, *dc;

	if (p == NULL)
		return;
	dv = p + a->n + 1;
	dc = dv + v * h;
	for (int r = 0; r < a->t; r++) {
		probabilities(a, r, p);
		add_errors(a, r, p, dv, dc);
	}
	ref_add(a->dv, dv);
	touched_add(&a->dv->touched, a->noise, a->n);
	touched_add(&a->dv->touched, a->y, a->t);
	if (a->dc) {
		ref_add(a->dc, dc);
		touched_add(&a->dc->touched, a->noise, a->n);
		touched_add(&a->dc->touched, a->y, a->t);
	}
	free(p);
}

void
ref_sampled(struct backend *k)
{
	k->sampled_backward = sampled_backward;
}
