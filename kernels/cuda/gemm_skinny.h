/*
 * gemm_skinny.h - C(m,n) = A(m,k) op(B)(k,n) for one step of a time loop: one row per
 * sequence, rows anywhere in memory, and the next step waits for the result.
 *
 * A block computes a 32 x 32 tile of C.  The cost is not the operations but the latency
 * of the chain along k, so each of the block's warps sums over a part of k on its own,
 * and the parts are added in order.  The parts depend on k alone:
 * a row's result does not depend on the other rows, nor on how many there are.
 *
 * B is stored (n,k) with TB, else (k,n).
 */
#ifndef CUDA_GEMM_SKINNY_H
#define CUDA_GEMM_SKINNY_H

#include "device.h"
#include "product.h"
#include "real.h"

enum {
	SKINNY_TILE = 32, SKINNY_DEEP = 8, SKINNY_STRIDE = SKINNY_TILE + 4,
	SKINNY_WARPS = 8, SKINNY_LANES = 32, SKINNY_THREADS = SKINNY_WARPS * SKINNY_LANES,
	SKINNY_OWN = SKINNY_TILE * SKINNY_DEEP / SKINNY_LANES,
	SKINNY_DOWN = 8, SKINNY_ACROSS = 4,	/* elements of C per thread */
	SKINNY_HALF = SKINNY_TILE / 2,	/* rows of the tile whose sums are joined at a time */
	/* reals of shared memory: the warps' operands; then their sums, which are fewer */
	SKINNY_REALS = SKINNY_WARPS * 2 * SKINNY_DEEP * SKINNY_STRIDE
};
static_assert(SKINNY_WARPS * SKINNY_HALF * SKINNY_TILE <= SKINNY_REALS, "the sums fit as well");

/* Operands of A from k = l0 on: a lane's are of rows 4 apart; zero from `end` on. */
static __device__ inline void
skinny_fetch_a(real *own, const real *const *rows, int l0, int end)
{
	int lane = (int)threadIdx.x % SKINNY_LANES, l = l0 + lane % SKINNY_DEEP;

	UNROLL
	for (int q = 0; q < SKINNY_OWN; q++) {
		const real *row = rows[lane / SKINNY_DEEP + q * (SKINNY_LANES / SKINNY_DEEP)];

		own[q] = row && l < end ? row[l] : 0;
	}
}

/* Those of B, for columns from j0 on. */
template <bool TB>
static __device__ inline void
skinny_fetch_b(real *own, const real *b, int j0, int n, int k, int l0, int end)
{
	int lane = (int)threadIdx.x % SKINNY_LANES;

	UNROLL
	for (int q = 0; q < SKINNY_OWN; q++) {
		int j = j0 + (TB ? lane / SKINNY_DEEP + q * (SKINNY_LANES / SKINNY_DEEP) : lane);
		int l = l0 + (TB ? lane % SKINNY_DEEP : q);

		own[q] = j < n && l < end ? b[TB ? (size_t)j * k + l : (size_t)l * n + j] : 0;
	}
}

/* Stores the operands in the warp's (DEEP, STRIDE) of shared memory. */
template <bool ALONG>
static __device__ inline void
skinny_keep(const real *own, real *to)
{
	int lane = (int)threadIdx.x % SKINNY_LANES;

	UNROLL
	for (int q = 0; q < SKINNY_OWN; q++) {
		int i = ALONG ? lane / SKINNY_DEEP + q * (SKINNY_LANES / SKINNY_DEEP) : lane;
		int l = ALONG ? lane % SKINNY_DEEP : q;

		to[l * SKINNY_STRIDE + i] = own[q];
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

/* This warp's part of k, into sum. */
template <bool TB>
static __device__ inline void
skinny_part(int n, int k, int j0, const real *const *rows, const real *b, real *shared,
    real sum[SKINNY_DOWN][SKINNY_ACROSS])
{
	int warp = (int)threadIdx.x / SKINNY_LANES;
	int part = (k + SKINNY_WARPS * SKINNY_DEEP - 1) / (SKINNY_WARPS * SKINNY_DEEP) * SKINNY_DEEP;
	int l = warp * part, end = l + part < k ? l + part : k;
	real *as = shared + warp * 2 * SKINNY_DEEP * SKINNY_STRIDE, *bs = as + SKINNY_DEEP * SKINNY_STRIDE;
	real own_a[SKINNY_OWN], own_b[SKINNY_OWN];

	skinny_fetch_a(own_a, rows, l, end);
	skinny_fetch_b<TB>(own_b, b, j0, n, k, l, end);
	for (; l < end; l += SKINNY_DEEP) {
		skinny_keep<true>(own_a, as);
		skinny_keep<TB>(own_b, bs);
		__syncwarp();
		skinny_fetch_a(own_a, rows, l + SKINNY_DEEP, end);
		skinny_fetch_b<TB>(own_b, b, j0, n, k, l + SKINNY_DEEP, end);
		skinny_multiply(as, bs, sum);
		__syncwarp();
	}
}

/* Adds the warps' sums of half the tile's rows, from row i0 on, in order; stores them. */
template <typename STORE>
static __device__ inline void
skinny_join(int m, int n, int i0, int j0, const real sum[4][SKINNY_ACROSS], real *shared,
    const STORE &store)
{
	int warp = (int)threadIdx.x / SKINNY_LANES, lane = (int)threadIdx.x % SKINNY_LANES;

	__syncthreads();
	UNROLL
	for (int p = 0; p < 4; p++)
		UNROLL
		for (int q = 0; q < SKINNY_ACROSS; q++)
			shared[(warp * SKINNY_HALF + lane / 8 * 4 + p) * SKINNY_TILE + lane % 8 * 4 + q] =
			    sum[p][q];
	__syncthreads();
	for (int e = (int)threadIdx.x; e < SKINNY_HALF * SKINNY_TILE; e += SKINNY_THREADS) {
		int i = i0 + e / SKINNY_TILE, j = j0 + e % SKINNY_TILE;
		real all = shared[e];

		for (int w = 1; w < SKINNY_WARPS; w++)
			all += shared[w * SKINNY_HALF * SKINNY_TILE + e];
		if (i < m && j < n)
			store(i, j, all);
	}
}

/* Blocks (x): tiles, those along n side by side.  rows(i): row i of A, NULL: zeros. */
template <bool TB, typename ROWS, typename STORE>
static __global__ void
__launch_bounds__(SKINNY_THREADS)
skinny_tile(int m, int n, int k, ROWS rows, const real *b, STORE store)
{
	real *shared = shared_memory<real>();
	const real **at = (const real **)(shared + SKINNY_REALS);		/* (TILE) */
	int across = (n + SKINNY_TILE - 1) / SKINNY_TILE;
	int i0 = (int)blockIdx.x / across * SKINNY_TILE, j0 = (int)blockIdx.x % across * SKINNY_TILE;
	real sum[SKINNY_DOWN][SKINNY_ACROSS] = {};

	if (threadIdx.x < SKINNY_TILE)
		at[threadIdx.x] = i0 + (int)threadIdx.x < m ? rows(i0 + (int)threadIdx.x) : NULL;
	__syncthreads();
	skinny_part<TB>(n, k, j0, at, b, shared, sum);
	skinny_join(m, n, i0, j0, sum, shared, store);
	skinny_join(m, n, i0 + SKINNY_HALF, j0, sum + 4, shared, store);
}

template <bool TB, typename ROWS, typename STORE>
static void
skinny_product(struct backend *kern, int m, int n, int k, ROWS rows, const real *b, STORE store)
{
	size_t tiles = cuda_over((size_t)m, SKINNY_TILE) * cuda_over((size_t)n, SKINNY_TILE);

	launch(kern, skinny_tile<TB, ROWS, STORE>, dim3((unsigned)tiles), dim3(SKINNY_THREADS),
	    SKINNY_REALS * sizeof(real) + SKINNY_TILE * sizeof(real *), m, n, k, rows, b, store);
}

#endif
