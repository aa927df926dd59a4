/*
 * rnn.c - the arithmetic of plain cells on many sequences, a block of PW
 * hidden units at a time; backend.h has the formulas.  What is truncated, or goes
 * one sequence alone, is recur.c's.
 */
#include "elementary.h"
#include "time_loop.h"

/* Where one row's block is: what comes in, what is added, the states, what goes out. */
struct place {
	const real *x, *product, *s;	/* product may be NULL */
	real *to;
};

INLINE vec
incoming(const struct place *p, size_t at, const int n)
{
	vec x = load(p->x + at, n);

	return p->product ? v_add(x, v_load(p->product + at)) : x;
}

INLINE void
unit_forward(const void *place, size_t at, const int n)
{
	const struct place *p = place;

	store(p->to + at, n, v_tanh(incoming(p, at, n)));
}

INLINE void
unit_backward(const void *place, size_t at, const int n)
{
	const struct place *p = place;

	store(p->to + at, n, through_tanh(incoming(p, at, n), load(p->s + at, n)));
}

/* A block of every row of X into that of TO; the product has rows for the first so many. */
INLINE void
each_row(const struct group *g, int block, const real *product, int nproduct, const real *x,
    real *to, void (*unit)(const void *place, size_t at, const int n))
{
	int width = block_width(g->pass, block);

	for (int i = 0; i < g->n; i++) {
		size_t at = row_of(g, i) * (size_t)g->pass->h + (size_t)block * PW;
		struct place p = { x + at, i < nproduct ? product + (size_t)i * PW : NULL,
		    g->pass->s + at, to + at };

		each_vector(unit, &p, width);
	}
}

static void
forward(const struct group *g, int block, const real *product)
{
	each_row(g, block, product, product ? g->n : 0, g->pass->a, g->pass->s, unit_forward);
}

static void
backward(const struct group *g, int block, const real *product)
{
	each_row(g, block, product, g->nafter, g->pass->ds, g->pass->d, unit_backward);
}

const struct cell rnn_cell = { 1, forward, backward };
