/*
 * phases.h - where the kernel of fused.h spends its time.  Compiled with CUDA_PHASES only
 * (make CUDA_PHASES=1), since it costs registers; otherwise these functions do nothing.
 *
 * Thread 0 of the first block, and of the last one, reads the clock of its multiprocessor
 * between the phases.  What a phase leaves to the block's other threads counts for the next
 * barrier.  When the device is closed, a note for each phase has its fraction of all clocks
 * in either block.
 */
#ifndef CUDA_PHASES_H
#define CUDA_PHASES_H

#include "fused.h"
#include "message.h"

/* In the order of the kernel. */
#define PHASE_ROWS(ROW) \
	ROW(LOAD, "load the net") ROW(STATES, "states") ROW(LOGITS, "logits") \
	ROW(EXPONENTIALS, "exponentials") ROW(PARTS, "parts of dS") ROW(BARRIER_1, "barrier 1") \
	ROW(NORMS, "norms") ROW(JOIN, "sum of dS") ROW(ARRIVE, "arrive at barrier 2") \
	ROW(UPDATE_V, "update of V") ROW(FETCH, "next sentence") ROW(BARRIER_2, "barrier 2") \
	ROW(BACK, "back in time") ROW(BARRIER_3, "barrier 3") ROW(GATHER, "gather errors") \
	ROW(UPDATE_W, "update of W") ROW(UPDATE_U, "update of U") ROW(CORRECT, "correct next") \
	ROW(STORE, "store the net")

#define PHASE_ENUMERATOR(id, name) PHASE_##id,
enum phase { PHASE_ROWS(PHASE_ENUMERATOR) NPHASES };

#ifdef CUDA_PHASES

struct phase_clock {
	long long last, *sum;		/* sum(NPHASES) of this block; NULL: not measured */
};

static __device__ inline struct phase_clock
phase_begin(const struct fused &f)
{
	bool first = blockIdx.x == 0, last = blockIdx.x == gridDim.x - 1;

	return { clock64(), threadIdx.x == 0 && (first || last) ? f.clocks + (first ? 0 : NPHASES) : NULL };
}

static __device__ inline void
phase_end(struct phase_clock *c, enum phase phase)
{
	long long now = clock64();

	if (c->sum)
		c->sum[phase] += now - c->last;
	c->last = now;
}

/* Sums of both blocks, from zeros; they outlive launches. */
static bool
phase_reserve(struct backend *k, struct fused *f)
{
	struct state *s = (struct state *)k->ctx;
	size_t bytes = 2 * NPHASES * sizeof(long long);

	if (s->clocks == NULL) {
		s->clocks = (long long *)cuda_malloc(k, bytes);
		if (s->clocks)
			cuda_check(k, cudaMemsetAsync(s->clocks, 0, bytes, s->stream));
	}
	f->clocks = s->clocks;
	return cuda_well(k);
}

/* " 12.3 %": part of all, or of nothing. */
static void
add_percent(char *message, size_t size, long long part, const long long *all)
{
	long long sum = 0;
	size_t tenths;

	for (int i = 0; i < NPHASES; i++)
		sum += all[i];
	tenths = sum > 0 ? (size_t)((double)part * 1000 / (double)sum + 0.5) : 0;
	message_add(message, size, " ");
	message_number(message, size, tenths / 10);
	message_add(message, size, ".");
	message_number(message, size, tenths % 10);
	message_add(message, size, " %");
}

static void
phase_report(struct backend *k)
{
	static const char *const name[] = {
#define PHASE_NAME(id, name) name,
		PHASE_ROWS(PHASE_NAME)
	};
	struct state *s = (struct state *)k->ctx;
	long long clocks[2 * NPHASES];
	char message[100];

	if (s->clocks == NULL || k->note == NULL)
		return;
	cuda_from_device(k, clocks, s->clocks, sizeof(clocks));
	for (int i = 0; i < NPHASES && cuda_well(k); i++) {
		message_set(message, sizeof(message), "device cuda: phase ");
		message_add(message, sizeof(message), name[i]);
		message_add(message, sizeof(message), ":");
		add_percent(message, sizeof(message), clocks[i], clocks);
		add_percent(message, sizeof(message), clocks[NPHASES + i], clocks + NPHASES);
		k->note(message);
	}
	cudaFree(s->clocks);
}

static void
phase_close(struct backend *k)
{
	phase_report(k);
	cuda_close(k);
}

static inline void
phase_fill(struct backend *k)
{
	k->close = phase_close;
}

#else

struct phase_clock {
};

static __device__ inline struct phase_clock
phase_begin(const struct fused &)
{
	return {};
}

static __device__ inline void
phase_end(struct phase_clock *, enum phase)
{
}

static inline bool
phase_reserve(struct backend *, struct fused *)
{
	return true;
}

static inline void
phase_fill(struct backend *)
{
}

#endif

#endif
