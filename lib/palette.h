/*
 * palette.h - numbers from -1 to 1 as colours for dark text to stand on: orange
 * below zero, nearly white at it, blue above.  Orange and blue stay apart for
 * eyes that do not tell red from green, and as greys the ends are told from the
 * middle.
 */
#ifndef PALETTE_H
#define PALETTE_H

#include <stdint.h>

enum {
	PALETTE_ZERO = 16,			/* the level of 0 */
	PALETTE_LEVELS = 2 * PALETTE_ZERO + 1	/* 0: -1; the last: 1 */
};

struct rgb {
	uint8_t r, g, b;
};

extern const struct rgb palette_ink;	/* of the text */

/* The level nearest to x; what is outside is at an end, and NaN at zero. */
int palette_level(double x);

struct rgb palette_colour(int level);

/* The nearest of the 240 fixed colours of a terminal that has 256. */
int palette_256(struct rgb c);

/* The level in one of five characters: = - (blank) + #, for where there is no colour. */
char palette_mark(int level);

#endif
