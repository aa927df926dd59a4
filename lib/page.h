/*
 * page.h - a page of HTML about single units, complete in itself: no script, no
 * other file.
 *
 * Everything here writes to f; errors stay in ferror(f).
 */
#ifndef PAGE_H
#define PAGE_H

#include <stdio.h>

#include "track.h"

struct page {
	FILE *f;
	bool characters;	/* tokens are, and not words */
	int layer, layers;	/* from 0; how many there are */
	int hidden;		/* units in the layer */
	const long *unit;	/* (nunit) those shown, from 0 */
	size_t nunit;
	const struct track *track;	/* of those, in their order */
};

/* What comes before the units: title, legend, list of the units. */
void page_begin(const struct page *p);

/* Heading of the i-th of them, with the traits that it tracks best, up to its
 * text, which is strip_html()'s; and what ends the text. */
void page_unit_begin(const struct page *p, size_t i);
void page_unit_end(const struct page *p);

void page_end(const struct page *p);

#endif
