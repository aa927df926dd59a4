/*
 * net_pass.c - the forward and the backward pass, layer by layer.
 */
#include <string.h>

#include "output_layer.h"
#include "real_array.h"

enum { DRAWS = 256 };		/* random numbers at a time */

static const char *const no_memory = "out of memory";

/* A pass over a batch. */
struct pass {
	struct net *n;
	struct backend *k;
	const struct batch *b;
	const struct net_state *st;	/* initial states; NULL: zeros */
	bool masked;			/* with dropout of the layers' outputs */
	bool embed_masked;		/* with dropout of the embeddings */
};

/* A layer's initial states; NULL: zeros. */
static const void *
initial(const struct pass *q, void *const *state, int l)
{
	return q->st && q->st->begun ? state[l] : NULL;
}

static const void *
initial_s(const struct pass *q, int l)
{
	return q->st ? initial(q, q->st->s, l) : NULL;
}

static const void *
initial_c(const struct pass *q, int l)
{
	return q->st ? initial(q, q->st->c, l) : NULL;
}

/* A layer's output: its hidden states, after dropout. */
static void *
layer_output(const struct pass *q, int l)
{
	const struct net_rows *r = &q->n->rows[l];

	return q->masked ? r->masked : r->s;
}

/* A layer's input; NULL: it reads words. */
static const void *
layer_input(const struct pass *q, int l)
{
	return l > 0 ? layer_output(q, l - 1) : q->n->embedded;
}

static const void *
last_output(const struct pass *q)
{
	return layer_output(q, (int)q->n->shape.layers - 1);
}

/* The arguments of a cell's forward pass. */
static struct cell_args
cell_args_of(const struct pass *q, int l)
{
	struct net *n = q->n;
	struct net_rows *r = &n->rows[l];

	return (struct cell_args){
		.cell = n->shape.cell, .w = n->p[n->layer[l].state],
		.bias = net_optional(n->p, n->layer[l].state_bias), .b = q->b, .s0 = initial_s(q, l),
		.saved0 = initial_c(q, l), .a = r->a, .s = r->s, .saved = r->saved
	};
}

static void
forward_layer(const struct pass *q, int l)
{
	struct net *n = q->n;
	struct net_rows *r = &n->rows[l];
	const struct matrix *u = n->p[n->layer[l].in];
	const struct cell_args c = cell_args_of(q, l);

	if (layer_input(q, l))
		q->k->dense_forward(q->k, u, q->b->t, layer_input(q, l), r->a);
	else
		q->k->embed_forward(q->k, u, q->b, r->a);
	if (n->layer[l].bias >= 0)
		q->k->bias_forward(q->k, n->p[n->layer[l].bias], q->b->t, r->a);
	q->k->cell_forward(q->k, &c);
	if (q->masked)
		q->k->multiply(q->k, (size_t)q->b->t * (size_t)n->h, r->s, r->mask, r->masked);
}

/* The embeddings, or their errors. */
static void
mask_embeddings(const struct pass *q, void *rows)
{
	size_t reals = (size_t)q->b->t * q->n->shape.embed;

	q->k->multiply(q->k, reals, rows, q->n->embed_mask, rows);
}

static void
forward_layers(const struct pass *q)
{
	struct net *n = q->n;

	if (n->embed >= 0)
		q->k->embed_forward(q->k, n->p[n->embed], q->b, n->embedded);
	if (q->embed_masked)
		mask_embeddings(q, n->embedded);
	for (int l = 0; l < (int)n->shape.layers; l++)
		forward_layer(q, l);
}

/* Carries the states at the sequences' ends over to the next batch. */
static void
carry_over(struct net *n, const struct batch *b, struct net_state *st)
{
	if (st == NULL)
		return;
	for (int i = 0; i < b->nseq; i++)
		st->from[i] = b->start[i + 1] - 1;
	for (uint32_t l = 0; l < n->shape.layers; l++) {
		n->k->pick_rows(n->k, b->nseq, st->from, n->h, n->rows[l].s, st->s[l]);
		if (st->c[l])
			n->k->pick_rows(n->k, b->nseq, st->from, n->h, n->rows[l].saved, st->c[l]);
	}
	st->begun = true;
}

/* A forward pass up to, but without, the output layer. */
static const char *
forward_only(struct pass *q, struct net *n, const struct batch *b, struct net_state *st)
{
	*q = (struct pass){ .n = n, .k = n->k, .b = b, .st = st };
	if (!net_reserve(n, (size_t)b->t, false, false))
		return no_memory;
	forward_layers(q);
	carry_over(n, b, st);
	return NULL;
}

const char *
net_logp(struct net *n, const struct batch *b, struct net_state *st, double *logp)
{
	struct pass q;
	const char *why = forward_only(&q, n, b, st);

	if (why)
		return why;
	n->output->forward(n, b, last_output(&q), logp);
	return n->k->error(n->k);
}

const char *
net_logp_all(struct net *n, const struct batch *b, struct net_state *st, void *l)
{
	struct pass q;
	const char *why = forward_only(&q, n, b, st);

	if (why)
		return why;
	n->output->distribution(n, b, last_output(&q), l);
	return n->k->error(n->k);
}

const char *
net_states(struct net *n, const struct batch *b, struct net_state *st, int layer, void *s)
{
	struct pass q;
	const char *why = forward_only(&q, n, b, st);

	if (why)
		return why;
	n->k->get(n->k, s, n->rows[layer].s, (size_t)b->t * (size_t)n->h);
	return n->k->error(n->k);
}

/* mask(DRAWS): 0 where the number drawn is below `dropped`, else `kept`. */
#define MASK_OF(type) \
static void \
mask_of_ ## type(const uint32_t *drawn, uint32_t dropped, type kept, type *mask) \
{ \
	for (int i = 0; i < DRAWS; i++) \
		mask[i] = drawn[i] < dropped ? 0 : kept; \
}
MASK_OF(float)
MASK_OF(double)

/* Draws n numbers of a mask: 0 for outputs to drop, 1 / (1 - rate) for those to keep. */
static void
draw_mask(struct rng *rng, double rate, enum real_type real, size_t n, void *mask)
{
	uint32_t dropped = (uint32_t)(rate * 4294967296.0), drawn[DRAWS] = { 0 };
	double kept = 1 / (1 - rate);
	union { float f32[DRAWS]; double f64[DRAWS]; } part;
	size_t size = real_size(real);

	for (size_t i = 0; i < n; i += DRAWS) {
		size_t some = n - i < DRAWS ? n - i : DRAWS;

		rng_fill(rng, drawn, some);
		if (real == REAL_F64)
			mask_of_double(drawn, dropped, kept, part.f64);
		else
			mask_of_float(drawn, dropped, (float)kept, part.f32);
		memcpy((char *)mask + i * size, &part, some * size);
	}
}

/* The masks of a batch's rows, in the host's memory. */
static void
draw_rows(const struct pass *q, const struct net_pass *how, double rate, size_t width)
{
	struct net *n = q->n;
	const struct batch *b = q->b;
	size_t bytes = width * n->size;
	char *mask = n->host_mask;

	rng_skip(how->rng, how->masks_before * width);
	if (!how->by_sequence)
		draw_mask(how->rng, rate, n->k->real, (size_t)b->t * width, mask);
	for (int i = 0; how->by_sequence && i < b->nseq; i++) {
		char *first = mask + (size_t)b->start[i] * bytes;

		draw_mask(how->rng, rate, n->k->real, width, first);
		for (int r = b->start[i] + 1; r < b->start[i + 1]; r++)
			memcpy(mask + (size_t)r * bytes, first, bytes);
	}
	rng_skip(how->rng, how->masks_after * width);
}

static void
draw_masks(const struct pass *q, const struct net_pass *how)
{
	struct net *n = q->n;
	size_t t = (size_t)q->b->t, e = n->shape.embed;

	for (uint32_t l = 0; q->masked && l < n->shape.layers; l++) {
		draw_rows(q, how, how->dropout, (size_t)n->h);
		n->k->put(n->k, n->rows[l].mask, n->host_mask, t * (size_t)n->h);
	}
	if (q->embed_masked) {
		draw_rows(q, how, how->embed_dropout, e);
		n->k->put(n->k, n->embed_mask, n->host_mask, t * e);
	}
}

static void
backward_cell(const struct pass *q, int l, int bptt)
{
	struct net *n = q->n;
	struct cell_args c = cell_args_of(q, l);

	c.bptt = bptt;
	c.ds = n->ds;
	c.d = n->d;
	c.dw = n->g[n->layer[l].state];
	c.dbias = net_optional(n->g, n->layer[l].state_bias);
	q->k->cell_backward(q->k, &c);
}

/* n->ds: the error of the layer's output, replaced by that of its input. */
static void
backward_layer(const struct pass *q, int l, int bptt)
{
	struct net *n = q->n;

	if (q->masked)
		q->k->multiply(q->k, (size_t)q->b->t * (size_t)n->h, n->ds, n->rows[l].mask,
		    n->ds);
	backward_cell(q, l, bptt);
	if (n->layer[l].bias >= 0)
		q->k->bias_backward(q->k, q->b->t, n->d, n->g[n->layer[l].bias]);
	if (layer_input(q, l))
		q->k->dense_backward(q->k, n->p[n->layer[l].in], q->b->t, layer_input(q, l), n->d, n->ds,
		    n->g[n->layer[l].in]);
	else
		q->k->embed_backward(q->k, q->b, n->d, n->g[n->layer[l].in]);
}

/* n->ds: the error of the first layer's input. */
static void
backward_embeddings(const struct pass *q)
{
	struct net *n = q->n;

	if (q->embed_masked)
		mask_embeddings(q, n->ds);
	if (n->embed >= 0)
		n->k->embed_backward(n->k, q->b, n->ds, n->g[n->embed]);
}

const char *
net_complete(struct net *n, int layer)
{
	return n->completed ? n->completed(n, layer, n->reduce_arg) : NULL;
}

static const char *
backward_pass(const struct pass *q, int bptt, double *logp)
{
	struct net *n = q->n;
	const char *why;

	n->output->backward(n, q->b, last_output(q), logp);
	why = net_complete(n, (int)n->shape.layers);
	for (int l = (int)n->shape.layers; why == NULL && l-- > 0;) {
		backward_layer(q, l, bptt);
		if (l == 0)
			backward_embeddings(q);
		why = net_complete(n, l);
	}
	return why;
}

const char *
net_gradient(struct net *n, const struct batch *b, const struct net_pass *how, double *logp)
{
	struct pass q = { n, n->k, b, how->st, how->dropout > 0,
	    n->embed >= 0 && how->embed_dropout > 0 };
	const char *why;

	if (!net_reserve(n, (size_t)b->t, true, q.masked || q.embed_masked))
		return no_memory;
	draw_masks(&q, how);
	forward_layers(&q);
	n->noise = how->noise;
	if ((why = backward_pass(&q, how->bptt, logp)) != NULL)
		return why;
	carry_over(n, b, how->st);
	return n->k->error(n->k);
}

const char *
net_output_errors(struct net *n, const struct batch *b, const struct net_state *st, double *logp)
{
	struct pass q = { .n = n, .k = n->k, .b = b, .st = st };

	if (!net_reserve(n, (size_t)b->t, true, false))
		return no_memory;
	forward_layers(&q);
	n->output->backward(n, b, last_output(&q), logp);
	return n->k->error(n->k);
}

void
net_restart(struct net *n)
{
	net_state_reset(&n->own_state);
}

const char *
net_next(struct net *n, uint32_t word, void *l)
{
	static const int start[] = { 0, 1 };
	struct batch b = { 1, 1, start, &word, &word };

	return net_logp_all(n, &b, &n->own_state, l);
}
