/*
 * pool.c - a fixed team of threads.
 *
 * A round is announced by raising `round`; each thread works through its own
 * share and then through what others have left, and counts itself out in
 * `busy`.  Waiting is a short spin, then a sleep on a condition variable.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

#include "pool.h"

enum {
	SPIN = 20000,		/* about 50 microseconds of pauses */
	LINE = 64		/* bytes; keeps counters on cache lines of their own */
};

struct share {
	atomic_int next;
	int end;
	char pad[LINE - sizeof(atomic_int) - sizeof(int)];
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
	atomic_uint round;
	atomic_int busy;		/* members still at work in this round */
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

static void
work(struct pool *p, int number)
{
	for (int k = 0; k < p->threads; k++) {
		struct share *s = &p->share[(number + k) % p->threads];
		int i;

		while ((i = atomic_fetch_add_explicit(&s->next, 1, memory_order_relaxed)) < s->end)
			p->task(p->arg, i, number);
	}
}

/* Waits until the round is no longer `seen`, and gives the new one. */
static unsigned
next_round(struct pool *p, unsigned seen)
{
	unsigned now;

	for (int i = 0; i < SPIN; i++) {
		now = atomic_load_explicit(&p->round, memory_order_acquire);
		if (now != seen)
			return now;
		pause_a_little();
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
		work(p, m->number);
		atomic_fetch_sub_explicit(&p->busy, 1, memory_order_release);
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

void
pool_run(struct pool *p, void (*task)(void *arg, int i, int thread), void *arg, int n)
{
	if (p->threads == 1 || n == 1) {
		for (int i = 0; i < n; i++)
			task(arg, i, 0);
		return;
	}
	p->task = task;
	p->arg = arg;
	for (int i = 0; i < p->threads; i++) {
		p->share[i].end = (int)((long)n * (i + 1) / p->threads);
		atomic_store_explicit(&p->share[i].next, (int)((long)n * i / p->threads),
		    memory_order_relaxed);
	}
	atomic_store(&p->busy, p->threads - 1);
	announce(p);
	work(p, 0);
	while (atomic_load_explicit(&p->busy, memory_order_acquire) > 0)
		pause_a_little();
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
