/*
 * unicode_words.c - segments to tokens.
 */
#include <string.h>

#include "unicode_words.h"
#include "utf8.h"
#include "word_break.h"

enum { ZERO_WIDTH_SPACE = 0x200B };

static bool
is_space(const char *p)
{
	uint32_t c = utf8_at(p);

	return c == ZERO_WIDTH_SPACE || (unicode_class(c) & CHAR_SPACE);
}

/* Appends a token; there is room. */
static void
put_token(struct buf *out, const char *p, size_t len)
{
	if (out->len)
		out->p[out->len++] = ' ';
	memcpy(out->p + out->len, p, len);
	out->len += len;
}

/* Room for the tokens of a text: one more byte for each. */
static bool
reserve_tokens(struct buf *out, size_t len)
{
	return len <= SIZE_MAX / 2 - 1 && buf_reserve(out, 2 * len + 1);
}

bool
unicode_words(const char *p, size_t len, struct buf *out)
{
	const char *end = p + len;

	if (!reserve_tokens(out, len))
		return false;
	while (p < end) {
		const char *next;

		if (is_space(p)) {
			p += utf8_len((unsigned char)*p);
			continue;
		}
		next = word_break_next(p, end);
		put_token(out, p, (size_t)(next - p));
		p = next;
	}
	return true;
}

bool
space_words(const char *p, size_t len, struct buf *out)
{
	static const char blanks[] = " \t\n\v\f\r";
	const char *end = p + len;

	if (!reserve_tokens(out, len))
		return false;
	while (p < end) {
		const char *start = p;

		while (p < end && (*p == '\0' || !strchr(blanks, *p)))
			p++;
		if (p > start)
			put_token(out, start, (size_t)(p - start));
		else
			p++;
	}
	return true;
}

bool
unicode_words_are_unspaced(const char *p, size_t len)
{
	const char *end = p + len;
	size_t n = 0;

	if (len < 3 * UNSPACED_MOST)
		return false;
	while (p < end) {
		size_t ascii = utf8_ascii(p, (size_t)(end - p));
		uint32_t c;

		if (ascii)
			n = 0;
		p += ascii;
		if (p == end)
			break;
		c = utf8_at(p);
		if (word_break_is_unspaced(c) && ++n >= UNSPACED_MOST)
			return true;
		if (unicode_class(c) & CHAR_SPACE)
			n = 0;
		p += utf8_len((unsigned char)*p);
	}
	return false;
}
