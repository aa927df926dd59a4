/*
 * output_layers.c - the entries of the output layers: the softmax layer, and those that use
 * few rows of V in a step.
 */
#include "product.h"
#include "row_math.h"
#include "sampled.h"
#include "softmax_small.h"
#include "state.h"
#include "tree.h"

/* The values of a bias, or NULL. */
static real *
bias_values(const struct matrix *bias)
{
	return bias ? bias->p : NULL;
}

/* v is NULL, and an error reported, when out of memory. */
static struct softmax_call
softmax_call(struct backend *k, const struct output_args *a)
{
	return (struct softmax_call){ .v = params_panels(k, a->v), .bias = bias_values(a->c),
	    .t = a->t, .s = a->s, .stride = (size_t)a->v->cols, .y = a->y, .logp = a->logp };
}

static void
out_forward(struct backend *k, const struct output_args *a)
{
	struct softmax_call c = softmax_call(k, a);

	if (c.v == NULL)
		return;
	(is_small(c.v) ? softmax_small_forward : output_forward)(&state(k)->output, &c);
}

static void
out_backward(struct backend *k, const struct output_args *a)
{
	struct softmax_call c = softmax_call(k, a);

	c.ds = a->ds;
	c.dstride = c.stride;
	c.dv = &cpu_mat_of(a->dv)->v;
	c.dbias = bias_values(a->dc);
	c.scale = 1;
	(is_small(c.v) ? softmax_small_backward : output_backward)(&state(k)->output, &c);
}

static void
out_logp(struct backend *k, const struct output_args *a)
{
	struct softmax_call c = softmax_call(k, a);

	if (c.v == NULL)
		return;
	c.y = NULL;
	c.logp = NULL;
	c.l = a->l;
	(is_small(c.v) ? softmax_small_logp : output_logp)(&state(k)->output, &c);
}

/* Adds rows to the sets of V's and c's gradients. */
static void
touch(struct matrix *dv, struct matrix *dc, const uint32_t *rows, int n)
{
	touched_add(&dv->touched, rows, n);
	if (dc)
		touched_add(&dc->touched, rows, n);
}

static void
out_sampled(struct backend *k, const struct sampled_args *a)
{
	struct sampled_call c = {
		.t = a->t, .h = a->v->cols, .n = a->n, .v = a->v->p, .c = bias_values(a->c), .s = a->s,
		.y = a->y, .noise = a->noise, .target_shift = a->target_shift,
		.noise_shift = a->noise_shift, .logp = a->logp, .ds = a->ds, .dv = a->dv->p,
		.dc = bias_values(a->dc)
	};

	softmax_sampled(&state(k)->output, &c);
	touch(a->dv, a->dc, a->noise, a->n);
	touch(a->dv, a->dc, a->y, a->t);
}

static struct tree_call
tree_call(const struct tree_args *a)
{
	return (struct tree_call){ .t = a->t, .h = a->v->cols, .v = a->v->p, .c = bias_values(a->c),
	    .s = a->s, .start = a->start, .node = a->node, .turn = a->turn, .logp = a->logp };
}

static void
tree_forward(struct backend *k, const struct tree_args *a)
{
	struct tree_call c = tree_call(a);

	softmax_tree(&state(k)->output, &c);
}

static void
tree_backward(struct backend *k, const struct tree_args *a)
{
	struct tree_call c = tree_call(a);

	c.ds = a->ds;
	c.dv = a->dv->p;
	c.dc = bias_values(a->dc);
	softmax_tree(&state(k)->output, &c);
	touch(a->dv, a->dc, a->node, a->start[a->t]);
}

static void
tree_logits(struct backend *k, const struct tree_args *a)
{
	const struct panels *v = params_panels(k, a->v);
	real *space = v ? cpu_scratch(k, product_space(state(k)->pool, v, a->t)) : NULL, *l = a->l;

	if (space == NULL)
		return;
	product_forward(state(k)->pool, v, a->t, a->s, l, space);
	for (int r = 0; a->c && r < a->t; r++, l += v->n)
		row_add_scaled(l, a->c->p, v->n, 1);
}

void
output_entries(struct backend *k)
{
	k->out_forward = out_forward;
	k->out_backward = out_backward;
	k->out_logp = out_logp;
	k->sampled_backward = out_sampled;
	k->tree_forward = tree_forward;
	k->tree_backward = tree_backward;
	k->tree_logits = tree_logits;
}
