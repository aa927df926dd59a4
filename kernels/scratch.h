/*
 * scratch.h - memory for the time of a call, which grows to the largest call and
 * then stays: no allocation in a training step.
 */
#ifndef SCRATCH_H
#define SCRATCH_H

#include <stdbool.h>
#include <stddef.h>

/* Zero it to begin. */
struct scratch {
	void *p;
	size_t bytes;
	bool failed;	/* there was too little memory once; stays */
};

/* n elements of so many bytes, not cleared, on huge pages where they are large;
 * the same memory at every call.  NULL, and failed, when there is no memory. */
void *scratch_get(struct scratch *s, size_t n, size_t size);
void scratch_free(struct scratch *s);

#endif
