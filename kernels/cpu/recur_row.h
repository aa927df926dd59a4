/*
 * recur_row.h - what going forward and back have in common: memory, the choice
 * between the team and this thread, and a step of one sequence.
 */
#ifndef RECUR_ROW_H
#define RECUR_ROW_H

#include "recur.h"

/*
 * Multiplications from which a round of the team is worth it: it costs 0.2 us,
 * and what one thread wrote comes slowly to the other.  For a row, whose
 * matrix is the work, and for more.
 */
#define ROW_SHARED 6e4
#define ROWS_SHARED 5e5

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
