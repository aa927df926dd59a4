/*
 * html_report.h - a page of HTML about single units, complete in itself: no script, no
 * other file.
 *
 * Everything here writes to f; errors stay in ferror(f).
 */
#ifndef HTML_REPORT_H
#define HTML_REPORT_H

#include <stdio.h>

#include "correlation.h"

struct html_report {
	FILE *f;
	bool characters;	/* tokens are, and not words */
	int layer, layers;	/* from 0; how many there are */
	int hidden;		/* units in the layer */
	const long *unit;	/* (nunit) those shown, from 0 */
	size_t nunit;
	const struct correlation *track;	/* of those, in their order */
};

/* What comes before the units: title, legend, list of the units. */
void html_report_begin(const struct html_report *p);

/* Heading of the i-th of them, with the traits that it tracks best, up to its
 * text, which is heat_line_html()'s; and what ends the text. */
void html_report_unit_begin(const struct html_report *p, size_t i);
void html_report_unit_end(const struct html_report *p);

void html_report_end(const struct html_report *p);

#endif
