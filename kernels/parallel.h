/*
 * parallel.h - when a job is large enough for the thread pool.
 */
#ifndef PARALLEL_H
#define PARALLEL_H

#include "pool.h"

/* Multiplications from which a parallel region pays off, even on a busy machine,
 * where a thread of the pool may have to wait for a processor. */
#define WORTH_PARALLEL 2e5
/* The same where the threads' cores share no cache, so that results move slowly. */
#define WORTH_PARALLEL_FAR 1e6
/* The cost, in multiplications, of a number that is only added or copied. */
#define NUMBER 4.0

/* Whether a job of `work` multiplications is large enough; the bounds are for threads
 * whose cores share a cache (near), and for others (far). */
static inline bool
worth_parallel(struct pool *p, double work, double near, double far)
{
	return work > (pool_is_far(p) ? far : near);
}

/* Runs the tasks on the pool, or on the calling thread.  pass: 0 or, where the same
 * data are read repeatedly, the number of the pass: every second one runs downwards,
 * see pool_run_down(). */
static inline void
run_tasks(struct pool *p, bool on_pool, void (*task)(void *, int, int), void *arg, int n, int pass)
{
	bool down = pass % 2;

	if (on_pool)
		(down ? pool_run_down : pool_run)(p, task, arg, n);
	for (int i = 0; !on_pool && i < n; i++)
		task(arg, down ? n - 1 - i : i, 0);
}

/* Runs the tasks on the pool if the job is large enough, else on the calling thread. */
static inline void
parallel_tasks(struct pool *p, void (*task)(void *, int, int), void *arg, int n, double work)
{
	run_tasks(p, worth_parallel(p, work, WORTH_PARALLEL, WORTH_PARALLEL_FAR), task, arg, n, 0);
}

#endif
