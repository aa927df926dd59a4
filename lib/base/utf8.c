/*
 * utf8.c - validates and repairs UTF-8: utf8proc, behind a fast skip of ASCII.
 */
#include <string.h>
#include <utf8proc.h>

#include "utf8.h"

size_t
utf8_put(char out[UTF8_MAX], uint32_t c)
{
	return (size_t)utf8proc_encode_char((utf8proc_int32_t)c, (utf8proc_uint8_t *)out);
}

size_t
utf8_ascii(const char *p, size_t len)
{
	size_t i = 0;

	for (; len - i >= 32; i += 32) {
		uint64_t w[4];

		memcpy(w, p + i, 32);
		if ((w[0] | w[1] | w[2] | w[3]) & UINT64_C(0x8080808080808080))
			break;
	}
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
	utf8proc_int32_t c;
	utf8proc_ssize_t n;

	if ((unsigned char)*p < 0x80)
		return 1;
	n = utf8proc_iterate((const utf8proc_uint8_t *)p,
	    len < UTF8_MAX ? (utf8proc_ssize_t)len : UTF8_MAX, &c);
	return n > 0 ? (size_t)n : 0;
}

size_t
utf8_valid_length(const char *p, size_t len)
{
	size_t i = 0, n;

	while (i < len) {
		i += utf8_ascii(p + i, len - i);
		if (i == len)
			break;
		if ((n = utf8_check(p + i, len - i)) == 0)
			break;
		i += n;
	}
	return i;
}

bool
utf8_is_clean(const char *p, size_t len)
{
	return utf8_valid_length(p, len) == len;
}

bool
utf8_clean(struct buf *out, const char *p, size_t len, uint64_t *bad)
{
	size_t i = 0, clean = 0, n;	/* p[clean .. i) is well-formed and not yet copied */
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
