/*
 * rnn_row.h - common to the forward and backward pass: when a job is large enough for the
 * thread pool, and the step of a single sequence.
 */
#ifndef RNN_ROW_H
#define RNN_ROW_H

#include "recurrence.h"
#include "parallel.h"
#include "recurrent_names.h"

/*
 * Whether so many multiplications are worth a parallel region: it costs 0.2 us, or 0.5
 * between cores that share no cache, where data written by another thread is also slow
 * to read.  For a single row, whose work is reading the matrix, and for several.
 */
INLINE bool
row_is_parallel(struct recurrence *q, double work)
{
	return worth_parallel(q->pool, work, 6e4, 1.3e5);
}

INLINE bool
rows_are_parallel(struct recurrence *q, double work)
{
	return worth_parallel(q->pool, work, 5e5, 2e6);
}

/*
 * The next step of one sequence, on `stride` reals of `row`: row = tanh(row + x B); or
 * backward, where s is given: row = (row + x B) (1 - s^2).  pass: the number of the
 * step; odd ones visit the panels in reverse.
 */
void rnn_step_row(struct recurrence *q, const struct panels *b, const real *x, const real *s,
    real *row, int pass);

#endif
