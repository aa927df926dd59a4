/*
 * trainer.h - the training loop: epochs of sentences in order, or of a stream's chunks,
 * with an evaluation before every Nth epoch, the learning rate schedule, and early
 * stopping.
 *
 * The state of a run is a struct model_progress and the carried hidden states.  A run can
 * end between any two steps; resuming it from there gives exactly the model that an
 * uninterrupted run would have given.
 */
#ifndef TRAINER_H
#define TRAINER_H

#include <stdbool.h>

#include "corpus.h"
#include "errmsg.h"
#include "loss_watch.h"
#include "net.h"
#include "noise.h"
#include "shuffle.h"
#include "workers.h"

/* An evaluation, scheduled or final. */
struct evaluation {
	double loss;		/* of the validation set, or of the training text */
	double training;	/* loss_watch_mean() */
	bool best;		/* a new lowest validation loss */
};

/* What the trainer calls; each function may be NULL. */
struct trainer_callbacks {
	void *arg;		/* of those above run_arg */
	/* After each evaluation and its save(). */
	void (*evaluated)(void *arg, const struct model_progress *p, const struct evaluation *e);
	/* The schedule has changed the learning rate, outside of RATE_COSINE. */
	void (*rate_changed)(void *arg, double rate);
	/* Every hyper.log steps: p->smoothed is the smoothed loss. */
	void (*smoothed)(void *arg, const struct model_progress *p);
	void *run_arg;		/* of those below */
	/* After each step, and with evaluated > 0, the steps done, during an evaluation. */
	void (*progress)(void *run_arg, const struct model_progress *p, uint64_t evaluated);
	/* After each evaluation, and where is_save_due(): time to save the model.  best: its
	 * validation loss is the lowest so far.  NULL, or an error message that ends the run. */
	const char *(*save)(void *run_arg, bool best);
	/* Asked between steps. */
	bool (*is_save_due)(void *run_arg);
	/* Asked between steps and during an evaluation: true ends the run. */
	bool (*should_stop)(void *run_arg);
	/* Training seems to diverge; called once.  line: what to tell the user, and where. */
	void (*warn)(void *run_arg, const char *line);
};

struct trainer {
	/* The caller's: */
	struct net *net;
	struct workers *workers;	/* this process and those that it trains with */
	const struct corpus *train;	/* joined if and only if p->hyper.chunk is not 0 */
	const struct corpus *valid;	/* the validation set, likewise; NULL: none */
	struct model *model;
	struct model_progress *p;	/* the model's */
	uint64_t max_steps;		/* end the run after this many updates; 0: no limit */
	uint64_t save_steps;		/* ask is_save_due() at multiples of it at least; 0: anywhere */
	struct loss_watch watch;	/* its limit; the rest is ours */
	struct trainer_callbacks callbacks;
	/* Ours: */
	struct streams streams;		/* of a joined corpus */
	struct net_state state;		/* their hidden states */
	struct batcher batcher;		/* the current batch, or a worker's part of it */
	struct batch_part part;		/* which part, and its rows and those of the whole */
	struct noise noise;		/* of a sampled softmax */
	struct shuffle shuffle;		/* the order of the text in this epoch */
	double *logp;			/* (cap) its log-probabilities */
	size_t cap;
	double seconds;			/* spent in steps, without evaluations and saves */
	uint64_t evaluated;		/* steps done of the evaluation in progress; 0: none */
	bool stopped;			/* should_stop() was true */
	bool apart;			/* each worker has weights of its own */
	bool save_waits;		/* until they are not */
	bool diverged;			/* set by trainer_set_diverged() */
	struct errmsg err;
};

/* Sentences, or chunks of a joined corpus, in an epoch. */
size_t trainer_units(const struct corpus *train, const struct model_progress *p);

/* Stores in p the fingerprints (number of units, CRC-32) of the training text and the
 * validation set, which has no steps if there is none. */
void trainer_set_fingerprints(struct model_progress *p, const struct corpus *train,
    const struct corpus *valid);
/* Whether a run can be resumed with these texts: NULL, or an error message if one of them
 * is not that of the run, or is missing. */
const char *trainer_check_fingerprints(const struct model_progress *p,
    const struct corpus *train, const struct corpus *valid);

/* Prepares for the first step, with the hidden states that the model carries, if any.  NULL or an
 * error message; trainer_free() is due after success and failure. */
const char *trainer_begin(struct trainer *s);
/* In the middle of an epoch of a stream, stores the hidden states of all workers, which make
 * this call together, in model->carried.  NULL or an error message. */
const char *trainer_store(struct trainer *s);

/*
 * *loss = cross-entropy, the mean of -ln P over all targets, of the validation set or, if
 * there is none, of the training text.  A joined corpus is read as 32 parallel streams
 * that start from zero states.  If s->stopped is true afterwards, the evaluation was cut
 * short and *loss is meaningless.  NULL or an error message.
 */
const char *trainer_evaluate(struct trainer *s, double *loss);

/*
 * Trains until `epochs` epochs or max_steps steps are done, early stopping applies
 * (hyper.patience), or should_stop() is true.  NULL or an error message: a loss that is
 * not a number or above the limit (watch.limit) names its position; lack of memory names the size of the batch.  Models
 * saved before are good.
 */
const char *trainer_run(struct trainer *s, uint64_t epochs);

/* Marks the run as diverged and returns an error message with its position. */
const char *trainer_set_diverged(struct trainer *s, const char *what);

/* Whether trainer_run() would do nothing.  A final evaluation that is not on the schedule
 * is not recorded in p, so a run that ends there may count as not finished. */
bool trainer_is_finished(const struct model_progress *p, uint64_t max_steps);

void trainer_free(struct trainer *s);

/* The rest is for lib/train only. */

/* Makes room for t log-probabilities in s->logp.  NULL or "out of memory". */
const char *trainer_reserve(struct trainer *s, size_t t);
/* Calls progress(). */
void trainer_report_progress(struct trainer *s, uint64_t evaluated);
/* Whether this worker is asked to stop. */
bool trainer_is_asked(const struct trainer *s);
/* Sets and returns s->stopped: one that is alone asks should_stop(), others stop together,
 * when trainer_agree() has told all of them. */
bool trainer_should_stop(struct trainer *s);
/* Lets the steps of s->net add up the gradients of all workers. */
void trainer_join(struct trainer *s);
/* Whether it is time for a save, the same in all workers. */
bool trainer_is_save_due(struct trainer *s);
/* After a step, with hyper.local_steps: averages the weights of all workers, if it is time, as
 * it always is at the end of an epoch.  Until then they are apart: no save, and no end. */
const char *trainer_average(struct trainer *s, bool at_end);
/* *logp of this worker's part of an evaluation becomes that of all. */
void trainer_agree(struct trainer *s, double *logp);
/* The streams of a joined corpus that this worker evaluates. */
struct streams trainer_evaluated_streams(uint64_t steps, const struct workers *w);
/* logp[0] + ... + logp[t - 1]. */
double trainer_sum(const double *logp, int t);

#endif
