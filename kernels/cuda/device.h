/*
 * device.h - the device layer of this folder: the backend's state, buffers that grow,
 * launches, and sticky errors.
 *
 * Every call of the CUDA runtime goes through cuda_check(), so that the first failure
 * is kept and no further call is made after it.  All work is in order on one stream.
 * cuBLAS is not used.  It gives the same bytes twice, too, on one kind of GPU and with one
 * version of the toolkit; but it chooses its kernels by the shape of the whole product, so
 * that a row would depend on the number of rows, against a rule of backend.h, and its
 * libraries have some 600 MB.
 *
 * The sources use only what tests/cuda/ emulates: kernels are started by launch()
 * alone, and shared memory is obtained by shared_memory() alone.
 */
#ifndef CUDA_DEVICE_H
#define CUDA_DEVICE_H

#include <cuda_runtime.h>

#include "backend.h"
#include "launch_plan.h"

/* Device buffers, which only grow; their contents do not outlive a call. */
enum buffer_use {
	BUFFER_START,		/* first rows of sequences */
	BUFFER_X, BUFFER_Y,	/* input and target words */
	BUFFER_CHAIN,		/* chains of rows of the same word */
	BUFFER_TOUCHED,		/* rows whose gradient is not zero */
	BUFFER_TARGET_SHIFT, BUFFER_NOISE_SHIFT,	/* of the sampled softmax */
	BUFFER_SQUARE,		/* W, transposed */
	BUFFER_ERROR,		/* errors of the current row, and of the row before */
	BUFFER_STEP,		/* states and errors of a composed step */
	BUFFER_LOGITS, BUFFER_LOGP, BUFFER_SLABS,
	BUFFER_COUNTER,		/* of a grid barrier */
	NBUFFER
};

struct buffer {
	void *p;
	size_t bytes;
};

/* The ring of staging.cu. */
struct ring {
	unsigned char *p;	/* page-locked; NULL until used */
	int half;		/* the one being filled */
	size_t used;		/* of that half */
	cudaEvent_t read[2];	/* all copies out of a half are complete */
};

struct state {
	cudaStream_t stream;
	struct cudaDeviceProp properties;
	char isa[300];
	char error[300];		/* "" until the first failure */
	struct buffer buffer[NBUFFER];
	struct ring ring;
	struct launch_limits limits;
	bool tf32;		/* products round their operands (gemm_tf32.h) */
	bool loops;		/* blocks of one launch may wait for each other in time loops */
	long long *clocks;		/* phases.h; NULL until first needed */
	struct plain_net gradient;	/* of composed steps; NULLs until first needed */
	void *host;			/* (host_bytes) scratch in host memory */
	size_t host_bytes;
};

/* NULL and *why where there is no usable device. */
struct backend *cuda_open(enum real_type real, const char **why);
/* From now on: GPU number n, modulo how many there are.  The first one without it. */
void cuda_choose(int n);
void cuda_close(struct backend *k);

/*
 * The device's peak operations per second, a multiply-add counting as two; 0 where there
 * is no usable device.  *why is then the reason, or NULL if there is simply no GPU or
 * no driver.
 */
double cuda_rate(enum real_type real, const char **why);

/* Keeps the first failure; false from then on. */
bool cuda_check(struct backend *k, cudaError_t e);
/* The same for an error message; returns false. */
bool cuda_fail(struct backend *k, const char *message);
bool cuda_well(const struct backend *k);

/* `bytes` of device memory; NULL, and the error kept, when out of memory. */
void *cuda_malloc(struct backend *k, size_t bytes);
/* The same, from a buffer: valid until the next request for the same use. */
void *cuda_buffer(struct backend *k, enum buffer_use use, size_t bytes);
/* Scratch in host memory: valid until the next request. */
void *cuda_host(struct backend *k, size_t bytes);

/* Copies in stream order; the caller may reuse its memory on return. */
void cuda_to_device(struct backend *k, void *dev, const void *host, size_t bytes);
/* Copies in stream order, and waits. */
void cuda_from_device(struct backend *k, void *host, const void *dev, size_t bytes);
/* Reports such a refusal of the kernel for `what`, and what that costs. */
void cuda_note_refusal(struct backend *k, cudaError_t e, const char *what, const char *cost);
/* Host data in the buffer for a use; NULL on failure. */
void *cuda_upload(struct backend *k, enum buffer_use use, const void *host, size_t bytes);
void cuda_free_ring(struct backend *k);

/* a / b, rounded up */
static inline size_t
cuda_over(size_t a, size_t b)
{
	return (a + b - 1) / b;
}

template <typename... P, typename... A>
static inline void
launch(struct backend *k, void (*kernel)(P...), dim3 grid, dim3 block, size_t shared, A... args)
{
	cudaLaunchConfig_t c = {};

	if (!cuda_well(k))
		return;
	c.gridDim = grid;
	c.blockDim = block;
	c.dynamicSmemBytes = shared;
	c.stream = ((struct state *)k->ctx)->stream;
	cuda_check(k, cudaLaunchKernelEx(&c, kernel, P(args)...));
}

/* Blocks that wait for each other, in clusters of that many; 1: in none. */
static inline void
configure_together(struct backend *k, cudaLaunchConfig_t *c, cudaLaunchAttribute attributes[2],
    int cluster, int blocks, int threads, size_t shared)
{
	*c = {};
	attributes[0].id = cudaLaunchAttributeCooperative;
	attributes[0].val.cooperative = 1;
	attributes[1].id = cudaLaunchAttributeClusterDimension;
	attributes[1].val.clusterDim.x = (unsigned)cluster;
	attributes[1].val.clusterDim.y = attributes[1].val.clusterDim.z = 1;
	c->gridDim = dim3((unsigned)blocks);
	c->blockDim = dim3((unsigned)threads);
	c->dynamicSmemBytes = shared;
	c->stream = ((struct state *)k->ctx)->stream;
	c->attrs = attributes;
	c->numAttrs = cluster > 1 ? 2 : 1;
}

/*
 * The same for one launch of blocks that wait for each other (grid_barrier.h).  Returns why
 * the device, or what other processes leave of it, cannot run them all at once, which is no
 * error; any other failure is kept, and cudaSuccess returned.  With clusters it returns any
 * refusal, since the same can run without.
 */
template <typename... P, typename... A>
static inline cudaError_t
launch_clusters(struct backend *k, void (*kernel)(P...), int cluster, int blocks, int threads,
    size_t shared, A... args)
{
	cudaLaunchAttribute attributes[2] = {};
	cudaLaunchConfig_t c;
	cudaError_t e;

	configure_together(k, &c, attributes, cluster, blocks, threads, shared);
	if (!cuda_check(k, cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize,
	    (int)shared)))
		return cudaSuccess;
	e = cudaLaunchKernelEx(&c, kernel, P(args)...);
	if (e == cudaErrorCooperativeLaunchTooLarge || e == cudaErrorLaunchOutOfResources ||
	    (cluster > 1 && e != cudaSuccess)) {
		cudaGetLastError();	/* clears the error, which the caller handles */
		return e;
	}
	cuda_check(k, e);
	return cudaSuccess;
}

template <typename... P, typename... A>
static inline cudaError_t
launch_together(struct backend *k, void (*kernel)(P...), int blocks, int threads, size_t shared,
    A... args)
{
	return launch_clusters(k, kernel, 1, blocks, threads, shared, args...);
}

/* How many such clusters the device holds; 0 also where it does not say. */
template <typename... P>
static inline int
clusters_together(struct backend *k, void (*kernel)(P...), int cluster, int threads, size_t shared)
{
	cudaLaunchAttribute attributes[2] = {};
	cudaLaunchConfig_t c;
	int n = 0;

	configure_together(k, &c, attributes, cluster, cluster, threads, shared);
	if (!cuda_well(k) || cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize,
	    (int)shared) != cudaSuccess || cudaOccupancyMaxActiveClusters(&n, kernel, &c) != cudaSuccess) {
		cudaGetLastError();
		return 0;
	}
	return n;
}

/* How many such blocks the device holds; 0 where there can be none. */
template <typename... P>
static inline int
blocks_together(struct backend *k, void (*kernel)(P...), int threads, size_t shared)
{
	struct state *s = (struct state *)k->ctx;
	int each = 0;

	if (!s->loops || shared > s->limits.bytes || !cuda_check(k, cudaFuncSetAttribute(kernel,
	    cudaFuncAttributeMaxDynamicSharedMemorySize, (int)shared)) ||
	    !cuda_check(k, cudaOccupancyMaxActiveBlocksPerMultiprocessor(&each, kernel, threads, shared)))
		return 0;
	return each * s->properties.multiProcessorCount;
}

/* Unrolls the following loop, so that arrays it indexes stay in registers. */
#ifdef __CUDACC__
#define UNROLL _Pragma("unroll")
#define PRAGMA(x) _Pragma(#x)
#define UNROLL_BY(n) PRAGMA(unroll n)
#else
#define UNROLL
#define UNROLL_BY(n)
#endif

/* The block's dynamic shared memory; launch() set its size. */
#ifdef __CUDACC__
template <typename T>
static __device__ inline T *
shared_memory(void)
{
	extern __shared__ __align__(16) unsigned char shared_bytes[];

	return (T *)shared_bytes;
}
#endif

#endif
