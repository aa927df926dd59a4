/*
 * workload.h - estimates what a network costs, for the choice of a device.
 */
#ifndef WORKLOAD_H
#define WORKLOAD_H

#include "net.h"

/* What a program runs a network on, again and again. */
struct workload {
	const struct model_shape *shape;
	const struct hyperparams *hyper;	/* training by them, or NULL: forward only */
	double sequences, steps;	/* in a batch: side by side; of each, one after another */
};

/* One batch. */
struct work workload_cost(const struct workload *w);

#endif
