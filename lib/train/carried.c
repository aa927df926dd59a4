/*
 * carried.c - hidden states that workers carry over: the whole, as a model file has it, and
 * each worker's rows.
 *
 * Both are arrays (states, rows, h), the whole with the rows of all streams.
 */
#include <stdlib.h>
#include <string.h>

#include "workers.h"

/* Rows of worker `rank`, from *first on. */
static size_t
rows_of(const struct workers *w, size_t streams, int rank, size_t *first)
{
	*first = streams * (size_t)rank / (size_t)w->size;
	return streams * ((size_t)rank + 1) / (size_t)w->size - *first;
}

static size_t
states_of(const struct model *m)
{
	return model_carried_rows(m, 1);
}

const char *
carried_put(const struct model *m, struct net_state *st, size_t first, size_t streams)
{
	size_t row = (size_t)st->n->h * st->n->size, own = (size_t)st->nseq * row;
	struct worker_memory part = { 0 };
	char *p = worker_memory(&part, states_of(m) * own);
	const char *why = "out of memory";

	for (size_t i = 0; p && i < states_of(m); i++)
		memcpy(p + i * own, (const char *)m->carried.data + (i * streams + first) * row, own);
	if (p)
		why = net_state_put(st, p);
	free(p);
	return why;
}

const char *
carried_get(struct workers *w, struct model *m, struct net_state *st, size_t streams)
{
	size_t row = (size_t)st->n->h * st->n->size, states = states_of(m), first;
	char *mine = worker_memory(&w->mine, states * (size_t)st->nseq * row), *from;
	const char *why = model_alloc_carried(m, streams);

	from = worker_memory(&w->all, states * streams * row);
	if (why || mine == NULL || from == NULL)
		return why ? why : "out of memory";
	if ((why = net_state_get(st, mine)) != NULL)
		return why;
	for (int r = 0; r < w->size; r++)
		w->bytes[r] = states * rows_of(w, streams, r, &first) * row;
	workers_gather(w, mine, from);
	for (int r = 0; r < w->size; r++) {
		size_t bytes = rows_of(w, streams, r, &first) * row;

		for (size_t i = 0; i < states; i++, from += bytes)
			memcpy((char *)m->carried.data + (i * streams + first) * row, from, bytes);
	}
	return NULL;
}
