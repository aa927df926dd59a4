/*
 * heat_line.h - a line of text in pieces, and for each piece a number of every unit
 * that is looked at: as coloured text, as marks, as HTML.
 *
 * What cannot be shown is shown as a sign: an end of line as an arrow, a control
 * character by its picture (U+2400 and on).
 */
#ifndef HEAT_LINE_H
#define HEAT_LINE_H

#include "mem.h"

enum heat_line_depth { HEAT_LINE_MARKS, HEAT_LINE_256, HEAT_LINE_TRUE };	/* colours there are */

struct heat_line {
	size_t units;		/* set by the caller, once; zero the rest to begin */
	struct buf text;	/* clean UTF-8 */
	size_t n;		/* pieces */
	size_t *end;		/* (n) where each ends in text */
	uint8_t *level;		/* (n, units) of colormap.h, or HEAT_LINE_PLAIN */
	size_t cap_end, cap_level;
};
enum { HEAT_LINE_PLAIN = 255 };	/* no number: a blank between words */

/* Each gives false when there is no memory. */

/* Appends a piece, clean UTF-8, with x(units); x may be NULL: it has no numbers. */
bool heat_line_add(struct heat_line *s, const char *p, size_t len, const double *x);

/*
 * Appends the line for one unit, its newline included, to out.  Without colours
 * it is two lines: the text, and marks below it, `indent` blanks before them.
 */
bool heat_line_terminal(const struct heat_line *s, size_t unit, enum heat_line_depth depth, size_t indent,
    struct buf *out);

/* The same in HTML: runs of a level as <i class=lN>, N the level. */
bool heat_line_html(const struct heat_line *s, size_t unit, struct buf *out);

void heat_line_clear(struct heat_line *s);	/* no pieces, the same memory */
void heat_line_free(struct heat_line *s);

#endif
