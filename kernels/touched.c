/*
 * touched.c - see touched.h.
 */
#include <stdlib.h>

#include "touched.h"

bool
touched_init(struct touched *t, int capacity, int width)
{
	*t = (struct touched){ .capacity = capacity, .width = width };
	t->row = calloc((size_t)capacity, sizeof(*t->row));
	t->has = calloc((size_t)capacity, sizeof(*t->has));
	if (t->row && t->has)
		return true;
	touched_free(t);
	return false;
}

void
touched_free(struct touched *t)
{
	free(t->row);
	free(t->has);
	*t = (struct touched){ 0 };
}

static void
add_row(struct touched *t, uint32_t row)
{
	if (!t->has[row]) {
		t->has[row] = 1;
		t->row[t->n++] = row;
	}
}

void
touched_add(struct touched *t, const uint32_t *rows, int n)
{
	for (int i = 0; touched_is_sparse(t) && i < n; i++)
		add_row(t, rows[i]);
}

void
touched_add_all(struct touched *t)
{
	for (int i = 0; i < t->capacity; i++)
		add_row(t, (uint32_t)i);
}

void
touched_clear(struct touched *t)
{
	for (int i = 0; i < t->n; i++)
		t->has[t->row[i]] = 0;
	t->n = 0;
}
