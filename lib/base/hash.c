/*
 * hash.c - SipHash-2-4 and its secret key.
 */
#include <time.h>
#include <unistd.h>

#include "hash.h"

struct sip {
	uint64_t v0, v1, v2, v3;
};

static uint64_t
rotate(uint64_t x, int n)
{
	return x << n | x >> (64 - n);
}

static void
sip_round(struct sip *s)
{
	s->v0 += s->v1;
	s->v2 += s->v3;
	s->v1 = rotate(s->v1, 13) ^ s->v0;
	s->v3 = rotate(s->v3, 16) ^ s->v2;
	s->v0 = rotate(s->v0, 32);
	s->v2 += s->v1;
	s->v0 += s->v3;
	s->v1 = rotate(s->v1, 17) ^ s->v2;
	s->v3 = rotate(s->v3, 21) ^ s->v0;
	s->v2 = rotate(s->v2, 32);
}

static void
sip_word(struct sip *s, uint64_t m)
{
	s->v3 ^= m;
	sip_round(s);
	sip_round(s);
	s->v0 ^= m;
}

/* n bytes, eight at most, as a little-endian number. */
static uint64_t
load_little(const unsigned char *p, size_t n)
{
	uint64_t x = 0;

	for (size_t i = 0; i < n; i++)
		x |= (uint64_t)p[i] << 8 * i;
	return x;
}

uint64_t
hash_sip(const struct hash_key *k, const void *bytes, size_t len)
{
	const unsigned char *p = bytes;
	/* "somepseudorandomlygeneratedbytes" */
	struct sip s = { k->half[0] ^ 0x736f6d6570736575, k->half[1] ^ 0x646f72616e646f6d,
		k->half[0] ^ 0x6c7967656e657261, k->half[1] ^ 0x7465646279746573 };
	size_t i = 0;

	for (; i + 8 <= len; i += 8)
		sip_word(&s, load_little(p + i, 8));
	sip_word(&s, load_little(p + i, len - i) | (uint64_t)len << 56);
	s.v2 ^= 0xff;
	for (int n = 0; n < 4; n++)
		sip_round(&s);
	return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}

void
hash_set_secret(struct hash_key *k)
{
	struct timespec now = { 0 };

	/* a kernel that refuses leaves what is hard to guess: the time and an address */
	if (getentropy(k->half, sizeof(k->half)) != 0) {
		clock_gettime(CLOCK_REALTIME, &now);
		k->half[0] = (uint64_t)now.tv_nsec << 32 ^ (uint64_t)now.tv_sec;
		k->half[1] = (uint64_t)(uintptr_t)&now ^ (uint64_t)getpid() << 48;
	}
	k->secret = true;
}
