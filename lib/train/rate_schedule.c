/*
 * rate_schedule.c - learning rate schedules.
 */
#include <math.h>

#include "rate_schedule.h"

static const double PI = 3.14159265358979323846;

void
rate_before_step(struct model_progress *p, size_t units)
{
	double done = (double)p->epoch + (double)p->sentence / (double)units;

	if (p->hyper.schedule == RATE_COSINE && p->epochs)
		p->rate = p->rate0 * 0.5 * (1 + cos(PI * done / (double)p->epochs));
}

double
rate_of_step(const struct model_progress *p)
{
	return p->steps < p->hyper.warmup ?
	    p->rate * (double)(p->steps + 1) / (double)p->hyper.warmup : p->rate;
}

bool
rate_after_evaluation(struct model_progress *p, bool loss_rose)
{
	if (p->hyper.schedule != RATE_HALVED || !loss_rose)
		return false;
	p->rate *= 0.5;
	return true;
}

bool
rate_after_epoch(struct model_progress *p)
{
	if (p->hyper.schedule != RATE_DECAYED || p->epoch < p->hyper.from)
		return false;
	p->rate *= p->hyper.factor;
	return true;
}
