/*
 * cells.c - recurrent layers.  The time loop runs any cell; the plain cell has its own
 * code (recurrence.h) for a single sequence, whose rows need no packing, and for
 * truncated BPTT, where the errors of all rows move back together.
 */
#include <string.h>

#include "batch.h"
#include "state.h"
#include "time_loop.h"

/* Copies rows of h into rows of `stride`, padded with zeros; and back. */
static void
pad_rows(int t, int h, size_t stride, const real *from, real *to)
{
	for (int r = 0; r < t; r++) {
		memcpy(to + (size_t)r * stride, from + (size_t)r * h, (size_t)h * sizeof(real));
		memset(to + (size_t)r * stride + h, 0, (stride - h) * sizeof(real));
	}
}

static void
unpad_rows(int t, int h, size_t stride, const real *from, real *to)
{
	for (int r = 0; r < t; r++)
		memcpy(to + (size_t)r * h, from + (size_t)r * stride, (size_t)h * sizeof(real));
}

static void
one_sequence_forward(struct backend *k, const struct square *w, const struct cell_args *c)
{
	size_t stride = square_stride(w);
	real *rows = cpu_scratch(k, (size_t)c->b->t * stride);

	if (rows == NULL)
		return;
	pad_rows(c->b->t, w->w.k, stride, c->a, rows);
	rnn_forward(&state(k)->recur, w, c->b, c->s0, rows);
	unpad_rows(c->b->t, w->w.k, stride, rows, c->s);
}

static void
truncated_backward(struct backend *k, const struct square *w, const struct cell_args *c)
{
	struct recurrence *q = &state(k)->recur;
	size_t stride = square_stride(w), n = (size_t)c->b->t * stride;
	real *rows = cpu_scratch(k, 2 * n), *errors;

	if (rows == NULL)
		return;
	errors = rows + n;
	pad_rows(c->b->t, w->w.k, stride, c->s, rows);
	pad_rows(c->b->t, w->w.k, stride, c->ds, errors);
	rnn_backward(q, w, c->b, c->bptt, rows, errors);
	rnn_add_gradient(q, &cpu_mat_of(c->dw)->s, false,
	    &(struct rnn_errors){ c->b, rows, c->s0, errors }, 1);
	unpad_rows(c->b->t, w->w.k, stride, errors, c->d);
}

static void
cell_forward(struct backend *k, const struct cell_args *c)
{
	const struct square *w = &cpu_mat_of(c->w)->s;

	if (cell_kinds[c->cell].is_truncated && c->b->nseq == 1)
		one_sequence_forward(k, w, c);
	else
		time_loop_forward(&state(k)->recur, w, c);
}

static void
cell_backward(struct backend *k, const struct cell_args *c)
{
	const struct square *w = &cpu_mat_of(c->w)->s;
	bool whole = c->dstate || (c->b->nseq > 1 && c->bptt >= batch_longest(c->b) - 1);

	if (cell_kinds[c->cell].is_truncated && !whole)
		truncated_backward(k, w, c);
	else
		time_loop_backward(&state(k)->recur, w, &cpu_mat_of(c->dw)->s, c);
}

void
cells_entries(struct backend *k)
{
	k->cell_forward = cell_forward;
	k->cell_backward = cell_backward;
}
