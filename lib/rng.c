/*
 * rng.c - MT19937, and uniform numbers as NumPy's RandomState makes them.
 *
 * Constants as in the paper that rng.h names, table II.
 */
#include "rng.h"

enum { SHIFT = 397 };

static uint32_t
twist(uint32_t high, uint32_t low)
{
	uint32_t y = (high & 0x80000000u) | (low & 0x7fffffffu);

	return y >> 1 ^ (y & 1 ? 0x9908b0dfu : 0);
}

static void
new_block(struct rng *r)
{
	uint32_t *s = r->state;

	for (int i = 0; i < RNG_N; i++)
		s[i] = s[(i + SHIFT) % RNG_N] ^ twist(s[i], s[(i + 1) % RNG_N]);
	r->next = 0;
}

void
rng_seed(struct rng *r, uint32_t seed)
{
	r->state[0] = seed;
	for (uint32_t i = 1; i < RNG_N; i++) {
		uint32_t x = r->state[i - 1];

		r->state[i] = 1812433253u * (x ^ x >> 30) + i;
	}
	r->next = RNG_N;
}

uint32_t
rng_u32(struct rng *r)
{
	if (r->next == RNG_N)
		new_block(r);
	uint32_t y = r->state[r->next++];

	y ^= y >> 11;
	y ^= y << 7 & 0x9d2c5680u;
	y ^= y << 15 & 0xefc60000u;
	return y ^ y >> 18;
}

double
rng_unit(struct rng *r)
{
	uint32_t a = rng_u32(r) >> 5, b = rng_u32(r) >> 6;

	return (a * 67108864.0 + b) / 9007199254740992.0;
}

double
rng_uniform(struct rng *r, double low, double high)
{
	/* two statements, lest a compiler fuse them into one rounding */
	double x = (high - low) * rng_unit(r);

	return low + x;
}
