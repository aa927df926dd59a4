/*
 * schedule.h - training as the tutorial does it: sentences in order, an
 * evaluation before every Nth epoch, the rate halved when the loss has risen.
 *
 * Where it stands is a struct model_progress, so that a run can be ended
 * between any two steps and taken up again with the same result.
 */
#ifndef SCHEDULE_H
#define SCHEDULE_H

#include <stdbool.h>

#include "corpus.h"
#include "net.h"

/* What the caller is told; each may be NULL. */
struct schedule_watch {
	void *arg;
	/* The loss at an evaluation; scheduled or only the last of a run.  What
	 * save() is there for has been saved by then. */
	void (*evaluated)(void *arg, const struct model_progress *p, double loss);
	/* The rate was halved. */
	void (*slowed)(void *arg, double rate);
	/* A moment to save the model: after each evaluation.  NULL or a phrase. */
	const char *(*save)(void *arg);
	/* After each step, and while evaluating (evaluated: sentences so far). */
	void (*tick)(void *arg, const struct model_progress *p, uint64_t evaluated);
	/* True ends the run between two steps. */
	bool (*stop)(void *arg);
};

struct schedule {
	struct net *net;
	const struct corpus *c;
	struct model_progress *p;
	struct schedule_watch watch;
	struct batcher batcher;
	double *logp;		/* (cap) */
	size_t cap;
	bool stopped;		/* the watch said stop */
	bool diverged;		/* the phrase is of a loss that is no number */
	char err[160];
};

/* NULL or a phrase; *loss is the mean of -ln P over all predicted tokens. */
const char *schedule_evaluate(struct schedule *s, double *loss);

/*
 * Trains until p->epoch is `epochs`, or until told to stop.  NULL or a phrase:
 * a loss that is no number names the sentence; what was saved before is good.
 */
const char *schedule_run(struct schedule *s, uint64_t epochs);

void schedule_free(struct schedule *s);

#endif
