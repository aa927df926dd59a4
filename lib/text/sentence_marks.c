/*
 * sentence_marks.c - the marks are the characters of the property Sentence_Terminal.
 *
 * One of them ends a sentence whatever follows, since Chinese and Japanese have no space
 * there.  A mark of ASCII ends one if a closing typographic quote and then white space
 * follow, as Punkt has it for straight quotes; ? and ! also right before a letter of a script
 * without spaces.
 */
#include <stdbool.h>
#include <string.h>

#include "sentence_marks.h"
#include "utf8.h"
#include "word_break.h"

/* Closing quotes and brackets beyond ASCII. */
static bool
is_closer(uint32_t c)
{
	switch (c) {
	case 0x00BB: case 0x2019: case 0x201D: case 0x203A:		/* » ’ ” › */
	case 0x3009: case 0x300B: case 0x300D: case 0x300F: case 0x3011:	/* 〉》」』】 */
	case 0x3015: case 0x3017: case 0xFF09: case 0xFF3D: case 0xFF63:	/* 〕〗）］｣ */
		return true;
	default:
		return false;
	}
}

/* Quotes that may close, in one language or another, where white space follows. */
static bool
is_quote(uint32_t c)
{
	return is_closer(c) || c == 0x00AB || c == 0x2018 || c == 0x201C;	/* « ‘ “ */
}

/* Whether c at p, which ends at next, is a mark beyond ASCII. */
static bool
is_mark(uint32_t c, const char *next, const char *end)
{
	if (c == 0x17D4 || c == 0x17D5)		/* of Khmer; marks since Unicode 16 */
		return true;
	if (!(word_break_class(c) & WORD_BREAK_SENTENCE))
		return false;
	return c != 0xFF0E || next == end || !(unicode_class(utf8_at(next)) & CHAR_DIGIT);
}

/* Whether c continues the end of a sentence after a mark: marks, closing quotes and
 * brackets, and combining characters. */
static bool
continues_end(uint32_t c)
{
	if (c < 0x80)
		return c != 0 && strchr(".?!\"')]}", (int)c);
	return is_closer(c) || (word_break_class(c) & WORD_BREAK_SENTENCE) ||
	    (word_break_class(c) & WORD_BREAK) == EX;
}

static const char *
skip_marks(const char *p, const char *end)
{
	while (p < end && continues_end(utf8_at(p)))
		p += utf8_len((unsigned char)*p);
	return p;
}

static bool
space_follows(const char *p, const char *end)
{
	return p == end || (unicode_class(utf8_at(p)) & CHAR_SPACE);
}

/* Whether the byte before p, not before start, is one of these. */
static bool
follows(const char *p, const char *start, const char *set)
{
	return p > start && p[-1] != '\0' && strchr(set, p[-1]);
}

size_t
sentence_marks_next(const char *text, size_t len)
{
	const char *p = text, *end = text + len;

	while (p < end) {
		const char *next, *after;
		uint32_t c;

		p += utf8_ascii(p, (size_t)(end - p));
		if (p == end)
			break;
		c = utf8_at(p);
		next = p + utf8_len((unsigned char)*p);
		if (is_mark(c, next, end))
			return (size_t)(skip_marks(next, end) - text);
		if (follows(p, text, "?!") && word_break_is_unspaced(c))
			return (size_t)(p - text);
		if (follows(p, text, ".?!") && is_quote(c)) {
			after = skip_marks(next, end);
			if (space_follows(after, end))
				return (size_t)(after - text);
		}
		p = next;
	}
	return len;
}

size_t
sentence_marks_tail(const char *text, size_t len)
{
	const char *p = text + len;

	while (p > text && continues_end(utf8_at(utf8_before(p))))
		p = utf8_before(p);
	return (size_t)(text + len - p);
}
