/*
 * cells.cu - the time loop of recurrent layers without truncation.
 *
 * All sequences of a batch advance in lock-step: one product of their states with W,
 * then the cells, one block per row, by the arithmetic of kernels/cells.  Arrays that
 * are local to this file are in time-major order, so that the rows of a step are
 * adjacent; `position` is a row's index in that order.
 */
#include <string.h>

#include "params.h"
#include "time_major.h"
#include "product.h"
#include "gemm_skinny.h"

#define CELL_FN static __device__ inline
#include "num_scalar.h"
#include "units.h"

/* A layer's arrays, indexed by row of the batch or by position. */
struct layer {
	int h, t;
	struct order o;
	real *a, *s, *saved;		/* (t, gates h), (t, h), (t, h) */
	const real *s0, *saved0, *bias;	/* or NULL */
	const real *ds;
	real *d;			/* (t, gates h) */
	real *dstate, *dsaved;		/* (t, h), or NULL */
	real *last;			/* (t, h) by position: states of the row before */
	real *g;			/* (t, gates h) by position: W s; backward: errors of it */
	real *through_w, *carried;	/* (t, h) by position: errors for the row before */
};

/* The row before row r of sequence i in x(t,h), or in x0(nseq,h); NULL: zeros. */
static __device__ inline const real *
row_before(const struct layer &c, const real *x, const real *x0, int r, int i)
{
	if (r > c.o.start[i])
		return x + (size_t)(r - 1) * c.h;
	return x0 ? x0 + (size_t)i * c.h : NULL;
}

static __device__ inline real
value_or_zero(const real *p, size_t j)
{
	return p ? p[j] : 0;
}

/* The position of the row after row r of sequence i; negative if there is none. */
static __device__ inline int
position_after(const struct layer &c, int r, int i)
{
	return r + 1 < c.o.start[i + 1] ? c.o.position[r + 1] : -1;
}

/* Gathers `last` for all rows. */
static __global__ void
gather_last(struct layer c)
{
	int at = (int)blockIdx.x;
	const real *from = row_before(c, c.s, c.s0, c.o.row[at], c.o.seq[at]);

	for (int j = (int)threadIdx.x; j < c.h; j += (int)blockDim.x)
		c.last[(size_t)at * c.h + j] = from ? from[j] : 0;
}

template <enum cell CELL>
static __global__ void
rows_forward(struct layer c, int first)
{
	constexpr struct cell_kind kind = cell_kinds[CELL];
	int at = first + (int)blockIdx.x, r = c.o.row[at], i = c.o.seq[at], h = c.h;
	const real *s0 = row_before(c, c.s, c.s0, r, i), *p = c.g + (size_t)at * kind.gates * h;
	const real *saved0 = kind.has_second_state ? row_before(c, c.saved, c.saved0, r, i) : NULL;
	real *a = c.a + (size_t)r * kind.gates * h;

	for (int j = (int)threadIdx.x; j < h; j += (int)blockDim.x) {
		struct cell_unit u = {};

		u.s0 = value_or_zero(s0, j);
		u.saved0 = value_or_zero(saved0, j);
		u.bias = value_or_zero(c.bias, j);
		UNROLL
		for (int g = 0; g < kind.gates; g++) {
			u.a[g] = a[g * h + j];
			u.p[g] = p[g * h + j];
		}
		cell_unit_forward(CELL, &u);
		UNROLL
		for (int g = 0; g < kind.gates; g++)
			a[g * h + j] = u.a[g];
		if (kind.has_saved)
			c.saved[(size_t)r * h + j] = u.saved;
		c.s[(size_t)r * h + j] = u.s;
	}
}

template <enum cell CELL>
static __global__ void
rows_backward(struct layer c, int first)
{
	constexpr struct cell_kind kind = cell_kinds[CELL];
	int at = first + (int)blockIdx.x, r = c.o.row[at], i = c.o.seq[at], h = c.h;
	int next = position_after(c, r, i);
	const real *s0 = row_before(c, c.s, c.s0, r, i), *a = c.a + (size_t)r * kind.gates * h;
	const real *saved0 = kind.has_second_state ? row_before(c, c.saved, c.saved0, r, i) : NULL;
	const real *through_w = next < 0 ? NULL : c.through_w + (size_t)next * h;
	const real *carried = next < 0 ? NULL : c.carried + (size_t)next * h;
	real *e = c.g + (size_t)at * kind.gates * h, *d = c.d + (size_t)r * kind.gates * h;

	for (int j = (int)threadIdx.x; j < h; j += (int)blockDim.x) {
		struct cell_unit_back u = {};

		u.s = c.s[(size_t)r * h + j];
		u.saved = kind.has_saved ? c.saved[(size_t)r * h + j] : 0;
		u.ds = c.ds[(size_t)r * h + j];
		u.s0 = value_or_zero(s0, j);
		u.saved0 = value_or_zero(saved0, j);
		u.p = value_or_zero(through_w, j);
		u.carried = value_or_zero(carried, j);
		UNROLL
		for (int g = 0; g < kind.gates; g++)
			u.a[g] = a[g * h + j];
		if (c.dsaved)
			c.dsaved[(size_t)r * h + j] = u.carried;
		cell_unit_backward(CELL, &u);
		UNROLL
		for (int g = 0; g < kind.gates; g++) {
			d[g * h + j] = u.d[g];
			e[g * h + j] = kind.has_product_errors ? u.e[g] : u.d[g];
		}
		c.carried[(size_t)at * h + j] = u.carried;
		if (c.dstate)
			c.dstate[(size_t)r * h + j] = u.ds;
	}
}

typedef void rows_kernel(struct layer c, int first);

/* By enum cell. */
#define FORWARD_ROWS(id, ...) rows_forward<id>,
#define BACKWARD_ROWS(id, ...) rows_backward<id>,
static rows_kernel *const forward_kernel[] = { CELL_ROWS(FORWARD_ROWS) };
static rows_kernel *const backward_kernel[] = { CELL_ROWS(BACKWARD_ROWS) };

/* Sets up the arguments, the order, and memory for the arrays by position. */
static bool
make_layer(struct backend *k, const struct cell_args *c, struct layer *l)
{
	size_t n = (size_t)c->b->t * c->w->cols, gates = (size_t)(c->w->rows / c->w->cols);

	memset(l, 0, sizeof(*l));
	l->h = c->w->cols;
	l->t = c->b->t;
	l->a = (real *)c->a;
	l->s = (real *)c->s;
	l->saved = (real *)c->saved;
	l->s0 = (const real *)c->s0;
	l->saved0 = (const real *)c->saved0;
	l->bias = c->bias ? c->bias->p : NULL;
	l->ds = (const real *)c->ds;
	l->d = (real *)c->d;
	l->dstate = (real *)c->dstate;
	l->dsaved = (real *)c->dsaved;
	if (!cuda_upload_order(k, c->b, &l->o))
		return false;
	l->last = (real *)cuda_buffer(k, BUFFER_ERROR, (3 + gates) * n * sizeof(real));
	if (l->last == NULL)
		return false;
	l->through_w = l->last + n;
	l->carried = l->through_w + n;
	l->g = l->carried + n;
	return true;
}

/* The state before each row; rows by position from `first` on. */
struct states_before {
	struct layer c;
	int first;

	__device__ const real *
	operator()(int i) const
	{
		return row_before(c, c.s, c.s0, c.o.row[first + i], c.o.seq[first + i]);
	}
};

static void
loop_forward(struct backend *k, const struct cell_args *c)
{
	const struct matrix *w = c->w;
	struct layer l;

	if (!make_layer(k, c, &l))
		return;
	for (int q = 0; q < l.o.steps; q++) {
		int first = l.o.offset[q], n = l.o.offset[q + 1] - first;
		struct product_store store = { l.g + (size_t)first * w->rows, (size_t)w->rows };

		skinny_product<true>(k, n, w->rows, l.h, states_before{ l, first },
		    (const real *)w->p, store);
		launch(k, forward_kernel[c->cell], dim3((unsigned)n), dim3(128), 0, l, first);
	}
}

static void
loop_backward(struct backend *k, const struct cell_args *c)
{
	const struct matrix *w = c->w;
	struct product_add add = { c->dw->p, (size_t)w->cols };
	struct layer l;

	if (!make_layer(k, c, &l))
		return;
	for (int q = l.o.steps - 1; q >= 0; q--) {
		int first = l.o.offset[q], n = l.o.offset[q + 1] - first;
		struct product_store store = { l.through_w + (size_t)first * l.h, (size_t)l.h };

		launch(k, backward_kernel[c->cell], dim3((unsigned)n), dim3(128), 0, l, first);
		if (q > 0)
			product<false, false>(k, n, l.h, w->rows,
			    (const real *)l.g + (size_t)first * w->rows, (const real *)w->p, store);
	}
	launch(k, gather_last, dim3((unsigned)l.t), dim3(128), 0, l);
	product<true, false>(k, w->rows, l.h, l.t, (const real *)l.g, (const real *)l.last, add);
	if (c->dbias)
		cuda_add_columns(k, l.t, l.h, w->rows, l.g + (w->rows - l.h), c->dbias->p);
}

static void
cell_forward(struct backend *k, const struct cell_args *c)
{
	(cell_kinds[c->cell].is_truncated ? cuda_rnn_forward : loop_forward)(k, c);
}

static void
cell_backward(struct backend *k, const struct cell_args *c)
{
	bool is_cut = cell_kinds[c->cell].is_truncated && !c->dstate;

	(is_cut ? cuda_rnn_backward : loop_backward)(k, c);
}

void
cuda_cells_fill(struct backend *k)
{
	k->cell_forward = cell_forward;
	k->cell_backward = cell_backward;
}
