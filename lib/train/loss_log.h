/*
 * loss_log.h - what a run of training tells: the loss log, in the tutorial's words,
 * and for people a line of progress.
 */
#ifndef LOSS_LOG_H
#define LOSS_LOG_H

#include <stdio.h>

#include "progress.h"
#include "trainer.h"

struct loss_log {
	FILE *out;			/* the log */
	const struct corpus *c, *valid;	/* as in struct trainer */
	struct progress steps, looking;	/* of training, of an evaluation */
	int error;			/* errno of the first write that failed; 0: none */
};

/* valid may be NULL; seen: sentences or chunks so far. */
void loss_log_begin(struct loss_log *l, FILE *out, const struct corpus *c,
    const struct corpus *valid, uint64_t seen);

/* For struct trainer_watch, arg being the struct loss_log.  Each line is flushed. */
void loss_log_evaluated(void *arg, const struct model_progress *p, double loss);
void loss_log_slowed(void *arg, double rate);
void loss_log_smoothed(void *arg, const struct model_progress *p);
void loss_log_tick(void *arg, const struct model_progress *p, uint64_t evaluated);

/* Takes the line of progress away. */
void loss_log_end(struct loss_log *l);

/* "sentences", or "chunks" of a joined corpus. */
const char *loss_log_unit(const struct corpus *c);

#endif
