/*
 * colormap.h - maps numbers from -1 to 1 to background colours for dark text: orange
 * below zero, near white at zero, blue above.  Orange and blue can be told apart with
 * red-green colour blindness, and in greyscale the ends differ from the middle.
 */
#ifndef COLORMAP_H
#define COLORMAP_H

#include <stdint.h>

enum {
	COLORMAP_ZERO = 16,			/* the level of 0.0 */
	COLORMAP_LEVELS = 2 * COLORMAP_ZERO + 1	/* level 0 is -1.0, the last 1.0 */
};

struct rgb {
	uint8_t r, g, b;
};

extern const struct rgb colormap_ink;	/* the text's colour */

/* The level nearest to x; values outside are clipped, and NaN counts as 0. */
int colormap_level(double x);

struct rgb colormap_colour(int level);

/* The nearest of the 240 fixed colours of a 256-colour terminal. */
int colormap_256(struct rgb c);

/* The level as one of five characters, = - (blank) + #, for output without colour. */
char colormap_mark(int level);

#endif
