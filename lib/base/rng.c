/*
 * rng.c - MT19937, and uniform numbers as in NumPy's RandomState.
 *
 * Constants as in the paper that rng.h names, table II; a key of several words
 * as in its authors' initialisation of 2002.
 */
#include <math.h>
#include <string.h>

#include "rng.h"

enum {
	SHIFT = 397,
	ABREAST = 8		/* numbers in a loop that compilers turn into vectors */
};

static uint32_t
twist(uint32_t high, uint32_t low)
{
	uint32_t y = (high & 0x80000000u) | (low & 0x7fffffffu);

	return y >> 1 ^ (0x9908b0dfu & -(y & 1));
}

/* Elements i .. end-1 of the next block; that which is mixed in is `shift` further on. */
static void
twist_all(uint32_t *s, int i, int end, int shift)
{
	for (; i + ABREAST <= end; i += ABREAST) {
		uint32_t mixed[ABREAST];

		for (int k = 0; k < ABREAST; k++)
			mixed[k] = s[i + k + shift] ^ twist(s[i + k], s[i + k + 1]);
		memcpy(s + i, mixed, sizeof(mixed));
	}
	for (; i < end; i++)
		s[i] = s[i + shift] ^ twist(s[i], s[i + 1]);
}

static void
new_block(struct rng *r)
{
	uint32_t *s = r->state;
	const int last = RNG_N - 1;

	twist_all(s, 0, RNG_N - SHIFT, SHIFT);
	twist_all(s, RNG_N - SHIFT, last, SHIFT - RNG_N);
	s[last] = s[last + SHIFT - RNG_N] ^ twist(s[last], s[0]);
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
	r->has_normal = false;
}

void
rng_seed_key(struct rng *r, const uint32_t *key, size_t n)
{
	uint32_t *s = r->state, i = 1, j = 0;

	rng_seed(r, 19650218u);
	for (size_t k = RNG_N > n ? RNG_N : n; k > 0; k--) {
		s[i] = (s[i] ^ (s[i - 1] ^ s[i - 1] >> 30) * 1664525u) + key[j] + j;
		if (++i == RNG_N) {
			s[0] = s[RNG_N - 1];
			i = 1;
		}
		if (++j == n)
			j = 0;
	}
	for (int k = RNG_N - 1; k > 0; k--) {
		s[i] = (s[i] ^ (s[i - 1] ^ s[i - 1] >> 30) * 1566083941u) - i;
		if (++i == RNG_N) {
			s[0] = s[RNG_N - 1];
			i = 1;
		}
	}
	s[0] = 0x80000000u;
}

static uint32_t
temper(uint32_t y)
{
	y ^= y >> 11;
	y ^= y << 7 & 0x9d2c5680u;
	y ^= y << 15 & 0xefc60000u;
	return y ^ y >> 18;
}

static void
temper_all(const uint32_t *restrict state, uint32_t *restrict x, size_t n)
{
	size_t i = 0;

	for (; i + ABREAST <= n; i += ABREAST)
		for (size_t k = 0; k < ABREAST; k++)
			x[i + k] = temper(state[i + k]);
	for (; i < n; i++)
		x[i] = temper(state[i]);
}

uint32_t
rng_u32(struct rng *r)
{
	if (r->next == RNG_N)
		new_block(r);
	return temper(r->state[r->next++]);
}

/* How many of n numbers the current block has, which is a new one where it would have none. */
static size_t
numbers_at_hand(struct rng *r, size_t n)
{
	size_t left;

	if (r->next == RNG_N)
		new_block(r);
	left = (size_t)(RNG_N - r->next);
	return left < n ? left : n;
}

void
rng_fill(struct rng *r, uint32_t *x, size_t n)
{
	while (n > 0) {
		size_t some = numbers_at_hand(r, n);

		temper_all(r->state + r->next, x, some);
		r->next += (int)some;
		x += some;
		n -= some;
	}
}

void
rng_skip(struct rng *r, size_t n)
{
	while (n > 0) {
		size_t some = numbers_at_hand(r, n);

		r->next += (int)some;
		n -= some;
	}
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

double
rng_normal(struct rng *r)
{
	double x, y, square, scale;

	if (r->has_normal) {
		r->has_normal = false;
		return r->normal;
	}
	do {
		x = 2 * rng_unit(r) - 1;
		y = 2 * rng_unit(r) - 1;
		square = x * x + y * y;
	} while (square >= 1 || square == 0);
	scale = sqrt(-2 * log(square) / square);
	r->normal = scale * x;
	r->has_normal = true;
	return scale * y;
}
