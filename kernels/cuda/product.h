/*
 * product.h - C(m,n) = op(A)(m,k) op(B)(k,n), with a functor that stores each element.
 *
 * A block computes a tile of C and a thread EACH x EACH of its elements.  Operands go
 * through shared memory `product_deep` at a time, and the next ones are loaded meanwhile.
 * Every element is one chain of multiply-adds over k in order, whatever the tile: so a
 * row's result does not depend on the other rows, and both sizes of tiles give the same
 * bits.  The large one, in float alone (its sums need all registers of a thread in
 * double), where there are as many tiles as multiprocessors: in it a thread reads 16
 * numbers for 64 multiply-adds, and two blocks share a multiprocessor.
 *
 * A thread loads four numbers of either operand at a time and stores C in fours: QUADS, in
 * accesses of 16 bytes, where all rows begin at a multiple of 16 bytes; else number by
 * number.  The sums are the same.  Rows of another number than a multiple of 4, as logits may
 * have, are to be padded to one (product_padded()): those of A with zeros, of C with anything.
 *
 * Where C is small and k large, k is cut into slices (launch_plan.h), one block each; the
 * slices' sums are stored in slabs and added in order by a second kernel.
 *
 * op() by flags: TA: A is stored (k,m); TB: B is stored (n,k).
 */
#ifndef CUDA_PRODUCT_H
#define CUDA_PRODUCT_H

#include "launch_plan.h"
#include "product_tile.h"
#ifdef REAL_IS_FLOAT
#include "gemm_tf32.h"
#endif

enum { PRODUCT_SIDE = 16 };
static_assert(PRODUCT_SIDE * PRODUCT_SIDE == PRODUCT_THREADS, "a block is a square of threads");

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

/* A thread's elements of a tile. */
template <int TILE>
struct product_elements {
	enum { IN_SPAN = 4 };

	static __device__ int row(int e) { return product_position<TILE>(product_down(), e); }
	static __device__ int column(int e) { return product_position<TILE>(product_across(), e); }
};

template <int TILE, int EACH>
static __device__ inline void
product_multiply(const real *as, const real *bs, real sum[EACH][EACH])
{
	enum { BY = TILE == 128 ? 2 : 4 };	/* with more, the registers do not suffice for two blocks */

	UNROLL_BY(BY)
	for (int l = 0; l < product_deep<TILE>; l++) {
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

/* Blocks (x, y): tiles, those along n side by side; slices of k. */
template <int TILE, bool QUADS, bool TA, bool TB, typename STORE>
static __global__ void
__launch_bounds__(PRODUCT_THREADS, 2)
product_tile(product_shape shape, int slice, const real *a, const real *b, STORE store)
{
	enum { EACH = TILE / PRODUCT_SIDE, DEEP = product_deep<TILE>, HALF = 2 * DEEP * (TILE + 4) };
	int m = shape.m, n = shape.n, k = shape.k, across = (n + TILE - 1) / TILE;
	int i0 = (int)blockIdx.x / across * TILE, j0 = (int)blockIdx.x % across * TILE;
	int l = (int)blockIdx.y * slice, end = l + slice < k ? l + slice : k, half = 0;
	const product_operand x = { a, shape.lda, i0, m }, y = { b, (size_t)(TB ? k : n), j0, n };
	real *as = shared_memory<real>(), *bs = as + HALF / 2, sum[EACH][EACH] = {};
	quad own_a = product_fetch<TILE, !TA, QUADS>(x, l, end);
	quad own_b = product_fetch<TILE, TB, QUADS>(y, l, end);

	for (; l < end; l += DEEP) {
		product_keep<TILE, !TA, QUADS>(own_a, as + half);
		product_keep<TILE, TB, QUADS>(own_b, bs + half);
		__syncthreads();
		own_a = product_fetch<TILE, !TA, QUADS>(x, l + DEEP, end);
		own_b = product_fetch<TILE, TB, QUADS>(y, l + DEEP, end);
		product_multiply<TILE, EACH>(as + half, bs + half, sum);
		half = HALF - half;
	}
	product_give<product_elements<TILE>, QUADS>(shape, i0, j0, sum, store);
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

/* Whether both operands and C consist of quads. */
template <bool TA, bool TB, typename STORE>
static bool
product_has_quads(product_shape shape, const real *a, const real *b, const STORE &store)
{
	bool fits = is_quads(a, shape.lda) && is_quads(b, (size_t)(TB ? shape.k : shape.n));

	if constexpr (STORE::FOURS)
		fits = fits && store.takes_quads();
	return fits;
}

/* Tiles of this size, whose operands are double-buffered in shared memory. */
template <int TILE, bool TA, bool TB, typename STORE>
static product_kernels<STORE>
product_kernels_of(void)
{
	return { TILE, 2 * 2 * product_deep<TILE> * (TILE + 4) * sizeof(real),
	    product_tile<TILE, true, TA, TB, STORE>, product_tile<TILE, false, TA, TB, STORE> };
}

template <bool TA, bool TB, typename STORE>
static void
product_launch(struct backend *kern, const product_kernels<STORE> &with, product_shape shape,
    int slices, const real *a, const real *b, STORE store)
{
	size_t side = (size_t)with.tile;
	size_t tiles = cuda_over((size_t)shape.m, side) * cuda_over((size_t)shape.n, side);
	int slice = launch_slice(shape.k, slices);
	bool quads;

	if (shape.lda == 0)
		shape.lda = (size_t)(TA ? shape.m : shape.k);
	quads = product_has_quads<TA, TB>(shape, a, b, store);
	launch(kern, quads ? with.quads : with.reals, dim3((unsigned)tiles, (unsigned)slices),
	    PRODUCT_THREADS, with.shared, shape, slice, a, b, store);
}

/* C in tiles: large ones, if they are not half empty and every multiprocessor gets one; or those
 * of gemm_tf32.h, if these were asked for. */
template <bool TA, bool TB, typename STORE>
static void
product_tiles(struct backend *kern, product_shape shape, int slices, const real *a, const real *b,
    STORE store)
{
#ifdef REAL_IS_FLOAT
	size_t large = cuda_over((size_t)shape.m, 128) * cuda_over((size_t)shape.n, 128);
	const struct state *s = (const struct state *)kern->ctx;
	size_t most = (size_t)s->properties.multiProcessorCount;

	if (s->tf32) {
		product_launch<TA, TB>(kern, tf32_kernels<TA, TB, STORE>(), shape, slices, a, b, store);
		return;
	}
	if (shape.m > 64 && shape.n > 64 && large * (size_t)slices >= most) {
		product_launch<TA, TB>(kern, product_kernels_of<128, TA, TB, STORE>(), shape, slices, a, b, store);
		return;
	}
#endif
	product_launch<TA, TB>(kern, product_kernels_of<64, TA, TB, STORE>(), shape, slices, a, b, store);
}

/* C, without slices. */
template <bool TA, bool TB, typename STORE>
static void
product_whole(struct backend *kern, product_shape shape, const real *a, const real *b, STORE store)
{
	product_tiles<TA, TB>(kern, shape, 1, a, b, store);
}

/* C, with k in slices if that gives the device more parallel work. */
template <bool TA, bool TB, typename STORE>
static void
product(struct backend *kern, product_shape shape, const real *a, const real *b, STORE store)
{
	int n = shape.n, slices = launch_slices(shape.m, n, shape.k);
	size_t each = (size_t)shape.m * n;
	product_slab slab = { NULL, (size_t)n, each };

	if (slices == 1) {
		product_whole<TA, TB>(kern, shape, a, b, store);
		return;
	}
	slab.slabs = (real *)cuda_buffer(kern, BUFFER_SLABS, slices * each * sizeof(real));
	product_tiles<TA, TB>(kern, shape, slices, a, b, slab);
	launch(kern, product_join<STORE>, dim3((unsigned)cuda_over(each, 256)), dim3(256),
	    (size_t)0, n, each, slices, (const real *)slab.slabs, store);
}

#endif
