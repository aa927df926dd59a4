/*
 * product_tile.h - what the tiles of a product share, however they are multiplied: functors that
 * store C's elements, the loads of operands into shared memory, and the stores.  product.h says
 * what a product is.
 */
#ifndef CUDA_PRODUCT_TILE_H
#define CUDA_PRODUCT_TILE_H

#include "device.h"
#include "real.h"

enum { PRODUCT_THREADS = 256 };

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

/* lda: reals from one stored row of A to the next; 0: the rows are adjacent. */
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

/* What computes C: kernels for quads and for numbers, of blocks of PRODUCT_THREADS. */
template <typename STORE>
struct product_kernels {
	int tile;
	size_t shared;		/* bytes */
	void (*quads)(product_shape, int slice, const real *a, const real *b, STORE store);
	void (*reals)(product_shape, int slice, const real *a, const real *b, STORE store);
};

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

/*
 * The same for a thread's EACH x EACH elements of a tile, which are in rows row(p) and columns
 * column(q) of it, four columns side by side.  A functor may have its own.
 */
template <typename ELEMENTS, bool QUADS, int EACH, typename STORE>
static __device__ inline void
product_give(product_shape shape, int i0, int j0, const real (&sum)[EACH][EACH], const STORE &store)
{
	UNROLL
	for (int p = 0; p < EACH; p++)
		UNROLL
		for (int q = 0; q < EACH; q += 4) {
			int i = i0 + ELEMENTS::row(p), j = j0 + ELEMENTS::column(q);

			if (i < shape.m)
				product_put<QUADS>(store, i, j, shape.n, sum[p] + q);
		}
}

#endif
