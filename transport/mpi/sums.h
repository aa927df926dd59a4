/*
 * sums.h - sums over all ranks, added up in the order of the ranks, which begin and then travel
 * while the program computes.
 *
 * MPI moves large messages only while the program is in one of its calls, so a thread makes such
 * calls every PAUSE nanoseconds while there are sums.  It holds the lock when it does, and the
 * program makes no other calls meanwhile: MPI_THREAD_SERIALIZED is enough.
 */
#ifndef SUMS_H
#define SUMS_H

#include <mpi.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "transport.h"

enum { SUMS_QUEUE = 32 };

/* A sum that was begun: what is left of it. */
struct sum {
	enum sum_kind kind;
	char *x;
	size_t n;
};

struct sums {
	MPI_Comm comm;		/* their own */
	int rank, size;
	struct sum queue[SUMS_QUEUE];
	int first, length;	/* of the queue */
	enum { SUM_WAITS, SUM_PARTS, SUM_RESULT } phase;	/* of the first one's current block */
	MPI_Request request;	/* of the exchange of that phase */
	void *parts;		/* (cap) bytes: this rank's part of the block from each other rank, */
	uint16_t *packed;	/* then, of SUM_BF16, the rounded block */
	size_t cap;
	int *counts, *starts;	/* (size): of each rank's part */
	int *got, *got_at;	/* (size): of each rank's numbers in `parts` */
	pthread_mutex_t lock;
	pthread_cond_t begun;
	pthread_t helper;
	bool has_helper, ends;
};

/* threads: what MPI provides.  false: out of memory. */
bool sums_open(struct sums *s, int threads);
void sums_close(struct sums *s);
/* Lets the thread make no more calls: the job is about to be aborted. */
void sums_stop(struct sums *s);

/* Begins to add up x(n); returns without waiting, mostly. */
void sums_begin(struct sums *s, enum sum_kind kind, void *x, size_t n);
/* Waits for all that were begun. */
void sums_finish(struct sums *s);

#endif
