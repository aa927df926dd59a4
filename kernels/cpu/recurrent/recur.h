/*
 * recur.h - the recurrence: forward, and truncated back-propagation through
 * time for all steps together.
 *
 * W is kept twice in panels, as W' for going forward (S W') and as W for going
 * back (E W).  Rows are padded to the panels and a vector more: row r of an
 * activation is at r * stride with stride = square_stride(), zero past h.
 */
#ifndef RECUR_H
#define RECUR_H

#include <stdbool.h>

#include "backend.h"
#include "panels.h"
#include "pool.h"
#include "recurrent_names.h"

struct square {
	struct panels w;	/* W:  w[j][l], from the error at j to that at l */
	struct panels wt;	/* W': wt[l][j], from state l to state j */
};

/*
 * Reals from one row to the next.  An odd number of vectors, for rows a power
 * of two apart would crowd into the same few lines of the cache.
 */
INLINE size_t
square_stride(const struct square *w)
{
	return (size_t)w->w.np * PW + LANES;
}

struct recur {
	struct pool *pool;	/* the caller's */
	real *mem;		/* grows to the largest batch, then stays */
	size_t n;
	bool failed;		/* there was no memory; sticky */
};

void recur_free(struct recur *q);

/* S(t,stride): s_r = tanh(A_r + W s_{r-1}), in place of A.  s0(nseq,h) or NULL. */
void recur_forward(struct recur *q, const struct square *w, const struct batch *b,
    const real *s0, real *s);

/*
 * D(t,stride), which holds dS at first: all error that reached A, each row's
 * error having gone back at most bptt rows.
 */
void recur_backward(struct recur *q, const struct square *w, const struct batch *b,
    int bptt, const real *s, real *d);

/* Rows of sequence i, and of the longest. */
INLINE int
length(const struct batch *b, int i)
{
	return b->start[i + 1] - b->start[i];
}

int recur_longest(const struct batch *b);

/* order[2 nseq]: the sequences, longest first, equal ones in their order; the rest is scratch. */
void recur_order(const struct batch *b, int *order);

/* to += rate D' S', S' the states one row earlier; both forms, or w alone. */
void recur_update(struct recur *q, struct square *to, bool both,
    const struct batch *b, const real *s, const real *s0, const real *d, real rate);

#endif
