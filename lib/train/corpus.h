/*
 * corpus.h - a text as word indexes in memory, and batches of it.
 *
 * A corpus of sentences keeps each frame of an index stream apart: n indexes are a
 * sequence of n - 1 steps, since every index but the last is an input and every
 * index but the first a target.  Frames of one index have no step and are skipped.
 *
 * A joined corpus is a single sequence, its frames concatenated.  For training it is
 * cut into streams of nearly equal length, which run in parallel, a chunk of steps
 * of each per batch (struct streams).
 */
#ifndef CORPUS_H
#define CORPUS_H

#include "batcher.h"
#include "index_stream.h"

/* Zero it, set the first two members, and add frames; corpus_free() frees it. */
struct corpus {
	/* The caller's, before the first frame is added: */
	bool joined;
	size_t limit;		/* keep only the first `limit` frames; 0: all */
	/* Results: */
	uint32_t *w;		/* (nw) the frames' indexes, concatenated */
	size_t nw, capw;
	size_t *start;		/* (n + 1) where each frame begins in w; NULL: of a joined corpus
				 * of which a worker has its part (share_run.h) */
	size_t n, capstart;	/* frames kept: of two indexes or more, or if joined all; a split of a
				 * joined corpus may cut one in two */
	uint64_t steps;		/* total number of targets */
	uint32_t crc;		/* CRC-32 of w as little-endian 32-bit words */
};

/* Appends a copy of the frame.  NULL or "out of memory". */
const char *corpus_add(struct corpus *c, const struct frame *f);

/* Appends all remaining frames of r.  NULL or an error message. */
const char *corpus_read(struct corpus *c, struct index_reader *r);

/*
 * Moves the last `fraction` (between 0 and 1) of the frames, or of a joined corpus's
 * indexes, to `rest`, which is overwritten.  NULL or an error message: out of memory,
 * or one of the two parts would be empty.
 */
const char *corpus_split(struct corpus *c, double fraction, struct corpus *rest);

void corpus_free(struct corpus *c);

/* How a joined corpus is cut into n streams: `length` steps each, and one more for
 * each of the first `longer` streams. */
struct streams {
	size_t n;
	size_t chunk;		/* steps of each stream in a batch, at most */
	size_t length, longer;
	size_t chunks;		/* batches in an epoch */
	size_t first, end;	/* the streams that batches are made of: all, or a worker's,
				 * of which the last may be missing (n) */
};

/* Cuts `steps` steps into n streams, or into fewer where there are fewer steps.  n and
 * chunk are at least 1. */
struct streams streams_cut(uint64_t steps, size_t n, size_t chunk);

/* The indexes that the streams from s->first to s->end are read from: w[*first] and the
 * next ones, so many; 0: there are no such streams. */
size_t streams_indexes(const struct streams *s, size_t *first);

/*
 * Packs frames first .. first + n - 1 of a corpus of sentences into q->b, but stops
 * before `rows` steps are exceeded; one frame is always taken.  *taken is their
 * number.  NULL or an error message of batcher_add().
 */
const char *batch_frames(struct batcher *q, const struct corpus *c, size_t first, size_t n,
    size_t rows, size_t *taken);

/* Packs chunk i of each stream from first to end into q->b.  The last streams may be
 * shorter and then missing from the last chunk.  Errors as above. */
const char *batch_chunk(struct batcher *q, const struct corpus *c, const struct streams *s,
    size_t i);

/*
 * The part of a batch that one of several workers has: sequences first .. first + n - 1 of
 * it, and the rows (steps) before them, in them, and in the whole batch.  Parts follow one
 * another in the order of the workers.
 */
struct batch_part {
	size_t first, n;
	size_t before, rows, all;
	size_t sequences_before, sequences_after;	/* those that have rows */
};

/* Of frames first .. first + n - 1, for worker `rank` of `size`, each with about as many
 * rows; and of chunk i of the streams from s->first to s->end. */
struct batch_part part_of_frames(const struct corpus *c, size_t first, size_t n, int rank,
    int size);
struct batch_part part_of_chunk(const struct streams *s, size_t i);

/* Leaves to worker `rank` of `size` its part of n streams: as many, or one more or less,
 * as each other has. */
void streams_divide(struct streams *s, size_t n, int rank, int size);

#endif
