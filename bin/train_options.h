/*
 * train_options.h - the command line of train
 */
#ifndef TRAIN_OPTIONS_H
#define TRAIN_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "train_settings.h"

#define TRAIN_PRECISIONS "full|tf32"
enum train_precision { TRAIN_FULL, TRAIN_TF32 };

/* Strings are of the command line; NULL: the option was not given. */
struct train_options {
	struct train_settings set;
	long steps;		/* to stop after; 0: never */
	long threads;		/* 0: one per processor */
	double max_loss_ratio;	/* to stop at, as a multiple of ln C; 0: never */
	bool force;		/* replace any file */
	int device;		/* enum backend_device */
	int precision;		/* enum train_precision */
	const char *cutoffs, *from, *resume, *out, *save_every, *valid;
};

/* The options in argv, and in *operand the index of the first operand.  Does not return where
 * one is wrong, needs another or excludes another. */
struct train_options *train_options_parse(int argc, char *argv[], int *operand);

/* Checks that need a model's settings when there is one; they end the program where -b is
 * given for a cell that ignores it, and where -P counts evaluations that -E 0 turns off. */
void train_options_check_bptt(enum cell cell);
void train_options_check_patience(uint64_t patience, uint32_t every);

#endif
