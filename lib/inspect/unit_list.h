/*
 * unit_list.h - a list of hidden units as a command line has it: 3,17,40-45.
 */
#ifndef UNIT_LIST_H
#define UNIT_LIST_H

#include <stddef.h>

#include "errmsg.h"

enum { UNIT_LIST_END = 65536 };	/* units have lower numbers, as in model.h */

/* Zero it to begin; unit_list_free() frees its memory. */
struct unit_list {
	long *unit;	/* (n) in the order of the list, each once */
	size_t n, cap;
	struct errmsg err;
};

/* Appends a unit.  False: out of memory. */
bool unit_list_add(struct unit_list *list, long unit);

/* Reads `text` into the empty list.  NULL or an error message: not such a list, a unit is
 * in it twice, or out of memory. */
const char *unit_list_read(struct unit_list *list, const char *text);

void unit_list_free(struct unit_list *list);

#endif
