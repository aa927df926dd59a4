/*
 * hyperparams.h - how a network is trained: the optimiser, what it is kept from,
 * and how the text is cut.  All zeros is the tutorial's way.
 */
#ifndef HYPERPARAMS_H
#define HYPERPARAMS_H

#include <stdint.h>

#include "backend.h"

/* What happens to the learning rate from epoch to epoch. */
enum hyperparams_rate {
	RATE_HALVED,	/* halved when the loss has risen (the tutorial) */
	RATE_DECAYED,	/* times `factor` after each epoch from epoch `from` on (char-rnn) */
	RATE_COSINE,	/* half a cosine from the first rate down to 0 after the last epoch */
	RATE_CONSTANT
};
#define HYPERPARAMS_RATES "halve|decay|cosine|constant"

struct hyperparams {
	uint32_t rule;		/* enum update_rule */
	uint32_t schedule;	/* enum hyperparams_rate */
	double factor;		/* of RATE_DECAYED */
	uint64_t from;		/* epochs done before the rate decays */
	double clip;		/* each number of the gradient is cut to +-clip; 0: not */
	double clip_norm;	/* the gradient's norm is brought down to it; 0: not */
	double weight_decay;	/* adamw: pulls weights, not biases, towards 0; 0: none */
	double dropout;		/* share of a layer's output that is left out; 0: none */
	uint32_t chunk;		/* steps of a stream at a time; 0: a line is a sequence */
	double valid;		/* the last share of the text is held out; 0: none */
	uint64_t patience;	/* evaluations without a lower validation loss; 0: any number */
	uint64_t log;		/* the smoothed loss is told every so many steps; 0: never */
};

/* The learning rate that is usual with a rule (kernels/rules.h). */
double hyperparams_rate(enum update_rule rule);

/* Moments that the rule keeps of every parameter: 0, 1 or 2. */
int hyperparams_moments(const struct hyperparams *r);

/*
 * The update that the recipe's step number `step`, from 1, makes at this rate, of
 * a gradient with this norm (used only where the norm is clipped).
 * Weight decay is that of weights: the caller sets it to 0 for biases.
 */
struct update hyperparams_update(const struct hyperparams *r, double rate, uint64_t step, double norm);

#endif
