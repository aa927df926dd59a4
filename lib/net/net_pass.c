/*
 * net_pass.c - a network forward and back, layer by layer, and its update.
 */
#include <math.h>
#include <string.h>

#include "net.h"

static const char *const no_memory = "out of memory";

/* A pass over a batch: what every step of it needs to know. */
struct pass {
	struct net *n;
	struct backend *k;
	const struct batch *b;
	const struct net_state *st;	/* NULL: sequences begin with zeros */
	bool masked;
};

/* The parameter, or its gradient, at a place that may be none. */
static struct matrix *
at(struct matrix *const *list, int i)
{
	return i < 0 ? NULL : list[i];
}

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

/* What V reads. */
static const void *
top(const struct pass *q)
{
	return q->n->project >= 0 ? q->n->top : output(q, (int)q->n->shape.layers - 1);
}

static void
cell_forward(const struct pass *q, int l)
{
	struct net *n = q->n;
	struct net_rows *r = &n->rows[l];
	const struct matrix *w = n->p[n->at[l].state];

	switch (n->shape.cell) {
	case CELL_RNN:
		q->k->rnn_forward(q->k, w, q->b, r->a, s_before(q, l), r->s);
		break;
	case CELL_LSTM:
		q->k->lstm_forward(q->k, w, q->b, r->a, s_before(q, l), c_before(q, l), r->s,
		    r->extra);
		break;
	case CELL_GRU:
		q->k->gru_forward(q->k, w, at(n->p, n->at[l].state_bias), q->b, r->a,
		    s_before(q, l), r->s, r->extra);
		break;
	}
}

static void
layer_forward(const struct pass *q, int l)
{
	struct net *n = q->n;
	struct net_rows *r = &n->rows[l];
	const struct matrix *u = n->p[n->at[l].in];

	if (input(q, l))
		q->k->dense_forward(q->k, u, q->b->t, input(q, l), r->a);
	else
		q->k->embed_forward(q->k, u, q->b, r->a);
	if (n->at[l].bias >= 0)
		q->k->bias_forward(q->k, n->p[n->at[l].bias], q->b->t, r->a);
	cell_forward(q, l);
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
	if (n->project >= 0)
		q->k->dense_forward(q->k, n->p[n->project], q->b->t,
		    output(q, (int)n->shape.layers - 1), n->top);
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
	n->k->out_forward(n->k, n->p[n->out], at(n->p, n->out_bias), b->t, top(&q), b->y, logp);
	return n->k->error(n->k);
}

const char *
net_logp_all(struct net *n, const struct batch *b, struct net_state *st, void *l)
{
	struct pass q;
	const char *why = look(&q, n, b, st);

	if (why)
		return why;
	n->k->out_logp(n->k, n->p[n->out], at(n->p, n->out_bias), b->t, top(&q), l);
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
output_backward(const struct pass *q, double *logp)
{
	struct net *n = q->n;
	void *error = n->project >= 0 ? n->d : n->ds;

	q->k->out_backward(q->k, n->p[n->out], at(n->p, n->out_bias), q->b->t, top(q), q->b->y,
	    error, n->g[n->out], at(n->g, n->out_bias), logp);
	if (n->project >= 0)
		q->k->dense_backward(q->k, n->p[n->project], q->b->t,
		    output(q, (int)n->shape.layers - 1), error, n->ds, n->g[n->project]);
}

static void
cell_backward(const struct pass *q, int l, int bptt)
{
	struct net *n = q->n;
	struct net_rows *r = &n->rows[l];
	const struct matrix *w = n->p[n->at[l].state];
	struct matrix *dw = n->g[n->at[l].state];

	switch (n->shape.cell) {
	case CELL_RNN:
		q->k->rnn_backward(q->k, w, q->b, bptt, r->s, s_before(q, l), n->ds, n->d, dw);
		break;
	case CELL_LSTM:
		q->k->lstm_backward(q->k, w, q->b, r->a, r->s, r->extra, s_before(q, l),
		    c_before(q, l), n->ds, n->d, dw);
		break;
	case CELL_GRU:
		q->k->gru_backward(q->k, w, q->b, r->a, r->s, r->extra, s_before(q, l), n->ds,
		    n->d, dw, at(n->g, n->at[l].state_bias));
		break;
	}
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
	output_backward(&q, logp);
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
	for (size_t i = 0; i < n->nparam; i++)
		n->k->update(n->k, n->p[i], n->g[i], n->moment[0][i], n->moment[1][i], u);
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
	    n->shape.embed == 0 && !n->shape.bias && r->rule == RULE_SGD && r->clip == 0 &&
	    r->clip_norm == 0 && how->dropout == 0 && how->st == NULL;
}

static struct plain_net
plain(const struct net *n)
{
	return (struct plain_net){ n->p[n->at[0].in], n->p[n->out], n->p[n->at[0].state] };
}

bool
net_has_queue(const struct net *n, const struct net_pass *how, const struct hyperparams *r)
{
	return n->k->steps && is_plain(n, how, r);
}

const char *
net_steps(struct net *n, const struct batch *b, int bptt, double rate, double *logp)
{
	struct plain_net p = plain(n);

	n->k->steps(n->k, &p, b, bptt, rate, logp);
	return n->k->error(n->k);
}

const char *
net_step(struct net *n, const struct batch *b, const struct net_pass *how,
    const struct hyperparams *r, double rate, uint64_t step, double *logp)
{
	struct update u;
	const char *why;

	if (n->k->step && is_plain(n, how, r)) {
		struct plain_net p = plain(n);

		n->k->step(n->k, &p, b, how->bptt, rate, logp);
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
