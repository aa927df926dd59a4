/*
 * pool.c - a fixed team of threads.
 *
 * A round is announced by raising `round`; each thread works through its own
 * share and then through what others have left.  A round is over when its
 * tasks are done, not when every thread has turned up: one that the system
 * keeps from running costs nothing as long as it holds no task.  So a task is
 * claimed by a ticket that carries the number of its round; who comes late
 * finds other tickets, and task and arg are read only under a valid one.
 *
 * Waiting is a short spin, then a sleep on a condition variable.
 */
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

#include "pool.h"

enum {
	SPIN = 1000,		/* pauses before another thread may have the processor: 20 us */
	PATIENCE = 5,		/* so many spins before a sleep */
	LINE = 64		/* bytes; keeps counters on cache lines of their own */
};

struct share {
	atomic_ullong ticket;	/* round << 32 | the next task, counted upwards */
	atomic_int end;
	int first;
	char pad[LINE - sizeof(atomic_ullong) - sizeof(atomic_int) - sizeof(int)];
};

struct member {
	struct pool *pool;
	pthread_t thread;
	int number;
};

struct pool {
	int threads;
	struct share *share;		/* (threads) */
	struct member *member;		/* (threads); the caller is number 0 */
	void (*task)(void *, int, int);
	void *arg;
	bool down;			/* tasks of a share from its end to its beginning */
	atomic_uint round;
	atomic_int done;		/* tasks of this round */
	atomic_bool stop;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	atomic_int asleep;
};

static void
pause_a_little(void)
{
#if defined(__x86_64__)
	__builtin_ia32_pause();
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

/* The number of a task of this round from the share, or -1. */
static int
claim(struct share *s, unsigned round)
{
	unsigned long long ticket = atomic_load_explicit(&s->ticket, memory_order_acquire);

	while (ticket >> 32 == round) {
		int i = (int)(ticket & 0xffffffff);

		if (i >= atomic_load_explicit(&s->end, memory_order_acquire))
			return -1;
		if (atomic_compare_exchange_weak_explicit(&s->ticket, &ticket, ticket + 1,
		    memory_order_acq_rel, memory_order_acquire))
			return i;
	}
	return -1;
}

/*
 * Tasks first .. end-1 of a new round.  The old ticket goes first: one who is
 * late, and finds the new end beside it, must not take it for another task.
 */
static void
deal(struct share *s, unsigned round, int first, int end)
{
	unsigned long long ticket = (unsigned long long)round << 32;

	atomic_store(&s->ticket, ticket | INT_MAX);
	atomic_store(&s->end, end);
	s->first = first;
	atomic_store(&s->ticket, ticket | (unsigned)first);
}

/* The task that goes by number i of the share, which is claimed and not yet done. */
static int
task_of(const struct pool *p, const struct share *s, int i)
{
	if (!p->down)
		return i;
	return s->first + atomic_load_explicit(&s->end, memory_order_relaxed) - 1 - i;
}

/* What was done of a share is counted when nothing is left of it: a count a task
 * would send its line from core to core. */
static void
work(struct pool *p, int number, unsigned round)
{
	for (int k = 0; k < p->threads; k++) {
		struct share *s = &p->share[(number + k) % p->threads];
		int i, done = 0;

		for (; (i = claim(s, round)) >= 0; done++)
			p->task(p->arg, task_of(p, s, i), number);
		if (done)
			atomic_fetch_add_explicit(&p->done, done, memory_order_release);
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
	unsigned seen = 0;

	for (;;) {
		seen = next_round(p, seen);
		if (atomic_load(&p->stop))
			return NULL;
		work(p, m->number, seen);
	}
}

static void
announce(struct pool *p)
{
	atomic_fetch_add(&p->round, 1);
	if (atomic_load(&p->asleep) > 0) {
		pthread_mutex_lock(&p->lock);
		pthread_cond_broadcast(&p->wake);
		pthread_mutex_unlock(&p->lock);
	}
}

static void
run(struct pool *p, void (*task)(void *arg, int i, int thread), void *arg, int n, bool down)
{
	unsigned round;
	int pauses = 0;

	if (p->threads == 1 || n == 1) {
		for (int i = 0; i < n; i++)
			task(arg, down ? n - 1 - i : i, 0);
		return;
	}
	p->task = task;
	p->arg = arg;
	p->down = down;
	round = atomic_load(&p->round) + 1;
	atomic_store(&p->done, 0);
	for (int i = 0; i < p->threads; i++)
		deal(&p->share[i], round, (int)((long)n * i / p->threads),
		    (int)((long)n * (i + 1) / p->threads));
	announce(p);
	work(p, 0, round);
	while (atomic_load_explicit(&p->done, memory_order_acquire) < n)
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

struct pool *
pool_new(int threads)
{
	struct pool *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return NULL;
	p->threads = threads;
	p->share = calloc((size_t)threads, sizeof(*p->share));
	p->member = calloc((size_t)threads, sizeof(*p->member));
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->wake, NULL);
	if (p->share == NULL || p->member == NULL)
		p->threads = 1;
	if (p->share == NULL || p->member == NULL || !start(p)) {
		pool_free(p);
		return NULL;
	}
	return p;
}

void
pool_free(struct pool *p)
{
	if (p == NULL)
		return;
	atomic_store(&p->stop, true);
	announce(p);
	for (int i = 1; i < p->threads; i++)
		pthread_join(p->member[i].thread, NULL);
	pthread_mutex_destroy(&p->lock);
	pthread_cond_destroy(&p->wake);
	free(p->share);
	free(p->member);
	free(p);
}
