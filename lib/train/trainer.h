/*
 * trainer.h - training from epoch to epoch: sentences in order, or chunks of
 * a stream; an evaluation before every Nth epoch; what becomes of the rate.
 *
 * Where it stands is a struct model_progress and the states that are carried
 * over, so that a run can be ended between any two steps and taken up again with
 * the same result.
 */
#ifndef TRAINER_H
#define TRAINER_H

#include <stdbool.h>

#include "corpus.h"
#include "errmsg.h"
#include "net.h"

/* What the caller is told; each may be NULL. */
struct trainer_watch {
	void *arg;		/* of those that tell */
	/* The loss at an evaluation; scheduled or only the last of a run.  What
	 * save() is there for has been saved by then. */
	void (*evaluated)(void *arg, const struct model_progress *p, double loss);
	/* The rate was changed, to go on with. */
	void (*slowed)(void *arg, double rate);
	/* The smoothed loss, every recipe.log steps. */
	void (*smoothed)(void *arg, const struct model_progress *p);
	void *owner;		/* of save() */
	/* A moment to save the model: after each evaluation; best: it is the best so
	 * far on the text held out.  NULL or a phrase, which ends the run. */
	const char *(*save)(void *arg, bool best);
	/* After each step, and while evaluating (evaluated: steps so far). */
	void (*tick)(void *arg, const struct model_progress *p, uint64_t evaluated);
	/* True ends the run between two steps. */
	bool (*stop)(void *arg);
};

struct trainer {
	struct net *net;
	const struct corpus *c;		/* joined if and only if p->hyper.chunk is not 0 */
	const struct corpus *valid;	/* text held out, likewise; NULL: none */
	struct model_progress *p;
	uint64_t most_steps;		/* the run ends after so many updates; 0: it does not */
	struct trainer_watch watch;
	/* Ours: */
	struct streams streams;		/* of a joined corpus */
	struct net_state state;		/* theirs */
	struct batcher batcher;
	double *logp;		/* (cap) */
	size_t cap;
	bool stopped;		/* the watch said stop */
	bool diverged;		/* the phrase is trainer_diverged()'s */
	struct errmsg err;
};

/* Sentences, or chunks, in an epoch. */
size_t trainer_units(const struct corpus *c, const struct model_progress *p);

/* Into p, what the text and the text held out (no steps: none) are known by. */
void trainer_note_text(struct model_progress *p, const struct corpus *c,
    const struct corpus *valid);
/* NULL, or a phrase: a run that is at p learned from other text, or was judged by
 * other text or by none. */
const char *trainer_check_text(const struct model_progress *p, const struct corpus *c,
    const struct corpus *valid);

/* Before the first step: takes over the states that m carries, if there are any.
 * NULL or a phrase; trainer_free() after either. */
const char *trainer_begin(struct trainer *s, const struct model *m);
/* The states into m, where a stream is in its midst.  NULL or a phrase. */
const char *trainer_store(struct trainer *s, struct model *m);

/*
 * The mean of -ln P over all predicted tokens of the text held out, or without
 * one of the text itself.  A stream is read as 32 that run side by side, each
 * beginning with a state of zeros.  NULL or a phrase.
 */
const char *trainer_evaluate(struct trainer *s, double *loss);

/*
 * Trains until p->epoch is `epochs`, most_steps are done, the loss of the text
 * held out has not fallen for recipe.patience evaluations, or the watch says
 * stop.  NULL or a phrase: a loss that is no number names the place, a batch that
 * there is no memory for its size; what was saved before is good.
 */
const char *trainer_run(struct trainer *s, uint64_t epochs);

/* A phrase: what happened, and where the run stands.  Notes that it has diverged. */
const char *trainer_diverged(struct trainer *s, const char *what);

/* Whether trainer_run() would do nothing.  An evaluation after the last epoch that
 * `every` does not divide leaves no trace, and so is not known to be done. */
bool trainer_has_ended(const struct model_progress *p, uint64_t most_steps);

void trainer_free(struct trainer *s);

#endif
