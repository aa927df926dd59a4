/*
 * launch_plan.h - how work is divided among the multiprocessors of a GPU, and how a
 * batch is arranged for it.  Host code only, so that it can be tested anywhere.
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
	LAUNCH_TILE = 128,	/* rows and columns of a product's larger tiles */
	LAUNCH_SLICE = 128,	/* least depth of a slice */
	LAUNCH_FUSED_THREADS = 512,
	LAUNCH_CLUSTER = 8,	/* blocks; what every GPU that has clusters can run */
	LAUNCH_FUSED_STRIDE = 100,	/* of nets whose W is in registers: h of 65 to 100 */
	LAUNCH_FUSED_WIDEST = 132,	/* of 101 to 128 */
	LAUNCH_FUSED_BPTT = 16,	/* longer truncation lengths are composed */
	LAUNCH_RUN_MOST = 1 << 14,	/* sentences per launch: its barriers are counted in 32 bits */
	LAUNCH_FUSED_LEAST = 8	/* words; with fewer the kernel does not repay its launch */
};

/*
 * The number of slices into which to cut the depth k of C(m,n) = A(m,k) B(k,n), so that
 * a small C still occupies a whole GPU.  The sums of the slices are added in order.
 * Depends on the shape alone: the same on every GPU.
 */
int launch_slices(int m, int n, int k);

/* The depth of each of `slices` slices but the last: a multiple of 4, for product.h's quads. */
int launch_slice(int k, int slices);

/* Whether C(m,n) has too few tiles for product.h, even with slices, to occupy a GPU, so that
 * gemm_skinny.h is to compute it.  Depends on the shape alone. */
bool launch_is_skinny(int m, int n);

/*
 * Multiply-adds per clock of one multiprocessor in float or double, by compute
 * capability; for later ones, an estimate from the newest known.
 */
int launch_lanes(int major, int minor, bool f64);

/* Whether the plugin has code for GPUs of this compute capability. */
static inline bool
launch_is_supported(int major, int minor)
{
	return major * 10 + minor >= 75;
}

/* begins(t): the sequence that row r is the first of, or -1. */
void launch_begins(const struct batch *b, int32_t *begins);

/* The limits of a kernel with one block per multiprocessor. */
struct launch_limits {
	int blocks;
	size_t bytes;		/* shared memory of each; 0: there can be no such kernel */
	int clusters;		/* of LAUNCH_CLUSTER blocks that run at once; -1: not yet asked */
};

/* How fused.h's kernel divides a net; most is 0 where the net does not fit. */
struct launch_plan {
	int blocks;
	int rows;		/* of V in a block, a multiple of 4 */
	int stride;		/* reals from row to row, four times an odd number */
	int most;		/* words of a sentence, a multiple of 4, and of cluster */
	int cluster;		/* LAUNCH_CLUSTER, or 1: no clusters */
	bool in_registers;	/* W, which then takes no shared memory */
	size_t bytes;		/* of shared memory */
};
struct launch_plan launch_plan_fused(const struct launch_limits *limits, int h, int v, int bptt,
    size_t size);

/* The number of consecutive sequences from `first` on of at most `most` steps; no more
 * than LAUNCH_RUN_MOST. */
int launch_run(const struct batch *b, int first, int most);

/*
 * The time-major order of the rows: the first row of every sequence, then the second
 * rows, and so on.  For each position in that order, row(t) of the batch and its
 * sequence seq(t); for each row, its position(t).  offset(longest + 1): the position
 * at which each step begins.
 */
void launch_order(const struct batch *b, int32_t *row, int32_t *seq, int32_t *position,
    int32_t *offset);

/*
 * Chains the rows of the same word: heads(t), the first row of each word in order of
 * appearance; next(t), the word's following row or -1.  where(v) is -1 throughout,
 * before and after.  Returns the number of heads.
 */
int launch_chains(const uint32_t *x, int t, int32_t *where, int32_t *heads, int32_t *next);

/*
 * Groups n items by word: item(n), in order within a group; word(n) of each group, in order
 * of appearance, and where it begins in item, begin(n + 1).  where(v) as above.  Returns the
 * number of groups.
 */
int launch_groups(const uint32_t *x, int n, int32_t *where, int32_t *word, int32_t *begin,
    int32_t *item);

#ifdef __cplusplus
}
#endif

#endif
