/*
 * seconds.h - the time that has passed, unaffected by changes of the date.
 */
#ifndef SECONDS_H
#define SECONDS_H

#include <time.h>

/* Seconds on the monotonic clock. */
static inline double
seconds_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

#endif
