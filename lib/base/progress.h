/*
 * progress.h - one line on the terminal that says how far long work is.
 *
 * Nothing is drawn where standard error is no terminal, or with -q.
 */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	bool on;
	double start, last;	/* seconds on the monotonic clock */
	uint64_t first;		/* of `done` when it began */
};

/* Begins at `done` of the work, whatever unit it is counted in. */
void progress_start(struct progress *p, uint64_t done);

/*
 * Draws "label: done of total unit, rate unit/s, time left", at most five times
 * a second.  total 0: not known.
 */
void progress_show(struct progress *p, const char *label, uint64_t done, uint64_t total,
    const char *unit);

/* Wipes the line, so that something else can be said. */
void progress_clear(struct progress *p);

#endif
