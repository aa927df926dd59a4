/*
 * unicode.h - character classes and lower-casing.
 *
 * The classes are those of Unicode 14.0, whichever version utf8proc implements:
 * characters assigned later count as unassigned, so that the same text gives the
 * same tokens on every machine.
 */
#ifndef UNICODE_H
#define UNICODE_H

#include <stdbool.h>
#include <stdint.h>

#include "mem.h"

enum {
	CHAR_SPACE     = 1,	/* separates tokens: 29 characters */
	CHAR_DIGIT     = 2,	/* general category Nd */
	CHAR_WORD      = 4,	/* L*, N* and the underline */
	CHAR_UPPER     = 8,	/* property Uppercase */
	CHAR_LOWER     = 16,	/* property Lowercase */
	CHAR_CASED     = 32,	/* for the final sigma: cased, and not ignorable */
	CHAR_IGNORABLE = 64,	/* for the final sigma: Case_Ignorable */
	CHAR_FOLDS     = 128	/* lower-casing changes it */
};

enum {
	UNICODE_N     = 0x110000,
	UNICODE_BLOCK = 256	/* characters whose classes are looked up together */
};

extern unsigned char unicode_classes[UNICODE_N];
extern bool unicode_known[UNICODE_N / UNICODE_BLOCK];
void unicode_look_up(uint32_t block);

/* The CHAR_ bits of c, below UNICODE_N. */
static inline unsigned
unicode_class(uint32_t c)
{
	if (!unicode_known[c / UNICODE_BLOCK])
		unicode_look_up(c / UNICODE_BLOCK);
	return unicode_classes[c];
}

/* The lower case of a single character; of U+0130, which becomes two characters,
 * the first, 'i'. */
uint32_t unicode_lower_char(uint32_t c);

/* The width of c on a terminal: 0, 1 or 2 columns. */
int unicode_width(uint32_t c);

/*
 * Replaces out by the lower case of clean text, with U+0130 as two characters and
 * U+03A3 according to its position in the word.  False: out of memory.
 */
bool unicode_lower(struct buf *out, const char *p, size_t len);

#endif
