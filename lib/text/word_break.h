/*
 * word_break.h - the default word boundaries of Unicode Standard Annex #29, version 14.0:
 * https://www.unicode.org/reports/tr29/tr29-39.html#Word_Boundaries.
 */
#ifndef WORD_BREAK_H
#define WORD_BREAK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "unicode.h"

/* Values of the property Word_Break: Other, CR, LF, Newline, Extend, ZWJ, Format, WSegSpace,
 * ALetter, Hebrew_Letter, Katakana, Numeric, MidLetter, MidNum, MidNumLet, Single_Quote,
 * Double_Quote, ExtendNumLet, Regional_Indicator. */
enum word_break { OTHER, CR, LF, NL, EX, ZJ, FO, SP, LE, HL, KA, NU, ML, MN, MB, SQ, DQ, XL, RI };

enum {
	WORD_BREAK = 31,		/* the bits of the property */
	WORD_BREAK_PICTURE = 32,	/* Extended_Pictographic: emoji and other pictures */
	WORD_BREAK_SENTENCE = 64	/* Sentence_Terminal, beyond ASCII */
};

/* The characters with a value; word_break_table.c. */
struct word_break_range {
	uint32_t from, to, value;
};
extern const struct word_break_range word_break_ranges[], pictographic_ranges[],
    sentence_end_ranges[];
extern const size_t n_word_break_ranges, n_pictographic_ranges, n_sentence_end_ranges;

extern unsigned char word_break_classes[UNICODE_N];
void word_break_fill(void);

/* The value and the bits of a character. */
static inline unsigned
word_break_class(uint32_t c)
{
	if (word_break_classes['a'] == OTHER)
		word_break_fill();
	return word_break_classes[c];
}

/* Whether c is a letter of a script without spaces between words, which these rules cut
 * character by character or, Katakana, not at all: Han, Kana, Thai, Lao, Khmer, Myanmar. */
bool word_break_is_unspaced(uint32_t c);

/* The end of the segment that starts at p, which is before end; the text is clean UTF-8. */
const char *word_break_next(const char *p, const char *end);

#endif
