/*
 * bf16.h - bfloat16: the upper half of a float, which has its range and 8 significant bits.
 */
#ifndef BF16_H
#define BF16_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Rounded to nearest, ties to even: by at most 2^-9 of x where it is not subnormal. */
static inline uint16_t
bf16_round(float x)
{
	uint32_t bits;

	memcpy(&bits, &x, sizeof(bits));
	if ((bits & 0x7fffffff) > 0x7f800000)
		return (uint16_t)(bits >> 16 | 0x40);	/* not a number, and to remain so */
	return (uint16_t)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

static inline float
bf16_float(uint16_t x)
{
	uint32_t bits = (uint32_t)x << 16;
	float wide;

	memcpy(&wide, &bits, sizeof(wide));
	return wide;
}

static inline void
bf16_pack(uint16_t *restrict to, const float *restrict from, size_t n)
{
	for (size_t i = 0; i < n; i++)
		to[i] = bf16_round(from[i]);
}

/* to(n) += from(n) */
static inline void
bf16_add(float *restrict to, const uint16_t *restrict from, size_t n)
{
	for (size_t i = 0; i < n; i++)
		to[i] += bf16_float(from[i]);
}

static inline void
bf16_unpack(float *restrict to, const uint16_t *restrict from, size_t n)
{
	for (size_t i = 0; i < n; i++)
		to[i] = bf16_float(from[i]);
}

#endif
