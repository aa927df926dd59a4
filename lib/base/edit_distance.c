/*
 * edit_distance.c - the distance of optimal string alignment, row by row.
 */
#include <ctype.h>
#include <stdint.h>
#include <string.h>

#include "edit_distance.h"

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static bool
is_same(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

size_t
edit_distance(const char *a, size_t alen, const char *b, size_t blen)
{
	/* rows i - 2, i - 1 and i of the table of distances of beginnings */
	size_t d[3][EDIT_DISTANCE_MAX + 1];

	if (alen > EDIT_DISTANCE_MAX || blen > EDIT_DISTANCE_MAX)
		return SIZE_MAX;
	for (size_t j = 0; j <= blen; j++)
		d[0][j] = j;
	for (size_t i = 1; i <= alen; i++) {
		size_t *row = d[i % 3], *above = d[(i + 2) % 3], *two_above = d[(i + 1) % 3];

		row[0] = i;
		for (size_t j = 1; j <= blen; j++) {
			row[j] = above[j - 1] + !is_same(a[i - 1], b[j - 1]);
			row[j] = least(row[j], least(above[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 && is_same(a[i - 1], b[j - 2]) &&
			    is_same(a[i - 2], b[j - 1]))
				row[j] = least(row[j], two_above[j - 2] + 1);
		}
	}
	return d[alen % 3][blen];
}
