/*
 * model_init.c - the initial weights of a model.
 */
#include <math.h>

#include "model_arrays.h"

static const double UNIFORM = 0.08;	/* char-rnn */
static const double DEVIATION = 0.01;	/* min-char-rnn */

static bool
is_bias(const struct model_param *p)
{
	return p->kind == PARAM_BIAS || p->kind == PARAM_STATE_BIAS || p->kind == PARAM_OUT_BIAS;
}

static void
draw_weights(struct rng *r, const struct model_param *p, enum real_type real, enum init init)
{
	double bound = init == INIT_UNIFORM ? UNIFORM : sqrt(1.0 / (double)p->cols);

	if (is_bias(p) && init != INIT_UNIFORM)
		return;
	for (size_t i = 0; i < p->rows * p->cols; i++)
		model_set_weight(p, real, i, init == INIT_NORMAL ? DEVIATION * rng_normal(r) :
		    rng_uniform(r, -bound, bound));
}

/* A bias of 1 where the cell asks for it: the LSTM's forget gate (Jozefowicz et al.
 * 2015). */
static void
set_gate_of_ones(const struct model *m, const struct model_param *p)
{
	size_t h = m->shape.hidden;
	int gate = cell_kinds[m->shape.cell].gate_of_ones;

	for (size_t i = 0; gate >= 0 && i < h; i++)
		model_set_weight(p, m->shape.real, (size_t)gate * h + i, 1);
}

void
model_init(struct model *m, enum init init, uint32_t seed)
{
	uint32_t layer = 0;
	struct rng r;

	rng_seed(&r, seed);
	for (; layer <= m->shape.layers; layer++)	/* the output's have number `layers` */
		for (size_t i = 0; i < m->nparam; i++)
			if (init == INIT_TUTORIAL ? layer == 0 : m->param[i].layer == layer)
				draw_weights(&r, &m->param[i], m->shape.real, init);
	for (size_t i = 0; i < m->nparam; i++)
		if (m->param[i].kind == PARAM_BIAS)
			set_gate_of_ones(m, &m->param[i]);
}

/* The sum of the counts of words first .. end - 1, each at least 1. */
static double
sum_counts(const struct vocab *v, uint32_t first, uint32_t end)
{
	double sum = 0;

	for (; first < end; first++)
		sum += v->row[first].count ? (double)v->row[first].count : 1;
	return sum;
}

/* The words of a part of the vocabulary (clusters.h), then in the head its clusters. */
static void
init_output_bias(const struct model *m, const struct model_param *p)
{
	const struct clusters *c = &m->shape.clusters;
	uint32_t n = m->vocab.size, first = clusters_first(c, p->cluster);
	uint32_t end = clusters_end(c, p->cluster, n);
	double all = sum_counts(&m->vocab, first, p->cluster ? end : n);

	for (uint32_t j = first; j < end; j++)
		model_set_weight(p, m->shape.real, j - first, log(sum_counts(&m->vocab, j, j + 1) / all));
	for (uint32_t i = 1; p->cluster == 0 && i <= c->n; i++)
		model_set_weight(p, m->shape.real, end + i - 1, log(sum_counts(&m->vocab,
		    clusters_first(c, i), clusters_end(c, i, n)) / all));
}

void
model_init_output_bias(struct model *m)
{
	for (size_t i = 0; i < m->nparam; i++)
		if (m->param[i].kind == PARAM_OUT_BIAS)
			init_output_bias(m, &m->param[i]);
}
