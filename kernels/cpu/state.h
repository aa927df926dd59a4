/*
 * state.h - what the entries of the CPU backend share: its state, and how it
 * lays matrices out.
 */
#ifndef STATE_H
#define STATE_H

#include "kern.h"
#include "output.h"
#include "pool.h"
#include "recur.h"
#include "ref.h"
#include "share.h"

struct cpu_mat {
	struct kern_mat host;	/* role and sizes; the numbers of an embedding or a bias */
	struct square s;	/* KERN_SQUARE, KERN_GATES, KERN_DENSE */
	struct panels v;	/* KERN_OUT: V' */
};

struct state {
	struct host_state host;
	struct output output;
	struct recur recur;
	struct pool *pool;	/* the host's */
	real *rows;		/* what a call needs besides; grows, then stays */
	size_t nrows;
	struct kern_mat *dv;	/* for steps too long to update V in place */
};

INLINE struct cpu_mat *
own(const struct kern_mat *m)
{
	return (struct cpu_mat *)m;
}

INLINE struct state *
state(struct kern *k)
{
	return k->ctx;
}

/* n reals for the time of a call; NULL, noted, when there is no memory. */
real *ISA_NAME(state_rows)(struct kern *k, size_t n);

/* The team runs the tasks if there is enough to do: see share.h. */
INLINE void
share(struct kern *k, void (*task)(void *, int, int), void *arg, int n, double work)
{
	share_tasks(state(k)->pool, task, arg, n, work);
}

/* mat_new, mat_free, mat_put, mat_get. */
void ISA_NAME(mat_entries)(struct kern *k);
/* After a change of w: the other form of a SQUARE, GATES or DENSE, made anew. */
void ISA_NAME(mat_turn)(struct kern *k, struct cpu_mat *m);
/* update and sum_squares. */
void ISA_NAME(learn_entries)(struct kern *k);

/* embed_*. */
void ISA_NAME(words_entries)(struct kern *k);
/* dense_*, bias_* and multiply. */
void ISA_NAME(dense_entries)(struct kern *k);
/* lstm_* and gru_*. */
void ISA_NAME(gates_entries)(struct kern *k);
/* rnn_* for several sequences in lock-step, going back without truncation. */
void ISA_NAME(gates_rnn_forward)(struct kern *k, const struct kern_mat *w,
    const struct kern_batch *b, const real *a, const real *s0, real *s);
void ISA_NAME(gates_rnn_backward)(struct kern *k, const struct kern_mat *w,
    const struct kern_batch *b, const real *s, const real *s0, const real *ds, real *d,
    struct kern_mat *dw);

#endif
