/*
 * weight_average.h - a model whose weights are a mean of those that training passes through
 * (train --average).
 *
 * Every AVERAGE_STEPS steps the mean m takes in the current weights w; the i-th time,
 *
 *	m <- m + (1 + AVERAGE_ETA) / (i + AVERAGE_ETA) (w - m)
 *
 * which is polynomial-decay averaging (Shamir and Zhang 2013, section 4): the weights of the
 * i-th time count in proportion to about i^AVERAGE_ETA, so the first ones are forgotten at the
 * pace of the run, whose length need not be known.  Before the first time m is w.
 *
 * The model's `data` is m, what its users read; its `last` is w, from which training
 * continues.  The network in training has w.  Without hyper.average, there is one of them, and
 * all of this does nothing.  Functions return NULL or an error message of the device.
 */
#ifndef WEIGHT_AVERAGE_H
#define WEIGHT_AVERAGE_H

#include "net.h"

enum { AVERAGE_STEPS = 32, AVERAGE_ETA = 3 };

/* After a step, whose number is m's: takes the weights in, if it is time. */
const char *weight_average_step(struct net *n, struct model *m);

/* Steps until the next time. */
size_t weight_average_wait(const struct model_progress *p);

/* Puts the mean on the device, for an evaluation, and the weights back. */
const char *weight_average_show(struct net *n, struct model *m);
const char *weight_average_hide(struct net *n, const struct model *m);

/* net_store(), which stores the weights, and what the mean is where it has none yet. */
const char *weight_average_store(struct net *n, struct model *m);

#endif
