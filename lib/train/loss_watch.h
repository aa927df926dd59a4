/*
 * loss_watch.h - the losses of training steps: their running mean over an epoch, and
 * whether training diverges.
 *
 * Training diverges when the loss is far above ln C, that of a uniform distribution over a
 * vocabulary of C words, which an untrained model has: there is no first loss to remember,
 * and a resumed run judges as the uninterrupted one does.  Single steps may have any loss.
 * So a run is judged by stretches of 100 steps, the first being steps 1 to 100, and is
 * diverging as soon as more than half of a stretch's losses are too high.
 */
#ifndef LOSS_WATCH_H
#define LOSS_WATCH_H

#include <stdbool.h>

#include "model.h"

enum { LOSS_STRETCH = 100 };		/* steps */
static const double LOSS_HIGH = 3;	/* times ln C: worth a warning */

enum loss_verdict {
	LOSS_FINE,
	LOSS_RISEN,		/* above LOSS_HIGH times ln C, for the first time */
	LOSS_DIVERGED		/* above the limit */
};

struct loss_watch {
	/* The caller's: */
	double limit;		/* times ln C, to end the run; 0: none */
	bool keeps_sum;		/* a resumed run shall have the mean of the whole epoch */
	/* Ours: */
	double chance;		/* ln C */
	double sum;		/* -ln P of the steps of the epoch */
	uint64_t words;		/* their targets */
	bool ended;		/* the epoch has; the next step begins another */
	uint64_t total;		/* targets since the start of this program */
	uint32_t high;		/* steps of the current stretch above LOSS_HIGH times ln C */
	bool warned;
};

/* Begins where p stands, which may be in the middle of an epoch. */
void loss_watch_begin(struct loss_watch *w, const struct model_progress *p, uint32_t vocab);

/* Adds step number p->steps, with the sum of ln P over its n targets.  p->steep counts the
 * steps of the current stretch above the limit; p->train_sum and train_words are
 * updated with keeps_sum. */
enum loss_verdict loss_watch_step(struct loss_watch *w, struct model_progress *p, double logp,
    uint64_t n);

/* Judges an evaluation, unless no step is done yet.  After that of a whole epoch no
 * resumed run needs its mean: p->train_sum and train_words become 0. */
enum loss_verdict loss_watch_evaluation(struct loss_watch *w, struct model_progress *p,
    double loss);

void loss_watch_end_epoch(struct loss_watch *w);

/* The mean training loss of the current epoch or, at its start, of the one before, with the
 * weights that each step began with.  NaN: no step yet.  Without keeps_sum, that of an epoch
 * resumed in the middle is the mean since then. */
double loss_watch_mean(const struct loss_watch *w);

#endif
