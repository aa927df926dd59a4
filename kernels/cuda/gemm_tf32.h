/*
 * gemm_tf32.h - a product's tiles by the matrix units of GPUs from compute capability 8.0 on:
 * operands are rounded to TF32 (8 bits of exponent, 10 of fraction), to nearest and ties away
 * from zero, and sums are kept in float.
 *
 * A block's eight warps, two down and four across, have 64 x 32 elements of a 128 x 128 tile
 * each.  The instruction is mma.m16n8k8 of the PTX ISA, whose fragments are, with g = lane / 4
 * and r = lane % 4:
 *
 *	A (16, 8)	a0 (g, r), a1 (g + 8, r), a2 (g, r + 4), a3 (g + 8, r + 4)
 *	B (8, 8)	b0 (r, g), b1 (r + 4, g)
 *	C (16, 8)	c0 (g, 2r), c1 (g, 2r + 1), c2 (g + 8, 2r), c3 (g + 8, 2r + 1)
 *
 * Which rows, columns and depths of the tile these are is free, so they are chosen such that
 * loads are without bank conflicts and a lane has columns side by side: of the instruction (p, q)
 * of the 4 x 4,
 *
 *	row i of A		row 16 p + i of the warp's
 *	column j of B		column 16 (q / 2) + 2 j + q % 2 of the warp's
 *	depth l of both		2 l, or from l = 4 on 2 (l - 4) + 1
 *
 * The operands of an instruction must be in registers side by side.  So a lane loads A number by
 * number, and B is stored in shared memory in pairs of depths 2 l and 2 l + 1.
 *
 * Every element's sum is over k in steps of 8, in order, whatever the tile: a row's result does
 * not depend on the other rows.
 */
#ifndef CUDA_GEMM_TF32_H
#define CUDA_GEMM_TF32_H

#include "product_tile.h"

enum {
	TF32_TILE = 128, TF32_STRIDE = TF32_TILE + 4,
	TF32_FOURS = 2,		/* of each operand that a thread loads at a time */
	TF32_DEEP = TF32_FOURS * product_deep<TF32_TILE>,
	TF32_HALF = 2 * TF32_DEEP * TF32_STRIDE,	/* reals of shared memory, of two halves */
	TF32_EACH = 8
};

/* C += A B of the fragments; x as a TF32. */
#ifdef __CUDACC__
static __device__ inline void
tf32_mma(float *c0, float *c1, float *c2, float *c3, const float a[4], const float b[2])
{
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 800
	asm("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%0, %1, %2, %3}, "
	    "{%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
	    : "+f"(*c0), "+f"(*c1), "+f"(*c2), "+f"(*c3)
	    : "r"(__float_as_uint(a[0])), "r"(__float_as_uint(a[1])), "r"(__float_as_uint(a[2])),
	    "r"(__float_as_uint(a[3])), "r"(__float_as_uint(b[0])), "r"(__float_as_uint(b[1])));
#else
	__trap();	/* refused when the precision was set */
#endif
}

static __device__ inline float
tf32_round(float x)
{
	unsigned bits = __float_as_uint(x);

#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 800
	asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(bits) : "f"(x));
#endif
	return __uint_as_float(bits);
}
#else
#define tf32_mma emu_mma
#define tf32_round emu_tf32
#endif

/* This thread's elements of the tile. */
struct tf32_elements {
	enum { IN_SPAN = 8 };

	static __device__ int
	row(int e)
	{
		return (int)threadIdx.x / 128 * 64 + e % 4 * 16 + e / 4 * 8 + (int)threadIdx.x % 32 / 4;
	}
	static __device__ int
	column(int e)
	{
		return (int)threadIdx.x / 32 % 4 * 32 + e / 4 * 16 + (int)threadIdx.x % 4 * 4 + e % 4;
	}
};

/* Eight of the depth, from the operands' (8, STRIDE) and (4, STRIDE, 2) on. */
static __device__ inline void
tf32_multiply(const real *as, const real *bs, real sum[TF32_EACH][TF32_EACH])
{
	int r = (int)threadIdx.x % 4, g = (int)threadIdx.x % 32 / 4;
	const real *x = as + 2 * r * TF32_STRIDE + (int)threadIdx.x / 128 * 64 + g;
	const real *y = bs + 2 * (r * TF32_STRIDE + (int)threadIdx.x / 32 % 4 * 32 + 2 * g);
	const quad b[2] = { *(const quad *)y, *(const quad *)(y + 32) };

	UNROLL
	for (int p = 0; p < 4; p++) {
		const real a[4] = { x[16 * p], x[16 * p + 8], x[16 * p + TF32_STRIDE], x[16 * p + 8 + TF32_STRIDE] };

		UNROLL
		for (int q = 0; q < 4; q++) {
			int c = q / 2 * 4 + q % 2;

			tf32_mma(&sum[p][c], &sum[p][c + 2], &sum[p + 4][c], &sum[p + 4][c + 2], a,
			    b[q / 2].x + q % 2 * 2);
		}
	}
}

static __device__ inline void
tf32_round_all(quad own[TF32_FOURS])
{
	UNROLL
	for (int e = 0; e < 4 * TF32_FOURS; e++)
		own[e / 4].x[e % 4] = tf32_round(own[e / 4].x[e % 4]);
}

/* This thread's part of A, and its roundings in shared memory as (DEEP, STRIDE). */
template <bool ALONG, bool QUADS>
static __device__ inline void
tf32_fetch_a(quad own[TF32_FOURS], const product_operand &o, int l, int end)
{
	UNROLL
	for (int f = 0; f < TF32_FOURS; f++)
		own[f] = product_fetch<TF32_TILE, ALONG, QUADS>(o, l + f * product_deep<TF32_TILE>, end);
}

template <bool ALONG, bool QUADS>
static __device__ inline void
tf32_keep_a(quad own[TF32_FOURS], real *to)
{
	tf32_round_all(own);
	UNROLL
	for (int f = 0; f < TF32_FOURS; f++)
		product_keep<TF32_TILE, ALONG, QUADS>(own[f], to + f * product_deep<TF32_TILE> * TF32_STRIDE);
}

/* The same for B; its fours of not ALONG are of depths 2 l and 2 l + 1. */
template <bool ALONG, bool QUADS>
static __device__ inline void
tf32_fetch_b(quad own[TF32_FOURS], const product_operand &o, int l, int end)
{
	const product_four<TF32_TILE, ALONG, QUADS> four;

	UNROLL
	for (int f = 0; f < TF32_FOURS; f++)
		own[f] = product_fetch<TF32_TILE, ALONG, QUADS>(o,
		    l + (ALONG ? f * product_deep<TF32_TILE> : four.l + f), end);
}

struct __align__(8) tf32_pair {
	real x[2];
};

/* ... in shared memory as (DEEP / 2, STRIDE, 2). */
template <bool ALONG, bool QUADS>
static __device__ inline void
tf32_keep_b(quad own[TF32_FOURS], real *to)
{
	const product_four<TF32_TILE, ALONG, QUADS> four;
	tf32_pair *pairs = (tf32_pair *)to + four.i;

	tf32_round_all(own);
	UNROLL
	for (int e = 0; !ALONG && QUADS && e < 4; e += 2)
		*(quad *)(pairs + four.l * TF32_STRIDE + e) =
		    { { own[0].x[e], own[1].x[e], own[0].x[e + 1], own[1].x[e + 1] } };
	UNROLL
	for (int e = 0; !ALONG && !QUADS && e < 4; e++)
		pairs[four.l * TF32_STRIDE + e * four.DI] = { { own[0].x[e], own[1].x[e] } };
	UNROLL
	for (int f = 0; ALONG && f < TF32_FOURS; f++) {
		int l = four.l + f * product_deep<TF32_TILE>;

		UNROLL
		for (int e = 0; QUADS && e < 4; e += 2)
			pairs[(l + e) / 2 * TF32_STRIDE] = { { own[f].x[e], own[f].x[e + 1] } };
		UNROLL
		for (int e = 0; !QUADS && e < 4; e++)
			pairs[l / 2 * TF32_STRIDE + e * four.DI].x[l % 2] = own[f].x[e];
	}
}

/* Blocks (x, y): as of product_tile(). */
template <bool QUADS, bool TA, bool TB, typename STORE>
static __global__ void
__launch_bounds__(PRODUCT_THREADS, QUADS ? 2 : 1)	/* numbers would spill */
tf32_tile(product_shape shape, int slice, const real *a, const real *b, STORE store)
{
	int m = shape.m, n = shape.n, k = shape.k, across = (n + TF32_TILE - 1) / TF32_TILE;
	int i0 = (int)blockIdx.x / across * TF32_TILE, j0 = (int)blockIdx.x % across * TF32_TILE;
	int l = (int)blockIdx.y * slice, end = l + slice < k ? l + slice : k, half = 0;
	const product_operand x = { a, shape.lda, i0, m }, y = { b, (size_t)(TB ? k : n), j0, n };
	real *as = shared_memory<real>(), *bs = as + TF32_HALF / 2, sum[TF32_EACH][TF32_EACH] = {};
	quad own_a[TF32_FOURS], own_b[TF32_FOURS];

	tf32_fetch_a<!TA, QUADS>(own_a, x, l, end);
	tf32_fetch_b<TB, QUADS>(own_b, y, l, end);
	for (; l < end; l += TF32_DEEP) {
		tf32_keep_a<!TA, QUADS>(own_a, as + half);
		tf32_keep_b<TB, QUADS>(own_b, bs + half);
		__syncthreads();
		tf32_fetch_a<!TA, QUADS>(own_a, x, l + TF32_DEEP, end);
		tf32_fetch_b<TB, QUADS>(own_b, y, l + TF32_DEEP, end);
		UNROLL
		for (int d = 0; d < TF32_DEEP; d += 8)
			tf32_multiply(as + half + d * TF32_STRIDE, bs + half + d * TF32_STRIDE, sum);
		half = TF32_HALF - half;
	}
	product_give<tf32_elements, QUADS>(shape, i0, j0, sum, store);
}

template <bool TA, bool TB, typename STORE>
static product_kernels<STORE>
tf32_kernels(void)
{
	return { TF32_TILE, 2 * TF32_HALF * sizeof(real), tf32_tile<true, TA, TB, STORE>,
	    tf32_tile<false, TA, TB, STORE> };
}

#endif
