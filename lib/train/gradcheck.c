/*
 * gradcheck.c - central differences, entry by entry.
 */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gradcheck.h"
#include "heap.h"
#include "mem.h"

/*
 * Measured over 500,000 central differences of correct gradients (each cell with 1 to 12
 * layers; 5 to 8000 words; 4 to 11,000 terms in J; before and after training, down to a J
 * of 0.1 per word; h from 1e-5 to 1e-8, where truncation error is small), the largest
 * error was 2.1 times eps (J + t) / h.
 */
#define SLOPE_ROUNDINGS 8

static const char *const no_memory = "out of memory";

static size_t
param_entries(const struct model_param *p)
{
	return p->rows * p->cols;
}

/* The index of the largest magnitude. */
static size_t
find_largest(const double *x, size_t n)
{
	size_t best = 0;

	for (size_t i = 1; i < n; i++)
		if (fabs(x[i]) > fabs(x[best]))
			best = i;
	return best;
}

/* Allocates all memory, so that checking allocates nothing. */
static bool
alloc_memory(struct gradcheck *g)
{
	size_t most = 0;

	for (size_t i = 0; i < g->m->nparam; i++) {
		size_t n = param_entries(&g->m->param[i]);

		g->grad[i] = mem_zeros(n, sizeof(double));
		if (g->grad[i] == NULL)
			return false;
		most = n > most ? n : most;
	}
	g->logp = mem_zeros((size_t)g->b->t, sizeof(*g->logp));
	g->order = mem_zeros(most, sizeof(*g->order));
	return g->logp && g->order;
}

/* Computes logp and adds the gradient to the net. */
static const char *
compute_gradient(struct gradcheck *g)
{
	struct rng rng;
	struct net_pass how = { .bptt = g->bptt, .dropout = g->dropout,
	    .embed_dropout = g->embed_dropout, .by_sequence = g->by_sequence, .rng = &rng,
	    .noise = g->noise };

	rng_seed(&rng, g->seed);
	return net_gradient(g->net, g->b, &how, g->logp);
}

const char *
gradcheck_begin(struct gradcheck *g)
{
	struct backend *k = g->net->k;
	const char *why;

	if (!alloc_memory(g))
		return no_memory;
	if ((why = compute_gradient(g)) != NULL)
		return why;
	for (size_t i = 0; i < g->m->nparam; i++) {
		double *grad = g->grad[i];

		k->mat_get(k, grad, g->net->g[i]);
		if (i == g->flipped) {
			size_t j = find_largest(grad, param_entries(&g->m->param[i]));

			grad[j] = grad[j] != 0 ? -grad[j] : 1;
		}
	}
	return k->error(k);
}

/* Compensated summation (W. Kahan, CACM 8(1), 1965): its error does not grow with the
 * number of terms. */
static double
kahan_sum(const double *x, int n)
{
	double total = 0, lost = 0;

	for (int i = 0; i < n; i++) {
		double term = x[i] - lost, next = total + term;

		lost = next - total - term;
		total = next;
	}
	return total;
}

/* *loss = J with `by` added to entry j of parameter i. */
static const char *
loss_at(struct gradcheck *g, size_t i, size_t j, double by, double *loss)
{
	struct backend *k = g->net->k;
	double *x = g->m->param[i].data, was = x[j];
	const char *why;

	x[j] = was + by;
	k->mat_put(k, g->net->p[i], x);
	x[j] = was;
	/* only net_gradient() applies dropout, and samples the softmax */
	why = g->dropout > 0 || g->embed_dropout > 0 || g->noise ? compute_gradient(g) : net_logp(g->net, g->b, NULL, g->logp);
	if (why)
		return why;
	*loss = -kahan_sum(g->logp, g->b->t);
	return NULL;
}

/* Orders a heap of entries with the smallest gradient on top. */
static bool
is_smaller(uint64_t a, uint64_t b, const void *x)
{
	const double *gradient = x;

	return fabs(gradient[a]) < fabs(gradient[b]);
}

/*
 * Selects the entries to check into g->order and returns their number: one half have the
 * largest gradients, the others are evenly spaced; some may be in both halves.
 */
static size_t
select_entries(struct gradcheck *g, const double *x, size_t n)
{
	size_t big = (g->most + 1) / 2;
	uint64_t *order = g->order;

	if (g->most == 0 || g->most >= n) {
		for (size_t i = 0; i < n; i++)
			order[i] = i;
		return n;
	}
	for (size_t i = 0; i < big; i++)
		order[i] = i;
	heap_make(order, big, is_smaller, x);
	for (size_t i = big; i < n && big > 0; i++)
		if (fabs(x[i]) > fabs(x[order[0]]))
			heap_sink(order, big, 0, i, is_smaller, x);
	for (size_t i = big; i < g->most; i++)
		order[i] = (i - big) * n / (g->most - big);
	return g->most;
}

/*
 * A bound of the rounding error of a central difference.  Each of the t terms of J is a
 * difference of two numbers, one of its own size and one of about 1, so J has an error of
 * about eps (J + t), and the difference quotient that error over h.
 */
static double
rounding_error(const struct gradcheck *g, double loss)
{
	return SLOPE_ROUNDINGS * DBL_EPSILON * (fabs(loss) + g->b->t) / g->step;
}

static double
relative_error(double b, double e)
{
	return b == 0 && e == 0 ? 0 : fabs(b - e) / (fabs(b) + fabs(e));
}

static const char *
check_entry(struct gradcheck *g, size_t i, size_t j, struct gradcheck_result *r)
{
	struct gradcheck_result c = { .entry = j, .backprop = g->grad[i][j] };
	const char *why;

	if ((why = loss_at(g, i, j, g->step, &c.plus)) != NULL ||
	    (why = loss_at(g, i, j, -g->step, &c.minus)) != NULL)
		return why;
	c.estimated = (c.plus - c.minus) / (2 * g->step);
	c.error = relative_error(c.backprop, c.estimated);
	if (c.error > g->threshold && fabs(c.backprop - c.estimated) <= rounding_error(g, c.plus)) {
		c.error = 0;
		r->inconclusive++;
	}
	/* NaN counts as the largest error */
	if (r->checked == 0 || (!isnan(r->error) && !(c.error <= r->error))) {
		c.checked = r->checked;
		c.inconclusive = r->inconclusive;
		*r = c;
	}
	r->checked++;
	return NULL;
}

const char *
gradcheck_param(struct gradcheck *g, size_t i, struct gradcheck_result *r)
{
	struct backend *k = g->net->k;
	size_t n = param_entries(&g->m->param[i]), selected = select_entries(g, g->grad[i], n);
	const char *why = NULL;

	*r = (struct gradcheck_result){ 0 };
	for (size_t j = 0; j < selected && why == NULL; j++)
		why = check_entry(g, i, g->order[j], r);
	k->mat_put(k, g->net->p[i], g->m->param[i].data);
	r->passed = r->error <= g->threshold;
	return why ? why : k->error(k);
}

void
gradcheck_free(struct gradcheck *g)
{
	for (size_t i = 0; i < MODEL_PARAMS_MAX; i++) {
		free(g->grad[i]);
		g->grad[i] = NULL;
	}
	free(g->logp);
	free(g->order);
	g->logp = NULL;
	g->order = NULL;
}
