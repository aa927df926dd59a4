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

#ifdef __CUDACC__
/* Adds 1, seen by an acquiring load only after all that the block wrote before its last
 * barrier.  A fence and a plain addition would wait for an order among all fences, too. */
static __device__ inline void
grid_release(unsigned *counter)
{
	asm volatile("red.release.gpu.global.add.u32 [%0], 1;"
	    : : "l"(__cvta_generic_to_global(counter)) : "memory");
}

static __device__ inline unsigned
grid_acquire(const unsigned *counter)
{
	unsigned n;

	asm volatile("ld.acquire.gpu.global.u32 %0, [%1];"
	    : "=r"(n) : "l"(__cvta_generic_to_global(counter)) : "memory");
	return n;
}

static __device__ inline void
grid_relax(void)
{
}
#else
#define grid_release(counter) emu_release(counter, 1)
#define grid_acquire(counter) emu_acquire(counter)
/* Called while waiting: the emulator switches to other blocks; a GPU needs nothing. */
#define grid_relax() emu_wait()
#endif

static __device__ inline void
grid_arrive(unsigned *counter)
{
	__syncthreads();
	if (threadIdx.x == 0)
		grid_release(counter);
}

static __device__ inline void
grid_wait(const unsigned *counter, unsigned barriers)
{
	if (threadIdx.x == 0)
		while (grid_acquire(counter) < barriers * gridDim.x)
			grid_relax();
	__syncthreads();
}

#endif
