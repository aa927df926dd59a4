/*
 * faults FAULT: kernels that do what the emulator must notice, one each; "none", "cluster" and,
 * with EMU_STRICT=1, "coherent" and "released" are the same without the fault.
 */
#include <cuda_runtime.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { N = 64, ROOM = 2 * N + 1 };

static const char *fault;

static bool
is(const char *name)
{
	return strcmp(fault, name) == 0;
}

static __global__ void
good(int *x)
{
	int *s = shared_memory<int>(), i = (int)threadIdx.x;

	s[i] = i;
	__syncthreads();
	x[i] = s[N - 1 - i];
}

/* Reads what another thread has yet to write. */
static __global__ void
no_barrier(int *x)
{
	int *s = shared_memory<int>(), i = (int)threadIdx.x;

	s[i] = i;
	x[i] = s[N - 1 - i];
}

static __global__ void
some_miss_the_barrier(int *x)
{
	if (threadIdx.x > 3)
		return;
	__syncthreads();
	x[threadIdx.x] = 0;
}

static __global__ void
two_barriers(int *x)
{
	if (threadIdx.x > 3)
		__syncthreads();
	else
		__syncthreads();
	x[threadIdx.x] = 0;
}

static __global__ void
spins(volatile int *x)
{
	while (x[0] != 12345)
		emu_wait();
}

/* Block 1 shows in x what block 0 wrote; x[N] and x[N + 1] are 0 before. */
static void
hand_over(int *x, bool writer_fences, bool reader_fences, bool plain)
{
	int i = (int)threadIdx.x;
	unsigned *arrived = (unsigned *)x + N;

	if (blockIdx.x == 0) {
		x[N + 1 + i] = N - 1 - i;
		__syncthreads();
		if (writer_fences)
			__threadfence();
		if (i == 0)
			atomicAdd(arrived, 1u);
		return;
	}
	while (*(volatile unsigned *)arrived == 0)
		emu_wait();
	if (reader_fences)
		__threadfence();
	x[i] = plain ? x[N + 1 + i] : __ldcg(x + N + 1 + i);
}

static __global__ void
hands_over(int *x)
{
	hand_over(x, !is("writer"), !is("reader"), is("plain"));
}

/* The same with a release and an acquiring load, or without one of them. */
static __global__ void
releases(int *x)
{
	int i = (int)threadIdx.x;
	unsigned *arrived = (unsigned *)x + N;

	if (blockIdx.x == 0) {
		x[N + 1 + i] = N - 1 - i;
		__syncthreads();
		if (i == 0 && is("release"))
			atomicAdd(arrived, 1u);
		else if (i == 0)
			emu_release(arrived, 1);
		return;
	}
	while ((is("acquire") ? *(volatile unsigned *)arrived : emu_acquire(arrived)) == 0)
		emu_wait();
	x[i] = __ldcg(x + N + 1 + i);
}

/* Shows what the next block of the cluster has in its shared memory. */
static __global__ void
clustered(int *x)
{
	int *s = shared_memory<int>(), i = (int)threadIdx.x, b = (int)blockIdx.x;

	s[i] = N - 1 - i;
	if (!is("unmet"))
		emu_cluster_barrier(__LINE__);
	for (int n = 0; is("ended") && b == 0 && n < N; n++)
		emu_wait();		/* until the other block has ended */
	if (b == 0)
		x[i] = ((const int *)emu_cluster_at(s, is("outsider") ? 2 : 1))[i];
	if (!is("ended"))
		emu_cluster_barrier(__LINE__);
}

static __global__ void
writes_beyond(int *x)
{
	x[N + threadIdx.x] = 1;
}

static cudaError_t
launch(void (*kernel)(int *), int *x, size_t shared)
{
	cudaLaunchConfig_t c = {};

	c.gridDim = 1;
	c.blockDim = N;
	c.dynamicSmemBytes = shared;
	return cudaLaunchKernelEx(&c, kernel, x);
}

static cudaError_t
launch_together(void (*kernel)(int *), int *x)
{
	cudaLaunchAttribute attributes[2] = {};
	cudaLaunchConfig_t c = {};

	attributes[0].id = cudaLaunchAttributeCooperative;
	attributes[0].val.cooperative = 1;
	attributes[1].id = cudaLaunchAttributeClusterDimension;
	attributes[1].val.clusterDim = { 2, 1, 1 };
	c.gridDim = is("uneven") ? 3 : 2;
	c.blockDim = N;
	c.dynamicSmemBytes = N * sizeof(int);
	c.attrs = attributes;
	c.numAttrs = kernel == clustered ? 2 : 1;
	cudaMemsetAsync(x, 0, ROOM * sizeof(*x), NULL);
	return cudaLaunchKernelEx(&c, kernel, x);
}

static void
spin_kernel(int *x)
{
	spins(x);
}

/* Changes what a copy may not have read yet. */
static void
put_and_forget(int *x, int *host)
{
	int from = 1;

	cudaMemcpyAsync(x, &from, sizeof(from), cudaMemcpyHostToDevice, NULL);
	from = 2;
	cudaMemcpyAsync(host, x, sizeof(*x), cudaMemcpyDeviceToHost, NULL);
	cudaStreamSynchronize(NULL);
}

static bool
run(int *x, int *host)
{
	static const struct {
		const char *name;
		void (*kernel)(int *);
	} kernels[] = {
		{ "none", good }, { "barrier", some_miss_the_barrier }, { "lines", two_barriers },
		{ "spin", spin_kernel }, { "guard", writes_beyond }, { "order", no_barrier },
	};
	size_t shared = is("shared") ? 1 << 20 : N * sizeof(int);

	for (const auto &k : kernels)
		if (is(k.name) && launch(k.kernel, x, shared) != cudaSuccess)
			return false;
	if ((is("coherent") || is("writer") || is("reader") || is("plain")) &&
	    launch_together(hands_over, x) != cudaSuccess)
		return false;
	if ((is("released") || is("release") || is("acquire")) &&
	    launch_together(releases, x) != cudaSuccess)
		return false;
	if ((is("cluster") || is("unmet") || is("ended") || is("outsider") || is("uneven")) &&
	    launch_together(clustered, x) != cudaSuccess)
		return false;
	if (is("shared"))
		return launch(good, x, shared) == cudaSuccess;
	if (is("host"))
		launch(good, host, shared);
	if (is("device"))
		return x[0] == 0;
	if (is("late")) {
		put_and_forget(x, host);
		return host[0] == 1;
	}
	cudaMemcpyAsync(host, x, N * sizeof(*x), cudaMemcpyDeviceToHost, NULL);
	cudaStreamSynchronize(NULL);
	for (int i = 0; i < N; i++)
		if (host[i] != N - 1 - i)
			return false;
	return true;
}

int
main(int argc, char *argv[])
{
	int *x, host[N];
	bool ok;

	if (argc != 2)
		return 2;
	fault = argv[1];
	if (cudaMalloc(&x, (is("guard") ? N : ROOM) * sizeof(*x)) != cudaSuccess)
		return 2;
	ok = run(x, host);
	cudaFree(x);
	return ok ? 0 : 1;
}
