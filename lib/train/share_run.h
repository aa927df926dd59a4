/*
 * share_run.h - gives the run that worker 0 has read to the others: the model with its
 * progress, optimiser state and hidden states, and the text.  They read no file, so neither
 * a pipe nor another machine's disk is in their way.
 *
 * Each worker then has the whole text in memory, 4 bytes a word and 8 a sentence, because
 * its sentences are in every part of it.  Of a joined corpus that keeps its order, workers other
 * than 0 have the indexes of the streams that they train with or evaluate, 4 bytes each.
 */
#ifndef SHARE_RUN_H
#define SHARE_RUN_H

#include "training_text.h"
#include "workers.h"

/* All workers make the call.  Worker 0's m and t replace those of the others, which are
 * zeroed; of t the two corpora, whose vocabulary is in m.  With m NULL, worker 0 has
 * nothing to train.  *more: whether there is something.  NULL or an error message;
 * model_free() and training_text_free() are due after success and failure. */
const char *share_run(struct workers *w, struct model *m, struct training_text *t, bool *more);

#endif
