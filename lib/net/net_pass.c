/*
 * net_pass.c - a network forward and back, layer by layer, and its update.
 */
#include <math.h>
#include <string.h>

#include "output_layer.h"

static const char *const no_memory = "out of memory";

/* A pass over a batch: what every step of it needs to know. */
struct pass {
	struct net *n;
	struct backend *k;
	const struct batch *b;
	const struct net_state *st;	/* NULL: sequences begin with zeros */
	bool masked;
};

static const void *
before(const struct pass *q, void *const *state, int l)
{
	return q->st && q->st->begun ? state[l] : NULL;
}

static const void *
s_before(const struct pass *q, int l)
{
	return q->st ? before(q, q->st->s, l) : NULL;
}

static const void *
c_before(const struct pass *q, int l)
{
	return q->st ? before(q, q->st->c, l) : NULL;
}

/* What a layer hands on. */
static void *
output(const struct pass *q, int l)
{
	const struct net_rows *r = &q->n->rows[l];

	return q->masked ? r->masked : r->s;
}

/* What a layer reads; NULL: words. */
static const void *
input(const struct pass *q, int l)
{
	return l > 0 ? output(q, l - 1) : q->n->first;
}

/* What the output layer reads. */
static const void *
last_output(const struct pass *q)
{
	return output(q, (int)q->n->shape.layers - 1);
}

/* A layer's cell in this pass; forward. */
static struct cell_args
cell_args_of(const struct pass *q, int l)
{
	struct net *n = q->n;
	struct net_rows *r = &n->rows[l];

	return (struct cell_args){
		.cell = n->shape.cell, .w = n->p[n->at[l].state],
		.bias = net_at(n->p, n->at[l].state_bias), .b = q->b, .s0 = s_before(q, l),
		.saved0 = c_before(q, l), .a = r->a, .s = r->s, .saved = r->extra
	};
}

static void
layer_forward(const struct pass *q, int l)
{
	struct net *n = q->n;
	struct net_rows *r = &n->rows[l];
	const struct matrix *u = n->p[n->at[l].in];
	const struct cell_args c = cell_args_of(q, l);

	if (input(q, l))
		q->k->dense_forward(q->k, u, q->b->t, input(q, l), r->a);
	else
		q->k->embed_forward(q->k, u, q->b, r->a);
	if (n->at[l].bias >= 0)
		q->k->bias_forward(q->k, n->p[n->at[l].bias], q->b->t, r->a);
	q->k->cell_forward(q->k, &c);
	if (q->masked)
		q->k->multiply(q->k, (size_t)q->b->t * (size_t)n->h, r->s, r->mask, r->masked);
}

static void
forward(const struct pass *q)
{
	struct net *n = q->n;

	if (n->embed >= 0)
		q->k->embed_forward(q->k, n->p[n->embed], q->b, n->first);
	for (int l = 0; l < (int)n->shape.layers; l++)
		layer_forward(q, l);
}

/* The states at the sequences' ends are those before the next batch. */
static void
carry(struct net *n, const struct batch *b, struct net_state *st)
{
	if (st == NULL)
		return;
	for (int i = 0; i < b->nseq; i++)
		st->last[i] = b->start[i + 1] - 1;
	for (uint32_t l = 0; l < n->shape.layers; l++) {
		n->k->pick_rows(n->k, b->nseq, st->last, n->h, n->rows[l].s, st->s[l]);
		if (st->c[l])
			n->k->pick_rows(n->k, b->nseq, st->last, n->h, n->rows[l].extra, st->c[l]);
	}
	st->begun = true;
}

/* Forward only, up to V; NULL or a phrase. */
static const char *
look(struct pass *q, struct net *n, const struct batch *b, struct net_state *st)
{
	*q = (struct pass){ .n = n, .k = n->k, .b = b, .st = st };
	if (!net_room(n, (size_t)b->t, false, false))
		return no_memory;
	forward(q);
	carry(n, b, st);
	return NULL;
}

const char *
net_logp(struct net *n, const struct batch *b, struct net_state *st, double *logp)
{
	struct pass q;
	const char *why = look(&q, n, b, st);

	if (why)
		return why;
	n->output->forward(n, b, last_output(&q), logp);
	return n->k->error(n->k);
}

const char *
net_logp_all(struct net *n, const struct batch *b, struct net_state *st, void *l)
{
	struct pass q;
	const char *why = look(&q, n, b, st);

	if (why)
		return why;
	n->output->distribution(n, b, last_output(&q), l);
	return n->k->error(n->k);
}

const char *
net_states(struct net *n, const struct batch *b, struct net_state *st, int layer, void *s)
{
	struct pass q;
	const char *why = look(&q, n, b, st);

	if (why)
		return why;
	n->k->get(n->k, s, n->rows[layer].s, (size_t)b->t * (size_t)n->h);
	return n->k->error(n->k);
}

/* Which numbers of each layer's output stay, and by what they are multiplied. */
static void
draw_masks(const struct pass *q, const struct net_pass *how)
{
	struct net *n = q->n;
	size_t reals = (size_t)q->b->t * (size_t)n->h;
	uint32_t gone = (uint32_t)(how->dropout * 4294967296.0);
	double kept = 1 / (1 - how->dropout);

	for (uint32_t l = 0; l < n->shape.layers; l++) {
		for (size_t i = 0; i < reals; i++) {
			double x = rng_u32(how->rng) < gone ? 0 : kept;

			if (n->k->real == REAL_F64)
				((double *)n->host)[i] = x;
			else
				((float *)n->host)[i] = (float)x;
		}
		n->k->put(n->k, n->rows[l].mask, n->host, reals);
	}
}

static void
cell_backward(const struct pass *q, int l, int bptt)
{
	struct net *n = q->n;
	struct cell_args c = cell_args_of(q, l);

	c.bptt = bptt;
	c.ds = n->ds;
	c.d = n->d;
	c.dw = n->g[n->at[l].state];
	c.dbias = net_at(n->g, n->at[l].state_bias);
	q->k->cell_backward(q->k, &c);
}

/* The error of a layer's output, in ds, becomes that of its input, there too. */
static void
layer_backward(const struct pass *q, int l, int bptt)
{
	struct net *n = q->n;

	if (q->masked)
		q->k->multiply(q->k, (size_t)q->b->t * (size_t)n->h, n->ds, n->rows[l].mask,
		    n->ds);
	cell_backward(q, l, bptt);
	if (n->at[l].bias >= 0)
		q->k->bias_backward(q->k, q->b->t, n->d, n->g[n->at[l].bias]);
	if (input(q, l))
		q->k->dense_backward(q->k, n->p[n->at[l].in], q->b->t, input(q, l), n->d, n->ds,
		    n->g[n->at[l].in]);
	else
		q->k->embed_backward(q->k, q->b, n->d, n->g[n->at[l].in]);
}

const char *
net_gradient(struct net *n, const struct batch *b, const struct net_pass *how, double *logp)
{
	struct pass q = { n, n->k, b, how->st, how->dropout > 0 };

	if (!net_room(n, (size_t)b->t, true, q.masked))
		return no_memory;
	if (q.masked)
		draw_masks(&q, how);
	forward(&q);
	n->output->backward(n, b, last_output(&q), logp);
	for (int l = (int)n->shape.layers; l-- > 0;)
		layer_backward(&q, l, how->bptt);
	if (n->embed >= 0)
		n->k->embed_backward(n->k, b, n->ds, n->g[n->embed]);
	carry(n, b, how->st);
	return n->k->error(n->k);
}

static const char *
update(struct net *n, const struct update *u)
{
	struct update bias = *u;

	bias.weight_decay = 0;
	for (size_t i = 0; i < n->nparam; i++)
		n->k->update(n->k, n->p[i], n->g[i], n->moment[0][i], n->moment[1][i],
		    n->is_bias[i] ? &bias : u);
	return n->k->error(n->k);
}

const char *
net_zero(struct net *n)
{
	static const struct update nothing = { .rule = RULE_SGD, .scale = 1 };

	for (size_t i = 0; n->g[0] && i < n->nparam; i++)
		n->k->update(n->k, n->p[i], n->g[i], NULL, NULL, &nothing);
	return n->k->error(n->k);
}

static double
norm(struct net *n)
{
	double sum = 0;

	for (size_t i = 0; i < n->nparam; i++)
		sum += n->k->sum_squares(n->k, n->g[i]);
	return sqrt(sum);
}

/* The tutorial's net and its SGD, which backends may do in one call. */
static bool
is_plain(const struct net *n, const struct net_pass *how, const struct hyperparams *r)
{
	return n->shape.cell == CELL_RNN && n->shape.layers == 1 &&
	    n->shape.embed == 0 && n->shape.project == 0 && !n->shape.bias && r->rule == RULE_SGD && r->clip == 0 &&
	    r->clip_norm == 0 && how->dropout == 0 && how->st == NULL;
}

static struct step_args
step_args_of(const struct net *n, const struct batch *b, int bptt, double rate, double *logp)
{
	return (struct step_args){
		.net = { n->p[n->at[0].in], n->p[n->out.v], n->p[n->at[0].state] },
		.b = b, .bptt = bptt, .rate = rate, .logp = logp
	};
}

bool
net_has_queue(const struct net *n, const struct net_pass *how, const struct hyperparams *r)
{
	return n->k->steps && is_plain(n, how, r);
}

const char *
net_steps(struct net *n, const struct batch *b, int bptt, double rate, double *logp)
{
	const struct step_args a = step_args_of(n, b, bptt, rate, logp);

	n->k->steps(n->k, &a);
	return n->k->error(n->k);
}

const char *
net_step(struct net *n, const struct batch *b, const struct net_pass *how,
    const struct hyperparams *r, double rate, uint64_t step, double *logp)
{
	struct update u;
	const char *why;

	if (n->k->step && is_plain(n, how, r)) {
		const struct step_args a = step_args_of(n, b, how->bptt, rate, logp);

		n->k->step(n->k, &a);
		return n->k->error(n->k);
	}
	if ((why = net_gradient(n, b, how, logp)) != NULL)
		return why;
	u = hyperparams_update(r, rate, step, r->clip_norm > 0 ? norm(n) : 0);
	return update(n, &u);
}

void
net_restart(struct net *n)
{
	net_state_forget(&n->one);
}

const char *
net_next(struct net *n, uint32_t word, void *l)
{
	static const int start[] = { 0, 1 };
	struct batch b = { 1, 1, start, &word, &word };

	return net_logp_all(n, &b, &n->one, l);
}

const char *
net_peek(struct net *n, int layer, void *s)
{
	n->k->get(n->k, s, n->one.s[layer], (size_t)n->h);
	return n->k->error(n->k);
}
