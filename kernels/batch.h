/*
 * batch.h - properties of a batch that every backend needs: the lengths of its sequences
 * and their order by length.
 */
#ifndef BATCH_H
#define BATCH_H

#include "backend.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The number of rows of sequence i. */
static inline int
batch_length(const struct batch *b, int i)
{
	return b->start[i + 1] - b->start[i];
}

/* The number of rows of the longest sequence. */
int batch_longest(const struct batch *b);

/* order[2 nseq]: the sequences, longest first, ties in batch order; the second half is
 * scratch. */
void batch_order(const struct batch *b, int *order);

#ifdef __cplusplus
}
#endif

#endif
