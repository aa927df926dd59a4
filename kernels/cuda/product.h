/*
 * product.h - C(m,n) = op(A)(m,k) op(B)(k,n), with a functor that stores each element.
 *
 * A block computes a tile of C and a thread EACH x EACH of its elements.  Operands go
 * through shared memory DEEP at a time, and the next ones are loaded meanwhile.  Every element is one chain of multiply-adds over k in order,
 * whatever the tile: so a row's result does not depend on the other rows, and
 * both sizes of tiles give the same bits.  The large one, in float alone (its
 * sums need all registers of a thread in double), where there are as many tiles
 * as multiprocessors: in it a thread reads 16 numbers for 64 multiply-adds, and
 * two blocks share a multiprocessor.
 *
 * Where C is small and k large, k is cut into slices (launch_plan.h), one block each; the
 * slices' sums are stored in slabs and added in order by a second kernel.
 *
 * op() by flags: TA: A is stored (k,m); TB: B is stored (n,k).
 */
#ifndef CUDA_PRODUCT_H
#define CUDA_PRODUCT_H

#include "device.h"
#include "real.h"
#include "launch_plan.h"

enum { PRODUCT_DEEP = 8, PRODUCT_SIDE = 16, PRODUCT_THREADS = PRODUCT_SIDE * PRODUCT_SIDE };

struct __align__(16) quad {
	real x[4];
};

struct product_shape {
	int m, n, k;
};

/* Functors that store element x of C(m,n) at (i, j); ld is n. */
struct product_store {
	real *c;
	size_t ld;
	__device__ void operator()(int i, int j, real x) const { c[i * ld + j] = x; }
};
struct product_biased {
	real *c;
	size_t ld;
	const real *bias;	/* (n) */
	__device__ void
	operator()(int i, int j, real x) const
	{
		c[i * ld + j] = x + bias[j];
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
		slabs[blockIdx.y * each + i * ld + j] = x;
	}
};

/*
 * Of the TILE x DEEP operands that a thread loads, the position of the first: the row
 * or column of C, and k.  ALONG: stored with k running fastest.
 */
template <int TILE, bool ALONG>
static __device__ inline int
product_i(void)
{
	return ALONG ? (int)threadIdx.x / PRODUCT_DEEP : (int)threadIdx.x % TILE;
}

template <int TILE, bool ALONG>
static __device__ inline int
product_l(void)
{
	return ALONG ? (int)threadIdx.x % PRODUCT_DEEP : (int)threadIdx.x / TILE;
}

/* This thread's operands, from (first, l0) on; zeros beyond `most` and `end`. */
template <int TILE, bool ALONG>
static __device__ inline void
product_fetch(real *own, const real *from, size_t ld, int first, int most, int l0, int end)
{
	enum { APART = PRODUCT_THREADS / (ALONG ? PRODUCT_DEEP : TILE) };
	int i = first + product_i<TILE, ALONG>(), l = l0 + product_l<TILE, ALONG>();
	const real *at = from + (ALONG ? (size_t)i * ld + l : (size_t)l * ld + i);

	UNROLL
	for (int q = 0; q < TILE * PRODUCT_DEEP / PRODUCT_THREADS; q++) {
		bool inside = ALONG ? i + q * APART < most && l < end : i < most && l + q * APART < end;

		own[q] = inside ? at[(size_t)(q * APART) * ld] : 0;
	}
}

/* Stores them in shared memory as (DEEP, TILE + 4). */
template <int TILE, bool ALONG>
static __device__ inline void
product_keep(const real *own, real *to)
{
	enum { APART = PRODUCT_THREADS / (ALONG ? PRODUCT_DEEP : TILE) };

	to += product_l<TILE, ALONG>() * (TILE + 4) + product_i<TILE, ALONG>();
	UNROLL
	for (int q = 0; q < TILE * PRODUCT_DEEP / PRODUCT_THREADS; q++)
		to[q * APART * (ALONG ? 1 : TILE + 4)] = own[q];
}

/*
 * A thread's coordinates among the SIDE x SIDE of its block: a warp is 4 x 8 of
 * them, so that it reads few numbers of either operand, many times.
 */
static __device__ inline int
product_down(void)
{
	return (int)threadIdx.x / 64 * 4 + (int)threadIdx.x % 32 / 8;
}

static __device__ inline int
product_across(void)
{
	return (int)threadIdx.x / 32 % 2 * 8 + (int)threadIdx.x % 8;
}

/* The position within the tile of a thread's element e: fours, half a tile apart. */
template <int TILE>
static __device__ inline int
product_position(int thread, int e)
{
	return thread * 4 + e % 4 + e / 4 * (TILE / 2);
}

template <int TILE, int EACH>
static __device__ inline void
product_multiply(const real *as, const real *bs, real sum[EACH][EACH])
{
	UNROLL_BY_4	/* by 8 wants more registers than half a multiprocessor's */
	for (int l = 0; l < PRODUCT_DEEP; l++) {
		quad x[EACH / 4], y[EACH / 4];

		UNROLL
		for (int q = 0; q < EACH / 4; q++) {
			x[q] = *(const quad *)(as + l * (TILE + 4) +
			    product_position<TILE>(product_down(), q * 4));
			y[q] = *(const quad *)(bs + l * (TILE + 4) +
			    product_position<TILE>(product_across(), q * 4));
		}
		UNROLL
		for (int i = 0; i < EACH; i++)
			UNROLL
			for (int j = 0; j < EACH; j++)
				sum[i][j] = fma(x[i / 4].x[i % 4], y[j / 4].x[j % 4], sum[i][j]);
	}
}

/* Shared memory for a tile's operands, double-buffered. */
template <int TILE>
static inline size_t
product_shared(void)
{
	return 2 * 2 * PRODUCT_DEEP * (TILE + 4) * sizeof(real);
}

/* store() for the elements of a tile that are in C. */
template <int TILE, int EACH, typename STORE>
static __device__ inline void
product_give(int m, int n, int i0, int j0, const real sum[EACH][EACH], const STORE &store)
{
	UNROLL
	for (int p = 0; p < EACH; p++)
		UNROLL
		for (int q = 0; q < EACH; q++) {
			int i = i0 + product_position<TILE>(product_down(), p);
			int j = j0 + product_position<TILE>(product_across(), q);

			if (i < m && j < n)
				store(i, j, sum[p][q]);
		}
}

/* Blocks (x, y): tiles, those along n side by side; slices of k. */
template <int TILE, bool TA, bool TB, typename STORE>
static __global__ void
__launch_bounds__(PRODUCT_THREADS, 2)
product_tile(int m, int n, int k, int slice, const real *a, const real *b, STORE store)
{
	enum { EACH = TILE / PRODUCT_SIDE, OWN = TILE * PRODUCT_DEEP / PRODUCT_THREADS };
	enum { HALF = 2 * PRODUCT_DEEP * (TILE + 4) };
	real *as = shared_memory<real>(), *bs = as + HALF / 2;
	int across = (n + TILE - 1) / TILE;
	int i0 = (int)blockIdx.x / across * TILE, j0 = (int)blockIdx.x % across * TILE;
	int l = (int)blockIdx.y * slice, end = l + slice < k ? l + slice : k, half = 0;
	real own_a[OWN], own_b[OWN], sum[EACH][EACH] = {};

	product_fetch<TILE, !TA>(own_a, a, TA ? m : k, i0, m, l, end);
	product_fetch<TILE, TB>(own_b, b, TB ? k : n, j0, n, l, end);
	for (; l < end; l += PRODUCT_DEEP) {
		product_keep<TILE, !TA>(own_a, as + half);
		product_keep<TILE, TB>(own_b, bs + half);
		__syncthreads();
		product_fetch<TILE, !TA>(own_a, a, TA ? m : k, i0, m, l + PRODUCT_DEEP, end);
		product_fetch<TILE, TB>(own_b, b, TB ? k : n, j0, n, l + PRODUCT_DEEP, end);
		product_multiply<TILE, EACH>(as + half, bs + half, sum);
		half = HALF - half;
	}
	product_give<TILE, EACH>(m, n, i0, j0, sum, store);
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

/* C in tiles: large ones, if they are not half empty and every multiprocessor gets one. */
template <bool TA, bool TB, typename STORE>
static void
product_tiles(struct backend *kern, product_shape shape, int slices, const real *a, const real *b,
    STORE store)
{
	int m = shape.m, n = shape.n, k = shape.k;
	int slice = (int)cuda_over((size_t)k, (size_t)slices);
	size_t large = cuda_over((size_t)m, 128) * cuda_over((size_t)n, 128);
	size_t small = cuda_over((size_t)m, 64) * cuda_over((size_t)n, 64);
	size_t most = (size_t)((struct state *)kern->ctx)->properties.multiProcessorCount;

#ifdef REAL_IS_FLOAT
	if (m > 64 && n > 64 && large * (size_t)slices >= most) {
		launch(kern, product_tile<128, TA, TB, STORE>,
		    dim3((unsigned)large, (unsigned)slices), PRODUCT_THREADS, product_shared<128>(), m, n,
		    k, slice, a, b, store);
		return;
	}
#else
	(void)large;
	(void)most;
#endif
	launch(kern, product_tile<64, TA, TB, STORE>, dim3((unsigned)small, (unsigned)slices),
	    PRODUCT_THREADS, product_shared<64>(), m, n, k, slice, a, b, store);
}

/* C, without slices. */
template <bool TA, bool TB, typename STORE>
static void
product_whole(struct backend *kern, int m, int n, int k, const real *a, const real *b, STORE store)
{
	product_tiles<TA, TB>(kern, { m, n, k }, 1, a, b, store);
}

/* C, with k in slices if that gives the device more parallel work. */
template <bool TA, bool TB, typename STORE>
static void
product(struct backend *kern, int m, int n, int k, const real *a, const real *b, STORE store)
{
	int slices = launch_slices(m, n, k);
	size_t each = (size_t)m * n;
	product_slab slab = { NULL, (size_t)n, each };

	if (slices == 1) {
		product_whole<TA, TB>(kern, m, n, k, a, b, store);
		return;
	}
	slab.slabs = (real *)cuda_buffer(kern, BUFFER_SLABS, slices * each * sizeof(real));
	product_tiles<TA, TB>(kern, { m, n, k }, slices, a, b, slab);
	launch(kern, product_join<STORE>, dim3((unsigned)cuda_over(each, 256)), dim3(256),
	    (size_t)0, n, each, slices, (const real *)slab.slabs, store);
}

#endif
