/*
 * recur_row.h - what going forward and back have in common: memory, the choice
 * between the team and this thread, and a step of one sequence.
 */
#ifndef RECUR_ROW_H
#define RECUR_ROW_H

#include "recur.h"

/*
 * Whether a round of the team is worth it for so many multiplications: it costs
 * 0.2 us, 0.5 between cores that share no cache, and what one thread wrote comes
 * slowly to the other.  For a row, whose matrix is the work, and for more.
 */
INLINE bool
row_is_shared(struct recur *q, double work)
{
	return work > (pool_is_far(q->pool) ? 1.3e5 : 6e4);
}

INLINE bool
rows_are_shared(struct recur *q, double work)
{
	return work > (pool_is_far(q->pool) ? 2e6 : 5e5);
}

/* n reals (and their alignment) for the time of a call; NULL, noted, when there is
 * no memory. */
real *ISA_NAME(recur_reserve)(struct recur *q, size_t n);

/* Runs the tasks on the team if they are worth it, else here; walk by walk they
 * go up and down (pool.h), if there are several. */
void ISA_NAME(recur_run)(struct recur *q, void (*task)(void *, int, int), void *arg, int n,
    bool share, int walk);

/*
 * The next step of one sequence, stride reals of `row`: row = tanh(row + x B),
 * or going back, s given, the error of s: row = (row + x B) (1 - s^2).
 */
void ISA_NAME(row_step)(struct recur *q, const struct panels *b, const real *x, const real *s,
    real *row, int walk);

#endif
