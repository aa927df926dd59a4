/*
 * grid_barrier.h - what the blocks of a cooperative launch need of each other: a
 * barrier in two halves, so that work can lie between them.
 *
 * Arrivals are counted and never taken back: the n-th barrier is passed when
 * the counter has come to n times the number of blocks.  What a block wrote
 * before it arrives can be read by all after they waited, with __ldcg(): a
 * multiprocessor's own cache knows nothing of the others.
 */
#ifndef CUDA_GRID_BARRIER_H
#define CUDA_GRID_BARRIER_H

#include <cuda_runtime.h>

/* While one waits for other blocks; a GPU runs them anyway. */
#ifdef __CUDACC__
static __device__ inline void
grid_relax(void)
{
}
#else
#define grid_relax() emu_wait()
#endif

static __device__ inline void
grid_arrive(unsigned *counter)
{
	__syncthreads();
	if (threadIdx.x == 0) {
		__threadfence();
		atomicAdd(counter, 1u);
	}
}

static __device__ inline void
grid_wait(const unsigned *counter, unsigned barriers)
{
	if (threadIdx.x == 0) {
		while (*(const volatile unsigned *)counter < barriers * gridDim.x)
			grid_relax();
		__threadfence();
	}
	__syncthreads();
}

#endif
