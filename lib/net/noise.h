/*
 * noise.h - the noise words of a sampled softmax: words drawn from the vocabulary by how
 * often they occur.
 *
 * q_i, the probability of word i, is proportional to its count, at least 1, to the power
 * `power`: 1 draws words as the text has them, 0 all alike (Mikolov et al. 2013 use 0.75).
 * K words are drawn with replacement, so word i is expected K q_i times.
 */
#ifndef NOISE_H
#define NOISE_H

#include <stddef.h>
#include <stdint.h>

#include "rng.h"
#include "vocab.h"

enum { NOISE_PARTS = 4096 };	/* a power of two */

struct noise {
	uint32_t v;		/* words of the vocabulary */
	size_t k;		/* words to draw */
	double *up_to;		/* (v) q_0 + ... + q_i */
	uint32_t guide[NOISE_PARTS + 1];	/* the word at each i / NOISE_PARTS of up_to */
	double *log_expected;	/* (v) ln(K q_i) */
	uint32_t *drawn;	/* (k) scratch */
	/* The latest draw: */
	int n;			/* different words */
	uint32_t *word;		/* (n) rising */
	double *shift;		/* (n) ln of the times it was drawn, less log_expected */
};

/* For K = k draws from this vocabulary's counts; without a vocabulary (NULL) all of v
 * words are alike.  NULL or "out of memory"; noise_free() is due after success and failure. */
const char *noise_new(struct noise *s, const struct vocab *vocab, uint32_t v, size_t k, double power);
void noise_free(struct noise *s);

/* Draws k words: n, word and shift. */
void noise_draw(struct noise *s, struct rng *r);

#endif
