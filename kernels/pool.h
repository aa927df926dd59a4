/*
 * pool.h - threads that wait by spinning, because a phase of a training step
 * lasts tens of microseconds, and by sleeping when nothing comes.
 *
 * What a task computes must depend on its number alone; then results do not
 * depend on the number of threads or on who ran what.
 */
#ifndef POOL_H
#define POOL_H

#include <stdbool.h>

struct pool;

/* threads is 1 or more, the caller counted; NULL when it cannot be had. */
struct pool *pool_new(int threads);
void pool_free(struct pool *p);
int pool_threads(const struct pool *p);

/*
 * Whether lines of memory go slowly from thread to thread, as they do between
 * cores that share no cache: then small work is better done alone.  Measured
 * at the first call and every some thousand ones; not for calls from a task.
 */
bool pool_is_far(struct pool *p);

/*
 * Runs task(arg, i, thread) for i = 0 .. n-1 and returns when all are done.
 * Thread j begins with the j-th share of 0 .. n-1, the same one every time, so
 * that what it touches stays in its cache; idle threads help the others.
 */
void pool_run(struct pool *p, void (*task)(void *arg, int i, int thread), void *arg, int n);

/*
 * The same, but each share from its end to its beginning.  What a thread touched
 * last is still in its cache: so of a matrix that is too large for it, and is
 * walked again and again, every second walk had better go down.
 */
void pool_run_down(struct pool *p, void (*task)(void *arg, int i, int thread), void *arg, int n);

#endif
