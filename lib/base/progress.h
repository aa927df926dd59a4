/*
 * progress.h - reports the progress of long work on standard error (--progress).
 *
 * On a terminal that can redraw, one line is drawn over and over.  Elsewhere (a file, a
 * pipe, TERM=dumb) `always` writes a whole line once a minute, and `auto` nothing.  With
 * -q there is none at all.
 */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stdint.h>

#include "options.h"

enum progress_when { PROGRESS_AUTO, PROGRESS_ALWAYS, PROGRESS_NEVER };
extern int progress_when;	/* of --progress; PROGRESS_AUTO at first */

/* The row of --progress, for the table of every program that shows progress. */
#define PROGRESS_OPTION { 0, "progress", OPT_WORD, { .word = &progress_when }, \
	"auto|always|never", 0, 0, "progress; auto: only on a terminal" }

enum progress_form { PROGRESS_OFF, PROGRESS_DRAWN, PROGRESS_LINES };

struct progress {
	enum progress_form form;
	double start, last;	/* seconds on the monotonic clock */
	uint64_t first;		/* value of `done` at the start */
};

/* Starts with `done` units of work complete. */
void progress_start(struct progress *p, uint64_t done);

/*
 * Shows "label: done of total unit, rate unit/s, time left": drawn at most five times
 * per second and cut at the terminal's width, or written once a minute, counted over all
 * work of the program.  total is 0 if unknown.
 */
void progress_show(struct progress *p, const char *label, uint64_t done, uint64_t total,
    const char *unit);

/* Clears the drawn line before other output. */
void progress_clear(struct progress *p);

#endif
