/*
 * net.c - the one-layer network as a composition of kern.h's entries.
 */
#include <stdlib.h>

#include "mem.h"
#include "net.h"

/* The device may know more of what there was too little of. */
static const char *
no_memory(struct net *n)
{
	const char *why = n->k->error(n->k);

	return why ? why : "out of memory";
}

static bool
new_mats(struct net *n, struct kern_net *m)
{
	m->u = n->k->mat_new(n->k, KERN_EMBED, n->h, n->v);
	m->v = n->k->mat_new(n->k, KERN_OUT, n->v, n->h);
	m->w = n->k->mat_new(n->k, KERN_SQUARE, n->h, n->h);
	return m->u && m->v && m->w;
}

static void
free_mats(struct net *n, struct kern_net *m)
{
	if (m->u)
		n->k->mat_free(n->k, m->u);
	if (m->v)
		n->k->mat_free(n->k, m->v);
	if (m->w)
		n->k->mat_free(n->k, m->w);
	*m = (struct kern_net){ 0 };
}

static void
free_rows(struct net *n)
{
	void **all[] = { &n->s, &n->ds, &n->d };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		if (*all[i])
			n->k->free(n->k, *all[i]);
		*all[i] = NULL;
	}
	n->cap = 0;
}

const char *
net_open(struct net *n, struct kern *k, const struct model *m)
{
	*n = (struct net){ .k = k, .h = (int)m->shape.hidden, .v = (int)m->shape.vocab };
	n->size = k->real == KERN_F32 ? sizeof(float) : sizeof(double);
	n->s0 = k->alloc(k, (size_t)n->h);
	n->s1 = k->alloc(k, (size_t)n->h);
	n->zeros = mem_zeros((size_t)n->h, n->size);
	if (n->s0 == NULL || n->s1 == NULL || n->zeros == NULL || !new_mats(n, &n->p))
		return no_memory(n);
	k->mat_put(k, n->p.u, m->param[0].data);
	k->mat_put(k, n->p.v, m->param[1].data);
	k->mat_put(k, n->p.w, m->param[2].data);
	return k->error(k);
}

const char *
net_store(struct net *n, struct model *m)
{
	n->k->mat_get(n->k, m->param[0].data, n->p.u);
	n->k->mat_get(n->k, m->param[1].data, n->p.v);
	n->k->mat_get(n->k, m->param[2].data, n->p.w);
	return n->k->error(n->k);
}

void
net_free(struct net *n)
{
	if (n->k == NULL)
		return;
	free_rows(n);
	free_mats(n, &n->p);
	free_mats(n, &n->g);
	if (n->s0)
		n->k->free(n->k, n->s0);
	if (n->s1)
		n->k->free(n->k, n->s1);
	free(n->zeros);
	*n = (struct net){ 0 };
}

/* Room for t rows of states and, for going backward, of errors. */
static bool
make_room(struct net *n, size_t t, bool backward)
{
	size_t reals;

	if (backward && n->g.u == NULL) {
		free_rows(n);
		if (!new_mats(n, &n->g))
			return false;
	}
	if (t <= n->cap)
		return true;
	free_rows(n);
	if (!mem_mul(t, (size_t)n->h, &reals))
		return false;
	n->s = n->k->alloc(n->k, reals);
	if (n->g.u) {
		n->ds = n->k->alloc(n->k, reals);
		n->d = n->k->alloc(n->k, reals);
	}
	if (n->s == NULL || (n->g.u && (n->ds == NULL || n->d == NULL)))
		return false;
	n->cap = t;
	return true;
}

static void
states(struct net *n, const struct kern_batch *b)
{
	n->k->embed_forward(n->k, n->p.u, b, n->s);
	n->k->rnn_forward(n->k, n->p.w, b, n->s, NULL, n->s);
}

const char *
net_logp(struct net *n, const struct kern_batch *b, double *logp)
{
	if (!make_room(n, (size_t)b->t, false))
		return no_memory(n);
	states(n, b);
	n->k->out_forward(n->k, n->p.v, b->t, n->s, b->y, logp);
	return n->k->error(n->k);
}

const char *
net_logp_all(struct net *n, const struct kern_batch *b, void *l)
{
	if (!make_room(n, (size_t)b->t, false))
		return no_memory(n);
	states(n, b);
	n->k->out_logp(n->k, n->p.v, b->t, n->s, l);
	return n->k->error(n->k);
}

const char *
net_gradient(struct net *n, const struct kern_batch *b, int bptt, double *logp)
{
	struct kern *k = n->k;

	if (!make_room(n, (size_t)b->t, true))
		return no_memory(n);
	states(n, b);
	k->out_backward(k, n->p.v, b->t, n->s, b->y, n->ds, n->g.v, logp);
	k->rnn_backward(k, n->p.w, b, bptt, n->s, NULL, n->ds, n->d, n->g.w);
	k->embed_backward(k, b, n->d, n->g.u);
	return k->error(k);
}

/* P -= rate G; then G = 0. */
static const char *
descend(struct net *n, double rate)
{
	struct kern *k = n->k;

	k->sgd(k, n->p.u, n->g.u, rate);
	k->sgd(k, n->p.v, n->g.v, rate);
	k->sgd(k, n->p.w, n->g.w, rate);
	return k->error(k);
}

const char *
net_zero(struct net *n)
{
	return n->g.u ? descend(n, 0) : NULL;
}

const char *
net_step(struct net *n, const struct kern_batch *b, int bptt, double rate, double *logp)
{
	const char *why;

	if (n->k->step) {
		n->k->step(n->k, &n->p, b, bptt, rate, logp);
		return n->k->error(n->k);
	}
	why = net_gradient(n, b, bptt, logp);
	return why ? why : descend(n, rate);
}

const char *
net_steps(struct net *n, const struct kern_batch *b, int bptt, double rate, double *logp)
{
	const char *why = NULL;

	if (n->k->steps) {
		n->k->steps(n->k, &n->p, b, bptt, rate, logp);
		return n->k->error(n->k);
	}
	for (int i = 0; why == NULL && i < b->nseq; i++) {
		int from = b->start[i], start[] = { 0, b->start[i + 1] - from };
		struct kern_batch one = { 1, start[1], start, b->x + from, b->y + from };

		why = net_step(n, &one, bptt, rate, logp + from);
	}
	return why;
}

void
net_restart(struct net *n)
{
	n->k->put(n->k, n->s0, n->zeros, (size_t)n->h);
}

const char *
net_next(struct net *n, uint32_t word, void *l)
{
	static const int start[] = { 0, 1 };
	uint32_t unused = 0;
	struct kern_batch b = { 1, 1, start, &word, &unused };
	void *last = n->s0;

	n->k->embed_forward(n->k, n->p.u, &b, n->s1);
	n->k->rnn_forward(n->k, n->p.w, &b, n->s1, last, n->s1);
	n->s0 = n->s1;
	n->s1 = last;
	n->k->out_logp(n->k, n->p.v, 1, n->s0, l);
	return n->k->error(n->k);
}
