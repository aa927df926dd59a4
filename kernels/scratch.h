/*
 * scratch.h - temporary memory for one call, which grows to the largest request and is
 * kept: no allocation in a training step.
 */
#ifndef SCRATCH_H
#define SCRATCH_H

#include <stdbool.h>
#include <stddef.h>

/* Zero it to begin. */
struct scratch {
	void *p;
	size_t bytes;
	bool failed;	/* out of memory at least once; sticky */
};

/* n elements of `size` bytes, not cleared, on huge pages if large; each call returns the
 * same memory.  NULL, and failed set, when out of memory. */
void *scratch_get(struct scratch *s, size_t n, size_t size);
void scratch_free(struct scratch *s);

#endif
