/*
 * word_break.c - one pass over a segment, with the property of the last character that
 * counts; characters of Extend, Format and ZWJ do not (rule WB4).
 */
#include <string.h>

#include "utf8.h"
#include "word_break.h"

unsigned char word_break_classes[UNICODE_N];

/* Adds a value, or a bit, to the characters of ranges. */
static void
fill_ranges(const struct word_break_range *r, size_t n, unsigned bit)
{
	for (size_t i = 0; i < n; i++)
		for (uint32_t c = r[i].from; c <= r[i].to; c++)
			word_break_classes[c] |= (unsigned char)(bit ? bit : r[i].value);
}

void
word_break_fill(void)
{
	fill_ranges(word_break_ranges, n_word_break_ranges, 0);
	fill_ranges(pictographic_ranges, n_pictographic_ranges, WORD_BREAK_PICTURE);
	fill_ranges(sentence_end_ranges, n_sentence_end_ranges, WORD_BREAK_SENTENCE);
}

bool
word_break_is_unspaced(uint32_t c)
{
	unsigned k = word_break_class(c) & WORD_BREAK;

	return c >= 0x0E00 && (k == OTHER || k == KA) &&
	    (unicode_class(c) & (CHAR_WORD | CHAR_DIGIT)) == CHAR_WORD;
}

#define BIT(k) (1u << (k))
enum {
	NEWLINES = BIT(CR) | BIT(LF) | BIT(NL),
	IGNORED = BIT(EX) | BIT(FO) | BIT(ZJ),		/* WB4 */
	LETTERS = BIT(LE) | BIT(HL),			/* AHLetter */
	MIDDLE_Q = BIT(MB) | BIT(SQ),			/* MidNumLetQ */
	MIDDLE = MIDDLE_Q | BIT(ML) | BIT(MN) | BIT(DQ),
	BEFORE_XL = BIT(LE) | BIT(HL) | BIT(NU) | BIT(KA) | BIT(XL)
};

static bool
is_in(unsigned k, unsigned set)
{
	return BIT(k) & set;
}

/* The property of the first character from p on that counts, which ends at *next; OTHER
 * at the end of the text. */
static unsigned
class_after(const char *p, const char *end, const char **next)
{
	while (p < end) {
		unsigned k = word_break_class(utf8_at(p)) & WORD_BREAK;

		p += utf8_len((unsigned char)*p);
		*next = p;
		if (!is_in(k, IGNORED))
			return k;
	}
	return OTHER;
}

/* Whether nothing separates a character k from one of property a before it. */
static bool
joins(unsigned a, unsigned k)
{
	if (is_in(a, LETTERS) || a == NU)	/* WB5, WB8 to WB10, WB13a; WB7a */
		return is_in(k, LETTERS | BIT(NU) | BIT(XL)) || (a == HL && k == SQ);
	if (a == KA)				/* WB13, WB13a */
		return k == KA || k == XL;
	if (a == XL)				/* WB13a, WB13b */
		return is_in(k, BEFORE_XL);
	return false;
}

/* Whether the character k, between a letter or digit a and one of property b, joins the
 * two: WB6, WB7, WB7b, WB7c, WB11, WB12. */
static bool
bridges(unsigned a, unsigned k, unsigned b)
{
	if (a == NU)
		return b == NU && is_in(k, BIT(MN) | MIDDLE_Q);
	if (!is_in(b, LETTERS))
		return false;
	return is_in(k, BIT(ML) | MIDDLE_Q) || (k == DQ && a == HL && b == HL);
}

/* Skips letters and digits of ASCII after a letter or digit; *a becomes the property of the
 * last one. */
static const char *
skip_ascii(const char *p, const char *end, unsigned *a)
{
	const char *start = p;

	while (p < end && (unsigned char)*p < 0x80 &&
	    is_in(word_break_classes[(unsigned char)*p], BIT(LE) | BIT(NU)))
		p++;
	if (p > start)
		*a = word_break_classes[(unsigned char)p[-1]];
	return p;
}

/* The rest of a segment whose first character, which ends at p, is no newline. */
static const char *
segment_end(const char *p, const char *end, unsigned class)
{
	unsigned a = class & WORD_BREAK, last = a, regional = 0;

	for (;;) {
		const char *next = end;
		unsigned k, b;

		if (is_in(last, BIT(LE) | BIT(NU)))
			p = skip_ascii(p, end, &a);
		if (p == end)
			return p;
		class = word_break_class(utf8_at(p));
		k = class & WORD_BREAK;
		next = p + utf8_len((unsigned char)*p);
		if (is_in(k, NEWLINES))
			return p;
		if (is_in(k, IGNORED)) {
			last = k;
			p = next;
			continue;
		}
		if (a == RI)
			regional++;
		if ((last == ZJ && (class & WORD_BREAK_PICTURE)) ||	/* WB3c */
		    (last == SP && k == SP) ||				/* WB3d */
		    (a == RI && k == RI && regional % 2 == 1) ||		/* WB15, WB16 */
		    joins(a, k)) {
			a = last = k;
		} else {
			if (!is_in(a, LETTERS | BIT(NU)) || !is_in(k, MIDDLE))
				return p;
			b = class_after(next, end, &next);
			if (!bridges(a, k, b))
				return p;
			a = last = b;
		}
		p = next;
	}
}

const char *
word_break_next(const char *p, const char *end)
{
	unsigned class = word_break_class(utf8_at(p));

	p += utf8_len((unsigned char)*p);
	if ((class & WORD_BREAK) == CR && p < end && *p == '\n')
		return p + 1;
	return is_in(class & WORD_BREAK, NEWLINES) ? p : segment_end(p, end, class);
}
