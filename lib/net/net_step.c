/*
 * net_step.c - a training step: gradient, its reduction over workers, clipping, update.
 */
#include <math.h>

#include "output_layer.h"

/* Whether the step changes parameter i. */
static bool
is_due(const struct net *n, size_t i)
{
	return n->output->is_due == NULL || n->output->is_due(n, i);
}

static const char *
update_params(struct net *n, const struct update *u)
{
	for (size_t i = 0; i < n->nparam; i++) {
		struct update one = *u;

		if (!is_due(n, i))
			continue;
		if (n->is_bias[i])
			one.weight_decay = 0;
		one.lazy = n->output->is_lazy;
		one.row_steps = n->row_steps[i];
		n->k->update(n->k, n->p[i], n->g[i], n->moment[0][i], n->moment[1][i], &one);
	}
	return n->k->error(n->k);
}

const char *
net_zero(struct net *n)
{
	static const struct update no_change = { .rule = RULE_SGD, .scale = 1 };

	for (size_t i = 0; n->g[0] && i < n->nparam; i++)
		n->k->update(n->k, n->p[i], n->g[i], NULL, NULL, &no_change);
	return n->k->error(n->k);
}

static double
gradient_norm(struct net *n)
{
	double sum = 0;

	for (size_t i = 0; i < n->nparam; i++)
		if (is_due(n, i))
			sum += n->k->sum_squares(n->k, n->g[i]);
	return sqrt(sum);
}

bool
net_is_fusible(const struct model_shape *s, const struct hyperparams *r)
{
	bool tutorial = s->cell == CELL_RNN && s->layers == 1 && s->embed == 0 &&
	    s->project == 0 && !s->bias;

	return tutorial && output_layer_of(s, r) == &output_full && r->rule == RULE_SGD &&
	    r->clip == 0 && r->clip_norm == 0 && r->dropout == 0;
}

/* Whether a device may fuse gradient and update in one call: the tutorial's network and
 * its SGD, with nothing in between. */
static bool
is_fusible(const struct net *n, const struct net_pass *how, const struct hyperparams *r)
{
	return net_is_fusible(&n->shape, r) && how->dropout == 0 && how->st == NULL &&
	    n->reduce == NULL;
}

static struct step_args
step_args_of(const struct net *n, const struct batch *b, int bptt, double rate, double *logp)
{
	return (struct step_args){
		.net = { n->p[n->layer[0].in], n->p[n->out.v], n->p[n->layer[0].state] },
		.b = b, .bptt = bptt, .rate = rate, .logp = logp
	};
}

bool
net_has_queue(const struct net *n, const struct net_pass *how, const struct hyperparams *r)
{
	return n->k->steps && is_fusible(n, how, r);
}

const char *
net_steps(struct net *n, const struct batch *b, int bptt, double rate, double *logp)
{
	const struct step_args a = step_args_of(n, b, bptt, rate, logp);

	n->k->steps(n->k, &a);
	return n->k->error(n->k);
}

/* net_gradient(); a worker without a sequence of the batch has a gradient of zeros. */
static const char *
batch_gradient(struct net *n, const struct batch *b, const struct net_pass *how, double *logp)
{
	const char *why = NULL;

	if (b->t > 0)
		return net_gradient(n, b, how, logp);
	if (!net_reserve(n, 1, true, how->dropout > 0))
		return "out of memory";
	for (int l = (int)n->shape.layers; why == NULL && l >= 0; l--)
		why = net_complete(n, l);
	return why;
}

const char *
net_step(struct net *n, const struct batch *b, const struct net_pass *how,
    const struct hyperparams *r, double rate, uint64_t step, double *logp)
{
	double scale = n->grad_scale > 0 ? n->grad_scale : 1;
	struct update u;
	const char *why;

	if (n->k->step && is_fusible(n, how, r)) {
		const struct step_args a = step_args_of(n, b, how->bptt, rate, logp);

		n->k->step(n->k, &a);
		return n->k->error(n->k);
	}
	if ((why = batch_gradient(n, b, how, logp)) != NULL)
		return why;
	if (n->reduce && (why = n->reduce(n, n->reduce_arg)) != NULL)
		return why;
	if (n->output->begin_update)
		n->output->begin_update(n);
	u = hyperparams_update(r, rate, step, r->clip_norm > 0 ? gradient_norm(n) * scale : 0);
	u.scale *= scale;
	return update_params(n, &u);
}
