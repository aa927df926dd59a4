/*
 * weight_average.c - see weight_average.h.
 */
#include <string.h>

#include "real_array.h"
#include "weight_average.h"

static size_t
reals_of(const struct model_param *p)
{
	return p->rows * p->cols;
}

/* m <- m + part (w - m) */
static void
take_in_f32(float *m, const float *w, size_t n, float part)
{
	for (size_t i = 0; i < n; i++)
		m[i] += part * (w[i] - m[i]);
}

static void
take_in_f64(double *m, const double *w, size_t n, double part)
{
	for (size_t i = 0; i < n; i++)
		m[i] += part * (w[i] - m[i]);
}

static void
take_in(const struct model *m, double part)
{
	for (size_t i = 0; i < m->nparam; i++) {
		const struct model_param *p = &m->param[i];

		if (m->shape.real == REAL_F64)
			take_in_f64(p->data, p->last, reals_of(p), part);
		else
			take_in_f32(p->data, p->last, reals_of(p), (float)part);
	}
}

/* Up to the first time the mean is the weights themselves, to the last bit, whatever it was. */
static void
start_mean(const struct model *m)
{
	if (m->progress.steps > AVERAGE_STEPS)
		return;
	for (size_t i = 0; i < m->nparam; i++)
		memcpy(m->param[i].data, m->param[i].last,
		    reals_of(&m->param[i]) * real_size(m->shape.real));
}

const char *
weight_average_step(struct net *n, struct model *m)
{
	uint64_t times = m->progress.steps / AVERAGE_STEPS;
	const char *why;

	if (!model_is_mean(m) || m->progress.steps % AVERAGE_STEPS)
		return NULL;
	why = net_store_weights(n, m);
	if (why == NULL && times == 1)
		start_mean(m);
	else if (why == NULL)
		take_in(m, (1.0 + AVERAGE_ETA) / ((double)times + AVERAGE_ETA));
	return why;
}

size_t
weight_average_wait(const struct model_progress *p)
{
	return AVERAGE_STEPS - (size_t)(p->steps % AVERAGE_STEPS);
}

const char *
weight_average_show(struct net *n, struct model *m)
{
	const char *why;

	if (!model_is_mean(m))
		return NULL;
	if ((why = net_store_weights(n, m)) != NULL)
		return why;
	start_mean(m);
	return net_put_mean(n, m);
}

const char *
weight_average_hide(struct net *n, const struct model *m)
{
	return model_is_mean(m) ? net_put_weights(n, m) : NULL;
}

const char *
weight_average_store(struct net *n, struct model *m)
{
	const char *why = net_store(n, m);

	if (why == NULL && model_is_mean(m))
		start_mean(m);
	return why;
}
