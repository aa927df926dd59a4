/*
 * device.h - the GPU as the other files of this folder use it: its state behind
 * backend.h's table, memory that grows, launches, and errors that stick.
 *
 * Every call of the runtime goes through cuda_note(), so that the first failure
 * is kept and nothing is asked of the device after it.  All work is in order on
 * one stream.  There is no cuBLAS: our own products add in an order that
 * depends on the shape alone, which is what "the same bytes" rests on.
 *
 * The sources keep to what tests/cuda/ emulates: kernels started by launch()
 * alone, shared memory had by shared_memory() alone.
 */
#ifndef CUDA_DEVICE_H
#define CUDA_DEVICE_H

#include <cuda_runtime.h>

#include "backend.h"
#include "launch_plan.h"

/* Memory of the device that only grows; what is in it does not outlive a call. */
enum buffer_use {
	BUFFER_START,		/* where sequences begin */
	BUFFER_X, BUFFER_Y,	/* words */
	BUFFER_CHAIN,		/* rows of the same word */
	BUFFER_TOUCHED,		/* words whose gradient is not zero */
	BUFFER_SQUARE,		/* W, transposed */
	BUFFER_ERROR,		/* errors going back, and those of the row before */
	BUFFER_STEP,		/* states and errors of a composed step */
	BUFFER_LOGITS, BUFFER_LOGP, BUFFER_SLABS,
	NBUFFER
};

struct buffer {
	void *p;
	size_t bytes;
};

/* staging.cu's */
struct ring {
	unsigned char *p;	/* page-locked; NULL until used */
	int half;		/* the one that is being filled */
	size_t used;		/* of that half */
	cudaEvent_t read[2];	/* all copies out of a half have been made */
};

struct state {
	cudaStream_t stream;
	struct cudaDeviceProp properties;
	char isa[300];
	char error[300];		/* "" while all is well */
	struct buffer buffer[NBUFFER];
	struct ring ring;
	struct launch_room room;
	struct plain_net gradient;	/* of composed steps; NULL until first needed */
	void *host;			/* (host_bytes) to arrange things in */
	size_t host_bytes;
};

/* NULL and *why where there is no device that can be used. */
struct backend *cuda_open(enum real_type real, const char **why);
void cuda_close(struct backend *k);

/*
 * Operations a second that a device could do, a multiplication and an addition
 * apart; 0 where there is none.  *why is then the reason, or NULL if it is that
 * there is no GPU or no driver.
 */
double cuda_rate(enum real_type real, const char **why);

/* Keeps the first failure; false from then on. */
bool cuda_note(struct backend *k, cudaError_t e);
/* The same for a phrase. */
bool cuda_fail(struct backend *k, const char *phrase);
bool cuda_well(const struct backend *k);

/* `bytes` of the device; NULL, noted, when there are not so many. */
void *cuda_malloc(struct backend *k, size_t bytes);
/* ... that live until the next call for the same use. */
void *cuda_buffer(struct backend *k, enum buffer_use use, size_t bytes);
/* ... of the host, likewise. */
void *cuda_host(struct backend *k, size_t bytes);

/* Copies, in the stream's order; the host's memory is the caller's again at once. */
void cuda_to_device(struct backend *k, void *dev, const void *host, size_t bytes);
/* ... waits. */
void cuda_from_device(struct backend *k, void *host, const void *dev, size_t bytes);
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
	cuda_note(k, cudaLaunchKernelEx(&c, kernel, P(args)...));
}

/* The loop that follows, laid out flat: what it indexes then stays in registers. */
#ifdef __CUDACC__
#define UNROLL _Pragma("unroll")
#define UNROLL_BY_4 _Pragma("unroll 4")
#else
#define UNROLL
#define UNROLL_BY_4
#endif

/* The block's shared memory, whose size the launch said. */
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
