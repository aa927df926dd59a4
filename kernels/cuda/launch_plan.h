/*
 * launch_plan.h - the arithmetic of sharing work among the parts of a GPU, and of
 * arranging a batch for it.  Host code only, so that it can be tested anywhere.
 */
#ifndef CUDA_LAUNCH_PLAN_H
#define CUDA_LAUNCH_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "batch.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
	SHARE_TILE = 128,	/* rows and columns of a product's larger tiles */
	SHARE_SLICE = 128,	/* least depth of a slice */
	SHARE_FUSED_THREADS = 512,
	SHARE_FUSED_BPTT = 16,	/* errors that go back further go row by row elsewhere */
	SHARE_RUN_MOST = 1 << 14,	/* sentences a launch: its barriers are counted in 32 bits */
	SHARE_FUSED_LEAST = 8	/* words; for fewer the kernel is not worth its start */
};

/*
 * Into how many slices to cut the depth k of C(m,n) = A(m,k) B(k,n), so that a
 * small C still gives work to a whole GPU.  The sums of the slices are added
 * in order.  By the shape alone: the same on every GPU.
 */
int launch_slices(int m, int n, int k);

/*
 * Multiply-adds a clock of one multiprocessor in float or double, by compute
 * capability; a guess from the newest that is known for those that came later.
 */
int launch_lanes(int major, int minor, bool f64);

/* begins(t): the sequence that row r is the first of, or -1. */
void launch_begins(const struct batch *b, int32_t *begins);

/* What a kernel with a block for each multiprocessor may have. */
struct launch_room {
	int blocks;
	size_t bytes;		/* shared memory of each; 0: there can be no such kernel */
};

/* How fused.h's kernel shares a net; most is 0 where the net is not for it. */
struct launch_plan {
	int blocks;
	int rows;		/* of V in a block, a multiple of 4 */
	int stride;		/* reals from row to row, four times an odd number */
	int most;		/* words of a sentence, a multiple of 4 */
	size_t bytes;		/* of shared memory */
};
struct launch_plan launch_plan_fused(const struct launch_room *room, int h, int v, int bptt,
    size_t size);

/* How many sequences from `first` on have `most` steps at most, one after another; RUN_MOST
 * at most. */
int launch_run(const struct batch *b, int first, int most);

/*
 * Rows in the order of a walk through all sequences at once: those that are
 * first in theirs, then those that are second, and so on.  For each
 * place in that order row(t) of the batch and its sequence seq(t); for each row
 * its place(t).  offset(longest + 1): where the rows of each step begin.
 */
void launch_order(const struct batch *b, int32_t *row, int32_t *seq, int32_t *place,
    int32_t *offset);

/*
 * Rows of the same word as chains: heads(t) the first row of each word, in
 * order of appearance, next(t) the following row or -1.  where(v) is -1
 * throughout before and after.  Gives how many heads.
 */
int launch_chains(const uint32_t *x, int t, int32_t *where, int32_t *heads, int32_t *next);

#ifdef __cplusplus
}
#endif

#endif
