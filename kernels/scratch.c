/*
 * scratch.c - see scratch.h.
 */
#include <stdint.h>
#include <stdlib.h>

#include "hugepage.h"
#include "scratch.h"

void *
scratch_get(struct scratch *s, size_t n, size_t size)
{
	if (n > SIZE_MAX / size) {
		s->failed = true;
		return NULL;
	}
	if (n * size > s->bytes) {
		free(s->p);
		s->p = hugepage_alloc(n * size);
		s->bytes = s->p ? n * size : 0;
		s->failed = s->failed || s->p == NULL;
	}
	return s->p;
}

void
scratch_free(struct scratch *s)
{
	free(s->p);
	*s = (struct scratch){ .failed = s->failed };
}
