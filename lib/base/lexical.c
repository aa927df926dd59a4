/*
 * lexical.c - valid UTF-8, words in messages, decimal numbers.
 */
#include <string.h>

#include "lexical.h"

/* The length of the character at p, of which len bytes are there, or 0. */
static size_t
character(const unsigned char *p, size_t len)
{
	size_t n = p[0] < 0x80 ? 1 : p[0] < 0xc2 ? 0 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 :
	    p[0] < 0xf5 ? 4 : 0;

	if (n > len)
		return 0;
	for (size_t i = 1; i < n; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) ||
	    (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))
		return 0;
	return n;
}

size_t
lexical_utf8(const char *p, size_t len)
{
	size_t i = 0;

	while (i < len) {
		uint64_t eight;
		size_t n;

		if (len - i >= sizeof(eight)) {
			memcpy(&eight, p + i, sizeof(eight));
			if ((eight & 0x8080808080808080) == 0) {
				i += sizeof(eight);
				continue;
			}
		}
		n = character((const unsigned char *)p + i, len - i);
		if (n == 0)
			return i;
		i += n;
	}
	return len;
}

const char *
lexical_show(char out[LEXICAL_SHOWN], const char *p, size_t len)
{
	const unsigned char *s = (const unsigned char *)p;
	size_t room = LEXICAL_SHOWN - sizeof("..."), o = 0, i = 0;

	while (i < len) {
		size_t n = character(s + i, len - i);

		if (o + (n ? n : 1) > room)
			break;
		/* U+0080 to U+009F are controls as well */
		if (n == 0 || s[i] < 0x20 || s[i] == 0x7f || (s[i] == 0xc2 && s[i + 1] < 0xa0))
			out[o++] = '?';
		else
			memcpy(out + o, s + i, n), o += n;
		i += n ? n : 1;
	}
	strcpy(out + o, i < len ? "..." : "");
	return out;
}

bool
lexical_number(const char *p, size_t len, uint64_t max, uint64_t *out)
{
	uint64_t x = 0;

	if (len == 0 || (len > 1 && p[0] == '0'))
		return false;
	for (size_t i = 0; i < len; i++) {
		unsigned d = (unsigned char)p[i] - (unsigned)'0';

		if (d > 9 || x > (UINT64_MAX - d) / 10)
			return false;
		x = x * 10 + d;
	}
	if (x > max)
		return false;
	*out = x;
	return true;
}
