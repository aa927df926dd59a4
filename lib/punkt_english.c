/*
 * punkt_english.c - the English table that comes with the program.
 */
#include <string.h>

#include "punkt.h"

static const char abbreviations[] =
	"mr mrs ms dr";

/* Adds each word of a list. */
static bool
add_words(struct punkt *t, const char *list, unsigned bits)
{
	while (*list) {
		size_t n = strcspn(list, " ");

		if (!punkt_add(t, list, n, bits))
			return false;
		list += n + (list[n] == ' ');
	}
	return true;
}

const char *
punkt_english(struct punkt *t)
{
	return add_words(t, abbreviations, PUNKT_ABBREV) ? NULL : "out of memory";
}
