/*
 * rng.h - the one source of randomness: MT19937, drawn as NumPy's RandomState
 * draws, so that a seed means the same weights here and there.
 *
 * Source: M. Matsumoto and T. Nishimura, "Mersenne Twister", ACM TOMACS 8(1),
 * 1998, with the 2002 initialisation.
 */
#ifndef RNG_H
#define RNG_H

#include <stdint.h>

enum { RNG_N = 624 };

struct rng {
	uint32_t state[RNG_N];
	int next;		/* 0 .. RNG_N; RNG_N: a new block is due */
};

void rng_seed(struct rng *r, uint32_t seed);	/* RandomState(seed) */
uint32_t rng_u32(struct rng *r);		/* 32 uniform bits */
double rng_unit(struct rng *r);			/* [0, 1), 53 bits: random_sample() */
double rng_uniform(struct rng *r, double low, double high);	/* uniform(low, high) */

#endif
