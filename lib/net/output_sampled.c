/*
 * output_sampled.c - the softmax over a sample of the vocabulary, in training alone: loss
 * and gradient are those of a row's target and the noise words of the step (backend.h).
 * The parameters are those of output_full.c; so are the probabilities of a trained model.
 */
#include <stdlib.h>

#include "noise.h"
#include "output_layer.h"

static void
sampled_index_param(struct net *n, const struct model_param *p, int i)
{
	output_full.index_param(n, p, i);
}

static bool
sampled_reserve(struct net *n, size_t t)
{
	double *shift = realloc(n->out.target_shift, t * sizeof(*shift));

	if (shift == NULL)
		return false;
	n->out.target_shift = shift;
	return output_full.reserve(n, t);
}

static void
sampled_release(struct net *n)
{
	free(n->out.target_shift);
	n->out.target_shift = NULL;
	output_full.release(n);
}

static size_t
sampled_error_width(const struct net *n)
{
	return output_full.error_width(n);
}

static void
sampled_forward(struct net *n, const struct batch *b, const void *s, double *logp)
{
	output_full.forward(n, b, s, logp);
}

static void
sampled_backward(struct net *n, const struct batch *b, const void *s, double *logp)
{
	struct output_args full = output_args_of(n, b, s);
	struct sampled_args a = {
		.v = full.v, .c = full.c, .t = full.t, .s = full.s, .y = full.y,
		.target_shift = n->out.target_shift, .n = n->noise->n, .noise = n->noise->word,
		.noise_shift = n->noise->shift, .logp = logp, .ds = output_errors(n),
		.dv = n->g[n->out.v], .dc = net_optional(n->g, n->out.bias)
	};

	for (int r = 0; r < b->t; r++)
		n->out.target_shift[r] = -n->noise->log_expected[b->y[r]];
	n->k->sampled_backward(n->k, &a);
	output_backward_projection(n, b, s);
}

static void
sampled_distribution(struct net *n, const struct batch *b, const void *s, void *l)
{
	output_full.distribution(n, b, s, l);
}

const struct output_layer output_sampled = {
	"sampled", ROLE_OUT_ROWS, ROLE_OUT_BIAS, true, NULL, NULL, sampled_index_param,
	sampled_reserve, sampled_release, sampled_error_width, sampled_forward, sampled_backward,
	sampled_distribution, NULL, NULL
};
