/*
 * scoring.c - packs frames into windows, and sums up their probabilities.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "scoring.h"

bool
window_has_room(const struct window *w, const struct frame *f, size_t rows)
{
	return w->n == 0 || (w->n < rows && (size_t)w->batcher.b.t + f->n - 1 <= rows);
}

static const char *
add_steps(struct window *w, const struct frame *f, size_t steps)
{
	if (steps == f->n)	/* the word before the frame predicts its first one */
		return batcher_extend(&w->batcher, w->last, f->w, steps);
	return steps > 0 ? batcher_add(&w->batcher, f->w, steps) : NULL;
}

const char *
window_add(struct window *w, const struct frame *f)
{
	size_t steps = f->n - !(w->state && w->begun);
	int first = w->batcher.b.t;
	const char *why = add_steps(w, f, steps);

	if (why)
		return why;
	if (!mem_grow(&w->frame, &w->cap_frame, w->n + 1, sizeof(*w->frame)) ||
	    !mem_grow(&w->logp, &w->cap_logp, (size_t)w->batcher.b.t, sizeof(*w->logp)))
		return "out of memory";
	w->frame[w->n++] = (struct window_frame){ first, (int)steps, f->bytes };
	w->last = f->w[f->n - 1];
	w->begun = true;
	return NULL;
}

const char *
window_logp(struct window *w, struct net *n)
{
	return w->batcher.b.t > 0 ? net_logp(n, &w->batcher.b, w->state, w->logp) : NULL;
}

void
window_restart(struct window *w)
{
	w->begun = false;
	if (w->state)
		net_state_reset(w->state);
}

void
window_clear(struct window *w)
{
	batcher_clear(&w->batcher);
	w->n = 0;
}

void
window_free(struct window *w)
{
	batcher_free(&w->batcher);
	free(w->frame);
	free(w->logp);
	*w = (struct window){ 0 };
}

/* The same loop for both types. */
#define GUESS(type)						\
	do {							\
		const type *p = l, at = p[y];			\
								\
		for (uint32_t j = 0; j < v; j++) {		\
			before += p[j] > at;			\
			if (p[j] > p[g.best])			\
				g.best = j;			\
		}						\
		for (uint32_t j = 0; j < y; j++)		\
			before += p[j] == at;			\
		g.logp = (double)at;				\
	} while (0)

struct guess
guess_of(const void *l, size_t size, uint32_t v, uint32_t y)
{
	struct guess g = { 0 };
	uint32_t before = 0;

	if (size == sizeof(float))
		GUESS(float);
	else
		GUESS(double);
	g.rank = before + 1;
	return g;
}

double
window_frame_logp(const struct window *w, const struct window_frame *f)
{
	double sum = 0;

	for (int r = f->first; r < f->first + f->steps; r++)
		sum += w->logp[r];
	return sum;
}

void
totals_add(struct totals *t, const struct window *w, int64_t unknown)
{
	for (size_t i = 0; i < w->n; i++) {
		const struct window_frame *f = &w->frame[i];

		t->sentences++;
		t->tokens += (uint64_t)f->steps;
		t->logp += window_frame_logp(w, f);
		t->bytes += f->bytes;
		t->unknown_bytes |= f->bytes == 0;
		for (int r = f->first; r < f->first + f->steps; r++) {
			if ((int64_t)w->batcher.y[r] == unknown)
				continue;
			t->known++;
			t->logp_known += w->logp[r];
		}
	}
}
