/*
 * time_loop.h - the time loop of a recurrent layer over several sequences: any
 * cell, forward, and backward without truncation.
 *
 * Sequences advance in lock-step, so that each pass over W serves them all.  A step
 * is, for each block of PW hidden units: a product of the current rows with the
 * panels of that block, then the cell's own arithmetic (cells.c) while the product
 * is in the nearest cache.  Forward, the rows are the states before, and the panels
 * all gates of the block; backward they are the errors of the next row, and the
 * panel is one of W.
 *
 * With many sequences a thread runs the whole time loop of a group without
 * waiting; with few the pool divides the blocks of each step.  The order
 * of every sum is the same in either case.
 */
#ifndef TIME_LOOP_H
#define TIME_LOOP_H

#include "host_memory.h"
#include "recurrence.h"
#include "vec.h"

struct layer;

/* A group of sequences at one step, longest first. */
struct group {
	const struct layer *layer;
	int first;		/* its sequences are order[first], order[first + ngroup], ... */
	int step, n;		/* the current row of each sequence; how many are that long */
	int nafter;		/* backward: how many have a row after it */
	struct packed packed;	/* (n, h) states before, or (nafter, gates h) errors after */
	const real **row;	/* (n) their rows */
	real *product;		/* (blocks, n, PW or gates PW) of packed and the panels */
	real *carried;		/* (n, h in whole panels) errors that bypass W */
};

/* One call: its arguments, with what follows from them. */
struct layer {
	enum cell cell;
	int ngate, h, ngroup;
	bool is_backward;
	const struct square *w;
	const struct batch *b;
	const int *order;	/* sequences, longest first */
	real *a, *s, *saved;	/* (t, gates h), (t, h), (t, h) */
	const real *s0, *saved0;	/* (nseq, h), or NULL */
	const real *bias;	/* (h), or NULL */
	const real *ds;
	real *d, *e;		/* (t, gates h): errors of the inputs; of W s */
	real *dstate, *dsaved;	/* (t, h): all errors of the states; of second states; or NULL */
};

/* The number of member i of a group, as a sequence of the batch. */
INLINE int
group_member(const struct group *g, int i)
{
	return g->layer->order[g->first + i * g->layer->ngroup];
}

/* The current row of member i, as a row of the batch. */
INLINE size_t
group_row(const struct group *g, int i)
{
	return (size_t)(g->layer->b->start[group_member(g, i)] + g->step);
}

/* Member i's row of x(t,h) before the current one; of x0(nseq,h) at first, NULL for zeros. */
INLINE const real *
group_row_before(const struct group *g, int i, const real *x, const real *x0)
{
	size_t h = (size_t)g->layer->h;

	if (g->step > 0)
		return x + (group_row(g, i) - 1) * h;
	return x0 ? x0 + (size_t)group_member(g, i) * h : NULL;
}

/* Hidden units in a block: PW, or what is left. */
INLINE int
block_width(const struct layer *l, int block)
{
	return l->h - block * PW < PW ? l->h - block * PW : PW;
}

/* The cell's arithmetic on a block of every member's current row; product: of W,
 * gates PW apart (forward) or one panel (backward), NULL for zeros. */
void cell_block_forward(const struct group *g, int block, const real *product);
void cell_block_backward(const struct group *g, int block, const real *product);

/* cell_forward and cell_backward of backend.h; W, and dW, in panels. */
void time_loop_forward(struct recurrence *q, const struct square *w, const struct cell_args *c);
void time_loop_backward(struct recurrence *q, const struct square *w, struct square *dw,
    const struct cell_args *c);

#endif
