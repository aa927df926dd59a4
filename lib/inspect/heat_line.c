/*
 * heat_line.c - stores a line and writes it for one unit.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "colormap.h"
#include "heat_line.h"
#include "unicode.h"
#include "utf8.h"
#include "visible.h"

enum { TAB_COLUMNS = 8 };

enum heat_line_depth
heat_line_colours(bool always, bool is_terminal)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM"), *more = getenv("COLORTERM");

	if (!always && ((no && *no) || !is_terminal || term == NULL || strcmp(term, "dumb") == 0))
		return HEAT_LINE_MARKS;
	return (more && (strcmp(more, "truecolor") == 0 || strcmp(more, "24bit") == 0)) ||
	    (term && strstr(term, "direct")) ? HEAT_LINE_TRUE : HEAT_LINE_256;
}

bool
heat_line_add(struct heat_line *s, const char *p, size_t len, const double *x)
{
	if (!mem_grow(&s->end, &s->cap_end, s->n + 1, sizeof(*s->end)) ||
	    !mem_grow(&s->level, &s->cap_level, (s->n + 1) * s->units, 1) ||
	    !buf_put(&s->text, p, len))
		return false;
	for (size_t u = 0; u < s->units; u++)
		s->level[s->n * s->units + u] = (uint8_t)(x ? colormap_level(x[u]) : HEAT_LINE_PLAIN);
	s->end[s->n++] = s->text.len;
	return true;
}

void
heat_line_clear(struct heat_line *s)
{
	s->text.len = s->n = 0;
}

void
heat_line_free(struct heat_line *s)
{
	free(s->end);
	free(s->level);
	buf_free(&s->text);
	*s = (struct heat_line){ .units = 0 };
}

static int
level_of(const struct heat_line *s, size_t piece, size_t unit)
{
	return s->level[piece * s->units + unit];
}

/* The symbol for an invisible character, or the character itself. */
static uint32_t
symbol_of(uint32_t c)
{
	return c == '\n' ? 0x21B5 : visible_char(c);
}

/* Writes the character or its symbol, and advances the column. */
static bool
put_visible(struct buf *out, uint32_t c, size_t *column)
{
	char bytes[UTF8_MAX];

	if (c == '\t') {
		do
			if (!buf_putc(out, ' '))
				return false;
		while (++*column % TAB_COLUMNS != 0);
		return true;
	}
	c = symbol_of(c);
	*column += (size_t)unicode_width(c);
	return buf_put(out, bytes, utf8_put(bytes, c));
}

/* Writes the escape sequence for the colours of a level, or for none. */
static bool
put_colour(struct buf *out, int level, enum heat_line_depth depth)
{
	struct rgb c = colormap_colour(level), ink = colormap_ink;
	char code[64] = "\033[0m";

	if (level != HEAT_LINE_PLAIN && depth == HEAT_LINE_TRUE)
		snprintf(code, sizeof(code), "\033[38;2;%d;%d;%d;48;2;%d;%d;%dm", ink.r, ink.g,
		    ink.b, c.r, c.g, c.b);
	else if (level != HEAT_LINE_PLAIN)
		snprintf(code, sizeof(code), "\033[38;5;%d;48;5;%dm", colormap_256(ink),
		    colormap_256(c));
	return buf_put(out, code, strlen(code));
}

/* Writes the text; colours change where levels do. */
static bool
put_text(const struct heat_line *s, size_t unit, enum heat_line_depth depth, struct buf *out)
{
	const char *p = s->text.p;
	int last = HEAT_LINE_PLAIN;
	size_t column = 0;

	for (size_t i = 0; i < s->n; i++) {
		int level = level_of(s, i, unit);

		if (depth != HEAT_LINE_MARKS && level != last && !put_colour(out, level, depth))
			return false;
		last = level;
		for (; p < s->text.p + s->end[i]; p += utf8_len((unsigned char)*p))
			if (!put_visible(out, utf8_at(p), &column))
				return false;
	}
	if (depth != HEAT_LINE_MARKS && last != HEAT_LINE_PLAIN &&
	    !put_colour(out, HEAT_LINE_PLAIN, depth))
		return false;
	return buf_putc(out, '\n');
}

/* Writes a mark below each column of the text. */
static bool
put_marks(const struct heat_line *s, size_t unit, struct buf *out)
{
	struct buf unseen = { .len = 0 };
	const char *p = s->text.p;
	size_t column = 0, marks = 0;
	bool ok = true;

	for (size_t i = 0; ok && i < s->n; i++) {
		int level = level_of(s, i, unit);

		for (; ok && p < s->text.p + s->end[i]; p += utf8_len((unsigned char)*p)) {
			unseen.len = 0;
			ok = put_visible(&unseen, utf8_at(p), &column);
		}
		for (; ok && marks < column; marks++)
			ok = buf_putc(out, level == HEAT_LINE_PLAIN ? ' ' : colormap_mark(level));
	}
	buf_free(&unseen);
	while (ok && out->len > 0 && out->p[out->len - 1] == ' ')
		out->len--;
	return ok && buf_putc(out, '\n');
}

bool
heat_line_terminal(const struct heat_line *s, size_t unit, enum heat_line_depth depth,
    size_t indent, struct buf *out)
{
	if (!put_text(s, unit, depth, out))
		return false;
	if (depth != HEAT_LINE_MARKS)
		return true;
	for (size_t i = 0; i < indent; i++)
		if (!buf_putc(out, ' '))
			return false;
	return put_marks(s, unit, out);
}

static bool
put_string(struct buf *out, const char *p)
{
	return buf_put(out, p, strlen(p));
}

static bool
put_escaped(struct buf *out, const char *p, const char *end)
{
	bool ok = true;

	for (; ok && p < end; p += utf8_len((unsigned char)*p)) {
		uint32_t c = *p == '\t' ? '\t' : symbol_of(utf8_at(p));
		char bytes[UTF8_MAX];

		/* HTML does not allow noncharacters */
		if ((c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF))
			c = UTF8_REPLACEMENT;
		ok = c == '<' ? put_string(out, "&lt;") : c == '>' ? put_string(out, "&gt;") :
		    c == '&' ? put_string(out, "&amp;") : c == '"' ? put_string(out, "&quot;") :
		    buf_put(out, bytes, utf8_put(bytes, c));
	}
	return ok;
}

bool
heat_line_html(const struct heat_line *s, size_t unit, struct buf *out)
{
	const char *p = s->text.p;

	for (size_t i = 0; i < s->n; i++) {
		int level = level_of(s, i, unit);
		const char *end;
		char tag[32];

		while (i + 1 < s->n && level_of(s, i + 1, unit) == level)
			i++;
		end = s->text.p + s->end[i];
		snprintf(tag, sizeof(tag), "<i class=l%d>", level);
		if (level == HEAT_LINE_PLAIN ? !put_escaped(out, p, end) : !put_string(out, tag) ||
		    !put_escaped(out, p, end) || !put_string(out, "</i>"))
			return false;
		p = end;
	}
	return buf_putc(out, '\n');
}
