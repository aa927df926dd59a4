/*
 * cluster.h - clusters of blocks (compute capability 9.0 or later): blocks that run at the
 * same time on neighbouring multiprocessors, wait for each other sooner than the whole grid
 * does, and read each other's shared memory.
 *
 * In code for earlier GPUs these functions do nothing: launch_plan.h has no clusters there.
 */
#ifndef CUDA_CLUSTER_H
#define CUDA_CLUSTER_H

#include <cuda_runtime.h>

#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ < 900
enum { CLUSTERS = false };
#else
enum { CLUSTERS = true };
#endif

/* Waits for all threads of the cluster, and sees what they wrote to any shared memory of it.
 * The runtime's own functions exist only in code for 9.0; this is their PTX. */
#ifdef __CUDACC__
static __device__ inline void
cluster_sync(void)
{
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 900
	asm volatile("barrier.cluster.arrive.release.aligned;" : : : "memory");
	asm volatile("barrier.cluster.wait.acquire.aligned;" : : : "memory");
#endif
}

/* What p, of this block's shared memory, is in that of block number `rank` of the cluster. */
template <typename T>
static __device__ inline const T *
cluster_at(const T *p, int rank)
{
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 900
	unsigned long long at;

	asm("mapa.u64 %0, %1, %2;" : "=l"(at) : "l"(p), "r"(rank));
	return (const T *)at;
#else
	(void)rank;
	return p;
#endif
}
#else
#define cluster_sync() emu_cluster_barrier(__LINE__)

template <typename T>
static inline const T *
cluster_at(const T *p, int rank)
{
	return (const T *)emu_cluster_at(p, rank);
}
#endif

#endif
