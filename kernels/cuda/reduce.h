/*
 * reduce.h - a block's sum or maximum, in an order that depends only on the number of
 * its threads.
 */
#ifndef CUDA_REDUCE_H
#define CUDA_REDUCE_H

#include "device.h"
#include "real.h"

enum { REDUCE_THREADS = 256 };

/* The result over every thread's x, returned to every thread.  shared(REDUCE_THREADS / 32) */
template <typename T, bool MAX>
static __device__ inline T
reduce_block(T x, T *shared)
{
	enum { WARP = 32 };
	int warp = (int)threadIdx.x / WARP;

	for (int bit = WARP / 2; bit; bit /= 2) {
		T other = __shfl_xor_sync(0xffffffffu, x, bit);

		x = MAX ? (other > x ? other : x) : x + other;
	}
	if (threadIdx.x % WARP == 0)
		shared[warp] = x;
	__syncthreads();
	x = shared[0];
	for (int i = 1; i < REDUCE_THREADS / WARP; i++)
		x = MAX ? (shared[i] > x ? shared[i] : x) : x + shared[i];
	__syncthreads();
	return x;
}

/*
 * Over this thread's elements of a row: the maximum, and the sum of exp(x - max), in one
 * pass: the sum is rescaled whenever the maximum grows.
 */
static __device__ inline real
reduce_exponentials(int v, const real *l, real *max)
{
	real sum = 0;

	*max = -INFINITY;
	for (int i = (int)threadIdx.x; i < v; i += REDUCE_THREADS) {
		real x = l[i];

		if (x > *max) {
			sum = sum * REXP(*max - x) + 1;
			*max = x;
		} else if (x != -INFINITY) {
			sum += REXP(x - *max);
		}
	}
	return sum;
}

#endif
