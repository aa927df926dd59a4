/*
 * train_settings.h - what a new training run is made from: the sizes of its net and the
 * hyperparameters, as a user gives them, and what follows from them and from the text.
 */
#ifndef TRAIN_SETTINGS_H
#define TRAIN_SETTINGS_H

#include <stdbool.h>

#include "errmsg.h"
#include "model.h"
#include "vocab.h"

/* Whether the net has biases: by its kind and the text's, or as the user says. */
enum bias_choice { BIAS_AUTO, BIAS_YES, BIAS_NO };

/* Integers are of the type that a table of options sets. */
struct train_settings {
	/* the net */
	int cell, bias;		/* enum cell, enum bias_choice */
	int init;		/* 0: by the kind of cell; otherwise enum init, from 1 */
	int softmax;		/* enum softmax */
	long layers, hidden, embed, project;
	bool f64, tied;
	/* training */
	long batch, chunk, epochs, limit, seed, log, patience;
	long bptt;		/* -1: the whole chunk of a stream, otherwise TRAIN_BPTT */
	long every;		/* -1: after every epoch with a validation set, otherwise TRAIN_EVERY */
	int rule, schedule;	/* enum update_rule, enum hyperparams_rate */
	double rate;		/* -1: that of the rule */
	double factor, clip, clip_norm, dropout, embed_dropout, weight_decay;
	int masks;		/* enum dropout_masks */
	long warmup;
	bool shuffle, average;
	int reduce;		/* enum gradient_reduction */
	long local_steps;	/* of processes that average their weights; 0: they add gradients up */
	long from_epoch;	/* of RATE_DECAYED */
	long samples;		/* of SOFTMAX_SAMPLED */
	double noise_power;	/* the same */
	struct clusters clusters;	/* of SOFTMAX_ADAPTIVE: none for the default cut-offs */
	long reduction;		/* of its clusters, whatever `clusters` says */
	bool grow;		/* a model's vocabulary becomes the text's */
	double valid_fraction;	/* last fraction of the text for validation; 0: none */
	bool has_valid;		/* there is a validation set, from the text or another file */
};
enum { TRAIN_BPTT = 4, TRAIN_EVERY = 5 };

/* The shape of a new model for a text with this vocabulary. */
struct model_shape train_settings_shape(const struct train_settings *s, const struct vocab *v);

/* NULL, or a message in *line: the model, whose weights the run begins with, is not what those
 * settings say whose option, by its long name, was given. */
const char *train_settings_reject(const struct train_settings *s, bool (*given)(const char *option),
    const struct model *m, struct errmsg *line);

/* The first weights of the model, of train_settings_shape(), whose vocabulary is set. */
void train_settings_init(const struct train_settings *s, struct model *m);

/* The progress of a run before its first step; chunk: as training_text_chunk() gives it. */
struct model_progress train_settings_progress(const struct train_settings *s, uint32_t chunk);

/* NULL, or a message that says which options exclude each other. */
const char *train_settings_conflict(const struct train_settings *s);

/* Applies to the progress of a run that is resumed the settings that may change then, those
 * whose option, by its long name, was given. */
void train_settings_change(const struct train_settings *s, bool (*given)(const char *option),
    struct model_progress *p);

#endif
