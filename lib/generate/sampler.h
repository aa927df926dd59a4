/*
 * sampler.h - draws a word from what a model says of all words.
 *
 * A draw takes one number from the generator, whatever it is asked for.  Words
 * are ordered by probability, equals by index, so a draw has one result.
 *
 * How far a word is below the most probable one, and its share, are numbers in
 * single precision, whatever the model's are: one that is exp(-x) of the best
 * word's is right to (4 + 2 x) 1e-7 of itself, and 0 where x is 87 or more.
 */
#ifndef SAMPLER_H
#define SAMPLER_H

#include <stddef.h>
#include <stdint.h>

#include "rng.h"

struct sampler {
	/* Set by the caller after sampler_init(). */
	double temperature;	/* logarithms are divided by it; 0: the most probable word */
	uint32_t top_k;		/* only the k most probable words; 0: all */
	double top_p;		/* only the first words whose sum reaches p; 1: all */

	uint32_t v;
	size_t nblock;
	float *far;		/* (v, up to whole blocks) how far below the best; INFINITY: out */
	float *weight;		/* likewise; 1 of the best */
	float *sum;		/* (nblock) of the weights of a block */
	uint64_t *key;		/* (v) words kept: what far says, then the index */
};

/* Temperature 1, all words.  NULL or a phrase. */
const char *sampler_init(struct sampler *s, uint32_t v);

/* Says in l(v), reals of `size` bytes, that a word is not to be drawn. */
void sampler_bar(void *l, size_t size, uint32_t word);

/*
 * Draws a word by l(v), logarithms of probabilities up to a constant, reals of
 * `size` bytes.  Words without a finite number are out.  The temperature is
 * applied to the others, then top_k and top_p keep what is left, and one word is
 * drawn by its share.  -1: there is no word to draw.
 */
int64_t sampler_draw(struct sampler *s, struct rng *r, const void *l, size_t size);

void sampler_free(struct sampler *s);

#endif
