/*
 * rnn_forward.c - the plain cell on panels, forward.  A single sequence is a chain of
 * vector-matrix products; several advance in lock-step, so that each pass over W serves
 * them all.
 */
#include <string.h>

#include "elementary.h"
#include "rnn_row.h"

/* row = tanh(row); the padding stays zero, as tanh(0) = 0. */
INLINE void
tanh_row(real *row, size_t n)
{
	for (size_t i = 0; i < n; i += LANES)
		v_store(row + i, v_tanh(v_load(row + i)));
}

static void
forward_one(struct recurrence *q, const struct square *w, int first, int end, const real *s0, real *s)
{
	size_t stride = square_stride(w);
	const real *last = s0;

	for (int r = first; r < end; r++) {
		real *row = s + (size_t)r * stride;

		if (last)
			rnn_step_row(q, &w->wt, last, NULL, row, r);
		else
			tanh_row(row, stride);
		last = row;
	}
}

/* A task: at most TILE sequences of the batch in lock-step. */
struct lock_step {
	const struct square *w;
	const struct batch *b;
	const int *order;	/* (nseq) sequences, longest first */
	const real *s0;
	real *s, *mem;		/* mem: for each task TILE rows, packed, and their products */
	size_t space;
};

static void
lock_step_task(void *arg, int task, int thread)
{
	const struct lock_step *m = arg;
	const struct batch *b = m->b;
	const int *seq = m->order + task * TILE;
	int n = b->nseq - task * TILE, h = m->w->w.k;
	size_t stride = square_stride(m->w);
	real *rows = m->mem + (size_t)task * m->space, *out = rows + 2 * TILE * stride;
	struct packed a;

	(void)thread;
	n = n < TILE ? n : TILE;
	for (int step = 0; n > 0; step++) {
		bool first = step == 0 && m->s0 == NULL;

		while (n > 0 && batch_length(b, seq[n - 1]) <= step)
			n--;
		if (n == 0)
			break;
		for (int i = 0; !first && i < n; i++)
			memcpy(rows + (size_t)i * stride, step == 0 ?
			    m->s0 + (size_t)seq[i] * h :
			    m->s + (size_t)(b->start[seq[i]] + step - 1) * stride,
			    (size_t)h * sizeof(real));
		if (!first) {
			pack_shape(&a, n, h, rows + TILE * stride);
			pack_matrix(&a, rows, stride);
			for (int i = 0; i < m->w->wt.np; i++)
				panel_tile(&a, 0, a.nblock, &m->w->wt, i,
				    out + (size_t)i * PW, stride);
		}
		for (int i = 0; i < n; i++) {
			real *row = m->s + (size_t)(b->start[seq[i]] + step) * stride;

			for (size_t k = 0; !first && k < stride; k += LANES)
				v_store(row + k, v_add(v_load(row + k),
				    v_load(out + (size_t)i * stride + k)));
			tanh_row(row, stride);
		}
	}
}

static void
forward_many(struct recurrence *q, const struct square *w, const struct batch *b, const real *s0,
    real *s)
{
	struct lock_step m = { w, b, NULL, s0, s, NULL, 3 * TILE * square_stride(w) };
	int ntask = (b->nseq + TILE - 1) / TILE, *order;
	size_t ints = (2 * (size_t)b->nseq * sizeof(int) + sizeof(real) - 1) / sizeof(real);

	m.mem = recurrence_reserve(q, (size_t)ntask * m.space + ints);
	if (m.mem == NULL)
		return;
	order = (int *)(m.mem + (size_t)ntask * m.space);
	batch_order(b, order);
	m.order = order;
	run_tasks(q->pool, rows_are_parallel(q, (double)b->t * w->w.k * w->w.k), lock_step_task, &m,
	    ntask, 0);
}

void
rnn_forward(struct recurrence *q, const struct square *w, const struct batch *b,
    const real *s0, real *s)
{
	if (b->nseq == 1)
		forward_one(q, w, 0, b->t, s0, s);
	else
		forward_many(q, w, b, s0, s);
}
