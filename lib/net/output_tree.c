/*
 * output_tree.c - the hierarchical softmax: a word's probability is the product of the
 * decisions on its path through a binary tree (huffman.h), some eleven rows of V instead of
 * all.  The whole distribution takes all of them, once each.
 */
#include <math.h>
#include <stdlib.h>

#include "huffman.h"
#include "mem.h"
#include "output_layer.h"
#include "real_array.h"

/* The tree, and the paths of a batch's words. */
struct tree_output {
	struct huffman tree;
	int *start;		/* (capacity + 1) */
	uint32_t *node;		/* (capacity, depth) */
	signed char *turn;	/* likewise */
	double *up;		/* (v - 1) ln P of reaching each inner node */
	void *logits;		/* (v - 1) reals of a row */
};

static const char *
tree_open(struct net *n, const struct model *m)
{
	struct tree_output *o = calloc(1, sizeof(*o));
	uint32_t v = m->shape.vocab;
	const char *why;

	n->out.state = o;
	if (o == NULL)
		return "out of memory";
	if ((why = huffman_new(&o->tree, m->has_vocab ? &m->vocab : NULL, v)) != NULL)
		return why;
	o->up = mem_zeros(v, sizeof(*o->up));
	return o->up ? NULL : "out of memory";
}

static void
tree_release(struct net *n)
{
	struct tree_output *o = n->out.state;

	output_full.release(n);
	if (o == NULL)
		return;
	free(o->start);
	free(o->node);
	free(o->turn);
	free(o->logits);
	o->start = NULL;
	o->node = NULL;
	o->turn = NULL;
	o->logits = NULL;
}

static void
tree_close(struct net *n)
{
	struct tree_output *o = n->out.state;

	if (o == NULL)
		return;
	huffman_free(&o->tree);
	free(o->up);
	free(o);
	n->out.state = NULL;
}

static bool
tree_reserve(struct net *n, size_t t)
{
	struct tree_output *o = n->out.state;
	size_t most;

	if (!mem_mul(t, (size_t)o->tree.depth, &most))
		return false;
	o->start = mem_zeros(t + 1, sizeof(*o->start));
	o->node = mem_zeros(most, sizeof(*o->node));
	o->turn = mem_zeros(most, sizeof(*o->turn));
	o->logits = mem_zeros(o->tree.v, n->size);
	return o->start && o->node && o->turn && o->logits && output_full.reserve(n, t);
}

static void
tree_index_param(struct net *n, const struct model_param *p, int i)
{
	output_full.index_param(n, p, i);
}

static size_t
tree_error_width(const struct net *n)
{
	return output_full.error_width(n);
}

/* The arguments of a call on S, with the paths of the words to predict. */
static struct tree_args
tree_args_of(struct net *n, const struct batch *b, const void *s)
{
	struct tree_output *o = n->out.state;
	struct output_args full = output_args_of(n, b, s);

	for (int r = 0; r < b->t; r++) {
		int at = o->start[r];

		o->start[r + 1] = at + huffman_path(&o->tree, b->y[r], o->node + at, o->turn + at);
	}
	return (struct tree_args){ .v = full.v, .c = full.c, .t = full.t, .s = full.s,
	    .start = o->start, .node = o->node, .turn = o->turn };
}

static void
tree_forward(struct net *n, const struct batch *b, const void *s, double *logp)
{
	struct tree_args a = tree_args_of(n, b, s);

	a.logp = logp;
	n->k->tree_forward(n->k, &a);
}

static void
tree_backward(struct net *n, const struct batch *b, const void *s, double *logp)
{
	struct tree_args a = tree_args_of(n, b, s);

	a.logp = logp;
	a.ds = output_errors(n);
	a.dv = n->g[n->out.v];
	a.dc = net_optional(n->g, n->out.bias);
	n->k->tree_backward(n->k, &a);
	output_backward_projection(n, b, s);
}

/* ln of the logistic function */
static double
log_logistic(double x)
{
	return x > 0 ? -log1p(exp(-x)) : x - log1p(exp(x));
}

/* ln P of taking this turn at a node, from the row's logits. */
static double
log_turn(const struct net *n, const struct tree_output *o, uint32_t at, const void *logits)
{
	uint32_t node = o->tree.parent[at];
	double z = real_at(n->k->real, logits, node);

	return o->up[node] + log_logistic(o->tree.turn[at] * z);
}

/* l(v) of a row from its logits (v - 1).  A node's number is above its parent's. */
static void
descend(const struct net *n, struct tree_output *o, const void *logits, void *l)
{
	uint32_t v = o->tree.v;

	o->up[0] = 0;
	for (uint32_t i = 1; i < v - 1; i++)
		o->up[i] = log_turn(n, o, v + i, logits);
	for (uint32_t i = 0; i < v; i++)
		real_put(n->k->real, l, i, log_turn(n, o, i, logits));
}

/* Row by row, which bounds the memory. */
static void
tree_distribution(struct net *n, const struct batch *b, const void *s, void *l)
{
	struct tree_output *o = n->out.state;
	struct output_args full = output_args_of(n, b, s);
	size_t width = n->out.width * n->size, words = (size_t)o->tree.v * n->size;

	for (int r = 0; r < b->t; r++) {
		struct tree_args a = { .v = full.v, .c = full.c, .t = 1,
		    .s = (const char *)full.s + (size_t)r * width, .l = o->logits };

		n->k->tree_logits(n->k, &a);
		descend(n, o, o->logits, (char *)l + (size_t)r * words);
	}
}

const struct output_layer output_tree = {
	"tree", ROLE_OUT_ROWS, ROLE_OUT_BIAS, true, tree_open, tree_close, tree_index_param,
	tree_reserve, tree_release, tree_error_width, tree_forward, tree_backward,
	tree_distribution, NULL, NULL
};
