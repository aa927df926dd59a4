/*
 * html_report.h - a self-contained HTML page about single units, without scripts or
 * other files.
 *
 * All calls write to f; errors stay in ferror(f).
 */
#ifndef HTML_REPORT_H
#define HTML_REPORT_H

#include <stdio.h>

#include "correlation.h"

struct html_report {
	FILE *f;
	bool characters;	/* the tokens are characters, not words */
	int layer, layers;	/* the layer, from 0; number of layers */
	int hidden;		/* units in the layer */
	const long *unit;	/* (nunit) the units shown, from 0 */
	size_t nunit;
	const struct correlation *correlation;	/* of those units, in their order */
};

/* Writes what precedes the units: title, legend, list of units. */
void html_report_begin(const struct html_report *p);

/* Writes the heading of unit[i], with the features that it depends on most; then comes
 * its text, from heat_line_html(); then html_report_unit_end(). */
void html_report_unit_begin(const struct html_report *p, size_t i);
void html_report_unit_end(const struct html_report *p);

void html_report_end(const struct html_report *p);

#endif
