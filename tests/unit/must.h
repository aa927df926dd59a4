/*
 * must.h - what a test cannot go on without: it says so on standard error and
 * ends with status 1.
 */
#ifndef MUST_H
#define MUST_H

#include <stdio.h>
#include <stdlib.h>

/* why: NULL, or the phrase that a call of the library failed with. */
static inline void
must(const char *why)
{
	if (why) {
		fprintf(stderr, "cannot go on: %s\n", why);
		exit(1);
	}
}

/* p, which is not NULL. */
static inline void *
need(void *p)
{
	must(p ? NULL : "out of memory");
	return p;
}

#endif
