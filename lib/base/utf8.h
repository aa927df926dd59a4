/*
 * utf8.h - the characters of UTF-8 text.  Input is validated or cleaned once, where
 * it is read; everything after that relies on it.
 */
#ifndef UTF8_H
#define UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mem.h"

enum { UTF8_MAX = 4 };		/* bytes of a character */
#define UTF8_REPLACEMENT 0xFFFD
#define UTF8_BOM "\xEF\xBB\xBF"

/* The bytes of the character that starts with this byte, in clean text. */
static inline size_t
utf8_len(unsigned char lead)
{
	return lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

/* The character at p, in clean text. */
static inline uint32_t
utf8_at(const char *p)
{
	const unsigned char *u = (const unsigned char *)p;

	if (u[0] < 0x80)
		return u[0];
	if (u[0] < 0xE0)
		return (uint32_t)(u[0] & 0x1F) << 6 | (u[1] & 0x3F);
	if (u[0] < 0xF0)
		return (uint32_t)(u[0] & 0x0F) << 12 | (uint32_t)(u[1] & 0x3F) << 6 |
		    (u[2] & 0x3F);
	return (uint32_t)(u[0] & 0x07) << 18 | (uint32_t)(u[1] & 0x3F) << 12 |
	    (uint32_t)(u[2] & 0x3F) << 6 | (u[3] & 0x3F);
}

/* The start of the character that ends before p, in clean text. */
static inline const char *
utf8_before(const char *p)
{
	do
		p--;
	while (((unsigned char)*p & 0xC0) == 0x80);
	return p;
}

/* Writes c to out and returns the number of its bytes. */
size_t utf8_put(char out[UTF8_MAX], uint32_t c);

/* The number of bytes at the start of p that are ASCII. */
size_t utf8_ascii(const char *p, size_t len);

/*
 * The bytes of the well-formed character at p, of len bytes, or 0: a stray or
 * missing continuation, an overlong form, a surrogate, or past U+10FFFF.
 */
size_t utf8_check(const char *p, size_t len);

/* The number of bytes at the start of p that are well-formed: len if all are. */
size_t utf8_valid_length(const char *p, size_t len);

bool utf8_is_clean(const char *p, size_t len);	/* all of them are */

/*
 * Replaces out by the text, with U+FFFD for each byte that belongs to no
 * well-formed character; *bad is increased by their number.  False: out of memory.
 */
bool utf8_clean(struct buf *out, const char *p, size_t len, uint64_t *bad);

#endif
