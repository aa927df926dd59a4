/*
 * parallel.h - what is worth the team's while.
 */
#ifndef PARALLEL_H
#define PARALLEL_H

#include "pool.h"

/*
 * Multiplications from which a round of the team is the lesser cost, even where
 * other work keeps a thread of it waiting for a processor.
 */
#define WORTH_PARALLEL 2e5
/* The same where the threads' cores share no cache: what one wrote comes slowly to the other. */
#define WORTH_PARALLEL_FAR 4e6
/* What a number costs that is looked at for a sum or a copy alone. */
#define NUMBER 4.0

/* Whether so many multiplications are: the bound where lines go quickly from thread
 * to thread, and where they do not. */
static inline bool
worth_parallel(struct pool *p, double work, double near, double far)
{
	return work > (pool_is_far(p) ? far : near);
}

/* Runs the tasks on the team, or here; of several walks over the same numbers every
 * second one goes down (pool.h). */
static inline void
run_tasks(struct pool *p, bool share, void (*task)(void *, int, int), void *arg, int n, int walk)
{
	bool down = walk % 2;

	if (share)
		(down ? pool_run_down : pool_run)(p, task, arg, n);
	for (int i = 0; !share && i < n; i++)
		task(arg, down ? n - 1 - i : i, 0);
}

/* Runs the tasks on the team if there is enough to do, else here. */
static inline void
parallel_tasks(struct pool *p, void (*task)(void *, int, int), void *arg, int n, double work)
{
	run_tasks(p, worth_parallel(p, work, WORTH_PARALLEL, WORTH_PARALLEL_FAR), task, arg, n, 0);
}

#endif
