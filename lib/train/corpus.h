/*
 * corpus.h - text as indexes, all in memory, and batches of it.
 *
 * Of sentences, a frame of n indexes is a sequence of n - 1 steps: each index
 * but the last is an input, each but the first is to be predicted.  A frame of
 * one index (a stream unit may have it) predicts nothing and is left out.
 *
 * A joined corpus is one sequence instead, its frames put together, and is cut
 * into several that run side by side, a chunk of steps at a time (streams).
 */
#ifndef CORPUS_H
#define CORPUS_H

#include "index_stream.h"
#include "backend.h"

struct corpus {
	/* The caller's, before the first frame comes: */
	bool joined;
	size_t limit;		/* frames after so many are left out; 0: none is */
	/* Ours: */
	uint32_t *w;		/* the frames' indexes, one after another */
	size_t nw, capw;
	size_t *start;		/* (n + 1) where each frame begins in w; not if joined */
	size_t n, capstart;	/* frames, of two indexes or more; if joined, all of them */
	uint64_t steps;		/* to be predicted in all */
	uint32_t crc;		/* CRC-32 of the frames as 32-bit words */
};

/* Appends the frame; NULL or "out of memory".  Start from a
 * struct with nothing but the above set. */
const char *corpus_add(struct corpus *c, const struct frame *f);

/* Appends all frames that are left in r.  NULL or a phrase. */
const char *corpus_read(struct corpus *c, struct index_reader *r);

/*
 * Moves the last `share` (0 .. 1) of the frames, or of a joined corpus' indexes,
 * to `rest`, which is empty.  NULL or a phrase: too little is left of either.
 */
const char *corpus_split(struct corpus *c, double share, struct corpus *rest);

void corpus_free(struct corpus *c);

/* A joined corpus' steps as n streams of nearly the same length: the first
 * `longer` have a step more. */
struct streams {
	size_t n, chunk;	/* streams; steps of each in a batch, at most its length */
	size_t length, longer;
	size_t chunks;		/* batches in all */
};

/* n and chunk are at least 1; fewer streams if there are not so many steps. */
struct streams streams_cut(uint64_t steps, size_t n, size_t chunk);

/* Room for batches; zero it to begin.  The batch is good until the next call. */
struct batcher {
	struct batch b;
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

/* Packs chunk i of each stream into q->b; streams that have ended are left out,
 * which are the last ones.  NULL or a phrase. */
const char *batch_chunk(struct batcher *q, const struct corpus *c, const struct streams *s,
    size_t i);

void batcher_free(struct batcher *q);

#endif
