/*
 * model_init.c - the initial weights of a model.
 */
#include <math.h>

#include "model.h"

static const double UNIFORM = 0.08;	/* char-rnn */
static const double DEVIATION = 0.01;	/* min-char-rnn */

static void
set_weight(const struct model_param *p, enum real_type real, size_t i, double x)
{
	if (real == REAL_F64)
		((double *)p->data)[i] = x;
	else
		((float *)p->data)[i] = (float)x;
}

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
		set_weight(p, real, i, init == INIT_NORMAL ? DEVIATION * rng_normal(r) :
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
		set_weight(p, m->shape.real, (size_t)gate * h + i, 1);
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

static double
count_of(const struct vocab_row *row)
{
	return row->count ? (double)row->count : 1;
}

void
model_init_output_bias(struct model *m)
{
	double sum = 0;

	for (uint32_t j = 0; j < m->vocab.size; j++)
		sum += count_of(&m->vocab.row[j]);
	for (size_t i = 0; i < m->nparam; i++)
		for (uint32_t j = 0; m->param[i].kind == PARAM_OUT_BIAS && j < m->vocab.size; j++)
			set_weight(&m->param[i], m->shape.real, j, log(count_of(&m->vocab.row[j]) / sum));
}
