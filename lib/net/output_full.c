/*
 * output_full.c - the exact softmax over the whole vocabulary: softmax(V s + c).
 *
 * A model may have a projection layer before it: with P (N,H), V is C x N instead of
 * C x H, and the softmax costs N/H of the time (Sak et al. 2014; the tutorial suggests
 * it, too).
 */
#include "output_layer.h"

static void
full_index_param(struct net *n, const struct model_param *p, int i)
{
	if (p->kind == PARAM_OUT)
		n->out.v = i;
	else if (p->kind == PARAM_OUT_BIAS)
		n->out.bias = i;
	else if (p->kind == PARAM_PROJECT)
		n->out.project = i;
}

static bool
full_reserve(struct net *n, size_t t)
{
	return n->out.project < 0 || net_new_rows(n, &n->out.projected, t, n->out.width);
}

static void
full_release(struct net *n)
{
	net_free_rows(n, &n->out.projected);
}

static size_t
full_error_width(const struct net *n)
{
	return n->out.width;
}

struct output_args
output_args_of(struct net *n, const struct batch *b, const void *s)
{
	if (n->out.project >= 0)
		n->k->dense_forward(n->k, n->p[n->out.project], b->t, s, n->out.projected);
	return (struct output_args){
		.v = n->p[n->out.v], .c = net_optional(n->p, n->out.bias), .t = b->t,
		.s = n->out.project >= 0 ? n->out.projected : s, .y = b->y
	};
}

void *
output_errors(struct net *n)
{
	return n->out.project >= 0 ? n->d : n->ds;
}

void
output_backward_projection(struct net *n, const struct batch *b, const void *s)
{
	if (n->out.project >= 0)
		n->k->dense_backward(n->k, n->p[n->out.project], b->t, s, n->d, n->ds,
		    n->g[n->out.project]);
}

static void
full_forward(struct net *n, const struct batch *b, const void *s, double *logp)
{
	struct output_args a = output_args_of(n, b, s);

	a.logp = logp;
	n->k->out_forward(n->k, &a);
}

static void
full_backward(struct net *n, const struct batch *b, const void *s, double *logp)
{
	struct output_args a = output_args_of(n, b, s);

	a.logp = logp;
	a.ds = output_errors(n);
	a.dv = n->g[n->out.v];
	a.dc = net_optional(n->g, n->out.bias);
	n->k->out_backward(n->k, &a);
	output_backward_projection(n, b, s);
}

static void
full_distribution(struct net *n, const struct batch *b, const void *s, void *l)
{
	struct output_args a = output_args_of(n, b, s);

	a.l = l;
	n->k->out_logp(n->k, &a);
}

const struct output_layer output_full = {
	"full", ROLE_OUT, ROLE_BIAS, false, NULL, NULL, full_index_param, full_reserve, full_release, full_error_width, full_forward,
	full_backward, full_distribution, NULL, NULL
};
