/*
 * hash.h - hashes of strings for open hash tables in memory that no text can make slow.
 *
 * A table begins with a hash that costs a few cycles a word.  Whoever knows it can write
 * words that all fall into one slot, so an entry may be at most HASH_REACH slots from its
 * home, and a search looks no further.  When a word finds no place within reach, the
 * table gives its key a secret value from the system, which selects SipHash, and enters
 * every word again; if one should still find no place, the table doubles.
 *
 * The values depend on the machine's byte order and on the secret, so they must not
 * leave the process, nor may the order of the slots show in any output.
 */
#ifndef HASH_H
#define HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* In a half-full table with a good hash the longest run of 2^24 words is about 90. */
enum { HASH_REACH = 128 };

/* Selects the hash of a table: all zero at first. */
struct hash_key {
	uint64_t half[2];
	bool secret;
};

/* Gives the key a secret value from the system. */
void hash_set_secret(struct hash_key *k);

/* SipHash-2-4 (J.-P. Aumasson and D. J. Bernstein, 2012) of len bytes. */
uint64_t hash_sip(const struct hash_key *k, const void *p, size_t len);

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

/* The fast hash: eight bytes at a time, the last eight overlapping. */
static inline uint64_t
hash_public(const char *p, size_t len)
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

static inline uint64_t
hash_bytes(const struct hash_key *k, const char *p, size_t len)
{
	return k->secret ? hash_sip(k, p, len) : hash_public(p, len);
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
