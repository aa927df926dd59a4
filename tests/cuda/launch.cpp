/*
 * launch.cpp - runs a kernel: its threads as fibers, in an order that EMU_SEED
 * sets, and the things that threads wait for.
 */
#include <cuda_runtime.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <algorithm>
#include <map>
#include <vector>

#include "coherence.h"
#include "emulator.h"
#include "fiber.h"

enum { WARP = 32, MOST_THREADS = 1024, SPINS = 1000000, PLAIN_SHARED = 48 << 10 };
enum waiting { NEW, READY, AT_BARRIER, AT_WARP, AT_CLUSTER, SPINNING, ENDED };

struct thread {
	enum waiting waiting;
	struct fiber *fiber;
};
struct warp {
	unsigned arrived;
	unsigned char turn[WARP];
	struct {
		uint64_t word[3];
	} slot[2][WARP];	/* in turn: nobody is two exchanges ahead of another */
};
struct block {
	dim3 at;
	unsigned char *shared;		/* (bytes) exactly as long as the launch said */
	size_t bytes;
	int arrived, line;		/* at the barrier */
	int in_cluster, cluster_line;	/* the same at the cluster's */
	std::vector<thread> threads;
	std::vector<warp> warps;
};

dim3 threadIdx, blockIdx, blockDim, gridDim;
unsigned char *emu_shared;

static struct block *now;	/* of the thread that runs */
static int now_thread;
static struct block *all_blocks;	/* those that run side by side */
static size_t in_cluster = 1;	/* blocks */
static std::map<const void *, int> most_shared;

/* 0 .. n-1 in the order of the seed; another one each time. */
class order {
	size_t n, step, at;

public:
	explicit order(size_t n_) : n(n_), step(1), at(0)
	{
		static unsigned long seed = emu_number("EMU_SEED", 0), round;

		if (seed == 1) {
			step = n - 1;
			at = n - 1;
		} else if (seed > 1) {
			round = round * 6364136223846793005u + seed;
			at = (round >> 33) % n;
			step = (round >> 13) % n;
			while (n > 1 && !coprime(step))
				step = (step + 1) % n;
		}
	}
	size_t
	next()
	{
		size_t i = at;

		at += step;
		if (at >= n)
			at -= n;
		return i;
	}

private:
	bool
	coprime(size_t a) const
	{
		size_t b = n;

		while (b) {
			size_t c = a % b;

			a = b;
			b = c;
		}
		return a == 1;
	}
};

static void
wait_for(enum waiting what)
{
	struct block *b = now;
	int i = now_thread;

	b->threads[(size_t)i].waiting = what;
	fiber_wait();
}

void
emu_barrier(int line)
{
	struct block *b = now;

	if (b->arrived > 0 && b->line != line)
		emu_die("threads of a block wait at barriers in lines %d and %d", b->line, line);
	b->line = line;
	if (++b->arrived < (int)b->threads.size()) {
		wait_for(AT_BARRIER);
		return;
	}
	b->arrived = 0;
	for (auto &t : b->threads)
		if (t.waiting == AT_BARRIER)
			t.waiting = READY;
}

/* The first block of the running one's cluster. */
static struct block *
cluster_of(const struct block *b)
{
	return all_blocks + (size_t)(b - all_blocks) / in_cluster * in_cluster;
}

void
emu_cluster_barrier(int line)
{
	struct block *first = cluster_of(now);
	size_t threads = in_cluster * now->threads.size();

	if (first->in_cluster > 0 && first->cluster_line != line)
		emu_die("threads of a cluster wait at barriers in lines %d and %d", first->cluster_line, line);
	first->cluster_line = line;
	if (++first->in_cluster < (int)threads) {
		wait_for(AT_CLUSTER);
		return;
	}
	first->in_cluster = 0;
	for (size_t i = 0; i < in_cluster; i++)
		for (auto &t : first[i].threads)
			if (t.waiting == AT_CLUSTER)
				t.waiting = READY;
}

const void *
emu_cluster_at(const void *p, int rank)
{
	struct block *of = cluster_of(now) + rank;
	size_t at = (size_t)((const unsigned char *)p - now->shared);

	if (rank < 0 || (size_t)rank >= in_cluster)
		emu_die("a cluster of %zu blocks has no block %d", in_cluster, rank);
	if ((const unsigned char *)p < now->shared || at >= now->bytes)
		emu_die("what another block is asked for is not in shared memory");
	for (const auto &t : of->threads)
		if (t.waiting != ENDED)
			return of->shared + at;
	emu_die("a block's shared memory is read after its end");
}

int
emu_lane(void)
{
	return now_thread % WARP;
}

void
emu_warp_barrier(unsigned mask)
{
	struct block *b = now;
	size_t first = (size_t)now_thread / WARP * WARP;
	struct warp *w = &b->warps[first / WARP];

	if (!(mask >> emu_lane() & 1))
		emu_die("a thread waits for a warp without it");
	w->arrived |= 1u << emu_lane();
	if ((w->arrived & mask) != mask) {
		wait_for(AT_WARP);
		return;
	}
	w->arrived &= ~mask;
	for (size_t i = first; i < first + WARP && i < b->threads.size(); i++)
		if ((mask >> (i - first) & 1) && b->threads[i].waiting == AT_WARP)
			b->threads[i].waiting = READY;
}

uint64_t
emu_exchange(uint64_t x, unsigned mask, int from)
{
	struct warp *w = &now->warps[(size_t)now_thread / WARP];
	int turn = w->turn[emu_lane()] ^= 1;

	w->slot[turn][emu_lane()].word[0] = x;
	emu_warp_barrier(mask);
	return w->slot[turn][from].word[0];
}

float
emu_tf32(float x)
{
	uint32_t bits;

	memcpy(&bits, &x, sizeof(x));
	if (x == x)
		bits = (bits + 0x1000) & ~(uint32_t)0x1fff;	/* half a unit away from zero, then cut off */
	memcpy(&x, &bits, sizeof(x));
	return x;
}

/* What a lane gives to an mma: the PTX ISA's a0 to a3, b0 and b1. */
struct fragments {
	float a[4], b[2];
};

static void
check_tf32(const struct fragments &own)
{
	for (float x : { own.a[0], own.a[1], own.a[2], own.a[3], own.b[0], own.b[1] })
		if (x == x && emu_tf32(x) != x)
			emu_die("an operand of mma is not rounded to TF32");
}

/* Sums of A(16,8) B(8,8) of what the lanes gave, by the formulas of the PTX ISA, "Matrix
 * Fragments for mma.m16n8k8", .tf32. */
class mma_operands {
	float a[16][8], b[8][8];

public:
	explicit mma_operands(const struct fragments all[WARP])
	{
		for (int lane = 0; lane < WARP; lane++) {
			int group = lane >> 2, in_group = lane % 4;

			for (int i = 0; i < 4; i++)
				a[i == 0 || i == 2 ? group : group + 8][i < 2 ? in_group : in_group + 4] = all[lane].a[i];
			for (int i = 0; i < 2; i++)
				b[i == 0 ? in_group : in_group + 4][group] = all[lane].b[i];
		}
	}
	float
	sum(int row, int col) const
	{
		float sum = 0;

		for (int k = 0; k < 8; k++)
			sum += a[row][k] * b[k][col];
		return sum;
	}
};

void
emu_mma(float *c0, float *c1, float *c2, float *c3, const float a[4], const float b[2])
{
	struct warp *w = &now->warps[(size_t)now_thread / WARP];
	int lane = emu_lane(), turn = w->turn[lane] ^= 1, g = lane / 4, r = lane % 4;
	struct fragments own = { { a[0], a[1], a[2], a[3] }, { b[0], b[1] } }, all[WARP];

	static_assert(sizeof(own) == sizeof(w->slot[0][0]), "a slot holds a lane's fragments");
	check_tf32(own);
	memcpy(&w->slot[turn][lane], &own, sizeof(own));
	emu_warp_barrier(0xffffffff);
	memcpy(all, w->slot[turn], sizeof(all));

	const mma_operands operands(all);

	*c0 += operands.sum(g, 2 * r);
	*c1 += operands.sum(g, 2 * r + 1);
	*c2 += operands.sum(g + 8, 2 * r);
	*c3 += operands.sum(g + 8, 2 * r + 1);
}

void
emu_wait(void)
{
	wait_for(SPINNING);
}

static void
run_thread(struct block *b, int i, const std::function<void()> &body)
{
	struct thread *t = &b->threads[(size_t)i];
	unsigned u = (unsigned)i, x = blockDim.x, y = blockDim.y;
	bool fresh = t->waiting == NEW;

	now = b;
	now_thread = i;
	emu_shared = b->shared;
	blockIdx = b->at;
	threadIdx = dim3(u % x, u / x % y, u / (x * y));
	t->waiting = READY;
	t->fiber = fresh ? fiber_start(body) : fiber_resume(t->fiber);
	if (t->fiber == NULL)
		t->waiting = ENDED;
}

/* Each thread that can, once; false when none was let go on but by spinning. */
static bool
round_of(std::vector<block> &blocks, const std::function<void()> &body, bool *more)
{
	size_t each = blocks[0].threads.size(), n = blocks.size() * each;
	bool progress = false;
	order o(n);

	*more = false;
	for (size_t q = 0; q < n; q++) {
		size_t at = o.next();
		size_t number = blocks.size() == 1 ? 0 : at / each;
		struct block *b = &blocks[number];
		struct thread *t = &b->threads[at - number * each];
		enum waiting was = t->waiting;

		if (was != ENDED && was != AT_BARRIER && was != AT_WARP && was != AT_CLUSTER) {
			coherence_enter(number);
			run_thread(b, (int)(at - number * each), body);
			progress |= was != SPINNING || t->waiting != SPINNING;
		}
		*more |= t->waiting != ENDED;
	}
	return progress;
}

static bool
any_spins(const std::vector<block> &blocks)
{
	for (const auto &b : blocks)
		for (const auto &t : b.threads)
			if (t.waiting == SPINNING)
				return true;
	return false;
}

static void
run_blocks(std::vector<block> &blocks, const std::function<void()> &body)
{
	bool more = true;
	int idle = 0;

	while (more) {
		idle = round_of(blocks, body, &more) ? 0 : idle + 1;
		if (more && idle && !any_spins(blocks))
			emu_die("a barrier that not all threads reach");
		if (idle > SPINS)
			emu_die("blocks wait for each other for ever");
	}
}

static void
make_block(struct block *b, size_t number, size_t bytes)
{
	size_t threads = (size_t)blockDim.x * blockDim.y * blockDim.z;

	b->at = dim3((unsigned)(number % gridDim.x),
	    (unsigned)(number / gridDim.x % gridDim.y),
	    (unsigned)(number / gridDim.x / gridDim.y));
	b->shared = (unsigned char *)malloc(bytes ? bytes : 1);
	if (b->shared == NULL)
		emu_die("no memory");
	memset(b->shared, 0xff, bytes);
	b->bytes = bytes;
	b->arrived = b->in_cluster = 0;
	b->threads.assign(threads, thread{ NEW, NULL });
	b->warps.assign((threads + WARP - 1) / WARP, warp{});
}

/* n blocks from `first` on, side by side. */
static void
run_some(size_t first, size_t n, size_t bytes, const std::function<void()> &body)
{
	static std::vector<block> blocks;

	blocks.resize(n);
	all_blocks = blocks.data();
	for (size_t i = 0; i < n; i++)
		make_block(&blocks[i], first + i, bytes);
	run_blocks(blocks, body);
	for (auto &b : blocks)
		free(b.shared);
}

cudaError_t
emu_set_attribute(const void *kernel, cudaFuncAttribute what, int value)
{
	if (what != cudaFuncAttributeMaxDynamicSharedMemorySize ||
	    value > (int)emu_number("EMU_SHARED", EMU_SHARED_BYTES))
		return cudaErrorInvalidValue;
	most_shared[kernel] = value;
	return cudaSuccess;
}

/* As on an H200, for kernels that use 128 registers a thread. */
static int
occupancy(size_t threads, size_t shared)
{
	const size_t reserved = 1 << 10, registers = 1 << 16;
	size_t by_memory = (emu_number("EMU_SHARED", EMU_SHARED_BYTES) + reserved) / (shared + reserved);

	return (int)std::min(by_memory, registers / 128 / threads);
}

cudaError_t
emu_occupancy(int *blocks, int threads, size_t shared)
{
	*blocks = occupancy((size_t)threads, shared);
	return cudaSuccess;
}

/* Of the cluster that a launch asks for. */
static size_t
cluster_size(const cudaLaunchConfig_t *c)
{
	for (unsigned i = 0; i < c->numAttrs; i++)
		if (c->attrs[i].id == cudaLaunchAttributeClusterDimension)
			return (size_t)c->attrs[i].val.clusterDim.x * c->attrs[i].val.clusterDim.y *
			    c->attrs[i].val.clusterDim.z;
	return 1;
}

cudaError_t
emu_clusters(int *clusters, const cudaLaunchConfig_t *c)
{
	size_t n = emu_number("EMU_SMS", EMU_SMS) *
	    (size_t)occupancy((size_t)c->blockDim.x, c->dynamicSmemBytes) / cluster_size(c);

	*clusters = (int)emu_number("EMU_CLUSTERS", n);
	return cudaSuccess;
}

static bool
is_cooperative(const cudaLaunchConfig_t *c)
{
	for (unsigned i = 0; i < c->numAttrs; i++)
		if (c->attrs[i].id == cudaLaunchAttributeCooperative)
			return c->attrs[i].val.cooperative != 0;
	return false;
}

static cudaError_t
check_launch(const cudaLaunchConfig_t *c, const void *kernel)
{
	size_t threads = (size_t)c->blockDim.x * c->blockDim.y * c->blockDim.z;
	size_t blocks = (size_t)c->gridDim.x * c->gridDim.y * c->gridDim.z;
	auto known = most_shared.find(kernel);
	int most = known == most_shared.end() ? PLAIN_SHARED : known->second;

	if (threads == 0 || threads > MOST_THREADS || blocks == 0 || c->gridDim.y > 65535 ||
	    c->gridDim.z > 65535 || c->gridDim.x > 2147483647u || c->dynamicSmemBytes > (size_t)most)
		return cudaErrorInvalidValue;
	if (cluster_size(c) > 1 && (!is_cooperative(c) || blocks % cluster_size(c) != 0 ||
	    emu_lacks("clusters")))
		return cudaErrorInvalidValue;
	if (is_cooperative(c) && (emu_lacks("together") ||
	    blocks > emu_number("EMU_SMS", EMU_SMS) * (size_t)occupancy(threads, c->dynamicSmemBytes)))
		return cudaErrorCooperativeLaunchTooLarge;
	return cudaSuccess;
}

static void
run_grid(const cudaLaunchConfig_t &c, bool together, size_t cluster, const std::function<void()> &body)
{
	size_t blocks = (size_t)c.gridDim.x * c.gridDim.y * c.gridDim.z;

	gridDim = c.gridDim;
	blockDim = c.blockDim;
	in_cluster = cluster;
	emu_open_memory(true);
	if (together) {
		if (emu_number("EMU_STRICT", 0))
			coherence_begin(emu_memory(), emu_memory_bytes(), blocks);
		run_some(0, blocks, c.dynamicSmemBytes, body);
		coherence_end();
	} else {
		order o(blocks);

		for (size_t i = 0; i < blocks; i++)
			run_some(o.next(), 1, c.dynamicSmemBytes, body);
	}
	emu_open_memory(false);
}

/* The kernels that ran, as EMU_KERNELS asks for. */
struct kernel_log {
	struct launches {
		unsigned long n;
		size_t shared;
	};
	std::map<const void *, launches> of;

	~kernel_log()
	{
		const char *path = getenv("EMU_KERNELS");
		FILE *f = path ? fopen(path, "a") : NULL;
		Dl_info info;

		for (const auto &k : of)
			if (f && dladdr(k.first, &info))
				fprintf(f, "%016lx %lu %zu\n", (unsigned long)((const char *)k.first -
				    (const char *)info.dli_fbase), k.second.n,
				    k.second.shared);
		if (f)
			fclose(f);
	}
};

cudaError_t
emu_launch(const cudaLaunchConfig_t *c, const void *kernel, const std::function<void()> &body)
{
	static kernel_log log;
	cudaError_t e = emu_call("launch");

	log.of[kernel].n++;
	log.of[kernel].shared = std::max(log.of[kernel].shared, c->dynamicSmemBytes);
	if (e == cudaSuccess)
		e = check_launch(c, kernel);
	if (e == cudaSuccess)
		emu_later([config = *c, together = is_cooperative(c), cluster = cluster_size(c), body] {
			run_grid(config, together, cluster, body);
		});
	return e;
}
