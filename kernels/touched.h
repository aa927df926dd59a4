/*
 * touched.h - the set of a gradient's rows that may not be zero: what makes it sparse.
 *
 * Any parameter may have one.  Whoever adds to a row of the gradient adds the row to
 * the set; the update visits those rows only, if it is lazy or its rule changes nothing
 * where the gradient is zero (rule_kinds[].is_sparse), and then clears the set.  A set of zeros
 * belongs to a dense parameter: adding to it does nothing, and all rows count.
 */
#ifndef TOUCHED_H
#define TOUCHED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "backend.h"

#ifdef __cplusplus
extern "C" {
#endif

struct touched {
	int capacity;		/* rows of the gradient; 0: dense */
	int width;		/* numbers in a row, which follow each other in memory */
	int n;
	uint32_t *row;		/* (n) in the order in which they were added */
	unsigned char *has;	/* (capacity) 1: the row is in the set */
};

/* An empty set; false, and a dense one, when there is no memory. */
bool touched_init(struct touched *t, int capacity, int width);
void touched_free(struct touched *t);

static inline bool
touched_is_sparse(const struct touched *t)
{
	return t->capacity > 0;
}

/* Whether this update visits only the rows of the set. */
static inline bool
touched_suffices(const struct touched *t, const struct update *u)
{
	return touched_is_sparse(t) && (u->lazy || rule_kinds[u->rule].is_sparse);
}

/* Adds these rows, each below capacity; repeats are allowed. */
void touched_add(struct touched *t, const uint32_t *rows, int n);

/* Adds every row: after the host has overwritten the numbers. */
void touched_add_all(struct touched *t);

/* Empties the set, after the rows in it were set to zero. */
void touched_clear(struct touched *t);

/* Where the i-th row of the set begins in the array of numbers. */
static inline size_t
touched_offset(const struct touched *t, int i)
{
	return (size_t)t->row[i] * (size_t)t->width;
}

#ifdef __cplusplus
}
#endif

#endif
