/*
 * grid_barrier.h - a barrier among the blocks of a cooperative launch, split into arrive
 * and wait, so that work can be done in between.
 *
 * Arrivals are counted and never reset: the n-th barrier is passed when the counter
 * has reached n times the number of blocks.  After the wait, all blocks can read what
 * any block wrote before it arrived, but only with __ldcg(): the L1 caches of the
 * multiprocessors are not coherent.
 */
#ifndef CUDA_GRID_BARRIER_H
#define CUDA_GRID_BARRIER_H

#include <cuda_runtime.h>

/* Called while waiting: the emulator switches to other blocks; a GPU needs nothing. */
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
