/*
 * recur_row.h - what going forward and back have in common: memory, what is
 * worth a round of the team, and a step of one sequence.
 */
#ifndef RECUR_ROW_H
#define RECUR_ROW_H

#include "recur.h"
#include "parallel.h"
#include "recurrent_names.h"

/*
 * Whether a round of the team is worth it for so many multiplications: it costs
 * 0.2 us, 0.5 between cores that share no cache, and what one thread wrote comes
 * slowly to the other.  For a row, whose matrix is the work, and for more.
 */
INLINE bool
row_is_shared(struct recurrence *q, double work)
{
	return worth_parallel(q->pool, work, 6e4, 1.3e5);
}

INLINE bool
rows_are_shared(struct recurrence *q, double work)
{
	return worth_parallel(q->pool, work, 5e5, 2e6);
}

/*
 * The next step of one sequence, stride reals of `row`: row = tanh(row + x B),
 * or going back, s given, the error of s: row = (row + x B) (1 - s^2).
 */
void row_step(struct recurrence *q, const struct panels *b, const real *x, const real *s,
    real *row, int walk);

#endif
