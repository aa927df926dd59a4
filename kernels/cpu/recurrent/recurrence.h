/*
 * recurrence.h - the plain cell: forward, and truncated back-propagation through time for
 * all rows together; and the recurrent matrix that all cells use.
 *
 * W is kept twice in panels, as W' for the forward pass (S W') and as W for the backward
 * pass (E W).  Rows are padded to whole panels and a vector more: row r of an
 * activation is at r * stride with stride = square_stride(), zero past h.
 */
#ifndef RECURRENCE_H
#define RECURRENCE_H

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
 * Reals from one row to the next: an odd number of vectors, since rows a power of two
 * apart would map to the same few cache sets.
 */
INLINE size_t
square_stride(const struct square *w)
{
	return (size_t)w->w.np * PW + LANES;
}

struct recurrence {
	struct pool *pool;	/* owned by the caller */
	struct scratch mem;	/* failed: out of memory */
};

/* n reals of scratch for one call; NULL, and mem.failed set, when out of memory. */
real *recurrence_reserve(struct recurrence *q, size_t n);

/* S(t,stride): s_r = tanh(A_r + W s_{r-1}), in place of A.  s0(nseq,h) or NULL. */
void rnn_forward(struct recurrence *q, const struct square *w, const struct batch *b,
    const real *s0, real *s);

/*
 * D(t,stride), which holds dS on entry: all error that reached A, the error of each row
 * propagated back over at most bptt rows.
 */
void rnn_backward(struct recurrence *q, const struct square *w, const struct batch *b,
    int bptt, const real *s, real *d);

/* The factors of the gradient of W. */
struct rnn_errors {
	const struct batch *b;
	const real *s, *s0, *d;	/* (t,stride), (nseq,h) or NULL, (t,stride) */
};

/* to += rate D' S', S' the states one row earlier; W and W' both, or W alone. */
void rnn_add_gradient(struct recurrence *q, struct square *to, bool both,
    const struct rnn_errors *e, real rate);

#endif
