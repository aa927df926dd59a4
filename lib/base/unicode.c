/*
 * unicode.c - character classes from utf8proc's categories, and small tables for the
 * properties that it lacks.  Classes are cached in a byte table, filled in blocks
 * of 256 when a block's first character occurs.
 */
#include <string.h>
#include <utf8proc.h>

#include "unicode.h"
#include "utf8.h"

struct range {
	uint32_t from, to;
};

/*
 * Ranges that are unassigned in Unicode 14.0 and have been assigned, in part or
 * wholly, in later versions.
 */
static const struct range later[] = {
	{ 0x0558, 0x0558 }, { 0x058B, 0x058C }, { 0x05C8, 0x05C9 }, { 0x088F, 0x088F },
	{ 0x0897, 0x0897 }, { 0x0B53, 0x0B54 }, { 0x0C5C, 0x0C5C }, { 0x0CDC, 0x0CDC },
	{ 0x0CF3, 0x0CF3 }, { 0x0ECE, 0x0ECE }, { 0x1ACF, 0x1AF0 }, { 0x1B4E, 0x1B4F },
	{ 0x1B7F, 0x1B7F }, { 0x1C89, 0x1C8A }, { 0x208F, 0x208F }, { 0x209D, 0x209F },
	{ 0x20C1, 0x20C4 }, { 0x2427, 0x2429 }, { 0x2B96, 0x2B96 }, { 0x2E60, 0x2E63 },
	{ 0x2FFC, 0x2FFF }, { 0x31E4, 0x31EF }, { 0xA7CB, 0xA7CF }, { 0xA7D2, 0xA7D2 },
	{ 0xA7D4, 0xA7D4 }, { 0xA7DA, 0xA7F1 }, { 0xAB6C, 0xAB6D }, { 0xFBC3, 0xFBD2 },
	{ 0xFD90, 0xFD91 }, { 0xFDC8, 0xFDCE }, { 0x105C0, 0x105F3 }, { 0x107BB, 0x107BF },
	{ 0x10940, 0x10959 }, { 0x10D40, 0x10D8F }, { 0x10EC2, 0x10EFF }, { 0x1123F, 0x11241 },
	{ 0x11380, 0x113E2 }, { 0x116D0, 0x116E3 }, { 0x11B00, 0x11BF9 }, { 0x11DB0, 0x11DF1 },
	{ 0x11F00, 0x11F5A }, { 0x1246F, 0x1246F }, { 0x12475, 0x1247F }, { 0x12550, 0x12686 },
	{ 0x1342F, 0x1342F }, { 0x13439, 0x143FA }, { 0x16100, 0x16139 }, { 0x16D40, 0x16D79 },
	{ 0x16EA0, 0x16ED3 }, { 0x16FF2, 0x16FF6 }, { 0x187F8, 0x187FF }, { 0x18CD6, 0x18CFF },
	{ 0x18D09, 0x191D2 }, { 0x1B123, 0x1B132 }, { 0x1B155, 0x1B155 }, { 0x1B168, 0x1B168 },
	{ 0x1CC00, 0x1CEFD }, { 0x1D127, 0x1D128 }, { 0x1D1EB, 0x1D1FF }, { 0x1D250, 0x1D2D3 },
	{ 0x1D6A6, 0x1D6A6 }, { 0x1DB00, 0x1DB1C }, { 0x1DF1F, 0x1DFFF }, { 0x1E030, 0x1E08F },
	{ 0x1E4D0, 0x1E6FF }, { 0x1F1AE, 0x1F1AE }, { 0x1F6D8, 0x1F6DC }, { 0x1F774, 0x1F77F },
	{ 0x1F7D9, 0x1F7DB }, { 0x1F7F1, 0x1F7FF }, { 0x1F8B2, 0x1F8D8 }, { 0x1FA54, 0x1FA57 },
	{ 0x1FA75, 0x1FA77 }, { 0x1FA87, 0x1FA8F }, { 0x1FAAD, 0x1FAAF }, { 0x1FABB, 0x1FABF },
	{ 0x1FAC6, 0x1FACF }, { 0x1FADA, 0x1FADF }, { 0x1FAE8, 0x1FAEF }, { 0x1FAF7, 0x1FAFA },
	{ 0x1FBCB, 0x1FBEF }, { 0x1FBFA, 0x1FBFA }, { 0x2B739, 0x2B73F }, { 0x2B81E, 0x2B81E },
	{ 0x2CEA2, 0x2CEAD }, { 0x2EBF0, 0x2EE5D }, { 0x31350, 0x3FC3F }
};

/* White space that is not of the categories Z*. */
static const struct range other_space[] = {
	{ 0x0009, 0x000D }, { 0x001C, 0x001F }, { 0x0085, 0x0085 }
};

/* Property Other_Uppercase. */
static const struct range other_upper[] = {
	{ 0x2160, 0x216F }, { 0x24B6, 0x24CF }, { 0x1F130, 0x1F149 },
	{ 0x1F150, 0x1F169 }, { 0x1F170, 0x1F189 }
};

/* Property Other_Lowercase; and U+0295, whose category was Ll until 15.1. */
static const struct range other_lower[] = {
	{ 0x00AA, 0x00AA }, { 0x00BA, 0x00BA }, { 0x0295, 0x0295 }, { 0x02B0, 0x02B8 },
	{ 0x02C0, 0x02C1 }, { 0x02E0, 0x02E4 }, { 0x0345, 0x0345 }, { 0x037A, 0x037A },
	{ 0x1D2C, 0x1D6A }, { 0x1D78, 0x1D78 }, { 0x1D9B, 0x1DBF }, { 0x2071, 0x2071 },
	{ 0x207F, 0x207F }, { 0x2090, 0x209C }, { 0x2170, 0x217F }, { 0x24D0, 0x24E9 },
	{ 0x2C7C, 0x2C7D }, { 0xA69C, 0xA69D }, { 0xA770, 0xA770 }, { 0xA7F8, 0xA7F9 },
	{ 0xAB5C, 0xAB5F }, { 0x10780, 0x10780 }, { 0x10783, 0x10785 }, { 0x10787, 0x107B0 },
	{ 0x107B2, 0x107BA }
};

/*
 * Word_Break MidLetter, MidNumLet and Single_Quote, which are case-ignorable
 * as Mn, Me, Cf, Lm and Sk are; and U+1171E, which was Mn in 14.0.
 */
static const struct range other_ignorable[] = {
	{ 0x0027, 0x0027 }, { 0x002E, 0x002E }, { 0x003A, 0x003A }, { 0x00B7, 0x00B7 },
	{ 0x0387, 0x0387 }, { 0x055F, 0x055F }, { 0x05F4, 0x05F4 }, { 0x2018, 0x2019 },
	{ 0x2024, 0x2024 }, { 0x2027, 0x2027 }, { 0xFE13, 0xFE13 }, { 0xFE52, 0xFE52 },
	{ 0xFE55, 0xFE55 }, { 0xFF07, 0xFF07 }, { 0xFF0E, 0xFF0E }, { 0xFF1A, 0xFF1A },
	{ 0x1171E, 0x1171E }
};

unsigned char unicode_classes[UNICODE_N];
bool unicode_known[UNICODE_N / UNICODE_BLOCK];

static bool
in_ranges(const struct range *r, size_t n, uint32_t c)
{
	size_t low = 0, high = n, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (c > r[mid].to)
			low = mid + 1;
		else
			high = mid;
	}
	return low < n && c >= r[low].from;
}
#define IN(table, c) in_ranges(table, sizeof(table) / sizeof((table)[0]), c)

static unsigned
class_of_category(uint32_t c)
{
	switch (utf8proc_category((utf8proc_int32_t)c)) {
	case UTF8PROC_CATEGORY_LU:
		return CHAR_WORD | CHAR_UPPER | CHAR_CASED;
	case UTF8PROC_CATEGORY_LL:
		return CHAR_WORD | CHAR_LOWER | CHAR_CASED;
	case UTF8PROC_CATEGORY_LT:
		return CHAR_WORD | CHAR_CASED;
	case UTF8PROC_CATEGORY_LM:
		return CHAR_WORD | CHAR_IGNORABLE;
	case UTF8PROC_CATEGORY_ND:
		return CHAR_WORD | CHAR_DIGIT;
	case UTF8PROC_CATEGORY_LO:
	case UTF8PROC_CATEGORY_NL:
	case UTF8PROC_CATEGORY_NO:
		return CHAR_WORD;
	case UTF8PROC_CATEGORY_MN:
	case UTF8PROC_CATEGORY_ME:
	case UTF8PROC_CATEGORY_CF:
	case UTF8PROC_CATEGORY_SK:
		return CHAR_IGNORABLE;
	case UTF8PROC_CATEGORY_ZS:
	case UTF8PROC_CATEGORY_ZL:
	case UTF8PROC_CATEGORY_ZP:
		return CHAR_SPACE;
	default:
		return 0;
	}
}

static unsigned
class_of(uint32_t c)
{
	unsigned k;

	if (IN(later, c))
		return 0;
	k = class_of_category(c);
	if (c == '_')
		k |= CHAR_WORD;
	if (IN(other_space, c))
		k |= CHAR_SPACE;
	if (IN(other_upper, c))
		k |= CHAR_UPPER | CHAR_CASED;
	if (IN(other_lower, c))
		k |= CHAR_LOWER | CHAR_CASED;
	if (IN(other_ignorable, c))
		k |= CHAR_IGNORABLE;
	if (k & CHAR_IGNORABLE)
		k &= ~(unsigned)CHAR_CASED;
	if (utf8proc_tolower((utf8proc_int32_t)c) != (utf8proc_int32_t)c)
		k |= CHAR_FOLDS;
	return k;
}

void
unicode_look_up(uint32_t block)
{
	uint32_t from = block * UNICODE_BLOCK;

	for (uint32_t c = from; c < from + UNICODE_BLOCK; c++)
		unicode_classes[c] = (unsigned char)class_of(c);
	unicode_known[block] = true;
}

int
unicode_width(uint32_t c)
{
	return utf8proc_charwidth((utf8proc_int32_t)c);
}

uint32_t
unicode_lower_char(uint32_t c)
{
	if (c < 0x80)
		return c >= 'A' && c <= 'Z' ? c + 'a' - 'A' : c;
	if (!(unicode_class(c) & CHAR_FOLDS))
		return c;
	return (uint32_t)utf8proc_tolower((utf8proc_int32_t)c);
}

/* Whether the last character before p that is not ignorable is cased. */
static bool
cased_before(const char *text, const char *p)
{
	while (p > text) {
		unsigned k;

		p = utf8_before(p);
		k = unicode_class(utf8_at(p));
		if (!(k & CHAR_IGNORABLE))
			return k & CHAR_CASED;
	}
	return false;
}

/* The same for the first one at or after p. */
static bool
cased_after(const char *p, const char *end)
{
	for (; p < end; p += utf8_len((unsigned char)*p)) {
		unsigned k = unicode_class(utf8_at(p));

		if (!(k & CHAR_IGNORABLE))
			return k & CHAR_CASED;
	}
	return false;
}

/* Lower-cases ASCII without branches, so that compilers vectorise the loop. */
static void
lower_ascii(char *restrict out, const char *restrict p, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)p[i];

		out[i] = (char)(c | ((unsigned char)(c - 'A') < 26) << 5);
	}
}

bool
unicode_lower(struct buf *out, const char *p, size_t len)
{
	const char *text = p, *end = p + len;

	out->len = 0;
	while (p < end) {
		size_t n = utf8_ascii(p, (size_t)(end - p));
		uint32_t c, low;

		if (!buf_reserve(out, n + UTF8_MAX))
			return false;
		lower_ascii(out->p + out->len, p, n);
		out->len += n;
		p += n;
		if (p == end)
			break;
		c = utf8_at(p);
		n = utf8_len((unsigned char)*p);
		low = unicode_lower_char(c);
		if (c == 0x03A3 && cased_before(text, p) && !cased_after(p + n, end))
			low = 0x03C2;
		out->len += utf8_put(out->p + out->len, low);
		if (c == 0x0130 && !buf_put(out, "\xCC\x87", 2))
			return false;
		p += n;
	}
	return true;
}
