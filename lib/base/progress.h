/*
 * progress.h - a progress line on the terminal for long work.
 *
 * Nothing is drawn if standard error is not a terminal, or with -q.
 */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	bool on;
	double start, last;	/* seconds on the monotonic clock */
	uint64_t first;		/* value of `done` at the start */
};

/* Starts with `done` units of work complete. */
void progress_start(struct progress *p, uint64_t done);

/*
 * Draws "label: done of total unit, rate unit/s, time left", at most five times
 * per second.  total is 0 if unknown.
 */
void progress_show(struct progress *p, const char *label, uint64_t done, uint64_t total,
    const char *unit);

/* Clears the line before other output. */
void progress_clear(struct progress *p);

#endif
