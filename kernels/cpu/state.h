/*
 * state.h - what the entries of the CPU backend share: its state, and how it
 * lays matrices out.
 */
#ifndef STATE_H
#define STATE_H

#include "backend.h"
#include "output.h"
#include "pool.h"
#include "recur.h"
#include "ref.h"
#include "parallel.h"
#include "scratch.h"
#include "cpu_names.h"

struct cpu_mat {
	struct matrix host;	/* role and sizes; the numbers of an embedding or a bias */
	struct square s;	/* ROLE_SQUARE, ROLE_GATES, ROLE_DENSE */
	struct panels v;	/* ROLE_OUT: V' */
};

struct state {
	struct host_state host;
	struct output output;
	struct recurrence recur;
	struct pool *pool;	/* the host's */
	struct scratch rows;	/* what a call needs besides */
	struct matrix *dv;	/* for steps too long to update V in place */
};

INLINE struct cpu_mat *
own(const struct matrix *m)
{
	return (struct cpu_mat *)m;
}

INLINE struct state *
state(struct backend *k)
{
	return k->ctx;
}

/* n reals for the time of a call; NULL, noted, when there is no memory. */
real *state_rows(struct backend *k, size_t n);

/* The team runs the tasks if there is enough to do: see parallel.h. */
INLINE void
share(struct backend *k, void (*task)(void *, int, int), void *arg, int n, double work)
{
	parallel_tasks(state(k)->pool, task, arg, n, work);
}

/* mat_new, mat_free, mat_put, mat_get. */
void params_entries(struct backend *k);
/* After a change of w: the other form of a SQUARE, GATES or DENSE, made anew. */
void params_transpose(struct backend *k, struct cpu_mat *m);
/* update and sum_squares. */
void optimiser_entries(struct backend *k);

/* embed_*. */
void embedding_entries(struct backend *k);
/* dense_*, bias_* and multiply. */
void dense_entries(struct backend *k);
/* cell_*. */
void cells_entries(struct backend *k);

#endif
