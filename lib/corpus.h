/*
 * corpus.h - sentences as indexes, all in memory, and batches of them.
 *
 * A frame of n indexes is a sequence of n - 1 steps: each index but the last
 * is an input, each but the first is to be predicted.  A frame of one index
 * (a stream unit may have it) predicts nothing and is left out of batches.
 */
#ifndef CORPUS_H
#define CORPUS_H

#include "index.h"
#include "kern.h"

struct corpus {
	uint32_t *w;		/* the frames' indexes, one after another */
	size_t nw, capw;
	size_t *start;		/* (n + 1) where each frame begins in w */
	size_t n, capstart;	/* frames, of two indexes or more */
	uint64_t steps;		/* to be predicted in all */
	uint32_t crc;		/* CRC-32 of the frames as 32-bit words */
};

/* Appends the frame; NULL or "out of memory".  Start from a zeroed struct. */
const char *corpus_add(struct corpus *c, const struct frame *f);

/* Frames beyond the first n are forgotten (n = 0: none is). */
void corpus_limit(struct corpus *c, size_t n);

void corpus_free(struct corpus *c);

/* Room for batches; zero it to begin.  The batch is good until the next call. */
struct batcher {
	struct kern_batch b;
	int *start;
	uint32_t *x, *y;
	size_t cap_start, cap_x, cap_y;
};

/*
 * Packs frames first .. first + n - 1 of c, fewer when they pass `rows` steps
 * (but at least one), into q->b.  Gives how many in *taken.
 */
const char *batch_frames(struct batcher *q, const struct corpus *c, size_t first, size_t n,
    size_t rows, size_t *taken);

void batcher_free(struct batcher *q);

#endif
