/*
 * sampler.h - draws a word from a model's distribution.
 *
 * A draw takes exactly one random number.  Words are ordered by probability, ties by
 * index, so the result is determined.
 *
 * Weights, which are probabilities relative to the most probable word, are computed in
 * single precision even for a model in double: a weight of exp(-x) has a relative error
 * of at most (4 + 2 x) 1e-7, and is 0 for x of 87 or more.
 */
#ifndef SAMPLER_H
#define SAMPLER_H

#include <stddef.h>
#include <stdint.h>

#include "rng.h"

struct sampler {
	/* Set by the caller after sampler_init(). */
	double temperature;	/* divides the logarithms; 0: the most probable word */
	uint32_t top_k;		/* only the k most probable words; 0: all */
	double top_p;		/* only the most probable words whose sum reaches p; 1: all */

	uint32_t v;
	size_t nblock;
	float *far;		/* (v, padded to blocks) ln P of the most probable word
				 * minus ln P; INFINITY: excluded */
	float *weight;		/* likewise; the most probable word has 1 */
	float *sum;		/* (nblock) sum of the weights of a block */
	uint64_t *key;		/* (v) words kept: bits of far, then the index */
};

/* Starts with temperature 1 and all words.  NULL or an error message. */
const char *sampler_init(struct sampler *s, uint32_t v);

/* Excludes a word in l(v), reals of `size` bytes, from being drawn. */
void sampler_bar(void *l, size_t size, uint32_t word);

/*
 * Draws a word by l(v), logarithms of probabilities up to a constant, in reals of `size`
 * bytes.  Words without a finite number are excluded.  The temperature is applied to the
 * others, then top_k and top_p select among them, and one is drawn by its probability.
 * -1: no word is left to draw.
 */
int64_t sampler_draw(struct sampler *s, struct rng *r, const void *l, size_t size);

void sampler_free(struct sampler *s);

#endif
