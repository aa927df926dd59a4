/*
 * device.cu - opens the device, allocates its memory, and reports its errors.
 */
#include <stdlib.h>
#include <string.h>

#include "device.h"
#include "message.h"

static const char too_old[] = "this GPU is too old: compute capability 7.5 is needed";

static struct state *
state_of(const struct backend *k)
{
	return (struct state *)k->ctx;
}

bool
cuda_well(const struct backend *k)
{
	return state_of(k)->error[0] == '\0';
}

bool
cuda_fail(struct backend *k, const char *message)
{
	if (cuda_well(k))
		message_set(state_of(k)->error, sizeof(state_of(k)->error), message);
	return false;
}

bool
cuda_check(struct backend *k, cudaError_t e)
{
	if (e != cudaSuccess)
		return cuda_fail(k, cudaGetErrorString(e));
	return cuda_well(k);
}

static bool
fail_for_memory(struct backend *k, size_t bytes)
{
	struct state *s = state_of(k);
	size_t free_bytes = 0, total = 0, size = sizeof(s->error);

	if (!cuda_well(k))
		return false;
	cudaGetLastError();	/* clears the error: a smaller request may succeed */
	if (cudaMemGetInfo(&free_bytes, &total) != cudaSuccess)
		free_bytes = total = 0;
	message_set(s->error, size, "out of device memory: ");
	message_number(s->error, size, bytes);
	message_add(s->error, size, " bytes asked for, ");
	message_number(s->error, size, free_bytes);
	message_add(s->error, size, " of ");
	message_number(s->error, size, total);
	message_add(s->error, size, " free");
	return false;
}

void *
cuda_malloc(struct backend *k, size_t bytes)
{
	void *p = NULL;
	cudaError_t e;

	if (!cuda_well(k))
		return NULL;
	e = cudaMalloc(&p, bytes ? bytes : 1);
	if (e == cudaErrorMemoryAllocation)
		fail_for_memory(k, bytes);
	else
		cuda_check(k, e);
	return cuda_well(k) ? p : NULL;
}

void *
cuda_buffer(struct backend *k, enum buffer_use use, size_t bytes)
{
	struct buffer *b = &state_of(k)->buffer[use];

	if (b->p && bytes <= b->bytes)
		return cuda_well(k) ? b->p : NULL;
	if (b->p) {	/* kernels may still use it */
		cuda_check(k, cudaStreamSynchronize(state_of(k)->stream));
		cuda_check(k, cudaFree(b->p));
	}
	b->bytes = bytes + bytes / 4;	/* sentence lengths vary: grow in larger steps */
	b->p = cuda_malloc(k, b->bytes);
	return b->p;
}

void *
cuda_host(struct backend *k, size_t bytes)
{
	struct state *s = state_of(k);
	void *p;

	if (bytes <= s->host_bytes)
		return s->host;
	p = realloc(s->host, bytes);
	if (p == NULL) {
		cuda_fail(k, "out of memory");
		return NULL;
	}
	s->host = p;
	s->host_bytes = bytes;
	return p;
}

void
cuda_from_device(struct backend *k, void *host, const void *dev, size_t bytes)
{
	if (cuda_well(k) && bytes)
		cuda_check(k, cudaMemcpyAsync(host, dev, bytes, cudaMemcpyDeviceToHost,
		    state_of(k)->stream));
	if (cuda_well(k))
		cuda_check(k, cudaStreamSynchronize(state_of(k)->stream));
}

void
cuda_note_refusal(struct backend *k, cudaError_t e, const char *what, const char *cost)
{
	const char *const part[] = { "device cuda: the GPU does not run the kernel for ", what, " (",
	    cudaGetErrorString(e), "); without it ", cost, "; is the GPU shared with other programs?" };
	char message[400] = "";

	for (size_t i = 0; i < sizeof(part) / sizeof(part[0]); i++)
		message_add(message, sizeof(message), part[i]);
	if (k->note)
		k->note(message);
}

static const char *
device_error(struct backend *k)
{
	struct state *s = state_of(k);

	if (cuda_well(k))
		cuda_check(k, cudaStreamSynchronize(s->stream));
	return cuda_well(k) ? NULL : s->error;
}

static void *
device_alloc(struct backend *k, size_t n)
{
	size_t size = k->real == REAL_F32 ? sizeof(float) : sizeof(double);
	void *p;

	if (n > SIZE_MAX / size) {
		cuda_fail(k, "out of device memory");
		return NULL;
	}
	p = cuda_malloc(k, n * size);
	if (p && !cuda_check(k, cudaMemsetAsync(p, 0, n * size, state_of(k)->stream))) {
		cudaFree(p);
		p = NULL;
	}
	return p;
}

static void
device_free(struct backend *k, void *p)
{
	/* after a failure nothing can be freed, and nothing needs to be */
	if (p && cuda_well(k))
		cuda_check(k, cudaFree(p));
}

static void
device_put(struct backend *k, void *dev, const void *host, size_t n)
{
	cuda_to_device(k, dev, host, n * (k->real == REAL_F32 ? sizeof(float) : sizeof(double)));
}

static void
device_get(struct backend *k, void *host, const void *dev, size_t n)
{
	cuda_from_device(k, host, dev, n * (k->real == REAL_F32 ? sizeof(float) : sizeof(double)));
}

static int chosen;	/* the GPU of this process */

/* What is amiss where cudaGetDeviceCount() reports an insufficient driver. */
static const char *
driver_message(bool *absent)
{
	int version = 0;

	*absent = cudaDriverGetVersion(&version) == cudaSuccess && version == 0;
	return *absent ? "no NVIDIA driver is here" :
	    "the NVIDIA driver is too old for this plugin, which needs one for CUDA 13 (580 or later)";
}

/* NULL if there is a GPU, or an error message.  absent: there is no GPU or no driver, which is
 * no fault. */
static const char *
count_devices(bool *absent)
{
	int n = 0;
	cudaError_t e = cudaGetDeviceCount(&n);

	if (e == cudaErrorInsufficientDriver)
		return driver_message(absent);
	*absent = e == cudaErrorNoDevice || (e == cudaSuccess && n == 0);
	if (*absent)
		return "no NVIDIA GPU is here";
	return e == cudaSuccess ? NULL : cudaGetErrorString(e);
}

void
cuda_choose(int number)
{
	int n = 0;

	chosen = cudaGetDeviceCount(&n) == cudaSuccess && n > 0 ? number % n : 0;
}

/* Selects the device, of those in CUDA_VISIBLE_DEVICES.  NULL, or an error message. */
static const char *
find_device(struct cudaDeviceProp *p)
{
	bool absent;
	const char *why = count_devices(&absent);
	cudaError_t e;

	if (why)
		return why;
	if ((e = cudaSetDevice(chosen)) != cudaSuccess || (e = cudaGetDeviceProperties(p, chosen)) != cudaSuccess)
		return cudaGetErrorString(e);
	return launch_is_supported(p->major, p->minor) ? NULL : too_old;
}

/* One of the device's attributes, without a context, which takes a good part of a
 * second and of a gigabyte; 0 on failure. */
static int
attribute(enum cudaDeviceAttr what)
{
	int value = 0;

	return cudaDeviceGetAttribute(&value, what, chosen) == cudaSuccess ? value : 0;
}

double
cuda_rate(enum real_type real, const char **why)
{
	int major, minor;
	bool absent = false;

	*why = count_devices(&absent);
	if (*why) {
		*why = absent ? NULL : *why;
		return 0;
	}
	major = attribute(cudaDevAttrComputeCapabilityMajor);
	minor = attribute(cudaDevAttrComputeCapabilityMinor);
	if (!launch_is_supported(major, minor)) {
		*why = too_old;
		return 0;
	}
	return 2.0 * launch_lanes(major, minor, real == REAL_F64) *
	    attribute(cudaDevAttrMultiProcessorCount) * attribute(cudaDevAttrClockRate) * 1e3;
}

static void
describe_device(struct state *s)
{
	size_t size = sizeof(s->isa);

	message_set(s->isa, size, s->properties.name);
	message_add(s->isa, size, ", ");
	message_number(s->isa, size, (size_t)s->properties.multiProcessorCount);
	message_add(s->isa, size, " multiprocessors, compute capability ");
	message_number(s->isa, size, (size_t)s->properties.major);
	message_add(s->isa, size, ".");
	message_number(s->isa, size, (size_t)s->properties.minor);
}

/* The limits of a kernel with one block per multiprocessor. */
static void
find_limits(struct state *s)
{
	int bytes = 0, together = 0;

	if (cudaDeviceGetAttribute(&bytes, cudaDevAttrMaxSharedMemoryPerBlockOptin, chosen) ==
	    cudaSuccess &&
	    cudaDeviceGetAttribute(&together, cudaDevAttrCooperativeLaunch, chosen) == cudaSuccess &&
	    together)
		s->limits.bytes = (size_t)bytes;
	s->loops = together;
	s->limits.blocks = s->properties.multiProcessorCount;
	s->limits.clusters = -1;
}

static const char *
use_tf32(struct backend *k)
{
	struct state *s = state_of(k);

	if (k->real != REAL_F32)
		return "needs single precision";
	if (s->properties.major < 8)
		return "needs a GPU of compute capability 8.0 or later";
	s->tf32 = true;
	return NULL;
}

static void
fill_table(struct backend *k)
{
	k->name = "cuda";
	k->isa = state_of(k)->isa;
	k->close = cuda_close;
	k->error = device_error;
	k->alloc = device_alloc;
	k->free = device_free;
	k->put = device_put;
	k->get = device_get;
	k->use_tf32 = use_tf32;
}

struct backend *
cuda_open(enum real_type real, const char **why)
{
	struct backend *k = (struct backend *)calloc(1, sizeof(*k));
	struct state *s = (struct state *)calloc(1, sizeof(*s));
	cudaError_t e;

	*why = k && s ? find_device(&s->properties) : "out of memory";
	if (*why == NULL) {
		e = cudaStreamCreateWithFlags(&s->stream, cudaStreamNonBlocking);
		*why = e == cudaSuccess ? NULL : cudaGetErrorString(e);
	}
	if (*why) {
		free(k);
		free(s);
		return NULL;
	}
	k->real = real;
	k->ctx = s;
	describe_device(s);
	find_limits(s);
	fill_table(k);
	return k;
}

void
cuda_close(struct backend *k)
{
	struct state *s = state_of(k);

	k->mat_free(k, s->gradient.u);
	k->mat_free(k, s->gradient.v);
	k->mat_free(k, s->gradient.w);
	for (int i = 0; i < NBUFFER; i++)
		device_free(k, s->buffer[i].p);
	cuda_free_ring(k);
	if (cuda_well(k))
		cudaStreamDestroy(s->stream);
	free(s->host);
	free(s);
	free(k);
}
