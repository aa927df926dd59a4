/*
 * stopwatch.h - the benchmarks' clock, and the median of what it showed.
 */
#ifndef STOPWATCH_H
#define STOPWATCH_H

#include <stdlib.h>
#include <time.h>

/* Seconds from some moment on. */
static inline double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static inline int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Of took(n), which it sorts; the upper one of two. */
static inline double
median(double *took, int n)
{
	qsort(took, (size_t)n, sizeof(*took), by_value);
	return took[n / 2];
}

#endif
