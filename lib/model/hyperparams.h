/*
 * hyperparams.h - hyperparameters of training: optimiser, learning rate schedule,
 * regularisation, and how the text is divided.  All zeros are the tutorial's.
 */
#ifndef HYPERPARAMS_H
#define HYPERPARAMS_H

#include <stdint.h>

#include "backend.h"

/* Learning rate schedules. */
enum hyperparams_rate {
	RATE_HALVED,	/* halved after an evaluation with a higher loss (the tutorial) */
	RATE_DECAYED,	/* times `factor` at the end of each epoch from `from` on (char-rnn) */
	RATE_COSINE,	/* cosine decay from the initial rate to 0 at the end of the last epoch */
	RATE_CONSTANT
};
#define HYPERPARAMS_RATES "halve|decay|cosine|constant"

/* Output layers in training: the softmax over all words, or over a sample of them; and those
 * with other parameters, a tree and clusters (struct model_shape), which struct hyperparams
 * does not hold. */
enum softmax { SOFTMAX_FULL, SOFTMAX_SAMPLED, SOFTMAX_TREE, SOFTMAX_ADAPTIVE };
#define SOFTMAX_NAMES "full|sampled|tree|adaptive"

/* Which outputs share the dropout masks: none, or those of a sequence (Gal and Ghahramani
 * 2016). */
enum dropout_masks { MASKS_WORD, MASKS_SEQUENCE };
#define DROPOUT_MASKS "word|sequence"

/* How several processes send gradients to each other: as they are, or rounded to bfloat16. */
enum gradient_reduction { REDUCE_FULL, REDUCE_BF16 };
#define GRADIENT_REDUCTIONS "full|bf16"

struct hyperparams {
	uint32_t rule;		/* enum update_rule */
	uint32_t schedule;	/* enum hyperparams_rate */
	double factor;		/* of RATE_DECAYED */
	uint64_t from;		/* of RATE_DECAYED: number of the first epoch that it applies to */
	double clip;		/* clips each component of the gradient to +-clip; 0: off */
	double clip_norm;	/* upper bound of the gradient's norm, by scaling; 0: off */
	double weight_decay;	/* of adamw, for weights but not biases; 0: off */
	double dropout;		/* dropout rate: fraction of a layer's output set to zero; 0: off */
	double embed_dropout;	/* the same of the embeddings */
	uint32_t masks;		/* enum dropout_masks */
	uint32_t chunk;		/* steps of a stream per batch; 0: each line is a sequence */
	double valid;		/* last fraction of the text used for validation; 0: none */
	uint64_t patience;	/* early stopping after as many evaluations without gain; 0: off */
	uint32_t softmax;	/* SOFTMAX_FULL or SOFTMAX_SAMPLED */
	uint32_t samples;	/* of SOFTMAX_SAMPLED: noise words drawn in a step */
	double noise_power;	/* the same: power of a word's count (noise.h) */
	uint64_t warmup;	/* first steps, in which the learning rate rises to its value; 0: none */
	uint32_t shuffle;	/* 1: lines of the text in another order in every epoch */
	uint32_t average;	/* 1: the model is a mean of the weights of many steps */
	uint64_t local_steps;	/* between averages of several processes' weights; 0: they add
				 * gradients up */
	uint32_t reduce;	/* enum gradient_reduction */
	uint64_t log;		/* steps between reports of the smoothed loss; 0: none */
};

/* Default learning rate of a rule (rules.h). */
double hyperparams_rate(enum update_rule rule);

/* Moments that the rule keeps per parameter: 0, 1 or 2. */
int hyperparams_moments(const struct hyperparams *r);

/*
 * The update of step number `step`, from 1, at this learning rate.  norm is that of the
 * whole gradient; it is used only with clip_norm.  weight_decay is meant for weights: the
 * caller sets it to 0 for biases.
 */
struct update hyperparams_update(const struct hyperparams *r, double rate, uint64_t step,
    double norm);

#endif
