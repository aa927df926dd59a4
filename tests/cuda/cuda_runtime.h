/*
 * cuda_runtime.h - as much of NVIDIA's header of this name as kernels/cuda
 * needs, for an ordinary C++ compiler.  README.md of this folder says what for.
 */
#ifndef CUDA_RUNTIME_H
#define CUDA_RUNTIME_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <functional>

#define __global__
#define __device__
#define __host__
#define __launch_bounds__(...)
#define __align__(n) __attribute__((aligned(n)))

struct dim3 {
	unsigned x, y, z;
	constexpr dim3(unsigned x_ = 1, unsigned y_ = 1, unsigned z_ = 1) : x(x_), y(y_), z(z_) {}
};

enum cudaError_t {
	cudaSuccess, cudaErrorInvalidValue, cudaErrorMemoryAllocation, cudaErrorInsufficientDriver,
	cudaErrorNoDevice, cudaErrorLaunchFailure, cudaErrorCooperativeLaunchTooLarge,
	cudaErrorLaunchOutOfResources
};
enum cudaMemcpyKind { cudaMemcpyHostToDevice, cudaMemcpyDeviceToHost, cudaMemcpyDeviceToDevice };
enum cudaDeviceAttr {
	cudaDevAttrClockRate, cudaDevAttrMaxSharedMemoryPerBlockOptin,
	cudaDevAttrCooperativeLaunch, cudaDevAttrMultiProcessorCount,
	cudaDevAttrComputeCapabilityMajor, cudaDevAttrComputeCapabilityMinor
};
struct __align__(16) int4 {
	int x, y, z, w;
};
enum cudaFuncAttribute { cudaFuncAttributeMaxDynamicSharedMemorySize };
enum cudaLaunchAttributeID { cudaLaunchAttributeCooperative, cudaLaunchAttributeClusterDimension };
enum { cudaStreamNonBlocking = 1, cudaEventDisableTiming = 2 };

struct cudaLaunchAttribute {
	cudaLaunchAttributeID id;
	struct {
		int cooperative;
		struct {
			unsigned x, y, z;
		} clusterDim;
	} val;
};
typedef struct emu_stream *cudaStream_t;
typedef struct emu_event *cudaEvent_t;
struct cudaLaunchConfig_t {
	dim3 gridDim, blockDim;
	size_t dynamicSmemBytes;
	cudaStream_t stream;
	cudaLaunchAttribute *attrs;
	unsigned numAttrs;
};
struct cudaDeviceProp {
	char name[256];
	int major, minor, multiProcessorCount;
	size_t totalGlobalMem, sharedMemPerBlockOptin;
};

cudaError_t cudaGetDeviceCount(int *n);
cudaError_t cudaDriverGetVersion(int *version);
cudaError_t cudaSetDevice(int device);
cudaError_t cudaGetDeviceProperties(struct cudaDeviceProp *p, int device);
cudaError_t cudaDeviceGetAttribute(int *value, cudaDeviceAttr what, int device);
cudaError_t cudaGetLastError(void);
const char *cudaGetErrorString(cudaError_t e);
cudaError_t cudaMemGetInfo(size_t *free_bytes, size_t *total);
cudaError_t emu_malloc(void **p, size_t bytes);
template <typename T>
static inline cudaError_t
cudaMalloc(T **p, size_t bytes)
{
	return emu_malloc((void **)p, bytes);
}
cudaError_t cudaFree(void *p);
cudaError_t cudaMemcpyAsync(void *to, const void *from, size_t bytes, cudaMemcpyKind, cudaStream_t);
cudaError_t cudaMemsetAsync(void *to, int byte, size_t bytes, cudaStream_t);
cudaError_t cudaStreamCreateWithFlags(cudaStream_t *s, unsigned flags);
cudaError_t cudaStreamDestroy(cudaStream_t s);
cudaError_t cudaStreamSynchronize(cudaStream_t s);
cudaError_t cudaMallocHost(void **p, size_t bytes);
cudaError_t cudaFreeHost(void *p);
cudaError_t cudaEventCreateWithFlags(cudaEvent_t *e, unsigned flags);
cudaError_t cudaEventDestroy(cudaEvent_t e);
cudaError_t cudaEventRecord(cudaEvent_t e, cudaStream_t s);
cudaError_t cudaEventSynchronize(cudaEvent_t e);
cudaError_t emu_set_attribute(const void *kernel, cudaFuncAttribute what, int value);
template <typename F>
static inline cudaError_t
cudaFuncSetAttribute(F *kernel, cudaFuncAttribute what, int value)
{
	return emu_set_attribute((const void *)kernel, what, value);
}
cudaError_t emu_occupancy(int *blocks, int threads, size_t shared);
template <typename F>
static inline cudaError_t
cudaOccupancyMaxActiveBlocksPerMultiprocessor(int *blocks, F *, int threads, size_t shared)
{
	return emu_occupancy(blocks, threads, shared);
}
cudaError_t emu_clusters(int *clusters, const cudaLaunchConfig_t *c);
template <typename F>
static inline cudaError_t
cudaOccupancyMaxActiveClusters(int *clusters, F *, const cudaLaunchConfig_t *c)
{
	return emu_clusters(clusters, c);
}
/* What a thread knows of itself, and what it can wait for. */
extern dim3 threadIdx, blockIdx, blockDim, gridDim;
extern unsigned char *emu_shared;
void emu_barrier(int line);
void emu_warp_barrier(unsigned mask);
void emu_cluster_barrier(int line);
/* p, of the block's own shared memory, in that of another block of the cluster. */
const void *emu_cluster_at(const void *p, int rank);
/* x to whoever asks for it, and that of lane `from`, once all of the mask came. */
uint64_t emu_exchange(uint64_t x, unsigned mask, int from);
int emu_lane(void);
void emu_wait(void);		/* others run before this returns */

#define __syncthreads() emu_barrier(__LINE__)

template <typename T>
static inline T *
shared_memory(void)
{
	return (T *)emu_shared;
}

static inline void
__syncwarp(unsigned mask = 0xffffffff)
{
	emu_warp_barrier(mask);
}

template <typename T>
static inline T
__shfl_xor_sync(unsigned mask, T x, int bits)
{
	uint64_t mine = 0, theirs;
	T other;

	static_assert(sizeof(T) <= sizeof(mine), "a warp passes eight bytes on");
	memcpy(&mine, &x, sizeof(x));
	theirs = emu_exchange(mine, mask, emu_lane() ^ bits);
	memcpy(&other, &theirs, sizeof(other));
	return other;
}

/* x rounded to TF32, as cvt.rna.tf32.f32 does; C += A B by all lanes of a warp, as
 * mma.sync.m16n8k8 does, of such operands and with fragments as in the PTX ISA. */
float emu_tf32(float x);
void emu_mma(float *c0, float *c1, float *c2, float *c3, const float a[4], const float b[2]);

/* Memory as a block sees it; coherence.h. */
void emu_fence(void);
void emu_load(void *to, const void *from, size_t bytes);
unsigned emu_add(unsigned *p, unsigned n);
void emu_release(unsigned *p, unsigned n);	/* an addition after the block's writes */
unsigned emu_acquire(const unsigned *p);	/* a load before the block's reads */

long long clock64(void);

static inline void
__threadfence(void)
{
	emu_fence();
}

template <typename T>
static inline T
__ldcg(const T *p)
{
	T x;

	emu_load(&x, p, sizeof(x));
	return x;
}

static inline unsigned
atomicAdd(unsigned *p, unsigned n)
{
	return emu_add(p, n);
}

/* A kernel's pointers must be of the device. */
void emu_check_pointer(const void *p);
template <typename T>
static inline void
emu_check(T *p)
{
	emu_check_pointer((const void *)p);
}
template <typename T>
static inline void
emu_check(const T &)
{
}

cudaError_t emu_launch(const cudaLaunchConfig_t *c, const void *kernel,
    const std::function<void()> &body);

template <typename... P, typename... A>
static inline cudaError_t
cudaLaunchKernelEx(const cudaLaunchConfig_t *c, void (*kernel)(P...), A &&...a)
{
	(emu_check(a), ...);
	return emu_launch(c, (const void *)kernel, [=] { kernel(P(a)...); });
}

#endif
