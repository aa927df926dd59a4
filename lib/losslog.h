/*
 * losslog.h - what a run of training tells: the loss log, in the tutorial's words,
 * and for people a line of progress.
 */
#ifndef LOSSLOG_H
#define LOSSLOG_H

#include <stdio.h>

#include "progress.h"
#include "schedule.h"

struct losslog {
	FILE *out;			/* the log */
	const struct corpus *c, *valid;	/* as in struct schedule */
	struct progress steps, looking;	/* of training, of an evaluation */
	int error;			/* errno of the first write that failed; 0: none */
};

/* valid may be NULL; seen: sentences or chunks so far. */
void losslog_begin(struct losslog *l, FILE *out, const struct corpus *c,
    const struct corpus *valid, uint64_t seen);

/* For struct schedule_watch, arg being the struct losslog.  Each line is flushed. */
void losslog_evaluated(void *arg, const struct model_progress *p, double loss);
void losslog_slowed(void *arg, double rate);
void losslog_smoothed(void *arg, const struct model_progress *p);
void losslog_tick(void *arg, const struct model_progress *p, uint64_t evaluated);

/* Takes the line of progress away. */
void losslog_end(struct losslog *l);

/* "sentences", or "chunks" of a joined corpus. */
const char *losslog_unit(const struct corpus *c);

#endif
