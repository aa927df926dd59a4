/*
 * colormap.h - numbers from -1 to 1 as colours for dark text to stand on: orange
 * below zero, nearly white at it, blue above.  Orange and blue stay apart for
 * eyes that do not tell red from green, and as greys the ends are told from the
 * middle.
 */
#ifndef COLORMAP_H
#define COLORMAP_H

#include <stdint.h>

enum {
	COLORMAP_ZERO = 16,			/* the level of 0 */
	COLORMAP_LEVELS = 2 * COLORMAP_ZERO + 1	/* 0: -1; the last: 1 */
};

struct rgb {
	uint8_t r, g, b;
};

extern const struct rgb palette_ink;	/* of the text */

/* The level nearest to x; what is outside is at an end, and NaN at zero. */
int colormap_level(double x);

struct rgb colormap_colour(int level);

/* The nearest of the 240 fixed colours of a terminal that has 256. */
int colormap_256(struct rgb c);

/* The level in one of five characters: = - (blank) + #, for where there is no colour. */
char colormap_mark(int level);

#endif
