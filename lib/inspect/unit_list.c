/*
 * unit_list.c - parses numbers and ranges.
 */
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "unit_list.h"

bool
unit_list_add(struct unit_list *list, long unit)
{
	if (!mem_grow(&list->unit, &list->cap, list->n + 1, sizeof(*list->unit)))
		return false;
	list->unit[list->n++] = unit;
	return true;
}

/* Reads a number at *p and advances *p; false if there is none below the bound. */
static bool
read_unit(const char **p, long *unit)
{
	size_t digits = strspn(*p, "0123456789");

	*unit = digits > 0 && digits < 9 ? strtol(*p, NULL, 10) : UNIT_LIST_END;
	*p += digits;
	return *unit < UNIT_LIST_END;
}

/* Reads a number or a range at *p and advances *p. */
static bool
read_range(const char **p, long *first, long *last)
{
	bool ok = read_unit(p, first);

	*last = *first;
	if (ok && **p == '-') {
		(*p)++;
		ok = read_unit(p, last) && *last >= *first;
	}
	return ok && (**p == ',' || **p == '\0');
}

/* Appends the units of a range; seen(UNIT_LIST_END) has those before it. */
static const char *
add_range(struct unit_list *list, long first, long last, bool *seen)
{
	for (long u = first; u <= last; u++) {
		if (seen[u])
			return errmsg_set(&list->err, "unit %ld is listed twice; list it once", u);
		seen[u] = true;
		if (!unit_list_add(list, u))
			return "out of memory";
	}
	return NULL;
}

const char *
unit_list_read(struct unit_list *list, const char *text)
{
	bool *seen = mem_zeros(UNIT_LIST_END, sizeof(*seen));
	const char *why = seen ? NULL : "out of memory", *p = text;
	long first, last;

	for (; why == NULL; p++) {
		if (!read_range(&p, &first, &last))
			why = errmsg_set(&list->err,
			    "'%s' is not a list of units; write it as in 3,17,40-45", text);
		else
			why = add_range(list, first, last, seen);
		if (*p == '\0')
			break;
	}
	free(seen);
	return why;
}

void
unit_list_free(struct unit_list *list)
{
	free(list->unit);
	*list = (struct unit_list){ 0 };
}
