/*
 * cells.cu - LSTM and GRU.
 *
 * All sequences of a batch go on by a step together: one product of their
 * states with W, then the cells, a block a row.  What is only used in here is
 * kept in the order of that walk, so that the rows of a step lie side by side;
 * `place` is where a row stands in it.
 */
#include "params.h"
#include "time_major.h"
#include "product.h"
#include "gemm_skinny.h"

/* A cell's arrays, by row of the batch, and what is by place. */
struct cell {
	int h, t;
	struct order o;
	real *a, *s, *extra;		/* (t, gates h), (t, h), LSTM's c or GRU's q (t, h) */
	const real *s0, *c0, *bias;	/* or NULL */
	const real *ds;
	real *d;			/* (t, gates h) */
	real *last;			/* (t, h) by place: states of the row before */
	real *g;			/* (t, gates h) by place: W s; back: errors of it */
	real *to_s, *to_c;		/* (t, h) by place: errors for the row before */
};

static __device__ inline real
logistic(real x)
{
	return 1 / (1 + REXP(-x));
}

static __device__ inline real
logistic_slope(real y)
{
	return y * (1 - y);
}

static __device__ inline real
tanh_slope(real y)
{
	return 1 - y * y;
}

/* The row before row r of sequence i in x(t,h), or x0(nseq,h); NULL is zeros. */
static __device__ inline const real *
before(const struct cell &c, const real *x, const real *x0, int r, int i)
{
	if (r > c.o.start[i])
		return x + (size_t)(r - 1) * c.h;
	return x0 ? x0 + (size_t)i * c.h : NULL;
}

/* The place of the row after row r of sequence i; less than 0: there is none. */
static __device__ inline int
after(const struct cell &c, int r, int i)
{
	return r + 1 < c.o.start[i + 1] ? c.o.place[r + 1] : -1;
}

/* last, of all rows. */
static __global__ void
gather_last(struct cell c)
{
	int at = (int)blockIdx.x;
	const real *from = before(c, c.s, c.s0, c.o.row[at], c.o.seq[at]);

	for (int j = (int)threadIdx.x; j < c.h; j += (int)blockDim.x)
		c.last[(size_t)at * c.h + j] = from ? from[j] : 0;
}

static __global__ void
lstm_rows(struct cell c, int first)
{
	int at = first + (int)blockIdx.x, r = c.o.row[at], h = c.h;
	const real *was = before(c, c.extra, c.c0, r, c.o.seq[at]), *g = c.g + (size_t)at * 4 * h;
	real *a = c.a + (size_t)r * 4 * h;

	for (int j = (int)threadIdx.x; j < h; j += (int)blockDim.x) {
		real in = logistic(a[j] + g[j]), forget = logistic(a[h + j] + g[h + j]);
		real fresh = RTANH(a[2 * h + j] + g[2 * h + j]);
		real out = logistic(a[3 * h + j] + g[3 * h + j]);
		real cell = (was ? forget * was[j] : 0) + in * fresh;

		a[j] = in;
		a[h + j] = forget;
		a[2 * h + j] = fresh;
		a[3 * h + j] = out;
		c.extra[(size_t)r * h + j] = cell;
		c.s[(size_t)r * h + j] = out * RTANH(cell);
	}
}

static __global__ void
lstm_rows_back(struct cell c, int first)
{
	int at = first + (int)blockIdx.x, r = c.o.row[at], i = c.o.seq[at], h = c.h;
	int next = after(c, r, i);
	const real *was = before(c, c.extra, c.c0, r, i), *a = c.a + (size_t)r * 4 * h;
	real *e = c.g + (size_t)at * 4 * h, *d = c.d + (size_t)r * 4 * h;

	for (int j = (int)threadIdx.x; j < h; j += (int)blockDim.x) {
		real in = a[j], forget = a[h + j], fresh = a[2 * h + j], out = a[3 * h + j];
		real squashed = RTANH(c.extra[(size_t)r * h + j]);
		real error = c.ds[(size_t)r * h + j] + (next < 0 ? 0 : c.to_s[(size_t)next * h + j]);
		real to_c = (next < 0 ? 0 : c.to_c[(size_t)next * h + j]) +
		    error * out * tanh_slope(squashed);

		d[j] = e[j] = to_c * fresh * logistic_slope(in);
		d[h + j] = e[h + j] = was ? to_c * was[j] * logistic_slope(forget) : 0;
		d[2 * h + j] = e[2 * h + j] = to_c * in * tanh_slope(fresh);
		d[3 * h + j] = e[3 * h + j] = error * squashed * logistic_slope(out);
		c.to_c[(size_t)at * h + j] = to_c * forget;
	}
}

static __global__ void
gru_rows(struct cell c, int first)
{
	int at = first + (int)blockIdx.x, r = c.o.row[at], h = c.h;
	const real *was = before(c, c.s, c.s0, r, c.o.seq[at]), *g = c.g + (size_t)at * 3 * h;
	real *a = c.a + (size_t)r * 3 * h;

	for (int j = (int)threadIdx.x; j < h; j += (int)blockDim.x) {
		real reset = logistic(a[j] + g[j]), keep = logistic(a[h + j] + g[h + j]);
		real from = g[2 * h + j] + (c.bias ? c.bias[j] : 0);
		real fresh = RTANH(a[2 * h + j] + reset * from);

		a[j] = reset;
		a[h + j] = keep;
		a[2 * h + j] = fresh;
		c.extra[(size_t)r * h + j] = from;
		c.s[(size_t)r * h + j] = (1 - keep) * fresh + (was ? keep * was[j] : 0);
	}
}

static __global__ void
gru_rows_back(struct cell c, int first)
{
	int at = first + (int)blockIdx.x, r = c.o.row[at], i = c.o.seq[at], h = c.h;
	int next = after(c, r, i);
	const real *was = before(c, c.s, c.s0, r, i), *a = c.a + (size_t)r * 3 * h;
	real *e = c.g + (size_t)at * 3 * h, *d = c.d + (size_t)r * 3 * h;

	for (int j = (int)threadIdx.x; j < h; j += (int)blockDim.x) {
		real reset = a[j], keep = a[h + j], fresh = a[2 * h + j];
		real error = c.ds[(size_t)r * h + j] + (next < 0 ? 0 :
		    c.to_s[(size_t)next * h + j] + c.to_c[(size_t)next * h + j]);
		real to_fresh = error * (1 - keep) * tanh_slope(fresh);

		d[j] = e[j] = to_fresh * c.extra[(size_t)r * h + j] * logistic_slope(reset);
		d[h + j] = e[h + j] = error * ((was ? was[j] : 0) - fresh) * logistic_slope(keep);
		d[2 * h + j] = to_fresh;
		e[2 * h + j] = to_fresh * reset;
		c.to_c[(size_t)at * h + j] = error * keep;
	}
}

/* The order, and memory for what is by place. */
static bool
prepare(struct backend *k, struct cell *c, const struct matrix *w, const struct batch *b)
{
	size_t n, gates = (size_t)(w->rows / w->cols);

	c->h = w->cols;
	c->t = b->t;
	n = (size_t)b->t * c->h;
	if (!cuda_upload_order(k, b, &c->o))
		return false;
	c->last = (real *)cuda_buffer(k, BUFFER_ERROR, (3 + gates) * n * sizeof(real));
	if (c->last == NULL)
		return false;
	c->to_s = c->last + n;
	c->to_c = c->to_s + n;
	c->g = c->to_c + n;
	return true;
}

typedef void rows_kernel(struct cell c, int first);

/* Where the state before a row is; rows by place from `first` on. */
struct states_before {
	struct cell c;
	int first;

	__device__ const real *
	operator()(int i) const
	{
		return before(c, c.s, c.s0, c.o.row[first + i], c.o.seq[first + i]);
	}
};

static void
forward(struct backend *k, const struct matrix *w, const struct cell *c, rows_kernel *cells)
{
	for (int q = 0; q < c->o.steps; q++) {
		int first = c->o.offset[q], n = c->o.offset[q + 1] - first;
		struct product_store store = { c->g + (size_t)first * w->rows, (size_t)w->rows };

		skinny_product<true>(k, n, w->rows, c->h, states_before{ *c, first },
		    (const real *)w->p, store);
		launch(k, cells, dim3((unsigned)n), dim3(128), 0, *c, first);
	}
}

static void
backward(struct backend *k, const struct matrix *w, const struct cell *c, rows_kernel *cells,
    struct matrix *dw)
{
	struct product_add add = { dw->p, (size_t)c->h };

	for (int q = c->o.steps - 1; q >= 0; q--) {
		int first = c->o.offset[q], n = c->o.offset[q + 1] - first;
		struct product_store store = { c->to_s + (size_t)first * c->h, (size_t)c->h };

		launch(k, cells, dim3((unsigned)n), dim3(128), 0, *c, first);
		if (q > 0)
			product<false, false>(k, n, c->h, w->rows,
			    (const real *)c->g + (size_t)first * w->rows, (const real *)w->p, store);
	}
	launch(k, gather_last, dim3((unsigned)c->t), dim3(128), 0, *c);
	product<true, false>(k, w->rows, c->h, c->t, (const real *)c->g, (const real *)c->last, add);
}

static void
lstm_forward(struct backend *k, const struct matrix *w, const struct batch *b, void *a,
    const void *s0, const void *c0, void *s, void *c)
{
	struct cell cell = {};

	cell.a = (real *)a;
	cell.s = (real *)s;
	cell.extra = (real *)c;
	cell.s0 = (const real *)s0;
	cell.c0 = (const real *)c0;
	if (prepare(k, &cell, w, b))
		forward(k, w, &cell, lstm_rows);
}

static void
lstm_backward(struct backend *k, const struct matrix *w, const struct batch *b, const void *a,
    const void *s, const void *c, const void *s0, const void *c0, const void *ds, void *d,
    struct matrix *dw)
{
	struct cell cell = {};

	cell.a = (real *)a;
	cell.s = (real *)s;
	cell.extra = (real *)c;
	cell.s0 = (const real *)s0;
	cell.c0 = (const real *)c0;
	cell.ds = (const real *)ds;
	cell.d = (real *)d;
	if (prepare(k, &cell, w, b))
		backward(k, w, &cell, lstm_rows_back, dw);
}

static void
gru_forward(struct backend *k, const struct matrix *w, const struct matrix *bn,
    const struct batch *b, void *a, const void *s0, void *s, void *q)
{
	struct cell cell = {};

	cell.a = (real *)a;
	cell.s = (real *)s;
	cell.extra = (real *)q;
	cell.s0 = (const real *)s0;
	cell.bias = bn ? bn->p : NULL;
	if (prepare(k, &cell, w, b))
		forward(k, w, &cell, gru_rows);
}

static void
gru_backward(struct backend *k, const struct matrix *w, const struct batch *b, const void *a,
    const void *s, const void *q, const void *s0, const void *ds, void *d, struct matrix *dw,
    struct matrix *dbn)
{
	struct cell cell = {};

	cell.a = (real *)a;
	cell.s = (real *)s;
	cell.extra = (real *)q;
	cell.s0 = (const real *)s0;
	cell.ds = (const real *)ds;
	cell.d = (real *)d;
	if (!prepare(k, &cell, w, b))
		return;
	backward(k, w, &cell, gru_rows_back, dw);
	if (dbn)
		cuda_add_columns(k, b->t, cell.h, w->rows, cell.g + 2 * cell.h, dbn->p);
}

void
cuda_cells_fill(struct backend *k)
{
	k->lstm_forward = lstm_forward;
	k->lstm_backward = lstm_backward;
	k->gru_forward = gru_forward;
	k->gru_backward = gru_backward;
}
