/*
 * strip.h - a line of text in pieces, and for each piece a number of every unit
 * that is looked at: as coloured text, as marks, as HTML.
 *
 * What cannot be shown is shown as a sign: an end of line as an arrow, a control
 * character by its picture (U+2400 and on).
 */
#ifndef STRIP_H
#define STRIP_H

#include "mem.h"

enum strip_depth { STRIP_MARKS, STRIP_256, STRIP_TRUE };	/* colours there are */

struct strip {
	size_t units;		/* set by the caller, once; zero the rest to begin */
	struct buf text;	/* clean UTF-8 */
	size_t n;		/* pieces */
	size_t *end;		/* (n) where each ends in text */
	uint8_t *level;		/* (n, units) of palette.h, or STRIP_PLAIN */
	size_t cap_end, cap_level;
};
enum { STRIP_PLAIN = 255 };	/* no number: a blank between words */

/* Each gives false when there is no memory. */

/* Appends a piece, clean UTF-8, with x(units); x may be NULL: it has no numbers. */
bool strip_add(struct strip *s, const char *p, size_t len, const double *x);

/*
 * Appends the line for one unit, its newline included, to out.  Without colours
 * it is two lines: the text, and marks below it, `indent` blanks before them.
 */
bool strip_terminal(const struct strip *s, size_t unit, enum strip_depth depth, size_t indent,
    struct buf *out);

/* The same in HTML: runs of a level as <i class=lN>, N the level. */
bool strip_html(const struct strip *s, size_t unit, struct buf *out);

void strip_clear(struct strip *s);	/* no pieces, the same memory */
void strip_free(struct strip *s);

#endif
