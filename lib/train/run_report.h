/*
 * run_report.h - what a training run came to, in lines for the user: why it ended, its
 * losses, and how to continue it.
 */
#ifndef RUN_REPORT_H
#define RUN_REPORT_H

#include "checkpoint.h"
#include "errmsg.h"
#include "trainer.h"

struct run_report {
	double start;		/* seconds on the monotonic clock */
	double first;		/* loss before the first step; if not known, ln C */
	double last;		/* latest evaluation; NaN: none in this program */
	double best;		/* lowest validation loss; NaN: none */
	uint64_t best_epoch;	/* complete epochs when it was reached */
};

/* chance: ln C. */
void run_report_begin(struct run_report *r, const struct model_progress *p, double chance);
/* Adds an evaluation. */
void run_report_evaluated(struct run_report *r, const struct model_progress *p,
    const struct evaluation *e);

/*
 * Gives note() the lines of the report, without the program's name: why the run ended, with
 * its time and the speed of its steps, unless a signal ended it; its losses, and in which files their models
 * are; and whether the latest loss is above the first.
 */
void run_report_tell(const struct run_report *r, const struct trainer *s,
    const struct checkpoint *files, void (*note)(const char *line));

/* What ended the run. */
enum run_end { RUN_GOES_ON, RUN_EPOCHS, RUN_PATIENCE, RUN_STEPS };
enum run_end run_report_reason(const struct model_progress *p, uint64_t max_steps);

#endif
