/*
 * mpi.c - the transport over MPI, what libunroll-mpi.so exports.
 *
 * MPI's own reductions may add in any order, so sums are made of two exchanges that only
 * copy: each rank receives its part of the numbers from all others, adds them in the order of
 * the ranks, and sends the result to all (Rabenseifner 2004, with both halves in one message
 * a pair).  Each rank sends and receives 2 (n - 1) / n of the bytes.
 *
 * Errors end the job: MPI_ERRORS_ARE_FATAL is MPI's default.
 */
#include <mpi.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "transport.h"

enum {
	BLOCK = 1 << 22,	/* numbers that are added in one exchange */
	STRIP = 512,		/* numbers that are added while they are in the first cache */
	BYTES_MAX = 1 << 30	/* in one message: MPI counts with int */
};

struct mpi_transport {
	struct transport t;	/* the first member */
	void *parts;		/* (cap) numbers: a rank's part from each other rank */
	size_t cap;
	int *counts, *starts;	/* (2 size) */
};

extern const int unroll_plugin_version;
const int unroll_plugin_version = TRANSPORT_VERSION;
struct transport *unroll_transport(const char **why);

static void
end_job(struct transport *t, int status)
{
	(void)t;
	MPI_Abort(MPI_COMM_WORLD, status);
}

static void *
must_have(struct mpi_transport *m, void *p)
{
	if (p == NULL)
		end_job(&m->t, EXIT_FAILURE);
	return p;
}

static void
broadcast(struct transport *t, void *p, size_t bytes)
{
	char *at = p;

	(void)t;
	for (size_t n; bytes > 0; bytes -= n, at += n) {
		n = bytes < BYTES_MAX ? bytes : BYTES_MAX;
		MPI_Bcast(at, (int)n, MPI_BYTE, 0, MPI_COMM_WORLD);
	}
}

/* Bytes that rank r gives in the exchange that begins at byte `done` of each. */
static int
bytes_left(size_t bytes, size_t done, size_t most)
{
	size_t left = bytes > done ? bytes - done : 0;

	return (int)(left < most ? left : most);
}

/* A round for ranks that together give less than INT_MAX bytes; more rounds for more. */
static void
gather(struct transport *t, const void *mine, void *all, const size_t *bytes)
{
	struct mpi_transport *m = (struct mpi_transport *)t;
	size_t total = 0, own = 0;

	for (int r = 0; r < t->size; r++) {
		m->counts[r] = bytes_left(bytes[r], 0, BYTES_MAX);
		m->starts[r] = (int)total;
		own = r == t->rank ? total : own;
		total += bytes[r];
	}
	if (total <= BYTES_MAX) {
		if (mine == (char *)all + own)
			mine = MPI_IN_PLACE;
		MPI_Allgatherv(mine, m->counts[t->rank], MPI_BYTE, all, m->counts, m->starts, MPI_BYTE,
		    MPI_COMM_WORLD);
		return;
	}
	/* one after another, which large gifts can afford */
	total = 0;
	for (int r = 0; r < t->size; r++) {
		char *at = (char *)all + total;

		if (r == t->rank && mine != at)
			memcpy(at, mine, bytes[r]);
		for (size_t done = 0, n; done < bytes[r]; done += n) {
			n = (size_t)bytes_left(bytes[r], done, BYTES_MAX);
			MPI_Bcast(at + done, (int)n, MPI_BYTE, r, MPI_COMM_WORLD);
		}
		total += bytes[r];
	}
}

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

/* Where part r of n numbers begins. */
static int
part_start(size_t n, int r, int size)
{
	return (int)(n * (size_t)r / (size_t)size);
}

/* Sends to each other rank its part of x(n), and receives one's own from each into m->parts. */
static void
exchange_parts(struct mpi_transport *m, MPI_Datatype type, void *x, size_t n)
{
	int size = m->t.size, own = part_start(n, m->t.rank + 1, size) - part_start(n, m->t.rank, size);
	int *got = m->counts + size, *got_at = m->starts + size;

	for (int r = 0; r < size; r++) {
		m->starts[r] = part_start(n, r, size);
		m->counts[r] = part_start(n, r + 1, size) - m->starts[r];
		got[r] = own;
		got_at[r] = r * own;
	}
	m->counts[m->t.rank] = got[m->t.rank] = 0;
	MPI_Alltoallv(x, m->counts, m->starts, type, m->parts, got, got_at, type, MPI_COMM_WORLD);
	m->counts[m->t.rank] = own;
}

static void
sum_block(struct mpi_transport *m, bool doubles, void *x, size_t n)
{
	MPI_Datatype type = doubles ? MPI_DOUBLE : MPI_FLOAT;
	int first = part_start(n, m->t.rank, m->t.size);
	size_t own = (size_t)(part_start(n, m->t.rank + 1, m->t.size) - first);

	exchange_parts(m, type, x, n);
	if (doubles)
		add_double((double *)x + first, m->parts, own, m->t.rank, m->t.size);
	else
		add_float((float *)x + first, m->parts, own, m->t.rank, m->t.size);
	MPI_Allgatherv(MPI_IN_PLACE, 0, type, x, m->counts, m->starts, type, MPI_COMM_WORLD);
}

static void
sum(struct transport *t, bool doubles, void *x, size_t n)
{
	struct mpi_transport *m = (struct mpi_transport *)t;
	size_t width = doubles ? sizeof(double) : sizeof(float);
	size_t need = ((n < BLOCK ? n : BLOCK) + (size_t)t->size) * sizeof(double);

	if (need > m->cap) {
		free(m->parts);
		m->parts = must_have(m, malloc(need));
		m->cap = need;
	}
	for (size_t done = 0; done < n; done += BLOCK)
		sum_block(m, doubles, (char *)x + done * width, n - done < BLOCK ? n - done : BLOCK);
}

static void
close_transport(struct transport *t)
{
	struct mpi_transport *m = (struct mpi_transport *)t;

	MPI_Finalize();
	free(m->parts);
	free(m->counts);
	free(m->starts);
	free(m);
}

/* The numbers of the processes on this machine. */
static void
find_neighbours(struct transport *t)
{
	MPI_Comm local;

	MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, t->rank, MPI_INFO_NULL, &local);
	MPI_Comm_rank(local, &t->local_rank);
	MPI_Comm_size(local, &t->local_size);
	MPI_Comm_free(&local);
}

/* Only one thread of the program calls this module. */
struct transport *
unroll_transport(const char **why)
{
	struct mpi_transport *m = calloc(1, sizeof(*m));
	int provided;

	if (m == NULL) {
		*why = "out of memory";
		return NULL;
	}
	m->t = (struct transport){ .broadcast = broadcast, .gather = gather, .sum = sum,
	    .close = close_transport, .end_job = end_job };
	MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &provided);
	MPI_Comm_rank(MPI_COMM_WORLD, &m->t.rank);
	MPI_Comm_size(MPI_COMM_WORLD, &m->t.size);
	find_neighbours(&m->t);
	m->counts = must_have(m, calloc((size_t)m->t.size * 2, sizeof(int)));
	m->starts = must_have(m, calloc((size_t)m->t.size * 2, sizeof(int)));
	return &m->t;
}
