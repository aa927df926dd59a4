/*
 * sampler.h - draws a word from what a model says of all words.
 *
 * A draw takes one number from the generator, whatever it is asked for.  Words
 * are ordered by probability, equals by index, so a draw has one result.
 */
#ifndef SAMPLER_H
#define SAMPLER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rng.h"

struct sampler {
	/* Set by the caller after sampler_init(). */
	double temperature;	/* logarithms are divided by it; 0: the most probable word */
	uint32_t top_k;		/* only the k most probable words; 0: all */
	double top_p;		/* only the first words whose sum reaches p; 1: all */
	struct rng rng;

	uint32_t v;
	bool *barred;		/* (v) words not to be drawn: the caller's to set */
	double *weight;		/* (v) */
	uint32_t *order;	/* (v) a heap, then at its end the words kept */
};

/* Bars no word, temperature 1, all words.  NULL or a phrase. */
const char *sampler_init(struct sampler *s, uint32_t v, uint32_t seed);

/*
 * Draws a word by l(v), logarithms of probabilities up to a constant, reals of
 * `size` bytes.  First the barred words go, then the temperature is applied,
 * then top_k and top_p keep what is left, and one word is drawn by its share.
 * -1: there is no word to draw; all are barred, or l has no finite number.
 */
int64_t sampler_draw(struct sampler *s, const void *l, size_t size);

void sampler_free(struct sampler *s);

#endif
