/*
 * pool.c - a fixed team of threads.
 *
 * A round is announced by raising `round`; each thread works through its own
 * share and then through what others have left.  A round is over when its
 * tasks are done, not when every thread has turned up: one that the system
 * keeps from running costs nothing as long as it holds no task.
 *
 * What a round costs is lines of memory that go from core to core, some 50 to
 * 400 ns each.  So a round's number and its tasks are one line, which nobody
 * writes but the caller; a share is opened by who first takes a task of it, and
 * its line stays with the thread that works on it; what a thread has done it
 * counts in that line, too, once a share.
 *
 * Threads may be late, and find another round.  A round's description stands
 * until the next but one is announced: who reads it and then finds `round` as
 * it was has read it whole.  A task is claimed by a ticket that carries the
 * round's number and what is left of the share, nothing of a finished one; the
 * description stands as long as a task is claimed and not counted.
 *
 * Waiting is a short spin, then a sleep on a condition variable.
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
	SPIN = 1000,		/* pauses before another thread may have the processor: 20 us */
	PATIENCE = 5,		/* so many spins before a sleep */
	PROBES = 8,		/* rounds that tell how far the threads are */
	PROBE_SPIN = 200,	/* pauses until a probe is given up: 4 us */
	PROBE_EVERY = 8192,	/* calls of pool_is_far() */
	FAR = 200,		/* ns a thread for a probe; 50 to 100 within a cache */
	LINE = 64		/* bytes that go from core to core together */
};

typedef void task_function(void *arg, int i, int thread);

/* A round: its tasks, those of each share from the first to the last or back. */
struct round {
	unsigned number;
	task_function *task;	/* NULL: the team may go */
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

struct member {
	alignas(LINE) atomic_ullong ticket;	/* round << 32 | tasks left of its share */
	atomic_uint done;			/* tasks, of all rounds */
	int number;
	struct pool *pool;
	pthread_t thread;
};

struct pool {
	alignas(LINE) atomic_uint round;
	struct announced announced[2];		/* of even and of odd rounds */
	alignas(LINE) atomic_int asleep;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	int threads;
	struct member *member;			/* (threads); the caller is number 0 */
	unsigned total;				/* tasks, of all rounds */
	bool far;
	unsigned asked;				/* how often whether they are far */
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
 * The thread that is waited for may be waiting for this very processor, when
 * others work on the machine: so it is offered now and then.
 */
static void
wait_a_little(int *pauses)
{
	if (++*pauses % SPIN)
		pause_a_little();
	else
		sched_yield();
}

/* The round's description; false if it is over. */
static bool
look(struct pool *p, unsigned number, struct round *r)
{
	struct announced *a = &p->announced[number % 2];

	r->number = number;
	r->task = atomic_load_explicit(&a->task, memory_order_acquire);
	r->arg = atomic_load_explicit(&a->arg, memory_order_acquire);
	r->n = atomic_load_explicit(&a->n, memory_order_acquire);
	r->down = atomic_load_explicit(&a->down, memory_order_acquire);
	return atomic_load_explicit(&p->round, memory_order_acquire) == number;
}

static void
announce(struct pool *p, const struct round *r)
{
	struct announced *a = &p->announced[r->number % 2];

	atomic_store_explicit(&a->task, r->task, memory_order_release);
	atomic_store_explicit(&a->arg, r->arg, memory_order_release);
	atomic_store_explicit(&a->n, r->n, memory_order_release);
	atomic_store_explicit(&a->down, r->down, memory_order_release);
	atomic_store(&p->round, r->number);
	if (atomic_load(&p->asleep) > 0) {
		pthread_mutex_lock(&p->lock);
		pthread_cond_broadcast(&p->wake);
		pthread_mutex_unlock(&p->lock);
	}
}

/* The first task of a share; that of `threads` is the end of the last one. */
static int
share_first(const struct pool *p, const struct round *r, int share)
{
	return (int)((long)r->n * share / p->threads);
}

/* The number of a task of this round from the share, or -1. */
static int
claim(struct pool *p, const struct round *r, int share)
{
	atomic_ullong *place = &p->member[share].ticket;
	unsigned long long ticket = atomic_load_explicit(place, memory_order_acquire);
	unsigned long long mine = (unsigned long long)r->number << 32;
	int first = share_first(p, r, share), end = share_first(p, r, share + 1), left;

	do {
		left = (int)(ticket & 0xffffffff);
		if (ticket >> 32 != r->number) {	/* not yet opened, or long over */
			left = end - first;
			if (atomic_load_explicit(&p->round, memory_order_acquire) != r->number)
				return -1;
		}
		if (left == 0)
			return -1;
	} while (!atomic_compare_exchange_weak_explicit(place, &ticket, mine | (unsigned)(left - 1),
	    memory_order_acq_rel, memory_order_acquire));
	return r->down ? first + left - 1 : end - left;
}

/* What was done of a share is counted when nothing is left of it: a count a task
 * would send its line from core to core. */
static void
work(struct pool *p, const struct round *r, int number)
{
	struct member *me = &p->member[number];

	for (int k = 0; k < p->threads; k++) {
		int i, share = (number + k) % p->threads;
		unsigned done = 0;

		for (; (i = claim(p, r, share)) >= 0; done++)
			r->task(r->arg, i, number);
		if (done)
			atomic_fetch_add_explicit(&me->done, done, memory_order_release);
	}
}

/* Waits until the round is no longer `seen`, and gives the new one. */
static unsigned
next_round(struct pool *p, unsigned seen)
{
	unsigned now;
	int pauses = 0;

	while (pauses < PATIENCE * SPIN) {
		now = atomic_load_explicit(&p->round, memory_order_acquire);
		if (now != seen)
			return now;
		wait_a_little(&pauses);
	}
	pthread_mutex_lock(&p->lock);
	atomic_fetch_add(&p->asleep, 1);
	while ((now = atomic_load(&p->round)) == seen)
		pthread_cond_wait(&p->wake, &p->lock);
	atomic_fetch_sub(&p->asleep, 1);
	pthread_mutex_unlock(&p->lock);
	return now;
}

static void *
member_main(void *arg)
{
	struct member *m = arg;
	struct pool *p = m->pool;
	struct round r = { 0 };

	for (;;) {
		if (!look(p, next_round(p, r.number), &r))
			continue;
		if (r.task == NULL)
			return NULL;
		work(p, &r, m->number);
	}
}

static bool
is_done(const struct pool *p)
{
	unsigned done = 0;

	for (int i = 0; i < p->threads; i++)
		done += atomic_load_explicit(&p->member[i].done, memory_order_acquire);
	return done == p->total;
}

static void
run(struct pool *p, task_function *task, void *arg, int n, bool down)
{
	struct round r = { 0, task, arg, n, down };
	int pauses = 0;

	if (p->threads == 1 || n == 1) {
		for (int i = 0; i < n; i++)
			task(arg, down ? n - 1 - i : i, 0);
		return;
	}
	r.number = atomic_load(&p->round) + 1;
	p->total += (unsigned)n;
	announce(p, &r);
	work(p, &r, 0);
	while (!is_done(p))
		wait_a_little(&pauses);
}

void
pool_run(struct pool *p, void (*task)(void *arg, int i, int thread), void *arg, int n)
{
	run(p, task, arg, n, false);
}

void
pool_run_down(struct pool *p, void (*task)(void *arg, int i, int thread), void *arg, int n)
{
	run(p, task, arg, n, true);
}

/* A round of a task a thread, each of which waits until all have come, or gives up. */
struct probe {
	int threads;
	atomic_int came;
	atomic_bool lost;
};

static void
probe_task(void *arg, int i, int thread)
{
	struct probe *b = arg;

	(void)i;
	(void)thread;
	atomic_fetch_add(&b->came, 1);
	for (int k = 0; atomic_load(&b->came) < b->threads; k++) {
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

/* The quickest of some rounds to which all came; to others a thread had no processor. */
static void
probe(struct pool *p)
{
	double least = INFINITY;

	for (int i = 0; i < PROBES; i++) {
		struct probe b = { .threads = p->threads };
		double ns = now_ns();

		run(p, probe_task, &b, p->threads, false);
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
		probe(p);
	return p->far;
}

int
pool_threads(const struct pool *p)
{
	return p->threads;
}

static bool
start(struct pool *p)
{
	for (int i = 1; i < p->threads; i++) {
		p->member[i].pool = p;
		p->member[i].number = i;
		if (pthread_create(&p->member[i].thread, NULL, member_main, &p->member[i]) != 0) {
			p->threads = i;
			return false;
		}
	}
	return true;
}

/* n bytes on lines of their own, all 0; NULL: no memory. */
static void *
lines(size_t n)
{
	void *p = aligned_alloc(LINE, n);

	return p ? memset(p, 0, n) : NULL;
}

struct pool *
pool_new(int threads)
{
	struct pool *p = lines(sizeof(*p));

	if (p == NULL)
		return NULL;
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->wake, NULL);
	p->member = lines((size_t)threads * sizeof(*p->member));
	p->threads = p->member ? threads : 1;
	if (p->member == NULL || !start(p)) {
		pool_free(p);
		return NULL;
	}
	return p;
}

void
pool_free(struct pool *p)
{
	struct round end = { 0 };

	if (p == NULL)
		return;
	end.number = atomic_load(&p->round) + 1;
	announce(p, &end);
	for (int i = 1; i < p->threads; i++)
		pthread_join(p->member[i].thread, NULL);
	pthread_mutex_destroy(&p->lock);
	pthread_cond_destroy(&p->wake);
	free(p->member);
	free(p);
}
