/*
 * rng.h - the only source of random numbers: MT19937, used as NumPy's RandomState
 * uses it, so that a seed gives the same weights in both.
 *
 * Source: M. Matsumoto and T. Nishimura, "Mersenne Twister", ACM TOMACS 8(1),
 * 1998, with the 2002 initialisation.
 */
#ifndef RNG_H
#define RNG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RNG_N = 624 };

struct rng {
	uint32_t state[RNG_N];
	int next;		/* 0 .. RNG_N; RNG_N: generate a new block first */
	bool has_normal;	/* normal deviates come in pairs */
	double normal;		/* the second of a pair */
};

void rng_seed(struct rng *r, uint32_t seed);	/* RandomState(seed) */
void rng_seed_key(struct rng *r, const uint32_t *key, size_t n);	/* RandomState([key]), n > 0 */
uint32_t rng_u32(struct rng *r);		/* 32 uniform bits */
void rng_fill(struct rng *r, uint32_t *x, size_t n);	/* x(n): n times rng_u32() */
void rng_skip(struct rng *r, size_t n);		/* past n of them */
double rng_unit(struct rng *r);			/* [0, 1), 53 bits: random_sample() */
double rng_uniform(struct rng *r, double low, double high);	/* uniform(low, high) */
double rng_normal(struct rng *r);		/* randn(), by Marsaglia's polar method */

#endif
