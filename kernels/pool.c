/*
 * pool.c - a fixed pool of threads.
 *
 * A parallel region is announced by incrementing `region`; each thread works
 * through its own slice of the tasks and then through what the others have left.
 * A region ends when its tasks are done, not when every thread has arrived: a
 * thread that the system does not schedule costs nothing while it holds no task.
 *
 * The cost of a region is cache lines that move from core to core, at some 50 to
 * 400 ns each.  So a region's number and description are in one line that only the
 * caller writes; a slice is opened by the first thread that takes a task of it, and
 * its line stays with the thread that works on it; each thread counts the tasks
 * that it has done in its own line, once for each slice.
 *
 * A thread may be late and find a later region.  A region's description remains
 * until the next but one is announced, so a thread that reads it and then finds
 * `region` unchanged has read it whole.  A task is claimed through a ticket with
 * the region's number and the number of tasks left in the slice, so that no task of
 * a finished region can be claimed; and the description remains as long as a task
 * is claimed and not yet counted.
 *
 * A thread waits by spinning briefly, then sleeps on a condition variable.
 */
#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "pool.h"

enum {
	SPIN = 1000,		/* pauses before the processor is yielded: 20 us */
	PATIENCE = 5,		/* such spins before a sleep */
	PROBES = 8,		/* regions that measure the distance of the threads */
	PROBE_SPIN = 200,	/* pauses before a probe is abandoned: 4 us */
	PROBE_EVERY = 8192,	/* calls of pool_is_far() */
	FAR = 200,		/* ns per thread for a probe; 50 to 100 within a shared cache */
	LINE = 64		/* bytes of a cache line */
};

typedef void task_function(void *arg, int i, int thread);

/* A parallel region: n tasks, those of each slice in rising or falling order. */
struct region {
	unsigned number;
	task_function *task;	/* NULL: the threads end */
	void *arg;
	int n;
	bool down;
};

struct announced {
	_Atomic(task_function *) task;
	_Atomic(void *) arg;
	atomic_int n;
	atomic_bool down;
};

struct worker {
	alignas(LINE) atomic_ullong ticket;	/* region << 32 | tasks left in its slice */
	atomic_uint done;			/* tasks, of all regions */
	int number;
	struct pool *pool;
	pthread_t thread;
};

struct pool {
	alignas(LINE) atomic_uint region;
	struct announced announced[2];		/* even and odd regions */
	alignas(LINE) atomic_int asleep;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	int threads;
	struct worker *worker;			/* (threads); number 0 is the caller */
	unsigned total;				/* tasks, of all regions */
	bool far;
	unsigned asked;				/* calls of pool_is_far() */
};

static void
pause_a_little(void)
{
#if defined(__x86_64__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ volatile("isb");	/* some 20 ns; `yield` takes no time at all */
#endif
}

/*
 * On a busy machine the thread that we wait for may itself wait for this processor:
 * so it is yielded now and then.
 */
static void
wait_a_little(int *pauses)
{
	if (++*pauses % SPIN)
		pause_a_little();
	else
		sched_yield();
}

/* Reads the region's description; false if the region is over. */
static bool
read_region(struct pool *p, unsigned number, struct region *r)
{
	struct announced *a = &p->announced[number % 2];

	r->number = number;
	r->task = atomic_load_explicit(&a->task, memory_order_acquire);
	r->arg = atomic_load_explicit(&a->arg, memory_order_acquire);
	r->n = atomic_load_explicit(&a->n, memory_order_acquire);
	r->down = atomic_load_explicit(&a->down, memory_order_acquire);
	return atomic_load_explicit(&p->region, memory_order_acquire) == number;
}

static void
announce_region(struct pool *p, const struct region *r)
{
	struct announced *a = &p->announced[r->number % 2];

	atomic_store_explicit(&a->task, r->task, memory_order_release);
	atomic_store_explicit(&a->arg, r->arg, memory_order_release);
	atomic_store_explicit(&a->n, r->n, memory_order_release);
	atomic_store_explicit(&a->down, r->down, memory_order_release);
	atomic_store(&p->region, r->number);
	if (atomic_load(&p->asleep) > 0) {
		pthread_mutex_lock(&p->lock);
		pthread_cond_broadcast(&p->wake);
		pthread_mutex_unlock(&p->lock);
	}
}

/* The first task of a slice; slice number `threads` begins at the end. */
static int
slice_first(const struct pool *p, const struct region *r, int slice)
{
	return (int)((long)r->n * slice / p->threads);
}

/* Claims a task of the slice in this region: its number, or -1. */
static int
claim_task(struct pool *p, const struct region *r, int slice)
{
	atomic_ullong *at = &p->worker[slice].ticket;
	unsigned long long ticket = atomic_load_explicit(at, memory_order_acquire);
	unsigned long long mine = (unsigned long long)r->number << 32;
	int first = slice_first(p, r, slice), end = slice_first(p, r, slice + 1), left;

	do {
		left = (int)(ticket & 0xffffffff);
		if (ticket >> 32 != r->number) {	/* not opened yet, or over */
			left = end - first;
			if (atomic_load_explicit(&p->region, memory_order_acquire) != r->number)
				return -1;
		}
		if (left == 0)
			return -1;
	} while (!atomic_compare_exchange_weak_explicit(at, &ticket, mine | (unsigned)(left - 1),
	    memory_order_acq_rel, memory_order_acquire));
	return r->down ? first + left - 1 : end - left;
}

/* Tasks are counted once no more of their slice is left: counting each one would
 * move the line from core to core. */
static void
work_on(struct pool *p, const struct region *r, int number)
{
	struct worker *me = &p->worker[number];

	for (int k = 0; k < p->threads; k++) {
		int i, slice = (number + k) % p->threads;
		unsigned done = 0;

		for (; (i = claim_task(p, r, slice)) >= 0; done++)
			r->task(r->arg, i, number);
		if (done)
			atomic_fetch_add_explicit(&me->done, done, memory_order_release);
	}
}

/* Waits until the current region is another one than `seen`, and returns it. */
static unsigned
next_region(struct pool *p, unsigned seen)
{
	unsigned now;
	int pauses = 0;

	while (pauses < PATIENCE * SPIN) {
		now = atomic_load_explicit(&p->region, memory_order_acquire);
		if (now != seen)
			return now;
		wait_a_little(&pauses);
	}
	pthread_mutex_lock(&p->lock);
	atomic_fetch_add(&p->asleep, 1);
	while ((now = atomic_load(&p->region)) == seen)
		pthread_cond_wait(&p->wake, &p->lock);
	atomic_fetch_sub(&p->asleep, 1);
	pthread_mutex_unlock(&p->lock);
	return now;
}

static void *
worker_main(void *arg)
{
	struct worker *w = arg;
	struct pool *p = w->pool;
	struct region r = { 0 };

	for (;;) {
		if (!read_region(p, next_region(p, r.number), &r))
			continue;
		if (r.task == NULL)
			return NULL;
		work_on(p, &r, w->number);
	}
}

static bool
is_done(const struct pool *p)
{
	unsigned done = 0;

	for (int i = 0; i < p->threads; i++)
		done += atomic_load_explicit(&p->worker[i].done, memory_order_acquire);
	return done == p->total;
}

static void
run_region(struct pool *p, task_function *task, void *arg, int n, bool down)
{
	struct region r = { 0, task, arg, n, down };
	int pauses = 0;

	if (p->threads == 1 || n == 1) {
		for (int i = 0; i < n; i++)
			task(arg, down ? n - 1 - i : i, 0);
		return;
	}
	r.number = atomic_load(&p->region) + 1;
	p->total += (unsigned)n;
	announce_region(p, &r);
	work_on(p, &r, 0);
	while (!is_done(p))
		wait_a_little(&pauses);
}

void
pool_run(struct pool *p, void (*task)(void *arg, int i, int thread), void *arg, int n)
{
	run_region(p, task, arg, n, false);
}

void
pool_run_down(struct pool *p, void (*task)(void *arg, int i, int thread), void *arg, int n)
{
	run_region(p, task, arg, n, true);
}

/* A region with one task for each thread, which waits until all have arrived, or gives up. */
struct probe {
	int threads;
	atomic_int arrived;
	atomic_bool lost;
};

static void
probe_task(void *arg, int i, int thread)
{
	struct probe *b = arg;

	(void)i;
	(void)thread;
	atomic_fetch_add(&b->arrived, 1);
	for (int k = 0; atomic_load(&b->arrived) < b->threads; k++) {
		if (k == PROBE_SPIN) {
			atomic_store(&b->lost, true);
			return;
		}
		pause_a_little();
	}
}

static double
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return 1e9 * (double)t.tv_sec + (double)t.tv_nsec;
}

/* The shortest of some regions in which all threads arrived; in the others one was not
 * scheduled. */
static void
probe_distance(struct pool *p)
{
	double least = INFINITY;

	for (int i = 0; i < PROBES; i++) {
		struct probe b = { .threads = p->threads };
		double ns = now_ns();

		run_region(p, probe_task, &b, p->threads, false);
		ns = now_ns() - ns;
		if (!atomic_load(&b.lost))
			least = ns < least ? ns : least;
	}
	if (isfinite(least))
		p->far = least > (double)FAR * p->threads;
}

bool
pool_is_far(struct pool *p)
{
	if (p->threads > 1 && p->asked++ % PROBE_EVERY == 0)
		probe_distance(p);
	return p->far;
}

int
pool_threads(const struct pool *p)
{
	return p->threads;
}

/* Starts as many threads as the system allows.  They read p->threads after the first
 * region is announced, so it may still change here. */
static void
start_threads(struct pool *p)
{
	int n = 1;

	for (; n < p->threads; n++) {
		p->worker[n].pool = p;
		p->worker[n].number = n;
		if (pthread_create(&p->worker[n].thread, NULL, worker_main, &p->worker[n]) != 0)
			break;
	}
	p->threads = n;
}

/* n bytes on cache lines of their own, all 0; NULL: out of memory. */
static void *
alloc_lines(size_t n)
{
	void *p = aligned_alloc(LINE, n);

	return p ? memset(p, 0, n) : NULL;
}

struct pool *
pool_new(int threads)
{
	struct pool *p = alloc_lines(sizeof(*p));

	if (p == NULL)
		return NULL;
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->wake, NULL);
	p->worker = alloc_lines((size_t)threads * sizeof(*p->worker));
	p->threads = p->worker ? threads : 1;
	if (p->worker == NULL) {
		pool_free(p);
		return NULL;
	}
	start_threads(p);
	return p;
}

void
pool_free(struct pool *p)
{
	struct region end = { 0 };

	if (p == NULL)
		return;
	end.number = atomic_load(&p->region) + 1;
	announce_region(p, &end);
	for (int i = 1; i < p->threads; i++)
		pthread_join(p->worker[i].thread, NULL);
	pthread_mutex_destroy(&p->lock);
	pthread_cond_destroy(&p->wake);
	free(p->worker);
	free(p);
}
