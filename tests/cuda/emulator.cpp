/*
 * emulator.cpp - the runtime's calls: the device, its memory, copies, and
 * failures that are asked for.
 *
 * Device memory is a range of addresses that is closed (mprotect) except while
 * a kernel or a copy runs.
 */
#include <cuda_runtime.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <string>

#include "emulator.h"

#ifdef EMU_ASAN
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#define ASAN_UNPOISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#define CHECK_GUARDS 1
#endif

enum { GUARD = 256, GUARD_BYTE = 0xa5, PAGE = 4096 };

static unsigned char *arena;	/* (arena_size) */
static size_t arena_size, used, high;	/* high: beyond it nothing was ever used */
static std::map<size_t, size_t> blocks;	/* where in the arena, how many bytes asked for */
static cudaError_t sticky = cudaSuccess;

void
emu_die(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputs("cuda emulator: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
	abort();
}

unsigned long
emu_number(const char *name, unsigned long otherwise)
{
	const char *value = getenv(name);

	return value && *value ? strtoul(value, NULL, 10) : otherwise;
}

cudaError_t
emu_call(const char *kind)
{
	static std::map<std::string, unsigned long> calls;
	const char *fail = getenv("EMU_FAIL");
	size_t n = strlen(kind);

	calls[kind]++;
	if (fail && strncmp(fail, kind, n) == 0 && fail[n] == ' ' &&
	    strtoul(fail + n, NULL, 10) == calls[kind]) {
		if (strcmp(kind, "malloc") == 0)
			return cudaErrorMemoryAllocation;
		sticky = cudaErrorLaunchFailure;
	}
	return sticky;
}

static std::deque<std::function<void()>> &stream = *new std::deque<std::function<void()>>;
static size_t done;	/* so many were taken out of it */

struct emu_event {
	size_t at;	/* how many were put in before it */
};

void
emu_later(const std::function<void()> &what)
{
	stream.push_back(what);
}

/* The first n that were ever put in. */
static void
do_until(size_t n)
{
	while (done < n && !stream.empty()) {
		stream.front()();
		stream.pop_front();
		done++;
	}
}

void
emu_do_all(void)
{
	do_until(SIZE_MAX);
}

void
emu_open_memory(bool open)
{
	if (high && mprotect(arena, high, open ? PROT_READ | PROT_WRITE : PROT_NONE) != 0)
		emu_die("mprotect failed");
}

unsigned char *
emu_memory(void)
{
	return arena;
}

size_t
emu_memory_bytes(void)
{
	return high;
}

static void
make_arena(void)
{
	void *p;

	if (arena)
		return;
	arena_size = emu_number("EMU_MEMORY", 1ul << 30) / PAGE * PAGE;
	p = mmap(NULL, arena_size + PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
	    -1, 0);
	if (p == MAP_FAILED)
		emu_die("no memory for a device");
	arena = (unsigned char *)p;
}

static size_t
padded(size_t bytes)
{
	return (bytes + 2 * GUARD + 255) / 256 * 256;
}

/* The first gap that is large enough; arena_size if there is none. */
static size_t
find_gap(size_t bytes)
{
	size_t at = 0;

	for (const auto &b : blocks) {
		if (b.first - at >= padded(bytes))
			return at;
		at = b.first + padded(b.second);
	}
	return at <= arena_size && arena_size - at >= padded(bytes) ? at : arena_size;
}

cudaError_t
emu_malloc(void **p, size_t bytes)
{
	cudaError_t e = emu_call("malloc");
	size_t at;

	if (e != cudaSuccess)
		return e;
	make_arena();
	if (bytes > arena_size || (at = find_gap(bytes)) == arena_size)
		return cudaErrorMemoryAllocation;
	blocks[at] = bytes;
	used += padded(bytes);
	if (at + padded(bytes) > high)
		high = (at + padded(bytes) + PAGE - 1) / PAGE * PAGE;
	emu_open_memory(true);
	ASAN_UNPOISON_MEMORY_REGION(arena + at, padded(bytes));
	memset(arena + at, GUARD_BYTE, padded(bytes));
	memset(arena + at + GUARD, 0xff, bytes);
	emu_open_memory(false);
	ASAN_POISON_MEMORY_REGION(arena + at, padded(bytes));
	ASAN_UNPOISON_MEMORY_REGION(arena + at + GUARD, bytes);
	*p = arena + at + GUARD;
	return cudaSuccess;
}

static void
check_guards(size_t at, size_t bytes)
{
#ifdef CHECK_GUARDS
	emu_open_memory(true);
	for (size_t i = 0; i < padded(bytes); i++)
		if ((i < GUARD || i >= GUARD + bytes) && arena[at + i] != GUARD_BYTE)
			emu_die("a kernel wrote outside %zu bytes of device memory", bytes);
	emu_open_memory(false);
#else
	(void)at;
	(void)bytes;
#endif
}

/* The block of the device that holds p .. p + bytes. */
static std::map<size_t, size_t>::iterator
block_of(const void *p, size_t bytes)
{
	const unsigned char *q = (const unsigned char *)p;
	size_t at;

	if (arena == NULL || q < arena + GUARD || q >= arena + arena_size)
		return blocks.end();
	at = (size_t)(q - arena) - GUARD;
	auto b = blocks.upper_bound(at);
	if (b == blocks.begin())
		return blocks.end();
	--b;
	return at - b->first + bytes <= b->second ? b : blocks.end();
}

cudaError_t
cudaFree(void *p)
{
	if (p == NULL)
		return cudaSuccess;
	emu_do_all();
	auto b = block_of(p, 0);
	if (b == blocks.end() || arena + b->first + GUARD != p)
		emu_die("cudaFree of what cudaMalloc did not give");
	check_guards(b->first, b->second);
	ASAN_POISON_MEMORY_REGION(arena + b->first, padded(b->second));
	used -= padded(b->second);
	blocks.erase(b);
	return sticky;
}

void
emu_check_pointer(const void *p)
{
	if (p && block_of(p, 0) == blocks.end())
		emu_die("a kernel was given a pointer that is not of the device");
}

cudaError_t
cudaMemGetInfo(size_t *free_bytes, size_t *total)
{
	make_arena();
	*free_bytes = arena_size - used;
	*total = arena_size;
	return sticky;
}

static void
check_copy(const void *p, size_t bytes, bool device)
{
	if (device && block_of(p, bytes) == blocks.end())
		emu_die("a copy of %zu bytes leaves device memory", bytes);
	if (!device && block_of(p, 0) != blocks.end())
		emu_die("a copy takes device memory for the host's");
}

cudaError_t
cudaMemcpyAsync(void *to, const void *from, size_t bytes, cudaMemcpyKind kind, cudaStream_t)
{
	cudaError_t e = emu_call("copy");

	if (e != cudaSuccess)
		return e;
	check_copy(to, bytes, kind != cudaMemcpyDeviceToHost);
	check_copy(from, bytes, kind != cudaMemcpyHostToDevice);
	emu_later([=] {
		emu_open_memory(true);
		memcpy(to, from, bytes);
		emu_open_memory(false);
	});
	return cudaSuccess;
}

cudaError_t
cudaMemsetAsync(void *to, int byte, size_t bytes, cudaStream_t)
{
	if (sticky != cudaSuccess)
		return sticky;
	check_copy(to, bytes, true);
	emu_later([=] {
		emu_open_memory(true);
		memset(to, byte, bytes);
		emu_open_memory(false);
	});
	return cudaSuccess;
}

bool
emu_lacks(const char *what)
{
	const char *fail = getenv("EMU_FAIL");

	return fail && strcmp(fail, what) == 0;
}

cudaError_t
cudaDriverGetVersion(int *version)
{
	*version = emu_lacks("driver") ? 0 : emu_lacks("version") ? 12040 : 13000;
	return cudaSuccess;
}

cudaError_t
cudaGetDeviceCount(int *n)
{
	if (emu_lacks("driver") || emu_lacks("version"))
		return cudaErrorInsufficientDriver;
	if (emu_lacks("device"))
		return cudaErrorNoDevice;
	*n = (int)emu_number("EMU_DEVICES", 1);
	return cudaSuccess;
}

cudaError_t
cudaSetDevice(int number)
{
	if (number < 0 || number >= (int)emu_number("EMU_DEVICES", 1))
		return cudaErrorInvalidValue;
	if (number > 0 && emu_lacks("second"))
		return cudaErrorMemoryAllocation;
	if (emu_lacks("context"))
		emu_die("a context is made");
	return sticky;
}

cudaError_t
cudaGetDeviceProperties(struct cudaDeviceProp *p, int)
{
	memset(p, 0, sizeof(*p));
	strcpy(p->name, "emulated GPU");
	p->major = (int)emu_number("EMU_CAPABILITY", EMU_CAPABILITY) / 10;
	p->minor = (int)emu_number("EMU_CAPABILITY", EMU_CAPABILITY) % 10;
	p->multiProcessorCount = (int)emu_number("EMU_SMS", EMU_SMS);
	p->totalGlobalMem = emu_number("EMU_MEMORY", 1ul << 30);
	p->sharedMemPerBlockOptin = emu_number("EMU_SHARED", EMU_SHARED_BYTES);
	return cudaSuccess;
}

cudaError_t
cudaDeviceGetAttribute(int *value, cudaDeviceAttr what, int)
{
	static const std::map<cudaDeviceAttr, int> values = {
		{ cudaDevAttrClockRate, (int)emu_number("EMU_KHZ", 1000) },
		{ cudaDevAttrMaxSharedMemoryPerBlockOptin, (int)emu_number("EMU_SHARED", EMU_SHARED_BYTES) },
		{ cudaDevAttrCooperativeLaunch, 1 },
		{ cudaDevAttrMultiProcessorCount, (int)emu_number("EMU_SMS", EMU_SMS) },
		{ cudaDevAttrComputeCapabilityMajor, (int)emu_number("EMU_CAPABILITY", EMU_CAPABILITY) / 10 },
		{ cudaDevAttrComputeCapabilityMinor, (int)emu_number("EMU_CAPABILITY", EMU_CAPABILITY) % 10 }
	};

	if (emu_lacks("rate") && what == cudaDevAttrClockRate)
		emu_die("the rate is asked for");
	*value = values.at(what);
	return cudaSuccess;
}

cudaError_t
cudaGetLastError(void)
{
	return sticky;
}

const char *
cudaGetErrorString(cudaError_t e)
{
	static const char *const phrase[] = {
		"no error", "invalid argument", "out of memory", "no driver", "no device",
		"unspecified launch failure", "too many blocks in a cooperative launch",
		"too many resources requested for launch"
	};

	return phrase[e];
}

cudaError_t
cudaStreamCreateWithFlags(cudaStream_t *s, unsigned)
{
	*s = NULL;
	return sticky;
}

cudaError_t
cudaStreamDestroy(cudaStream_t)
{
	return sticky;
}

cudaError_t
cudaStreamSynchronize(cudaStream_t)
{
	cudaError_t e = emu_call("sync");

	if (e == cudaSuccess)
		emu_do_all();
	return e;
}

cudaError_t
cudaEventCreateWithFlags(cudaEvent_t *e, unsigned)
{
	*e = new emu_event();
	return sticky;
}

cudaError_t
cudaEventDestroy(cudaEvent_t e)
{
	delete e;
	return sticky;
}

cudaError_t
cudaEventRecord(cudaEvent_t e, cudaStream_t)
{
	e->at = done + stream.size();
	return sticky;
}

cudaError_t
cudaEventSynchronize(cudaEvent_t e)
{
	cudaError_t failed = emu_call("sync");

	if (failed == cudaSuccess)
		do_until(e->at);
	return failed;
}

cudaError_t
cudaMallocHost(void **p, size_t bytes)
{
	cudaError_t e = emu_call("pin");

	if (e == cudaSuccess && (*p = malloc(bytes)) == NULL)
		e = cudaErrorMemoryAllocation;
	return e;
}

cudaError_t
cudaFreeHost(void *p)
{
	emu_do_all();
	free(p);
	return sticky;
}

long long
clock64(void)
{
	return std::chrono::steady_clock::now().time_since_epoch().count();
}
