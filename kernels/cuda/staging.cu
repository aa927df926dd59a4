/*
 * staging.cu - copies from the host to the device.
 *
 * An asynchronous copy may read host memory after the call has returned, when the caller
 * may already be reusing it.  So data is first copied into a ring of two halves of
 * page-locked memory; a half is refilled only when the copies out of it are complete.
 * Copies out of page-locked memory do not block the host.
 */
#include <string.h>

#include "device.h"

static const size_t HALF = 1 << 21, APART = 16;	/* bytes; pieces begin at multiples of APART */

static struct ring *
ring_of(struct backend *k)
{
	return &((struct state *)k->ctx)->ring;
}

static bool
make_ring(struct backend *k)
{
	struct ring *r = ring_of(k);

	return r->p || (cuda_check(k, cudaMallocHost((void **)&r->p, 2 * HALF)) &&
	    cuda_check(k, cudaEventCreateWithFlags(&r->read[0], cudaEventDisableTiming)) &&
	    cuda_check(k, cudaEventCreateWithFlags(&r->read[1], cudaEventDisableTiming)));
}

void
cuda_free_ring(struct backend *k)
{
	struct ring *r = ring_of(k);

	if (r->p == NULL || !cuda_well(k))
		return;
	cudaEventDestroy(r->read[0]);
	cudaEventDestroy(r->read[1]);
	cudaFreeHost(r->p);
}

/* The next n bytes of the ring, n at most HALF; NULL on failure. */
static void *
ring_take(struct backend *k, size_t n)
{
	struct ring *r = ring_of(k);
	void *p;

	if (!cuda_well(k) || !make_ring(k))
		return NULL;
	if (r->used + n > HALF) {
		cuda_check(k, cudaEventRecord(r->read[r->half], ((struct state *)k->ctx)->stream));
		r->half = 1 - r->half;
		r->used = 0;
		cuda_check(k, cudaEventSynchronize(r->read[r->half]));
	}
	p = r->p + (size_t)r->half * HALF + r->used;
	r->used += cuda_over(n, APART) * APART;
	return cuda_well(k) ? p : NULL;
}

void
cuda_to_device(struct backend *k, void *dev, const void *host, size_t bytes)
{
	for (size_t at = 0, n; at < bytes && cuda_well(k); at += n) {
		void *p;

		n = bytes - at < HALF ? bytes - at : HALF;
		p = ring_take(k, n);
		if (p == NULL)
			return;
		memcpy(p, (const char *)host + at, n);
		cuda_check(k, cudaMemcpyAsync((char *)dev + at, p, n, cudaMemcpyHostToDevice,
		    ((struct state *)k->ctx)->stream));
	}
}

void *
cuda_upload(struct backend *k, enum buffer_use use, const void *host, size_t bytes)
{
	void *dev = cuda_buffer(k, use, bytes);

	if (dev)
		cuda_to_device(k, dev, host, bytes);
	return cuda_well(k) ? dev : NULL;
}
