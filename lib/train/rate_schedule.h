/*
 * rate_schedule.h - how the learning rate changes in the course of a run.
 *
 * Each function applies p->hyper.schedule to p->rate and leaves it alone where the
 * schedule has nothing to do at that point.
 */
#ifndef RATE_SCHEDULE_H
#define RATE_SCHEDULE_H

#include <stdbool.h>
#include <stddef.h>

#include "model.h"

/* Before a step; units: sentences or chunks in an epoch. */
void rate_before_step(struct model_progress *p, size_t units);
/* The rate of the step that comes next: p->rate, or less in the warm-up, where it rises in
 * proportion to the step's number. */
double rate_of_step(const struct model_progress *p);
/* After a scheduled evaluation; loss_rose: compared to the previous one.  True: changed. */
bool rate_after_evaluation(struct model_progress *p, bool loss_rose);
/* At the end of an epoch, p->epoch being the number of complete ones.  True: changed. */
bool rate_after_epoch(struct model_progress *p);

#endif
