/*
 * batcher.h - packs sequences of word indexes into a batch (backend.h).
 *
 * Inputs and targets overlap: a sequence of indexes w[0] .. w[n] has n steps, whose
 * inputs are w[0] .. w[n-1] and whose targets are w[1] .. w[n].
 */
#ifndef BATCHER_H
#define BATCHER_H

#include <stddef.h>
#include <stdint.h>

#include "backend.h"

/* Zero it to begin; batcher_free() frees its memory. */
struct batcher {
	struct batch b;		/* the batch; its arrays are valid until the next call */
	int *start;		/* (b.nseq + 1) */
	uint32_t *x, *y;	/* (b.t) */
	size_t cap_start, cap_x, cap_y;
};

/* Empties the batch and keeps its memory. */
void batcher_clear(struct batcher *q);

/* Appends a sequence of `steps` steps, at least 1; w(steps + 1).  NULL or an error
 * message: out of memory, or more steps than a batch can hold (INT_MAX). */
const char *batcher_add(struct batcher *q, const uint32_t *w, size_t steps);

/*
 * Appends `steps` steps, at least 1, to the last sequence, or to a new one in an empty
 * batch.  The first input is `previous`; w(steps) holds the targets and, except for
 * its last index, the other inputs.  Errors as above.
 */
const char *batcher_extend(struct batcher *q, uint32_t previous, const uint32_t *w,
    size_t steps);

void batcher_free(struct batcher *q);

#endif
