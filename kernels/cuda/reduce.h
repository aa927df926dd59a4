/*
 * reduce.h - a block's sum or maximum, in an order that depends on the number
 * of its threads alone.
 */
#ifndef CUDA_REDUCE_H
#define CUDA_REDUCE_H

#include "device.h"

enum { REDUCE_THREADS = 256 };

/* Of every thread's x, for every thread.  shared(REDUCE_THREADS) */
template <typename T, bool MAX>
static __device__ inline T
reduce_block(T x, T *shared)
{
	int i = (int)threadIdx.x;
	T all;

	shared[i] = x;
	__syncthreads();
	for (int half = REDUCE_THREADS / 2; half; half /= 2) {
		if (i < half) {
			T other = shared[i + half];

			if (MAX)
				shared[i] = other > shared[i] ? other : shared[i];
			else
				shared[i] += other;
		}
		__syncthreads();
	}
	all = shared[0];
	__syncthreads();
	return all;
}

#endif
