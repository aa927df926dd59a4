/*
 * edit_distance.h - how far a word is from another one, for "did you mean".
 */
#ifndef EDIT_DISTANCE_H
#define EDIT_DISTANCE_H

#include <stdbool.h>
#include <stddef.h>

enum { EDIT_DISTANCE_MAX = 64 };	/* bytes of a word; longer ones are far from all */

/*
 * The number of bytes to insert, delete, replace or exchange with their neighbour that
 * turn a into b; the case of letters does not count.  SIZE_MAX if one is too long.
 */
size_t edit_distance(const char *a, size_t alen, const char *b, size_t blen);

/* Whether a distance is that of a misspelling of a word of len bytes: a third of them
 * at most. */
static inline bool
edit_distance_is_close(size_t distance, size_t len)
{
	return distance <= (len < 3 ? 0 : len / 3);
}

#endif
