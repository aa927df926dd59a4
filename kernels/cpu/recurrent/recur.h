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

#include "batch.h"
#include "panels.h"
#include "pool.h"
#include "scratch.h"
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

struct recurrence {
	struct pool *pool;	/* the caller's */
	struct scratch mem;	/* failed: there was no memory */
};

/* n reals for the time of a call; NULL, and mem.failed, when there is no memory. */
real *recur_reserve(struct recurrence *q, size_t n);

/* S(t,stride): s_r = tanh(A_r + W s_{r-1}), in place of A.  s0(nseq,h) or NULL. */
void recur_forward(struct recurrence *q, const struct square *w, const struct batch *b,
    const real *s0, real *s);

/*
 * D(t,stride), which holds dS at first: all error that reached A, each row's
 * error having gone back at most bptt rows.
 */
void recur_backward(struct recurrence *q, const struct square *w, const struct batch *b,
    int bptt, const real *s, real *d);

/* What a gradient of W is made of. */
struct recur_errors {
	const struct batch *b;
	const real *s, *s0, *d;	/* (t,stride), (nseq,h) or NULL, (t,stride) */
};

/* to += rate D' S', S' the states one row earlier; W and W' both, or W alone. */
void recur_update(struct recurrence *q, struct square *to, bool both,
    const struct recur_errors *e, real rate);

#endif
