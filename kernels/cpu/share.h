/*
 * share.h - what is worth the team's while.
 */
#ifndef SHARE_H
#define SHARE_H

#include "isa.h"
#include "pool.h"

/*
 * Multiplications from which a round of the team is the lesser cost, even where
 * other work keeps a thread of it waiting for a processor.
 */
#define WORTH_SHARING 2e5
/* The same where the threads' cores share no cache: what one wrote comes slowly to the other. */
#define WORTH_SHARING_FAR 4e6
/* What a number costs that is looked at for a sum or a copy alone. */
#define NUMBER 4.0

/* Runs the tasks on the team if there is enough to do, else here. */
INLINE void
share_tasks(struct pool *p, void (*task)(void *, int, int), void *arg, int n, double work)
{
	if (work > (pool_is_far(p) ? WORTH_SHARING_FAR : WORTH_SHARING)) {
		pool_run(p, task, arg, n);
		return;
	}
	for (int i = 0; i < n; i++)
		task(arg, i, 0);
}

#endif
