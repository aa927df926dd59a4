/*
 * mpi.c - the transport over MPI, what libunroll-mpi.so exports.
 *
 * Errors end the job: MPI_ERRORS_ARE_FATAL is MPI's default.
 */
#include <mpi.h>
#include <stdlib.h>
#include <string.h>

#include "sums.h"
#include "transport.h"

enum { BYTES_MAX = 1 << 30 };	/* in one message: MPI counts with int */

struct mpi_transport {
	struct transport t;	/* the first member */
	struct sums sums;
	int *counts, *starts;	/* (size) */
};

extern const int unroll_plugin_version;
const int unroll_plugin_version = TRANSPORT_VERSION;
struct transport *unroll_transport(const char **why);

static void
end_job(struct transport *t, int status)
{
	sums_stop(&((struct mpi_transport *)t)->sums);
	MPI_Abort(MPI_COMM_WORLD, status);
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

static void
begin_sum(struct transport *t, enum sum_kind kind, void *x, size_t n)
{
	sums_begin(&((struct mpi_transport *)t)->sums, kind, x, n);
}

static void
finish_sums(struct transport *t)
{
	sums_finish(&((struct mpi_transport *)t)->sums);
}

static void
close_transport(struct transport *t)
{
	struct mpi_transport *m = (struct mpi_transport *)t;

	sums_close(&m->sums);
	MPI_Finalize();
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

/* Only one thread of the program calls this module; sums.c has another. */
struct transport *
unroll_transport(const char **why)
{
	struct mpi_transport *m = calloc(1, sizeof(*m));
	int provided;

	if (m == NULL) {
		*why = "out of memory";
		return NULL;
	}
	m->t = (struct transport){ .broadcast = broadcast, .gather = gather,
	    .begin_sum = begin_sum, .finish_sums = finish_sums, .close = close_transport, .end_job = end_job };
	MPI_Init_thread(NULL, NULL, MPI_THREAD_SERIALIZED, &provided);
	MPI_Comm_rank(MPI_COMM_WORLD, &m->t.rank);
	MPI_Comm_size(MPI_COMM_WORLD, &m->t.size);
	find_neighbours(&m->t);
	m->counts = calloc((size_t)m->t.size, sizeof(int));
	m->starts = calloc((size_t)m->t.size, sizeof(int));
	if (m->counts == NULL || m->starts == NULL || !sums_open(&m->sums, provided))
		MPI_Abort(MPI_COMM_WORLD, EXIT_FAILURE);
	return &m->t;
}
