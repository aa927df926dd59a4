/*
 * scoring.c - packs frames into windows, and computes and sums up their probabilities.
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
	size_t steps = f->n - !(w->joins && w->begun);
	int first = w->batcher.b.t;
	const char *why = add_steps(w, f, steps);

	if (why)
		return why;
	if (!mem_grow(&w->frame, &w->cap_frame, w->n + 1, sizeof(*w->frame)))
		return "out of memory";
	w->frame[w->n++] = (struct window_frame){ first, (int)steps, f->bytes };
	w->last = f->w[f->n - 1];
	w->begun = true;
	return NULL;
}

void
window_restart(struct window *w)
{
	w->begun = false;
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

static struct net_state *
carried_state(struct scorer *s)
{
	return s->joins ? &s->net->own_state : NULL;
}

void
scorer_restart(struct scorer *s, bool joins)
{
	s->joins = joins;
	if (joins)
		net_state_reset(&s->net->own_state);
}

static bool
reserve_logp(struct scorer *s, const struct window *w)
{
	return mem_grow(&s->logp, &s->cap_logp, (size_t)w->batcher.b.t, sizeof(*s->logp));
}

const char *
scorer_logp(struct scorer *s, const struct window *w)
{
	const struct batch *b = &w->batcher.b;

	if (!reserve_logp(s, w))
		return "out of memory";
	return b->t > 0 ? net_logp(s->net, b, carried_state(s), s->logp) : NULL;
}

static void
keep_guess(struct scorer *s, const struct window *w, const void *l, int r)
{
	s->guess[r] = guess_of(l, s->net->size, (uint32_t)s->net->v, w->batcher.y[r]);
	s->logp[r] = s->guess[r].logp;
}

/* A frame longer than the window: step by step. */
static const char *
guess_long(struct scorer *s, const struct window *w, const struct window_frame *f, void *l)
{
	const char *why;

	if (!s->joins)
		net_restart(s->net);
	for (int r = f->first; r < f->first + f->steps; r++) {
		if ((why = net_next(s->net, w->batcher.x[r], l)) != NULL)
			return why;
		keep_guess(s, w, l, r);
	}
	return NULL;
}

const char *
scorer_guess(struct scorer *s, const struct window *w, size_t rows, void *l)
{
	const struct batch *b = &w->batcher.b;
	bool all = (size_t)b->t <= rows;
	const char *why = NULL;

	if (!reserve_logp(s, w) ||
	    !mem_grow(&s->guess, &s->cap_guess, (size_t)b->t, sizeof(*s->guess)))
		return "out of memory";
	for (size_t i = 0; i < w->n && !all && why == NULL; i++)
		why = guess_long(s, w, &w->frame[i], l);
	if (!all || b->t == 0)
		return why;
	why = net_logp_all(s->net, b, carried_state(s), l);
	for (int r = 0; r < b->t && why == NULL; r++)
		keep_guess(s, w, (const char *)l + (size_t)r * (size_t)s->net->v * s->net->size, r);
	return why;
}

double
scorer_frame_logp(const struct scorer *s, const struct window_frame *f)
{
	double sum = 0;

	for (int r = f->first; r < f->first + f->steps; r++)
		sum += s->logp[r];
	return sum;
}

void
scorer_add_totals(struct scorer *s, const struct window *w, int64_t unknown)
{
	struct totals *t = &s->totals;

	for (size_t i = 0; i < w->n; i++) {
		const struct window_frame *f = &w->frame[i];

		t->sentences++;
		t->tokens += (uint64_t)f->steps;
		t->logp += scorer_frame_logp(s, f);
		t->bytes += f->bytes;
		t->unknown_bytes |= f->bytes == 0;
		for (int r = f->first; r < f->first + f->steps; r++) {
			if ((int64_t)w->batcher.y[r] == unknown)
				continue;
			t->known++;
			t->logp_known += s->logp[r];
		}
	}
}

void
scorer_free(struct scorer *s)
{
	free(s->logp);
	free(s->guess);
	*s = (struct scorer){ 0 };
}
