/*
 * training_run.h - a training run: a model, its text and its files, from the first step to
 * the model that is saved at the end.
 *
 * The caller decides what the run starts from and sets the model and the text;
 * this module opens the network, trains, and decides when the model is saved.
 */
#ifndef TRAINING_RUN_H
#define TRAINING_RUN_H

#include <stdio.h>

#include "checkpoint.h"
#include "errmsg.h"
#include "loss_log.h"
#include "model.h"
#include "net.h"
#include "save_schedule.h"
#include "train_settings.h"
#include "trainer.h"
#include "training_text.h"

struct training_run {
	/* The caller's: */
	struct backend *k;
	struct model model;		/* with its progress */
	struct training_text text;	/* its vocabulary is moved into the model */
	struct checkpoint checkpoint;
	struct workers workers;		/* open */
	uint64_t max_steps;		/* end after this many updates; 0: no limit */
	struct save_schedule schedule;	/* saves between evaluations */
	double max_loss_ratio;		/* of loss_watch.h; 0: no limit */
	void (*warn)(const char *line);	/* prints a line while the run continues */
	/* Ours: */
	struct net net;
	struct trainer trainer;
	struct loss_log log;
	const char *best_from;		/* resumed file whose best model the first save copies; NULL */
	bool saved;			/* the model file was written by this run */
	bool changed;			/* steps were done since the latest save */
	double start;			/* seconds on the monotonic clock */
	uint64_t first_step;		/* progress.steps at the start */
	struct errmsg latest_failure, best_failure;	/* of the last attempt; "": none */
	struct errmsg log_failure;
	struct errmsg err;
};

/* Moves the text's vocabulary into the model, unless it has the same one already; path: of a
 * model that was loaded, or NULL.  NULL, or an error message that names the path. */
const char *training_run_set_vocab(struct training_run *r, const char *path);

/* The same for a model of the file `path` whose vocabulary grows to the text's (model_grow.h);
 * the weights of new words are drawn as s says.  note() is given a line that says how many. */
const char *training_run_grow(struct training_run *r, const struct train_settings *s,
    const char *path, void (*note)(const char *line));

/* Puts the model on the device.  NULL or an error message; training_run_free() is due
 * after success and failure. */
const char *training_run_open(struct training_run *r);

/*
 * To be called when all is known and nothing is written yet: claims the best model, if one
 * may be written or removed.  Of a run that is resumed from the file `from`, otherwise NULL,
 * it finds where its best model is, and sets r->best_from; one in that place that is not
 * the run's is reported by warn().  NULL or an error message of checkpoint_claim() or,
 * unless forced, checkpoint_refuse().
 */
const char *training_run_claim_best(struct training_run *r, const char *from, bool force);

/* Copies the models of the run in the file `from`, which r resumes and which has ended, to
 * r's own files.  NULL or an error message; a best model that is missing, or not that of
 * the run, is reported by warn() only. */
const char *training_run_copy(struct training_run *r, const char *from);

/* All workers make the same calls from training_run_open() on; worker 0 alone writes files,
 * and its callers the log.  training_run_train() closes r->workers where it ends in step with the
 * others, with an error or without. */

/* Trains until the run ends, a signal arrives or the loss log cannot be written, and saves
 * the model.  Nothing is saved before the first step, unless the run has no step at all.
 * A save that fails is reported by warn(), and the run continues.  The loss log is written
 * to out.  NULL or an error message: of the device; of the last save, if it failed; of the
 * loss log, in r->log_failure, when all is saved; or, with r->trainer.diverged, that the loss or the weights are
 * no longer finite, and then the models saved before are good. */
const char *training_run_train(struct training_run *r, FILE *out);

/* What there is to say about a run that this signal ended, with the command that resumes it:
 * line->text, or NULL if the run was complete. */
const char *training_run_interruption(const struct training_run *r, int number,
    const char *resume, struct errmsg *line);

/* Gives note() the lines of the report (run_report.h), and how much of the time went into
 * messages between workers. */
void training_run_tell(const struct training_run *r, void (*note)(const char *line));

typedef struct backend *training_run_opener(enum real_type real, const struct workers *w);

/*
 * What a worker other than 0 does: receives the run, opens the device with open_device(),
 * and trains.  If r->workers is closed afterwards, all have ended together, and worker 0
 * reports the error, if there is one; otherwise the error is this worker's own.
 */
const char *training_run_follow(struct training_run *r,
    training_run_opener *open_device);

/* Frees everything, the caller's members as well. */
void training_run_free(struct training_run *r);

#endif
