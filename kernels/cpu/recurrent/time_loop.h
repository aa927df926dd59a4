/*
 * time_loop.h - the walk through time that LSTM, GRU and many sequences of plain
 * cells share.
 *
 * Sequences go in lock-step, so that they share each look at W.  A step is, for
 * each block of PW hidden units: a product of the rows at hand with the panels
 * of that block, then the cell's own arithmetic while the product is in the
 * nearest cache.  Going forward the rows are the states before, the panels all
 * gates of the block; going back they are the errors after, the panel one of W.
 *
 * With many sequences a thread takes a group of them through all of time and
 * waits for nobody; with few the team shares the blocks of each step.  A
 * number's sum runs in one order in either case.
 */
#ifndef TIME_LOOP_H
#define TIME_LOOP_H

#include "state.h"
#include "recurrent_names.h"

struct pass;

/* The step at hand of a group of sequences, longest first. */
struct group {
	const struct pass *pass;
	int first;		/* its sequences are order[first], order[first + ngroup], ... */
	int step, n;		/* the row of each sequence, and how many are so long */
	int nafter;		/* going back: how many have a row after it */
	struct packed packed;	/* (n, h) states before or (nafter, ngate h) errors after */
	const real **row;	/* (n) where those come from */
	real *product;		/* (blocks, n, PW or ngate PW) of packed and the panels */
	real *carried;		/* (n, whole panels of h) what the cell passes back by itself */
};

/* Block i of the group's step: what a cell has to do with its product. */
struct cell {
	int ngate;
	void (*forward)(const struct group *g, int i, const real *product);
	void (*backward)(const struct group *g, int i, const real *product);
};

/* One call's sizes and places: rows of h, gates of ngate h. */
struct pass {
	const struct cell *cell;
	const struct square *w;
	const struct batch *b;
	int h, ngroup;
	bool back;
	const int *order;
	real *a, *s;		/* gates and states */
	real *c;		/* the LSTM's cells, the GRU's products q */
	const real *s0, *c0;	/* (nseq, h), or NULL */
	const real *bn;		/* the GRU's, or NULL */
	const real *ds;
	real *d, *e;		/* errors of the inputs; of the products with W */
};

/* The number of member i of a group, as a sequence of the batch. */
INLINE int
member(const struct group *g, int i)
{
	return g->pass->order[g->first + i * g->pass->ngroup];
}

/* The place of the row at hand of member i, as a row of the batch. */
INLINE size_t
row_of(const struct group *g, int i)
{
	return (size_t)(g->pass->b->start[member(g, i)] + g->step);
}

/* Member i's row of x(t,h) before the one at hand; of x0(nseq,h) at first, NULL for zeros. */
INLINE const real *
row_before(const struct group *g, int i, const real *x, const real *x0)
{
	size_t h = (size_t)g->pass->h;

	if (g->step > 0)
		return x + (row_of(g, i) - 1) * h;
	return x0 ? x0 + (size_t)member(g, i) * h : NULL;
}

/* Hidden units in a block: PW, or what is left. */
INLINE int
block_width(const struct pass *p, int block)
{
	return p->h - block * PW < PW ? p->h - block * PW : PW;
}

/* n numbers of a vector: all of them where n is LANES, a constant. */
INLINE vec
load(const real *p, const int n)
{
	return n == LANES ? v_load(p) : v_load_part(p, n);
}

INLINE void
store(real *p, const int n, vec x)
{
	if (n == LANES)
		v_store(p, x);
	else
		v_store_part(p, n, x);
}

/* unit(place, at, n) for the `width` units of a block, a vector of them at a time. */
INLINE void
each_vector(void (*unit)(const void *place, size_t at, const int n), const void *place, int width)
{
	int at = 0;

	for (; at + LANES <= width; at += LANES)
		unit(place, (size_t)at, LANES);
	if (at < width)
		unit(place, (size_t)at, width - at);
}

extern const struct cell lstm_cell, gru_cell, rnn_cell;

#endif
