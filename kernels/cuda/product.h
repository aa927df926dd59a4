/*
 * product.h - C(m,n) = op(A)(m,k) op(B)(k,n), and what becomes of each element.
 *
 * A block makes a tile of C; a thread makes EACH x EACH of its elements, whose
 * operands go through shared memory DEEP at a time, the next of them on their
 * way meanwhile.  Every element is one chain of multiply-adds over k in order,
 * whatever the tile: so a row's result does not depend on the other rows, and
 * both sizes of tiles give the same bits.
 *
 * Where C is small and k large, k is cut in slices (share.h), a block each; the
 * slices' sums lie in slabs and are added in order by a second kernel.
 *
 * op() by flags: TA: A is stored (k,m); TB: B is stored (n,k).
 */
#ifndef CUDA_PRODUCT_H
#define CUDA_PRODUCT_H

#include "device.h"
#include "real.h"
#include "share.h"

enum { PRODUCT_DEEP = 16, PRODUCT_SIDE = 16, PRODUCT_THREADS = PRODUCT_SIDE * PRODUCT_SIDE };

struct __align__(16) quad {
	real x[4];
};

/* What to do with element x at (i, j) of C(m,n); ld is n. */
struct product_store {
	real *c;
	size_t ld;
	__device__ void operator()(int i, int j, real x) const { c[i * ld + j] = x; }
};
struct product_biased {
	real *c;
	size_t ld;
	const real *bias;	/* (n), or NULL */
	__device__ void
	operator()(int i, int j, real x) const
	{
		c[i * ld + j] = bias ? x + bias[j] : x;
	}
};
struct product_add {
	real *c;
	size_t ld;
	__device__ void operator()(int i, int j, real x) const { c[i * ld + j] += x; }
};
struct product_slab {
	real *slabs;		/* (slices, m, n) */
	size_t ld, each;	/* n, m n */
	__device__ void
	operator()(int i, int j, real x) const
	{
		slabs[blockIdx.z * each + i * ld + j] = x;
	}
};

/*
 * TILE x DEEP operands from (first, l0) on, each thread its share; zero beyond
 * `most` and `end`.  ALONG: stored with k running fastest.
 */
template <int TILE, bool ALONG>
static __device__ inline void
product_fetch(real *own, const real *from, size_t ld, int first, int most, int l0, int end)
{
	for (int q = 0; q < TILE * PRODUCT_DEEP / PRODUCT_THREADS; q++) {
		int e = (int)threadIdx.x + q * PRODUCT_THREADS;
		int i = first + (ALONG ? e / PRODUCT_DEEP : e % TILE);
		int l = l0 + (ALONG ? e % PRODUCT_DEEP : e / TILE);

		own[q] = i < most && l < end ? from[ALONG ? i * ld + l : l * ld + i] : 0;
	}
}

/* ... and into shared memory as (DEEP, TILE + 4). */
template <int TILE, bool ALONG>
static __device__ inline void
product_keep(const real *own, real *to)
{
	for (int q = 0; q < TILE * PRODUCT_DEEP / PRODUCT_THREADS; q++) {
		int e = (int)threadIdx.x + q * PRODUCT_THREADS;
		int i = ALONG ? e / PRODUCT_DEEP : e % TILE;
		int l = ALONG ? e % PRODUCT_DEEP : e / TILE;

		to[l * (TILE + 4) + i] = own[q];
	}
}

/* The place in the tile of a thread's element e: fours, half a tile apart. */
template <int TILE>
static __device__ inline int
product_place(int thread, int e)
{
	return thread * 4 + e % 4 + e / 4 * (TILE / 2);
}

template <int TILE, int EACH>
static __device__ inline void
product_multiply(const real *as, const real *bs, real sum[EACH][EACH])
{
	int ty = (int)threadIdx.x / PRODUCT_SIDE, tx = (int)threadIdx.x % PRODUCT_SIDE;

	for (int l = 0; l < PRODUCT_DEEP; l++) {
		quad x[EACH / 4], y[EACH / 4];

		for (int q = 0; q < EACH / 4; q++) {
			x[q] = *(const quad *)(as + l * (TILE + 4) + product_place<TILE>(ty, q * 4));
			y[q] = *(const quad *)(bs + l * (TILE + 4) + product_place<TILE>(tx, q * 4));
		}
		for (int i = 0; i < EACH; i++)
			for (int j = 0; j < EACH; j++)
				sum[i][j] = fma(x[i / 4].x[i % 4], y[j / 4].x[j % 4], sum[i][j]);
	}
}

/* Shared memory of a tile's operands. */
template <int TILE>
static inline size_t
product_shared(void)
{
	return 2 * PRODUCT_DEEP * (TILE + 4) * sizeof(real);
}

/* Blocks (x, y, z): tiles along n, tiles along m, slices of k. */
template <int TILE, bool TA, bool TB, typename STORE>
static __global__ void
__launch_bounds__(PRODUCT_THREADS)
product_tile(int m, int n, int k, int slice, const real *a, const real *b, STORE store)
{
	enum { EACH = TILE / PRODUCT_SIDE, OWN = TILE * PRODUCT_DEEP / PRODUCT_THREADS };
	real *as = shared_memory<real>(), *bs = as + PRODUCT_DEEP * (TILE + 4);
	int i0 = (int)blockIdx.y * TILE, j0 = (int)blockIdx.x * TILE;
	int ty = (int)threadIdx.x / PRODUCT_SIDE, tx = (int)threadIdx.x % PRODUCT_SIDE;
	int l = (int)blockIdx.z * slice, end = l + slice < k ? l + slice : k;
	real own_a[OWN], own_b[OWN], sum[EACH][EACH] = {};

	product_fetch<TILE, !TA>(own_a, a, TA ? m : k, i0, m, l, end);
	product_fetch<TILE, TB>(own_b, b, TB ? k : n, j0, n, l, end);
	for (; l < end; l += PRODUCT_DEEP) {
		product_keep<TILE, !TA>(own_a, as);
		product_keep<TILE, TB>(own_b, bs);
		__syncthreads();
		product_fetch<TILE, !TA>(own_a, a, TA ? m : k, i0, m, l + PRODUCT_DEEP, end);
		product_fetch<TILE, TB>(own_b, b, TB ? k : n, j0, n, l + PRODUCT_DEEP, end);
		product_multiply<TILE, EACH>(as, bs, sum);
		__syncthreads();
	}
	for (int p = 0; p < EACH; p++)
		for (int q = 0; q < EACH; q++) {
			int i = i0 + product_place<TILE>(ty, p);
			int j = j0 + product_place<TILE>(tx, q);

			if (i < m && j < n)
				store(i, j, sum[p][q]);
		}
}

/* store(sum of the slabs) */
template <typename STORE>
static __global__ void
product_join(int n, size_t each, int slices, const real *slabs, STORE store)
{
	size_t e = (size_t)blockIdx.x * blockDim.x + threadIdx.x;
	real sum = 0;

	if (e >= each)
		return;
	for (int i = 0; i < slices; i++)
		sum += slabs[i * each + e];
	store((int)(e / n), (int)(e % n), sum);
}

/* All of k at once. */
template <bool TA, bool TB, typename STORE>
static void
product_whole(struct kern *kern, int m, int n, int k, const real *a, const real *b, STORE store)
{
	bool large = m >= 512 && n >= 256;
	size_t tile = large ? 128 : 64;
	dim3 grid((unsigned)cuda_over((size_t)n, tile), (unsigned)cuda_over((size_t)m, tile));

	if (large)
		launch(kern, product_tile<128, TA, TB, STORE>, grid, PRODUCT_THREADS,
		    product_shared<128>(), m, n, k, k, a, b, store);
	else
		launch(kern, product_tile<64, TA, TB, STORE>, grid, PRODUCT_THREADS,
		    product_shared<64>(), m, n, k, k, a, b, store);
}

/* ... or in slices, if that gives the device more to do. */
template <bool TA, bool TB, typename STORE>
static void
product(struct kern *kern, int m, int n, int k, const real *a, const real *b, STORE store)
{
	int slices = share_slices(m, n, k);
	int slice = (int)cuda_over((size_t)k, (size_t)slices);
	size_t each = (size_t)m * n;
	dim3 grid((unsigned)cuda_over((size_t)n, 64), (unsigned)cuda_over((size_t)m, 64),
	    (unsigned)slices);
	product_slab slab = { NULL, (size_t)n, each };

	if (slices == 1) {
		product_whole<TA, TB>(kern, m, n, k, a, b, store);
		return;
	}
	slab.slabs = (real *)cuda_buffer(kern, BUFFER_SLABS, slices * each * sizeof(real));
	launch(kern, product_tile<64, TA, TB, product_slab>, grid, PRODUCT_THREADS,
	    product_shared<64>(), m, n, k, slice, a, b, slab);
	launch(kern, product_join<STORE>, dim3((unsigned)cuda_over(each, 256)), dim3(256),
	    (size_t)0, n, each, slices, (const real *)slab.slabs, store);
}

#endif
