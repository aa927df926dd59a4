/*
 * batch.h - what every backend asks of a batch: lengths of its sequences, their
 * order by length, and states one row earlier.
 */
#ifndef BATCH_H
#define BATCH_H

#include "backend.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Rows of sequence i. */
static inline int
batch_length(const struct batch *b, int i)
{
	return b->start[i + 1] - b->start[i];
}

/* Rows of the longest sequence. */
int batch_longest(const struct batch *b);

/* order[2 nseq]: the sequences, longest first, equal ones in their order; the
 * second half is scratch. */
void batch_order(const struct batch *b, int *order);

#ifdef __cplusplus
}
#endif

#endif
