/*
 * gemm_skinny.h - C(m,n) = A(m,k) op(B)(k,n) where C has few tiles: one step of a time
 * loop, whose rows may be anywhere in memory, or the rows of a short batch.
 *
 * A block computes a 32 x 32 tile of C.  The cost is not the operations but the latency
 * of the chain along k, so each of the block's warps sums over a part of k on its own,
 * and the parts are added in order.  The parts depend on k alone:
 * a row's result does not depend on the other rows, nor on how many there are.
 *
 * Where a block computes tiles of the same columns again and again, it keeps the first steps of
 * every warp's part of B in shared memory, as many as fit.
 *
 * A is read past the L1 cache, since another block of the same launch may have written it.
 * B is stored (n,k) with TB, a row per column of C, anywhere in memory; else (k,n).
 */
#ifndef CUDA_GEMM_SKINNY_H
#define CUDA_GEMM_SKINNY_H

#include <string.h>

#include "device.h"
#include "product.h"
#include "real.h"

enum {
	SKINNY_TILE = 32, SKINNY_DEEP = 8, SKINNY_STRIDE = SKINNY_TILE + 4,
	SKINNY_WARPS = 8, SKINNY_LANES = 32, SKINNY_THREADS = SKINNY_WARPS * SKINNY_LANES,
	SKINNY_OWN = SKINNY_TILE * SKINNY_DEEP / SKINNY_LANES / 4,	/* fours of an operand */
	SKINNY_DOWN = 8, SKINNY_ACROSS = 4,	/* elements of C per thread */
	SKINNY_HALF = SKINNY_TILE / 2,	/* rows of the tile whose sums are joined at a time */
	/* reals of shared memory: the warps' operands; then their sums, which are fewer */
	SKINNY_REALS = SKINNY_WARPS * 2 * SKINNY_DEEP * SKINNY_STRIDE,
	/* bytes of it, with the rows of both operands */
	SKINNY_BYTES = SKINNY_REALS * (int)sizeof(real) + 2 * SKINNY_TILE * (int)sizeof(real *)
};
/* bytes of a step of all warps' parts of B that is kept */
enum { SKINNY_STEP_BYTES = SKINNY_WARPS * SKINNY_DEEP * SKINNY_STRIDE * (int)sizeof(real) };
static_assert(SKINNY_WARPS * SKINNY_HALF * SKINNY_TILE <= SKINNY_REALS, "the sums fit as well");

/* The operands of a tile. */
struct skinny_operands {
	const real **rows;		/* (TILE) rows of A, in shared memory; NULL: zeros */
	const real **columns;		/* TB: (TILE) rows of B, likewise */
	const real *b;			/* else: B from the tile's first column on ... */
	size_t ld;			/* ... and the distance of its rows */
	int most;			/* ... and its columns from there on */
	bool rows_fit, b_fits;		/* is_quads() */
	real *kept;			/* (kept_steps, WARPS, DEEP, STRIDE) of B in shared memory */
	int kept_steps;
};

/* The steps of a warp's part of k. */
static __host__ __device__ inline int
skinny_steps(int k)
{
	return (k + SKINNY_WARPS * SKINNY_DEEP - 1) / (SKINNY_WARPS * SKINNY_DEEP);
}

/* Four numbers that another block may have written. */
static __device__ inline quad
skinny_read(const real *p)
{
	int4 part[sizeof(quad) / sizeof(int4)];
	quad own;

	UNROLL
	for (size_t i = 0; i < sizeof(quad) / sizeof(int4); i++)
		part[i] = __ldcg((const int4 *)p + i);
	memcpy(&own, part, sizeof(own));
	return own;
}

/* The first `inside` of the four numbers from p on, and zeros. */
static __device__ inline quad
skinny_load(const real *p, int inside, bool fits)
{
	quad own = {};

	if (fits && inside >= 4)
		return *(const quad *)p;
	UNROLL
	for (int e = 0; e < 4; e++)
		if (e < inside)
			own.x[e] = p[e];
	return own;
}

/* The operands of A from k = l0 on; zero from `end` on. */
static __device__ inline void
skinny_fetch_a(quad *own, const skinny_operands &o, int l0, int end)
{
	int lane = (int)threadIdx.x % SKINNY_LANES, l = l0 + lane % 2 * 4;

	UNROLL
	for (int q = 0; q < SKINNY_OWN; q++) {
		const real *row = o.rows[lane / 2 + q * SKINNY_HALF];

		if (row && o.rows_fit && l + 4 <= end) {
			own[q] = skinny_read(row + l);
			continue;
		}
		UNROLL
		for (int e = 0; e < 4; e++)
			own[q].x[e] = row && l + e < end ? __ldcg(row + l + e) : 0;
	}
}

/* Those of B. */
template <bool TB>
static __device__ inline void
skinny_fetch_b(quad *own, const skinny_operands &o, int l0, int end)
{
	int lane = (int)threadIdx.x % SKINNY_LANES;

	UNROLL
	for (int q = 0; q < SKINNY_OWN; q++) {
		if (TB) {
			const real *column = o.columns[lane / 2 + q * SKINNY_HALF];
			int l = l0 + lane % 2 * 4;

			own[q] = skinny_load(column + l, column ? end - l : 0, o.b_fits);
		} else {
			int l = l0 + lane / 8 + q * 4, j = lane % 8 * 4;

			own[q] = skinny_load(o.b + (size_t)l * o.ld + j, l < end ? o.most - j : 0,
			    o.b_fits);
		}
	}
}

/* Stores the operands in the warp's (DEEP, STRIDE) of shared memory.  ALONG: of rows. */
template <bool ALONG>
static __device__ inline void
skinny_keep(const quad *own, real *to)
{
	int lane = (int)threadIdx.x % SKINNY_LANES;

	UNROLL
	for (int q = 0; q < SKINNY_OWN; q++) {
		if (!ALONG)
			*(quad *)(to + (lane / 8 + q * 4) * SKINNY_STRIDE + lane % 8 * 4) = own[q];
		UNROLL
		for (int e = 0; ALONG && e < 4; e++)
			to[(lane % 2 * 4 + e) * SKINNY_STRIDE + lane / 2 + q * SKINNY_HALF] =
			    own[q].x[e];
	}
}

/* A lane computes rows 4 ty .. + 3 and those half a tile below, of columns 4 tx .. + 3. */
static __device__ inline void
skinny_multiply(const real *as, const real *bs, real sum[SKINNY_DOWN][SKINNY_ACROSS])
{
	int lane = (int)threadIdx.x % SKINNY_LANES, ty = lane / 8, tx = lane % 8;

	UNROLL
	for (int l = 0; l < SKINNY_DEEP; l++) {
		quad y = *(const quad *)(bs + l * SKINNY_STRIDE + 4 * tx), x[2];

		UNROLL
		for (int q = 0; q < 2; q++)
			x[q] = *(const quad *)(as + l * SKINNY_STRIDE + 4 * ty + q * SKINNY_HALF);
		UNROLL
		for (int i = 0; i < SKINNY_DOWN; i++)
			UNROLL
			for (int j = 0; j < SKINNY_ACROSS; j++)
				sum[i][j] = fma(x[i / 4].x[i % 4], y.x[j], sum[i][j]);
	}
}

/* Where the operands of a step are that this warp keeps. */
static __device__ inline real *
skinny_kept(const skinny_operands &o, int step)
{
	return o.kept + (step * SKINNY_WARPS + (int)threadIdx.x / SKINNY_LANES) * SKINNY_DEEP * SKINNY_STRIDE;
}

/* Keeps the first steps of this warp's part of B; for skinny_part() by the same warp. */
template <bool TB>
static __device__ inline void
skinny_keep_b(int k, const skinny_operands &o)
{
	int part = skinny_steps(k) * SKINNY_DEEP, l = (int)threadIdx.x / SKINNY_LANES * part;
	int end = l + part < k ? l + part : k;

	for (int step = 0; step < o.kept_steps; step++) {
		quad own[SKINNY_OWN];

		skinny_fetch_b<TB>(own, o, l + step * SKINNY_DEEP, end);
		skinny_keep<TB>(own, skinny_kept(o, step));
	}
	__syncwarp();
}

/* This warp's part of k, into sum. */
template <bool TB>
static __device__ inline void
skinny_part(int k, const skinny_operands &o, real *shared, real sum[SKINNY_DOWN][SKINNY_ACROSS])
{
	int warp = (int)threadIdx.x / SKINNY_LANES, part = skinny_steps(k) * SKINNY_DEEP;
	int l = warp * part, end = l + part < k ? l + part : k;
	real *as = shared + warp * 2 * SKINNY_DEEP * SKINNY_STRIDE, *bs = as + SKINNY_DEEP * SKINNY_STRIDE;
	quad own_a[SKINNY_OWN], own_b[SKINNY_OWN];

	skinny_fetch_a(own_a, o, l, end);
	for (int step = 0; step < o.kept_steps && l < end; step++, l += SKINNY_DEEP) {
		skinny_keep<true>(own_a, as);
		__syncwarp();
		skinny_fetch_a(own_a, o, l + SKINNY_DEEP, end);
		skinny_multiply(as, skinny_kept(o, step), sum);
		__syncwarp();
	}
	skinny_fetch_b<TB>(own_b, o, l, end);
	for (; l < end; l += SKINNY_DEEP) {
		skinny_keep<true>(own_a, as);
		skinny_keep<TB>(own_b, bs);
		__syncwarp();
		skinny_fetch_a(own_a, o, l + SKINNY_DEEP, end);
		skinny_fetch_b<TB>(own_b, o, l + SKINNY_DEEP, end);
		skinny_multiply(as, bs, sum);
		__syncwarp();
	}
}

/* All warps' sums of half the tile's rows, in shared memory for skinny_total(). */
static __device__ inline void
skinny_gather(const real sum[SKINNY_DOWN / 2][SKINNY_ACROSS], real *shared)
{
	int warp = (int)threadIdx.x / SKINNY_LANES, lane = (int)threadIdx.x % SKINNY_LANES;

	__syncthreads();
	UNROLL
	for (int p = 0; p < SKINNY_DOWN / 2; p++)
		*(quad *)(shared + (warp * SKINNY_HALF + lane / 8 * 4 + p) * SKINNY_TILE + lane % 8 * 4) =
		    { { sum[p][0], sum[p][1], sum[p][2], sum[p][3] } };
	__syncthreads();
}

/* Of row i of the half and column j of the tile: the warps' sums, added in order. */
static __device__ inline real
skinny_total(const real *shared, int i, int j)
{
	const real *from = shared + i * SKINNY_TILE + j;
	real all = from[0];

	UNROLL
	for (int w = 1; w < SKINNY_WARPS; w++)
		all += from[w * SKINNY_HALF * SKINNY_TILE];
	return all;
}

/* Blocks (x): tiles, those along n side by side.  B(k,n). */
template <typename STORE>
static __global__ void
__launch_bounds__(SKINNY_THREADS)
skinny_tile(product_shape shape, const real *a, const real *b, STORE store)
{
	int m = shape.m, n = shape.n, k = shape.k, across = (n + SKINNY_TILE - 1) / SKINNY_TILE;
	int i0 = (int)blockIdx.x / across * SKINNY_TILE, j0 = (int)blockIdx.x % across * SKINNY_TILE;
	real *shared = shared_memory<real>(), sum[SKINNY_DOWN][SKINNY_ACROSS] = {};
	skinny_operands o = { (const real **)(shared + SKINNY_REALS), NULL, b + j0, (size_t)n, n - j0,
	    is_quads(a, (size_t)k), is_quads(b, (size_t)n), NULL, 0 };

	if (threadIdx.x < SKINNY_TILE)
		o.rows[threadIdx.x] = i0 + (int)threadIdx.x < m ? a + (size_t)(i0 + (int)threadIdx.x) * k : NULL;
	__syncthreads();
	skinny_part<false>(k, o, shared, sum);
	for (int half = 0; half < 2; half++) {
		skinny_gather(sum + half * (SKINNY_DOWN / 2), shared);
		for (int e = (int)threadIdx.x; e < SKINNY_HALF * SKINNY_TILE; e += SKINNY_THREADS) {
			int i = i0 + half * SKINNY_HALF + e / SKINNY_TILE, j = j0 + e % SKINNY_TILE;

			if (i < m && j < n)
				store(i, j, skinny_total(shared, e / SKINNY_TILE, e % SKINNY_TILE));
		}
	}
}

/* C(m,n) = A(m,k) B(k,n). */
template <typename STORE>
static void
skinny_product(struct backend *kern, product_shape shape, const real *a, const real *b, STORE store)
{
	size_t tiles = cuda_over((size_t)shape.m, SKINNY_TILE) * cuda_over((size_t)shape.n, SKINNY_TILE);

	launch(kern, skinny_tile<STORE>, dim3((unsigned)tiles), dim3(SKINNY_THREADS), SKINNY_BYTES,
	    shape, a, b, store);
}

#endif
