/*
 * state.h - the state of the CPU backend, the layout of its matrices, and the internal
 * functions of its files.
 */
#ifndef STATE_H
#define STATE_H

#include "backend.h"
#include "output.h"
#include "pool.h"
#include "recurrence.h"
#include "ref.h"
#include "parallel.h"
#include "scratch.h"
#include "cpu_names.h"

struct cpu_mat {
	struct matrix host;	/* role and sizes; values that are not in panels */
	struct square s;	/* ROLE_SQUARE, ROLE_GATES, ROLE_DENSE */
	struct panels v;	/* V': of ROLE_OUT; of ROLE_OUT_ROWS a copy, made when it is needed */
	bool is_stale;		/* that copy is older than the rows */
};

struct state {
	struct host_state host;
	struct output output;
	struct recurrence recur;
	struct pool *pool;	/* host.pool */
	struct scratch rows;	/* of a call */
	struct matrix *dv;	/* for steps too long to update V in place */
};

INLINE struct cpu_mat *
cpu_mat_of(const struct matrix *m)
{
	return (struct cpu_mat *)m;
}

INLINE struct state *
state(struct backend *k)
{
	return k->ctx;
}

/* n reals of scratch for one call; NULL, and reported, when out of memory. */
real *cpu_scratch(struct backend *k, size_t n);

/* Runs the tasks on the thread pool if the job is large enough (parallel.h). */
INLINE void
parallel_on(struct backend *k, void (*task)(void *, int, int), void *arg, int n, double work)
{
	parallel_tasks(state(k)->pool, task, arg, n, work);
}

/* mat_new, mat_free, mat_put, mat_get. */
void params_entries(struct backend *k);
/* After the values changed: refreshes the transposed copy of a SQUARE, GATES or DENSE, and
 * marks the panels of a ROLE_OUT_ROWS as old. */
void params_changed(struct backend *k, struct cpu_mat *m);
/* V' of an output layer in panels; NULL, and reported, when out of memory. */
const struct panels *params_panels(struct backend *k, const struct matrix *v);
/* update, sum_squares and grad_*. */
void optimiser_entries(struct backend *k);

/* embed_*. */
void embedding_entries(struct backend *k);
/* dense_*, bias_* and multiply. */
void dense_entries(struct backend *k);
/* out_*, sampled_backward, tree_*. */
void output_entries(struct backend *k);
/* cell_*. */
void cells_entries(struct backend *k);

#endif
