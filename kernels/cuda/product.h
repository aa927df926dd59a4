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

#include "device.h"
#include "real.h"
#include "launch_plan.h"

enum { PRODUCT_SIDE = 16, PRODUCT_THREADS = PRODUCT_SIDE * PRODUCT_SIDE };

/* The depth at which the threads' fours are a tile's operands. */
template <int TILE>
constexpr int product_deep = 4 * PRODUCT_THREADS / TILE;

struct __align__(16) quad {
	real x[4];
};

/* Whether a matrix consists of quads, its rows being ld reals apart. */
static __host__ __device__ inline bool
is_quads(const real *p, size_t ld)
{
	return (size_t)p % 16 == 0 && ld % 4 == 0;
}

/* The reals from one row to the next that make rows of n quads. */
static inline size_t
product_padded(size_t n)
{
	return (n + 3) / 4 * 4;
}

/* lda: reals from row to row of A as it is stored; 0: the rows are adjacent. */
struct product_shape {
	int m, n, k;
	size_t lda = 0;
};

/*
 * Functors that store element x of C(m,n) at (i, j), or, those with FOURS, the four elements
 * from there on if takes_quads(); ld: from row to row of C, which has room for the last four.
 */
struct product_store {
	enum { FOURS = true };
	real *c;
	size_t ld;
	bool takes_quads() const { return is_quads(c, ld); }
	__device__ void operator()(int i, int j, real x) const { c[i * ld + j] = x; }
	__device__ void operator()(int i, int j, quad x) const { *(quad *)(c + i * ld + j) = x; }
};
struct product_biased {
	enum { FOURS = true };
	real *c;
	size_t ld;
	const real *bias;	/* (n) */
	bool takes_quads() const { return is_quads(c, ld) && is_quads(bias, 0); }
	__device__ void
	operator()(int i, int j, real x) const
	{
		c[i * ld + j] = x + bias[j];
	}
	__device__ void
	operator()(int i, int j, quad x) const
	{
		quad by = *(const quad *)(bias + j);

		UNROLL
		for (int e = 0; e < 4; e++)
			x.x[e] += by.x[e];
		*(quad *)(c + i * ld + j) = x;
	}
};
struct product_add {
	enum { FOURS = true };
	real *c;
	size_t ld;
	bool takes_quads() const { return is_quads(c, ld); }
	__device__ void operator()(int i, int j, real x) const { c[i * ld + j] += x; }
	__device__ void
	operator()(int i, int j, quad x) const
	{
		quad sum = *(const quad *)(c + i * ld + j);

		UNROLL
		for (int e = 0; e < 4; e++)
			sum.x[e] += x.x[e];
		*(quad *)(c + i * ld + j) = sum;
	}
};
struct product_slab {
	enum { FOURS = true };
	real *slabs;		/* (slices, m, n) */
	size_t ld, each;	/* n, m n: the rows of slabs are adjacent */
	bool takes_quads() const { return is_quads(slabs, ld); }
	__device__ real *at(int i, int j) const { return slabs + blockIdx.y * each + i * ld + j; }
	__device__ void operator()(int i, int j, real x) const { *at(i, j) = x; }
	__device__ void operator()(int i, int j, quad x) const { *(quad *)at(i, j) = x; }
};

/* An operand of a tile: rows or columns of C from `first` on, of `most`. */
struct product_operand {
	const real *p;
	size_t ld;
	int first, most;
};

/*
 * Of the TILE x product_deep operands, those that a thread loads: the position of the first,
 * i being the row or column of C and l that of k, and of the next ones, by di and dl.  ALONG:
 * stored with k running fastest.  With QUADS they are adjacent in memory; a warp that reads
 * them ALONG reads eight from each of 16 rows, and stores them without bank conflicts.
 */
template <int TILE, bool ALONG, bool QUADS>
struct product_four {
	enum { T = PRODUCT_THREADS, DEEP = product_deep<TILE> };
	enum { DI = QUADS ? !ALONG : ALONG ? T / DEEP : TILE / 4, DL = QUADS && ALONG };
	int i, l;

	__device__
	product_four(void)
	{
		int t = (int)threadIdx.x;

		if (ALONG) {
			i = QUADS ? t / 2 % TILE : t / DEEP;
			l = QUADS ? t % 2 * 4 + t / (2 * TILE) * 8 : t % DEEP;
		} else {
			i = t % (TILE / 4) * (QUADS ? 4 : 1);
			l = t / (TILE / 4);
		}
	}
};

/* This thread's operands, from l0 on; zeros beyond `most` and `end`. */
template <int TILE, bool ALONG, bool QUADS>
static __device__ inline quad
product_fetch(const product_operand &o, int l0, int end)
{
	const product_four<TILE, ALONG, QUADS> four;
	int i = o.first + four.i, l = l0 + four.l;
	const real *at = o.p + (ALONG ? (size_t)i * o.ld + l : (size_t)l * o.ld + i);
	quad own = {};

	if (QUADS && i < o.most && l < end)
		own = *(const quad *)at;
	UNROLL
	for (int e = 0; !QUADS && e < 4; e++)
		if (i + e * four.DI < o.most && l < end)
			own.x[e] = at[(size_t)(e * four.DI) * (ALONG ? o.ld : 1)];
	return own;
}

/* Stores them in shared memory as (product_deep, TILE + 4). */
template <int TILE, bool ALONG, bool QUADS>
static __device__ inline void
product_keep(quad own, real *to)
{
	const product_four<TILE, ALONG, QUADS> four;

	to += four.l * (TILE + 4) + four.i;
	if (QUADS && !ALONG)
		*(quad *)to = own;
	UNROLL
	for (int e = 0; (!QUADS || ALONG) && e < 4; e++)
		to[e * (four.DL * (TILE + 4) + four.DI)] = own.x[e];
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

/* Shared memory for a tile's operands, double-buffered. */
template <int TILE>
static inline size_t
product_shared(void)
{
	return 2 * 2 * product_deep<TILE> * (TILE + 4) * sizeof(real);
}

/* store() for four elements of a row, those that are in C. */
template <bool QUADS, typename STORE>
static __device__ inline void
product_put(const STORE &store, int i, int j, int n, const real *x)
{
	if constexpr (QUADS && STORE::FOURS) {
		if (j < n)
			store(i, j, quad{ { x[0], x[1], x[2], x[3] } });
	} else {
		UNROLL
		for (int e = 0; e < 4; e++)
			if (j + e < n)
				store(i, j + e, x[e]);
	}
}

/* The same for a thread's elements of a tile; a functor may have its own. */
template <int TILE, int EACH, bool QUADS, typename STORE>
static __device__ inline void
product_give(product_shape shape, int i0, int j0, const real sum[EACH][EACH], const STORE &store)
{
	UNROLL
	for (int p = 0; p < EACH; p++)
		UNROLL
		for (int q = 0; q < EACH; q += 4) {
			int i = i0 + product_position<TILE>(product_down(), p);
			int j = j0 + product_position<TILE>(product_across(), q);

			if (i < shape.m)
				product_put<QUADS>(store, i, j, shape.n, sum[p] + q);
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
	product_give<TILE, EACH, QUADS>(shape, i0, j0, sum, store);
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

template <int TILE, bool TA, bool TB, typename STORE>
static void
product_launch(struct backend *kern, product_shape shape, int slices, const real *a, const real *b,
    STORE store)
{
	size_t tiles = cuda_over((size_t)shape.m, TILE) * cuda_over((size_t)shape.n, TILE);
	int slice = launch_slice(shape.k, slices);
	bool quads;

	if (shape.lda == 0)
		shape.lda = (size_t)(TA ? shape.m : shape.k);
	quads = product_has_quads<TA, TB>(shape, a, b, store);
	launch(kern, quads ? product_tile<TILE, true, TA, TB, STORE> : product_tile<TILE, false, TA, TB, STORE>,
	    dim3((unsigned)tiles, (unsigned)slices), PRODUCT_THREADS, product_shared<TILE>(), shape, slice,
	    a, b, store);
}

/* C in tiles: large ones, if they are not half empty and every multiprocessor gets one. */
template <bool TA, bool TB, typename STORE>
static void
product_tiles(struct backend *kern, product_shape shape, int slices, const real *a, const real *b,
    STORE store)
{
#ifdef REAL_IS_FLOAT
	size_t large = cuda_over((size_t)shape.m, 128) * cuda_over((size_t)shape.n, 128);
	size_t most = (size_t)((struct state *)kern->ctx)->properties.multiProcessorCount;

	if (shape.m > 64 && shape.n > 64 && large * (size_t)slices >= most) {
		product_launch<128, TA, TB>(kern, shape, slices, a, b, store);
		return;
	}
#endif
	product_launch<64, TA, TB>(kern, shape, slices, a, b, store);
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
