/*
 * pool [SECONDS]: runs parallel regions of many sizes in quick succession, upwards and
 * downwards, on 2, 3 and 5 threads; each task of a region must run once, before the
 * region ends, and no other task.
 */
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "pool.h"

enum { MOST = 64 };

/* Argument of a region's tasks; a task of another region has another one. */
struct region {
	int n;
	atomic_int ran[MOST];
	atomic_bool foreign;	/* a task of another region ran */
};

static void
task(void *arg, int i, int thread)
{
	struct region *r = arg;

	(void)thread;
	if (i < 0 || i >= r->n)
		atomic_store(&r->foreign, true);
	else
		atomic_fetch_add(&r->ran[i], 1);
}

static bool
run_region(struct pool *p, struct region *r, int n)
{
	bool good = true;

	r->n = n;
	for (int i = 0; i < MOST; i++)
		atomic_store(&r->ran[i], 0);
	(n % 3 ? pool_run : pool_run_down)(p, task, r, n);
	for (int i = 0; i < MOST; i++)
		good = good && atomic_load(&r->ran[i]) == (i < n);
	return good && !atomic_load(&r->foreign);
}

static bool
run_regions(int threads, double seconds)
{
	static struct region r[2];
	struct pool *p = pool_new(threads);
	clock_t end = clock() + (clock_t)(seconds * threads * CLOCKS_PER_SEC);
	bool good = p != NULL;

	for (unsigned k = 0; good && (k % 1024 || clock() < end); k++) {
		if (k % 8 == 0)
			pool_is_far(p);		/* runs regions of its own now and then */
		good = run_region(p, &r[k % 2], k % 2 ? MOST : 2 + (int)(k / 2 % 7));
	}
	pool_free(p);
	return good;
}

int
main(int argc, char *argv[])
{
	static const int threads[] = { 2, 3, 5 };
	double seconds = argc > 1 ? atof(argv[1]) : 1;
	int failures = 0;

	for (size_t i = 0; i < sizeof(threads) / sizeof(threads[0]); i++)
		if (!run_regions(threads[i], seconds)) {
			printf("not ok on %d threads\n", threads[i]);
			failures++;
		}
	return failures ? 1 : 0;
}
