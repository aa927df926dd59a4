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
#include "trainer.h"
#include "training_text.h"

struct training_run {
	/* The caller's: */
	struct backend *k;
	struct model model;		/* with its progress */
	struct training_text text;	/* its vocabulary is moved into the model */
	struct checkpoint checkpoint;
	uint64_t max_steps;		/* end after this many updates; 0: no limit */
	/* Ours: */
	struct net net;
	struct trainer trainer;
	struct loss_log log;
	bool saved;			/* the model file was written by this run */
	struct errmsg err;
};

/* Puts the model on the device.  NULL or an error message; training_run_free() is due
 * after success and failure. */
const char *training_run_open(struct training_run *r);

/* Trains until the run ends or a signal arrives, and saves the model.  The loss log is
 * written to out.  NULL or an error message; r->trainer.diverged says whether the loss or
 * the weights are no longer finite, and then the models saved before are good. */
const char *training_run_train(struct training_run *r, FILE *out);

/* Frees everything, the caller's members as well. */
void training_run_free(struct training_run *r);

#endif
