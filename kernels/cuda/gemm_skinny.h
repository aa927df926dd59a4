/*
 * gemm_skinny.h - C(m,n) = A(m,k) op(B)(k,n) for one step of a walk through sequences: a
 * row a sequence, rows that lie anywhere, and the next step waits for the result.
 *
 * A block makes 32 x 32 of C.  What takes time is not the operations but one
 * thing after another along k, so each of the block's warps goes through a part
 * of k on its own, and the parts are added in order.  The parts depend on k alone:
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
	THIN_TILE = 32, THIN_DEEP = 8, THIN_STRIDE = THIN_TILE + 4,
	THIN_WARPS = 8, THIN_LANES = 32, THIN_THREADS = THIN_WARPS * THIN_LANES,
	THIN_OWN = THIN_TILE * THIN_DEEP / THIN_LANES,
	THIN_DOWN = 8, THIN_ACROSS = 4,	/* elements of C that a thread makes */
	THIN_SOME = THIN_TILE / 2,	/* rows of the tile that are added up at a time */
	/* reals of shared memory: the warps' operands; then their sums, which are fewer */
	THIN_ROOM = THIN_WARPS * 2 * THIN_DEEP * THIN_STRIDE
};
static_assert(THIN_WARPS * THIN_SOME * THIN_TILE <= THIN_ROOM, "the sums fit, too");

/* Operands of A from k = l0 on: a lane's are of rows 4 apart; zero from `end` on. */
static __device__ inline void
skinny_fetch_a(real *own, const real *const *rows, int l0, int end)
{
	int lane = (int)threadIdx.x % THIN_LANES, l = l0 + lane % THIN_DEEP;

	UNROLL
	for (int q = 0; q < THIN_OWN; q++) {
		const real *row = rows[lane / THIN_DEEP + q * (THIN_LANES / THIN_DEEP)];

		own[q] = row && l < end ? row[l] : 0;
	}
}

/* Those of B, for columns from j0 on. */
template <bool TB>
static __device__ inline void
skinny_fetch_b(real *own, const real *b, int j0, int n, int k, int l0, int end)
{
	int lane = (int)threadIdx.x % THIN_LANES;

	UNROLL
	for (int q = 0; q < THIN_OWN; q++) {
		int j = j0 + (TB ? lane / THIN_DEEP + q * (THIN_LANES / THIN_DEEP) : lane);
		int l = l0 + (TB ? lane % THIN_DEEP : q);

		own[q] = j < n && l < end ? b[TB ? (size_t)j * k + l : (size_t)l * n + j] : 0;
	}
}

/* ... into the warp's (DEEP, STRIDE) of shared memory. */
template <bool ALONG>
static __device__ inline void
skinny_keep(const real *own, real *to)
{
	int lane = (int)threadIdx.x % THIN_LANES;

	UNROLL
	for (int q = 0; q < THIN_OWN; q++) {
		int i = ALONG ? lane / THIN_DEEP + q * (THIN_LANES / THIN_DEEP) : lane;
		int l = ALONG ? lane % THIN_DEEP : q;

		to[l * THIN_STRIDE + i] = own[q];
	}
}

/* A lane makes rows 4 ty .. + 3 and those half a tile on, of columns 4 tx .. + 3. */
static __device__ inline void
skinny_multiply(const real *as, const real *bs, real sum[THIN_DOWN][THIN_ACROSS])
{
	int lane = (int)threadIdx.x % THIN_LANES, ty = lane / 8, tx = lane % 8;

	UNROLL
	for (int l = 0; l < THIN_DEEP; l++) {
		quad y = *(const quad *)(bs + l * THIN_STRIDE + 4 * tx), x[2];

		UNROLL
		for (int q = 0; q < 2; q++)
			x[q] = *(const quad *)(as + l * THIN_STRIDE + 4 * ty + q * THIN_SOME);
		UNROLL
		for (int i = 0; i < THIN_DOWN; i++)
			UNROLL
			for (int j = 0; j < THIN_ACROSS; j++)
				sum[i][j] = fma(x[i / 4].x[i % 4], y.x[j], sum[i][j]);
	}
}

/* This warp's part of k, into sum. */
template <bool TB>
static __device__ inline void
skinny_part(int n, int k, int j0, const real *const *rows, const real *b, real *shared,
    real sum[THIN_DOWN][THIN_ACROSS])
{
	int warp = (int)threadIdx.x / THIN_LANES;
	int part = (k + THIN_WARPS * THIN_DEEP - 1) / (THIN_WARPS * THIN_DEEP) * THIN_DEEP;
	int l = warp * part, end = l + part < k ? l + part : k;
	real *as = shared + warp * 2 * THIN_DEEP * THIN_STRIDE, *bs = as + THIN_DEEP * THIN_STRIDE;
	real own_a[THIN_OWN], own_b[THIN_OWN];

	skinny_fetch_a(own_a, rows, l, end);
	skinny_fetch_b<TB>(own_b, b, j0, n, k, l, end);
	for (; l < end; l += THIN_DEEP) {
		skinny_keep<true>(own_a, as);
		skinny_keep<TB>(own_b, bs);
		__syncwarp();
		skinny_fetch_a(own_a, rows, l + THIN_DEEP, end);
		skinny_fetch_b<TB>(own_b, b, j0, n, k, l + THIN_DEEP, end);
		skinny_multiply(as, bs, sum);
		__syncwarp();
	}
}

/* The warps' sums of half the tile's rows, added in order and stored. */
template <typename STORE>
static __device__ inline void
skinny_join(int m, int n, int i0, int j0, int half, const real sum[4][THIN_ACROSS], real *shared,
    const STORE &store)
{
	int warp = (int)threadIdx.x / THIN_LANES, lane = (int)threadIdx.x % THIN_LANES;

	__syncthreads();
	UNROLL
	for (int p = 0; p < 4; p++)
		UNROLL
		for (int q = 0; q < THIN_ACROSS; q++)
			shared[(warp * THIN_SOME + lane / 8 * 4 + p) * THIN_TILE + lane % 8 * 4 + q] =
			    sum[p][q];
	__syncthreads();
	for (int e = (int)threadIdx.x; e < THIN_SOME * THIN_TILE; e += THIN_THREADS) {
		int i = i0 + half * THIN_SOME + e / THIN_TILE, j = j0 + e % THIN_TILE;
		real all = shared[e];

		for (int w = 1; w < THIN_WARPS; w++)
			all += shared[w * THIN_SOME * THIN_TILE + e];
		if (i < m && j < n)
			store(i, j, all);
	}
}

/* Blocks (x): tiles, those along n side by side.  rows(i): row i of A, NULL: zeros. */
template <bool TB, typename ROWS, typename STORE>
static __global__ void
__launch_bounds__(THIN_THREADS)
skinny_tile(int m, int n, int k, ROWS rows, const real *b, STORE store)
{
	real *shared = shared_memory<real>();
	const real **at = (const real **)(shared + THIN_ROOM);		/* (TILE) */
	int across = (n + THIN_TILE - 1) / THIN_TILE;
	int i0 = (int)blockIdx.x / across * THIN_TILE, j0 = (int)blockIdx.x % across * THIN_TILE;
	real sum[THIN_DOWN][THIN_ACROSS] = {};

	if (threadIdx.x < THIN_TILE)
		at[threadIdx.x] = i0 + (int)threadIdx.x < m ? rows(i0 + (int)threadIdx.x) : NULL;
	__syncthreads();
	skinny_part<TB>(n, k, j0, at, b, shared, sum);
	skinny_join(m, n, i0, j0, 0, sum, shared, store);
	skinny_join(m, n, i0, j0, 1, sum + 4, shared, store);
}

template <bool TB, typename ROWS, typename STORE>
static void
skinny_product(struct backend *kern, int m, int n, int k, ROWS rows, const real *b, STORE store)
{
	size_t tiles = cuda_over((size_t)m, THIN_TILE) * cuda_over((size_t)n, THIN_TILE);

	launch(kern, skinny_tile<TB, ROWS, STORE>, dim3((unsigned)tiles), dim3(THIN_THREADS),
	    THIN_ROOM * sizeof(real) + THIN_TILE * sizeof(real *), m, n, k, rows, b, store);
}

#endif
