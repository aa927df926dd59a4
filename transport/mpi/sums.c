/*
 * sums.c - see sums.h.
 *
 * MPI's own reductions may add in any order, so sums are made of two exchanges that only
 * copy: each rank receives its part of the numbers from all others, adds them in the order of
 * the ranks, and sends the result to all (Rabenseifner 2004, with both halves in one message
 * a pair).  Each rank sends and receives 2 (n - 1) / n of the bytes.
 *
 * All ranks begin the same sums, and each goes through both exchanges before the next one: so
 * their messages match, whichever thread makes the calls.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bf16.h"
#include "sums.h"

enum {
	BLOCK = 1 << 22,	/* numbers that are added in one exchange */
	STRIP = 512,		/* numbers that are added while they are in the first cache */
	PAUSE = 50 * 1000	/* nanoseconds */
};

/* x(n), a rank's part of its own numbers, becomes its sum with parts(size, n), of which the
 * rank's own is missing. */
#define ADD_PARTS(type) \
static void \
add_ ## type(type *restrict x, const type *restrict parts, size_t n, int rank, int size) \
{ \
	type sum[STRIP]; \
	for (size_t at = 0, some; at < n; at += some) { \
		some = n - at < STRIP ? n - at : STRIP; \
		memcpy(sum, (rank == 0 ? x : parts) + at, some * sizeof(*sum)); \
		for (int r = 1; r < size; r++) { \
			const type *p = (r == rank ? x : parts + (size_t)r * n) + at; \
			for (size_t i = 0; i < some; i++) \
				sum[i] += p[i]; \
		} \
		memcpy(x + at, sum, some * sizeof(*sum)); \
	} \
}
ADD_PARTS(float)
ADD_PARTS(double)

/* The same of numbers that are rounded. */
static void
add_packed(uint16_t *restrict x, const uint16_t *restrict parts, size_t n, int rank, int size)
{
	float sum[STRIP];

	for (size_t at = 0, some; at < n; at += some) {
		some = n - at < STRIP ? n - at : STRIP;
		bf16_unpack(sum, (rank == 0 ? x : parts) + at, some);
		for (int r = 1; r < size; r++)
			bf16_add(sum, (r == rank ? x : parts + (size_t)r * n) + at, some);
		bf16_pack(x + at, sum, some);
	}
}

/* Where part r of n numbers begins. */
static int
part_start(size_t n, int r, int size)
{
	return (int)(n * (size_t)r / (size_t)size);
}

static size_t
block_of(const struct sum *q)
{
	return q->n < BLOCK ? q->n : BLOCK;
}

/* Of a number in a message. */
static MPI_Datatype
type_of(const struct sum *q)
{
	static const MPI_Datatype type[] = { MPI_FLOAT, MPI_DOUBLE, MPI_UINT16_T };

	return type[q->kind];
}

/* Memory for a block of n numbers. */
static void
reserve_parts(struct sums *s, const struct sum *q, size_t n)
{
	size_t received = n + (size_t)s->size;
	size_t bytes = (q->kind == SUM_BF16 ? received + n : received) * sum_kind_bytes(q->kind);

	if (bytes > s->cap) {
		free(s->parts);
		s->parts = malloc(bytes);
		s->cap = bytes;
		if (s->parts == NULL)
			MPI_Abort(s->comm, EXIT_FAILURE);
	}
	s->packed = (uint16_t *)s->parts + received;
}

/* The block in messages. */
static void *
sent_block(struct sums *s, const struct sum *q)
{
	return q->kind == SUM_BF16 ? (void *)s->packed : q->x;
}

/* Begins to send to each other rank its part of the block, and to receive one's own. */
static void
send_parts(struct sums *s, const struct sum *q)
{
	size_t n = block_of(q);
	int own = part_start(n, s->rank + 1, s->size) - part_start(n, s->rank, s->size);

	reserve_parts(s, q, n);
	if (q->kind == SUM_BF16)
		bf16_pack(s->packed, (const float *)(const void *)q->x, n);
	for (int r = 0; r < s->size; r++) {
		s->starts[r] = part_start(n, r, s->size);
		s->counts[r] = part_start(n, r + 1, s->size) - s->starts[r];
		s->got[r] = own;
		s->got_at[r] = r * own;
	}
	s->counts[s->rank] = s->got[s->rank] = 0;
	MPI_Ialltoallv(sent_block(s, q), s->counts, s->starts, type_of(q), s->parts, s->got,
	    s->got_at, type_of(q), s->comm, &s->request);
}

/* Adds this rank's part of the block up, and begins to give the result to all. */
static void
send_result(struct sums *s, const struct sum *q)
{
	size_t first = (size_t)s->starts[s->rank];
	int own = part_start(block_of(q), s->rank + 1, s->size) - s->starts[s->rank];

	if (q->kind == SUM_BF16)
		add_packed(s->packed + first, s->parts, (size_t)own, s->rank, s->size);
	else if (q->kind == SUM_F64)
		add_double((double *)(void *)q->x + first, s->parts, (size_t)own, s->rank, s->size);
	else
		add_float((float *)(void *)q->x + first, s->parts, (size_t)own, s->rank, s->size);
	s->counts[s->rank] = own;
	MPI_Iallgatherv(MPI_IN_PLACE, 0, type_of(q), sent_block(s, q), s->counts, s->starts, type_of(q),
	    s->comm, &s->request);
}

static void
end_block(struct sums *s, struct sum *q)
{
	size_t n = block_of(q);

	if (q->kind == SUM_BF16)
		bf16_unpack((float *)(void *)q->x, s->packed, n);
	q->x += n * (q->kind == SUM_F64 ? sizeof(double) : sizeof(float));
	q->n -= n;
	if (q->n > 0)
		return;
	s->first = (s->first + 1) % SUMS_QUEUE;
	s->length--;
}

/* Whether the exchange of the current phase is over. */
static bool
has_arrived(struct sums *s, bool wait)
{
	int arrived = 1;

	if (wait)
		MPI_Wait(&s->request, MPI_STATUS_IGNORE);
	else
		MPI_Test(&s->request, &arrived, MPI_STATUS_IGNORE);
	return arrived;
}

/* Takes the first sum a phase further; false: not without waiting, or there is none. */
static bool
advance(struct sums *s, bool wait)
{
	struct sum *q = &s->queue[s->first];

	if (s->length == 0 || (s->phase != SUM_WAITS && !has_arrived(s, wait)))
		return false;
	switch (s->phase) {
	case SUM_WAITS:
		send_parts(s, q);
		s->phase = SUM_PARTS;
		break;
	case SUM_PARTS:
		send_result(s, q);
		s->phase = SUM_RESULT;
		break;
	case SUM_RESULT:
		end_block(s, q);
		s->phase = SUM_WAITS;
	}
	return true;
}

/* The thread. */
static void *
help(void *arg)
{
	static const struct timespec pause = { 0, PAUSE };
	struct sums *s = arg;

	pthread_mutex_lock(&s->lock);
	while (!s->ends) {
		while (advance(s, false))
			;
		if (s->length == 0) {
			pthread_cond_wait(&s->begun, &s->lock);
			continue;
		}
		pthread_mutex_unlock(&s->lock);
		nanosleep(&pause, NULL);
		pthread_mutex_lock(&s->lock);
	}
	pthread_mutex_unlock(&s->lock);
	return NULL;
}

/* Without a thread sums advance when they begin, and in sums_finish().  Signals are for the
 * program's own. */
static void
start_helper(struct sums *s)
{
	sigset_t all, old;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &old);
	s->has_helper = pthread_create(&s->helper, NULL, help, s) == 0;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
}

bool
sums_open(struct sums *s, int threads)
{
	*s = (struct sums){ .phase = SUM_WAITS };
	MPI_Comm_dup(MPI_COMM_WORLD, &s->comm);
	MPI_Comm_rank(s->comm, &s->rank);
	MPI_Comm_size(s->comm, &s->size);
	s->counts = calloc((size_t)s->size * 4, sizeof(int));
	if (s->counts == NULL)
		return false;
	s->starts = s->counts + s->size;
	s->got = s->starts + s->size;
	s->got_at = s->got + s->size;
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->begun, NULL);
	if (threads >= MPI_THREAD_SERIALIZED && s->size > 1)
		start_helper(s);
	return true;
}

void
sums_close(struct sums *s)
{
	pthread_mutex_lock(&s->lock);
	s->ends = true;
	pthread_cond_signal(&s->begun);
	pthread_mutex_unlock(&s->lock);
	if (s->has_helper)
		pthread_join(s->helper, NULL);
	pthread_cond_destroy(&s->begun);
	pthread_mutex_destroy(&s->lock);
	MPI_Comm_free(&s->comm);
	free(s->parts);
	free(s->counts);
}

void
sums_stop(struct sums *s)
{
	pthread_mutex_lock(&s->lock);
	s->ends = true;
	pthread_mutex_unlock(&s->lock);
}

void
sums_begin(struct sums *s, enum sum_kind kind, void *x, size_t n)
{
	if (n == 0)
		return;
	pthread_mutex_lock(&s->lock);
	while (s->length == SUMS_QUEUE)
		advance(s, true);
	s->queue[(s->first + s->length++) % SUMS_QUEUE] = (struct sum){ kind, x, n };
	while (advance(s, false))
		;
	pthread_cond_signal(&s->begun);
	pthread_mutex_unlock(&s->lock);
}

void
sums_finish(struct sums *s)
{
	pthread_mutex_lock(&s->lock);
	while (advance(s, true))
		;
	pthread_mutex_unlock(&s->lock);
}
