/*
 * little_endian.h - integers as bytes, the least significant first, on any machine.
 */
#ifndef LITTLE_ENDIAN_H
#define LITTLE_ENDIAN_H

#include <stdint.h>

static inline void
put_le16(unsigned char *p, uint32_t x)
{
	p[0] = x & 0xff;
	p[1] = x >> 8 & 0xff;
}

static inline void
put_le32(unsigned char *p, uint32_t x)
{
	put_le16(p, x);
	put_le16(p + 2, x >> 16);
}

static inline uint32_t
get_le16(const unsigned char *p)
{
	return p[0] | (uint32_t)p[1] << 8;
}

static inline uint32_t
get_le32(const unsigned char *p)
{
	return get_le16(p) | get_le16(p + 2) << 16;
}

#endif
