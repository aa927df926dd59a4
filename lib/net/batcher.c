/*
 * batcher.c - arrays of a batch, which grow.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "batcher.h"
#include "mem.h"

void
batcher_clear(struct batcher *q)
{
	q->b = (struct batch){ .start = q->start, .x = q->x, .y = q->y };
}

/* Makes room for a batch of nseq sequences and `steps` more steps. */
static const char *
reserve_steps(struct batcher *q, int nseq, size_t steps)
{
	size_t t = (size_t)q->b.t + steps;

	if (t > INT_MAX)
		return "a batch of more than 2147483647 steps; split its lines";
	if (!mem_grow(&q->start, &q->cap_start, (size_t)nseq + 1, sizeof(*q->start)) ||
	    !mem_grow(&q->x, &q->cap_x, t, sizeof(*q->x)) ||
	    !mem_grow(&q->y, &q->cap_y, t, sizeof(*q->y)))
		return "out of memory";
	return NULL;
}

/* Counts steps just copied to the end of the last sequence, number nseq - 1. */
static void
commit_steps(struct batcher *q, int nseq, size_t steps)
{
	int t = q->b.t + (int)steps;

	if (nseq > q->b.nseq)
		q->start[nseq - 1] = q->b.t;
	q->start[nseq] = t;
	q->b = (struct batch){ nseq, t, q->start, q->x, q->y };
}

const char *
batcher_add(struct batcher *q, const uint32_t *w, size_t steps)
{
	const char *why = reserve_steps(q, q->b.nseq + 1, steps);

	if (why)
		return why;
	memcpy(q->x + q->b.t, w, steps * sizeof(*w));
	memcpy(q->y + q->b.t, w + 1, steps * sizeof(*w));
	commit_steps(q, q->b.nseq + 1, steps);
	return NULL;
}

const char *
batcher_extend(struct batcher *q, uint32_t previous, const uint32_t *w, size_t steps)
{
	int nseq = q->b.nseq > 0 ? q->b.nseq : 1;
	const char *why = reserve_steps(q, nseq, steps);

	if (why)
		return why;
	q->x[q->b.t] = previous;
	memcpy(q->x + q->b.t + 1, w, (steps - 1) * sizeof(*w));
	memcpy(q->y + q->b.t, w, steps * sizeof(*w));
	commit_steps(q, nseq, steps);
	return NULL;
}

void
batcher_free(struct batcher *q)
{
	free(q->start);
	free(q->x);
	free(q->y);
	*q = (struct batcher){ 0 };
}
