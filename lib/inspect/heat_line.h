/*
 * heat_line.h - a line of text in pieces, each with a number for every unit: shown as
 * coloured text, as text with marks below it, or as HTML.
 *
 * Invisible characters are shown by symbols: a line end by an arrow, a control character
 * by its control picture (from U+2400).
 */
#ifndef HEAT_LINE_H
#define HEAT_LINE_H

#include "mem.h"

/* No colours, 256 colours, 24-bit colour. */
enum heat_line_depth { HEAT_LINE_MARKS, HEAT_LINE_256, HEAT_LINE_TRUE };

/* The colours for a terminal, or without one if `always`; by TERM, COLORTERM and NO_COLOR. */
enum heat_line_depth heat_line_colours(bool always, bool is_terminal);

struct heat_line {
	size_t units;		/* set by the caller in a zeroed struct */
	struct buf text;	/* clean UTF-8 */
	size_t n;		/* pieces */
	size_t *end;		/* (n) offset in text of the end of each */
	uint8_t *level;		/* (n, units) as in colormap.h, or HEAT_LINE_PLAIN */
	size_t cap_end, cap_level;
};
enum { HEAT_LINE_PLAIN = 255 };	/* a piece without numbers */

/* The calls that return bool return false when out of memory. */

/* Appends a piece of clean UTF-8 with its numbers x(units), or NULL for none. */
bool heat_line_add(struct heat_line *s, const char *p, size_t len, const double *x);

/*
 * Appends the line for one unit to out, with a newline.  Without colours there are two
 * lines, the text and the marks below it, which are indented by `indent` blanks.
 */
bool heat_line_terminal(const struct heat_line *s, size_t unit, enum heat_line_depth depth,
    size_t indent, struct buf *out);

/* The same in HTML: runs of level N are <i class=lN>. */
bool heat_line_html(const struct heat_line *s, size_t unit, struct buf *out);

void heat_line_clear(struct heat_line *s);	/* removes all pieces, keeps the memory */
void heat_line_free(struct heat_line *s);

#endif
