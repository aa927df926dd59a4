/*
 * utf8.c - reading and repairing UTF-8, fast where it is ASCII.
 */
#include <string.h>

#include "utf8.h"

size_t
utf8_put(char out[UTF8_MAX], uint32_t c)
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xC0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3F));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xE0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3F));
		out[2] = (char)(0x80 | (c & 0x3F));
		return 3;
	}
	out[0] = (char)(0xF0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 0x3F));
	out[2] = (char)(0x80 | (c >> 6 & 0x3F));
	out[3] = (char)(0x80 | (c & 0x3F));
	return 4;
}

size_t
utf8_ascii(const char *p, size_t len)
{
	size_t i = 0;

	for (; len - i >= 8; i += 8) {
		uint64_t w;

		memcpy(&w, p + i, 8);
		if (w & UINT64_C(0x8080808080808080))
			break;
	}
	while (i < len && (unsigned char)p[i] < 0x80)
		i++;
	return i;
}

size_t
utf8_check(const char *p, size_t len)
{
	const unsigned char *u = (const unsigned char *)p;
	size_t n = utf8_len(u[0]);
	uint32_t c;

	if (u[0] < 0x80)
		return 1;
	if (u[0] < 0xC2 || u[0] > 0xF4 || n > len)
		return 0;
	for (size_t i = 1; i < n; i++)
		if ((u[i] & 0xC0) != 0x80)
			return 0;
	c = utf8_at(p);
	if ((n == 3 && c < 0x800) || (n == 4 && (c < 0x10000 || c > 0x10FFFF)) ||
	    (c >= 0xD800 && c <= 0xDFFF))
		return 0;
	return n;
}

bool
utf8_is_clean(const char *p, size_t len)
{
	const char *end;

	if (len == 0)
		return true;	/* p may be NULL, to which nothing is added */
	end = p + len;
	while (p += utf8_ascii(p, (size_t)(end - p)), p < end) {
		size_t n = utf8_check(p, (size_t)(end - p));

		if (n == 0)
			return false;
		p += n;
	}
	return true;
}

bool
utf8_clean(struct buf *out, const char *p, size_t len, uint64_t *bad)
{
	size_t i = 0, clean = 0, n;	/* p[clean .. i) is good and not yet put */
	char mark[UTF8_MAX];

	out->len = 0;
	while (i < len) {
		i += utf8_ascii(p + i, len - i);
		if (i == len)
			break;
		n = utf8_check(p + i, len - i);
		if (n > 0) {
			i += n;
			continue;
		}
		if (!buf_put(out, p + clean, i - clean) ||
		    !buf_put(out, mark, utf8_put(mark, UTF8_REPLACEMENT)))
			return false;
		(*bad)++;
		clean = ++i;
	}
	return buf_put(out, p + clean, len - clean);
}
