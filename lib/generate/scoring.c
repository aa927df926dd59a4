/*
 * scoring.c - packs frames into windows, and sums up their probabilities.
 */
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "scoring.h"

bool
window_has_room(const struct window *w, const struct frame *f, size_t rows)
{
	return w->n == 0 || (w->n < rows && (size_t)w->b.t + f->n - 1 <= rows);
}

static bool
grow_window(struct window *w, size_t t)
{
	return mem_grow(&w->frame, &w->cap_frame, w->n + 1, sizeof(*w->frame)) &&
	    mem_grow(&w->start, &w->cap_start, (size_t)w->b.nseq + 2, sizeof(*w->start)) &&
	    mem_grow(&w->x, &w->cap_x, t, sizeof(*w->x)) &&
	    mem_grow(&w->y, &w->cap_y, t, sizeof(*w->y)) &&
	    mem_grow(&w->logp, &w->cap_logp, t, sizeof(*w->logp));
}

/* Appends a frame to the one sequence; its first index is predicted from the last one. */
static void
copy_joined(struct window *w, const struct frame *f, size_t at, size_t steps)
{
	size_t given = steps == f->n;

	if (given)
		w->x[at] = w->last;
	memcpy(w->x + at + given, f->w, (steps - given) * sizeof(*f->w));
	memcpy(w->y + at, f->w + 1 - given, steps * sizeof(*f->w));
	w->start[0] = 0;
	w->start[1] = (int)(at + steps);
	w->b.nseq = 1;
}

static void
copy_sentence(struct window *w, const struct frame *f, size_t at, size_t steps)
{
	memcpy(w->x + at, f->w, steps * sizeof(*f->w));
	memcpy(w->y + at, f->w + 1, steps * sizeof(*f->w));
	w->start[w->b.nseq] = (int)at;
	w->start[++w->b.nseq] = (int)(at + steps);
}

const char *
window_add(struct window *w, const struct frame *f)
{
	size_t steps = f->n - !(w->state && w->begun), at = (size_t)w->b.t, t = at + steps;

	if (t > INT_MAX)
		return "a sequence of more than 2147483647 steps; split its lines";
	if (!grow_window(w, t))
		return "out of memory";
	w->frame[w->n++] = (struct window_frame){ (int)at, (int)steps, f->bytes };
	w->b.start = w->start;
	w->b.x = w->x;
	w->b.y = w->y;
	if (steps > 0 && w->state)
		copy_joined(w, f, at, steps);
	else if (steps > 0)
		copy_sentence(w, f, at, steps);
	w->b.t = (int)t;
	w->last = f->w[f->n - 1];
	w->begun = true;
	return NULL;
}

const char *
window_logp(struct window *w, struct net *n)
{
	return w->b.t > 0 ? net_logp(n, &w->b, w->state, w->logp) : NULL;
}

void
window_restart(struct window *w)
{
	w->begun = false;
	if (w->state)
		net_state_forget(w->state);
}

void
window_clear(struct window *w)
{
	w->b.nseq = w->b.t = 0;
	w->n = 0;
}

void
window_free(struct window *w)
{
	free(w->start);
	free(w->x);
	free(w->y);
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
			if ((int64_t)w->y[r] == unknown)
				continue;
			t->known++;
			t->logp_known += w->logp[r];
		}
	}
}
