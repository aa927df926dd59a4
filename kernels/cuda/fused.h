/*
 * fused.h - the tutorial's SGD as one kernel for many sentences: one update
 * each, in order, with V and W in the shared memory of the multiprocessors.
 *
 * Each block, one per multiprocessor, keeps some rows of V and all of W, which is in
 * registers for floats and 64 < h <= 128 (fused_square.h); U stays in device memory.  Where
 * the GPU has clusters (cluster.h), eight blocks are one.  For each sentence of t words:
 *
 *	every block	computes all states S(t,h), redundantly: any exchange would
 *			cost more than t small products
 *	each block	the logits of its own rows of V, their exponentials
 *			against its own maximum, and with those its part of dS
 *	-- cluster	(barrier) parts are visible in the cluster; each block sums
 *			an eighth of them
 *	-- grid		(barrier) maxima, sums and parts are visible to all blocks
 *	each block	the softmax norm of each row; its slice of dS, summed
 *			from the parts in order; then, while other blocks arrive,
 *			the update of its rows of V, and the next sentence's rows of U
 *	-- grid		dS is visible
 *	some blocks	one row's error each, back over bptt rows; in clusters each
 *			cluster has all rows, and each block an eighth of them
 *	-- cluster	errors are visible in the cluster; without clusters -- grid
 *	every block	D(t,h) and the update of W, redundantly
 *	some blocks	the update of a word's row of U; every block corrects the rows
 *			it has prefetched for the next sentence by the same amount
 *
 * These are two barriers of the grid and two of clusters, or three of the grid.
 *
 * Reals per sentence through the L2 cache, of g groups (clusters, or blocks without): the
 * parts, g t h written and read once; maxima and sums, 2 g t and the targets' rows of V, read
 * by every block; dS, t h read by every cluster, or (bptt + 1) t h of errors by every block
 * without; rows of U, t h read by every block.  In a cluster, blocks read each other's
 * shared memory: t h of parts, (bptt + 1) t h of errors each.
 * Operations: 6 t v h shared by the blocks; in each of them 4 t h^2, and
 * 2 bptt h^2 one after another, for t / 8 rows at a time in clusters.
 *
 * What is added in which order, and so the last bits, depends on the number of blocks and on
 * whether there are clusters; nothing depends on which block or thread is first.
 *
 * All arrays in shared memory have rows of `stride` reals, four times an odd
 * number: threads that read fours of neighbouring rows then have no bank conflicts.
 * Elements beyond h, or beyond a block's rows of V, are zero.
 */
#ifndef CUDA_FUSED_H
#define CUDA_FUSED_H

#include <string.h>

#include "cluster.h"
#include "grid_barrier.h"
#include "params.h"
#include "product.h"
#include "launch_plan.h"

enum { FUSED_AT_ONCE = 4, FUSED_WARP = 32, FUSED_WARPS = LAUNCH_FUSED_THREADS / FUSED_WARP };

struct fused {
	int h, v, n;			/* n sentences */
	int bptt;
	real rate;
	int rows, stride, most;		/* launch_plan.h's plan */
	int cluster;			/* blocks in each; 1: there are none */
	bool in_registers;		/* W */
	const int32_t *start;		/* (n + 1) */
	const uint32_t *x, *y;		/* (start[n]) */
	real *u, *w, *out;		/* (v, h), (h, h), (v, h) of the device: U', W, V */
	/* exchanged between blocks: */
	unsigned *counter;
	real *max, *sum;		/* (most, groups) of a row's exponentials in a cluster or block */
	real *at_y, *v_y;		/* (most), (most, stride) logit and row of V of the target word */
	quad *parts;			/* (most, stride / 4, groups) of dS: a warp reads consecutive ones */
	real *errors;			/* (bptt + 1, most, stride): row r's error, i rows back; in
					 * clusters only i = 0 */
	double *logp;			/* (start[n]) */
	long long *clocks;		/* phases.h; NULL where nothing is measured */
};

/* A block's shared memory. */
struct fused_memory {
	real *v;			/* (rows, stride) */
	real *w;			/* (h to a multiple of 4, stride); nothing if W is in registers */
	real *s;			/* (1 + most, stride) a row of zeros, then the states */
	real *a;			/* (most, stride) rows of U of the next sentence; in clusters
					 * the block's part of dS after the states */
	real *e;			/* (most, rows) logits, exponentials, then P less 1 at y */
	real *d;			/* (most, stride) in the memory of e: errors of A */
	real *partial;			/* (4 threads) */
	real *delta;			/* (FUSED_AT_ONCE, stride) errors on their way back */
	real *back;			/* (bptt + 1, most / cluster, stride) in clusters: errors of the
					 * block's rows */
	real *own_max, *all_max, *factor, *scale;	/* (most) each */
	real *own_sum;			/* (most) in the memory of factor */
	uint32_t *x, *next_x, *y;	/* (most) each */
	uint32_t *known;		/* (most) whether that word of the next sentence is in this one */
	int first, valid;		/* this block's rows of V */
};

static __device__ inline quad
fused_four(const real *p)
{
	return *(const quad *)p;
}

static __device__ inline int
fused_thread(void)
{
	return (int)threadIdx.x;
}

/* What other blocks may have written: past the L1 cache. */
static __device__ inline quad
fused_ldcg(const quad *p)
{
	enum { N = sizeof(quad) / sizeof(int4) };
	int4 raw[N];
	quad x;

	UNROLL
	for (int i = 0; i < N; i++)
		raw[i] = __ldcg((const int4 *)p + i);
	memcpy(&x, raw, sizeof(x));
	return x;
}

/* Blocks or clusters that have a part of dS each; which of them this one is.  Never divided
 * by f.cluster: that would not be a constant. */
static __device__ inline int
fused_groups(const fused &f)
{
	return f.cluster > 1 ? (int)gridDim.x / LAUNCH_CLUSTER : (int)gridDim.x;
}

static __device__ inline int
fused_group(const fused &f)
{
	return f.cluster > 1 ? (int)blockIdx.x / LAUNCH_CLUSTER : (int)blockIdx.x;
}

/* The block's number in its cluster. */
static __device__ inline int
fused_rank(void)
{
	return (int)(blockIdx.x % LAUNCH_CLUSTER);
}

/* sum + a four of products */
static __device__ inline real
fused_dot(quad a, quad b, real sum)
{
	for (int i = 0; i < 4; i++)
		sum = fma(a.x[i], b.x[i], sum);
	return sum;
}

/* The result is the same in all lanes of a warp. */
static __device__ inline real
fused_warp_max(real x)
{
	for (int bit = FUSED_WARP / 2; bit; bit /= 2) {
		real other = __shfl_xor_sync(0xffffffffu, x, bit);

		x = other > x ? other : x;
	}
	return x;
}

static __device__ inline double
fused_warp_sum(double x)
{
	for (int bit = FUSED_WARP / 2; bit; bit /= 2)
		x += __shfl_xor_sync(0xffffffffu, x, bit);
	return x;
}

/*
 * Sums of four numbers over LANES lanes; each lane gets that of number lane % LANES /
 * (LANES / 4).  At first each lane hands over half of its numbers for half of the other's:
 * five or six exchanges instead of 16 or 20.
 */
template <int LANES, typename T>
static __device__ inline T
fused_sum_four(const T *x)
{
	int lane = (int)threadIdx.x;
	bool high = lane & LANES / 2, odd = lane & LANES / 4;
	T a = (high ? x[2] : x[0]) + __shfl_xor_sync(0xffffffffu, high ? x[0] : x[2], LANES / 2);
	T b = (high ? x[3] : x[1]) + __shfl_xor_sync(0xffffffffu, high ? x[1] : x[3], LANES / 2);

	a = (odd ? b : a) + __shfl_xor_sync(0xffffffffu, odd ? a : b, LANES / 4);
	UNROLL
	for (int bit = LANES / 8; bit; bit /= 2)
		a += __shfl_xor_sync(0xffffffffu, a, bit);
	return a;
}

/* The layout of shared memory; its size is in launch_plan_fused(). */
static __device__ inline fused_memory
fused_lay_out(const fused &f)
{
	int square = f.in_registers ? 0 : (f.h + 3) / 4 * 4, wide = f.rows > f.stride ? f.rows : f.stride;
	fused_memory m;

	m.v = shared_memory<real>();
	m.w = m.v + f.rows * f.stride;
	m.s = m.w + square * f.stride;
	m.a = m.s + (1 + f.most) * f.stride;
	m.d = m.e = m.a + f.most * f.stride;
	m.partial = m.e + f.most * wide;
	m.delta = m.partial + 4 * LAUNCH_FUSED_THREADS;
	m.back = m.delta + FUSED_AT_ONCE * f.stride;
	m.own_max = m.back + (f.cluster > 1 ? (f.bptt + 1) * (f.most / LAUNCH_CLUSTER) * f.stride : 0);
	m.all_max = m.own_max + f.most;
	m.own_sum = m.factor = m.all_max + f.most;
	m.scale = m.factor + f.most;
	m.x = (uint32_t *)(m.scale + f.most);
	m.next_x = m.x + f.most;
	m.y = m.next_x + f.most;
	m.known = m.y + f.most;
	m.first = (int)blockIdx.x * f.rows;
	m.valid = f.v - m.first < f.rows ? f.v - m.first : f.rows;
	m.valid = m.valid > 0 ? m.valid : 0;
	return m;
}

#endif
