/*
 * pool.h - a thread pool for parallel regions of some tens of microseconds: its
 * threads wait by spinning, and sleep when nothing comes.
 *
 * What a task computes must depend on its number alone; then results depend neither
 * on the number of threads nor on which thread ran which task.
 */
#ifndef POOL_H
#define POOL_H

#include <stdbool.h>

struct pool;

/* threads, the caller's included, is 1 or more; where the system allows fewer, the pool has
 * those.  NULL: out of memory. */
struct pool *pool_new(int threads);
void pool_free(struct pool *p);
/* Those that it has, the caller included. */
int pool_threads(const struct pool *p);

/*
 * Whether cache lines move slowly from thread to thread, as they do between cores
 * that share no cache: then a small job is faster on one thread.  Measured at the
 * first call and once in some thousand; not for calls from a task.
 */
bool pool_is_far(struct pool *p);

/*
 * Runs task(arg, i, thread) for i = 0 .. n-1 and returns when all are done.
 * Thread j begins with the j-th slice of 0 .. n-1, the same slice in every region,
 * so that its data stay in its cache; idle threads help the others.
 */
void pool_run(struct pool *p, void (*task)(void *arg, int i, int thread), void *arg, int n);

/*
 * The same, but each slice from its end to its beginning.  The data that a thread
 * used last are still in its cache: so of repeated passes over a matrix that does
 * not fit the cache, every second one should run downwards.
 */
void pool_run_down(struct pool *p, void (*task)(void *arg, int i, int thread), void *arg, int n);

#endif
