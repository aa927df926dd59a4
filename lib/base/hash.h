/*
 * hash.h - a hash of a string, for tables in memory.
 */
#ifndef HASH_H
#define HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* n bytes, eight at most, as a number in the machine's byte order. */
static inline uint64_t
hash_load(const char *p, size_t n)
{
	uint64_t x = 0;

	memcpy(&x, p, n);
	return x;
}

static inline uint64_t
hash_mix(uint64_t h, uint64_t x)
{
	h = (h ^ x) * 0x9e3779b97f4a7c15;
	return h ^ h >> 32;
}

/* Eight bytes at a time, the last eight overlapping.  The value depends on the
 * machine's byte order, so it must not leave the process. */
static inline uint64_t
hash_bytes(const char *p, size_t len)
{
	uint64_t h = len * 0xd1342543de82ef95;

	if (len >= 8) {
		for (size_t i = 0; i + 8 < len; i += 8)
			h = hash_mix(h, hash_load(p + i, 8));
		h = hash_mix(h, hash_load(p + len - 8, 8));
	} else if (len >= 4) {
		h = hash_mix(h, hash_load(p, 4) | hash_load(p + len - 4, 4) << 32);
	} else if (len > 0) {
		h = hash_mix(h, (uint64_t)(unsigned char)p[0] << 16 |
		    (uint64_t)(unsigned char)p[len / 2] << 8 | (unsigned char)p[len - 1]);
	}
	return hash_mix(h, len);
}

/* memcmp() == 0, without a call for words of common length. */
static inline bool
hash_same(const char *p, const char *q, size_t len)
{
	if (len > 16)
		return memcmp(p, q, len) == 0;
	if (len >= 8)
		return hash_load(p, 8) == hash_load(q, 8) &&
		    hash_load(p + len - 8, 8) == hash_load(q + len - 8, 8);
	if (len >= 4)
		return hash_load(p, 4) == hash_load(q, 4) &&
		    hash_load(p + len - 4, 4) == hash_load(q + len - 4, 4);
	for (size_t i = 0; i < len; i++)
		if (p[i] != q[i])
			return false;
	return true;
}

#endif
