/*
 * loss_log.h - reports a training run: the loss log, in the tutorial's words, and a line of
 * progress on standard error.
 */
#ifndef LOSS_LOG_H
#define LOSS_LOG_H

#include <stdio.h>

#include "progress.h"
#include "run_report.h"
#include "trainer.h"

struct loss_log {
	FILE *out;			/* the log */
	const struct corpus *train, *valid;	/* as in struct trainer */
	const struct loss_watch *watch;	/* the training loss */
	struct run_report report;
	struct progress steps, evaluation;	/* progress of training; of an evaluation */
	int error;			/* errno of the first failed write; 0: none */
};

/* Begins the log of a trainer that trainer_begin() has prepared. */
void loss_log_begin(struct loss_log *l, FILE *out, const struct trainer *s);

/* For struct trainer_callbacks; arg is the struct loss_log.  Each line is flushed. */
void loss_log_evaluated(void *arg, const struct model_progress *p, const struct evaluation *e);
void loss_log_rate_changed(void *arg, double rate);
void loss_log_smoothed(void *arg, const struct model_progress *p);
void loss_log_progress(void *arg, const struct model_progress *p, uint64_t evaluated);

/* Removes the line of progress. */
void loss_log_end(struct loss_log *l);

/* "sentences", or "chunks" if the corpus is joined. */
const char *loss_log_unit(const struct corpus *c);

#endif
