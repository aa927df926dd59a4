/*
 * net_state.c - hidden states carried over between batches.
 */
#include <stdlib.h>

#include "mem.h"
#include "net.h"

/* Reals in the states of one layer. */
static size_t
state_reals(const struct net_state *st)
{
	return (size_t)st->nseq * (size_t)st->n->h;
}

const char *
net_state_new(struct net_state *st, struct net *n, int nseq)
{
	bool second = cell_kinds[n->shape.cell].has_second_state;

	*st = (struct net_state){ .n = n, .nseq = nseq };
	st->from = mem_zeros((size_t)nseq, sizeof(*st->from));
	if (st->from == NULL)
		return "out of memory";
	for (uint32_t l = 0; l < n->shape.layers; l++) {
		st->s[l] = n->k->alloc(n->k, state_reals(st));
		if (second)
			st->c[l] = n->k->alloc(n->k, state_reals(st));
		if (st->s[l] == NULL || (second && st->c[l] == NULL))
			return "out of memory";
	}
	return NULL;
}

void
net_state_free(struct net_state *st)
{
	for (int l = 0; st->n && l < MODEL_LAYERS_MAX; l++) {
		struct backend *k = st->n->k;

		if (st->s[l])
			k->free(k, st->s[l]);
		if (st->c[l])
			k->free(k, st->c[l]);
	}
	if (st->scratch)
		st->n->k->free(st->n->k, st->scratch);
	free(st->from);
	*st = (struct net_state){ 0 };
}

void
net_state_reset(struct net_state *st)
{
	st->begun = false;
}

/* Replaces *s(nseq,h) by the rows named; its old memory becomes the scratch memory. */
static void
pick_state(struct net_state *st, int n, const int *from, void **s)
{
	struct backend *k = st->n->k;
	void *picked = st->scratch;

	k->pick_rows(k, n, from, st->n->h, *s, picked);
	st->scratch = *s;
	*s = picked;
}

const char *
net_state_pick(struct net_state *st, int n, const int *from)
{
	struct backend *k = st->n->k;

	if (st->scratch == NULL && (st->scratch = k->alloc(k, state_reals(st))) == NULL)
		return "out of memory";
	for (int i = 0; i < n; i++)
		st->from[i] = st->begun ? from[i] : -1;
	for (uint32_t l = 0; l < st->n->shape.layers; l++) {
		pick_state(st, n, st->from, &st->s[l]);
		if (st->c[l])
			pick_state(st, n, st->from, &st->c[l]);
	}
	st->begun = true;
	return k->error(k);
}

/* Lists the states in the order of struct model_carried; returns how many there are. */
static size_t
list_states(const struct net_state *st, void *all[2 * MODEL_LAYERS_MAX])
{
	size_t n = 0;

	for (uint32_t l = 0; l < st->n->shape.layers; l++) {
		all[n++] = st->s[l];
		if (st->c[l])
			all[n++] = st->c[l];
	}
	return n;
}

const char *
net_state_get(struct net_state *st, void *host)
{
	void *all[2 * MODEL_LAYERS_MAX];
	size_t n = list_states(st, all), bytes = state_reals(st) * st->n->size;
	struct backend *k = st->n->k;

	for (size_t i = 0; i < n; i++)
		k->get(k, (char *)host + i * bytes, all[i], state_reals(st));
	return k->error(k);
}

const char *
net_state_put(struct net_state *st, const void *host)
{
	void *all[2 * MODEL_LAYERS_MAX];
	size_t n = list_states(st, all), bytes = state_reals(st) * st->n->size;
	struct backend *k = st->n->k;

	for (size_t i = 0; i < n; i++)
		k->put(k, all[i], (const char *)host + i * bytes, state_reals(st));
	st->begun = true;
	return k->error(k);
}
