/*
 * transport.h - messages between the processes of a training run, which may be on several
 * machines.
 *
 * Processes are numbered from 0; a process's number is its rank.  All ranks make the same
 * calls in the same order, and a call may wait for the others.  A failure of the
 * communication ends all processes, with a message of the library that has failed.
 *
 * To add a transport: a folder whose plugin (kernels/plugin.h) exports
 *
 *	struct transport *unroll_transport(const char **why);	NULL and *why: it cannot be used
 *	const int unroll_plugin_version;	TRANSPORT_VERSION
 *
 * and, in transport.c, by what it is noticed that it has started the program.
 */
#ifndef TRANSPORT_H
#define TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>

enum { TRANSPORT_VERSION = 2 };	/* of struct transport */

/* Numbers to add up: floats, doubles, or floats that are rounded to bfloat16 in messages. */
enum sum_kind { SUM_F32, SUM_F64, SUM_BF16 };

/* Bytes of a number in a message. */
static inline size_t
sum_kind_bytes(enum sum_kind kind)
{
	return kind == SUM_F64 ? sizeof(double) : kind == SUM_F32 ? sizeof(float) : sizeof(float) / 2;
}

struct transport {
	int rank, size;
	int local_rank, local_size;	/* among the processes on this machine */

	/* p(bytes) of rank 0 replaces that of the others. */
	void (*broadcast)(struct transport *, void *p, size_t bytes);
	/* Every rank gives bytes[rank] bytes; all = those of rank 0, of rank 1, and so on.  They
	 * may be in their place in `all`. */
	void (*gather)(struct transport *, const void *mine, void *all, const size_t *bytes);
	/* Begins to add up x(n) over all ranks, in the order of the ranks, so that the result has
	 * the same bits every time and in every rank; returns at once, if it can.  With SUM_BF16
	 * the numbers of each rank are rounded (bf16.h), added in float, and the sums rounded.
	 * finish_sums(): all that were begun are there.  Until then nobody touches x, and no
	 * other call is made. */
	void (*begin_sum)(struct transport *, enum sum_kind kind, void *x, size_t n);
	void (*finish_sums)(struct transport *);
	/* Ends the connection in order, when all ranks do. */
	void (*close)(struct transport *);
	/* Ends all processes at once, with this exit status. */
	void (*end_job)(struct transport *, int status);
};

/*
 * If the program was started as one of several processes, connects it with the others and
 * sets *t; otherwise *t is NULL.  NULL, or an error message without a subject; an empty one
 * in ranks other than 0, where rank 0 has the message.  A program that ends without
 * transport_close() ends all processes.
 */
const char *transport_open(struct transport **t);
void transport_close(struct transport *t);

#endif
