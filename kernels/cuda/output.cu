/*
 * output.cu - the output layer: products with V, and the softmax of each row.
 *
 * For training and for distributions the logits L(t,v) are stored, as many rows at a time as
 * LOGITS_BYTES allow; one block per row then computes what the caller wants.  The rows are
 * padded for product.h.  P V, whose depth is v and whose result is small, is cut into slices.
 *
 * Where only ln P of the targets is wanted, no logits are stored: each tile of the product
 * gives the maximum of its columns and the sum of exponentials against it, SPAN columns of a
 * row at a time, which are joined afterwards (Milakov and Gimelshein 2018, "Online normalizer
 * calculation for softmax").  The spans depend on v alone: a row's result does not depend on
 * the other rows, nor on the size of the tiles.
 */
#include "params.h"
#include "product.h"
#include "reduce.h"

static const size_t LOGITS_BYTES = (size_t)1 << 28;	/* bytes of logits at a time */

/* What a row of logits is turned into. */
enum want {
	WANT_ERROR,	/* P less 1 at y, and logp */
	WANT_ALL	/* ln P */
};

/*
 * The softmax of the rows of L(t,v), ld reals apart, one block per row; y is NULL with WANT_ALL.
 * In place, with zeros in the padding; WANT_ALL: into `all`, whose rows are adjacent.
 * A batch's rows exceed the L2 cache, so they are read once for the norm and once more
 * to be changed.
 */
template <enum want WANT>
static __global__ void
__launch_bounds__(REDUCE_THREADS)
softmax_rows(int v, int ld, real *logits, const uint32_t *y, double *logp, real *all)
{
	double *shared = shared_memory<double>();		/* (REDUCE_THREADS) */
	real *l = logits + (size_t)blockIdx.x * ld;
	real own, max, at_y = 0, norm, scale;
	double sum;

	if (WANT == WANT_ERROR)
		at_y = l[y[blockIdx.x]];
	sum = reduce_exponentials(v, l, &own);
	max = reduce_block<real, true>(own, (real *)shared);
	sum = reduce_block<double, false>(own == -INFINITY ? sum : sum * REXP(own - max), shared);
	norm = (real)log(sum);
	scale = (real)(1 / sum);
	if (WANT == WANT_ERROR && threadIdx.x == 0)
		logp[blockIdx.x] = (double)at_y - (double)max - log(sum);
	for (int i = (int)threadIdx.x; WANT == WANT_ALL && i < v; i += REDUCE_THREADS)
		all[(size_t)blockIdx.x * v + i] = l[i] - max - norm;
	for (int i = (int)threadIdx.x; WANT == WANT_ERROR && i < ld; i += REDUCE_THREADS)
		l[i] = i < v ? REXP(l[i] - max) * scale - (real)((uint32_t)i == y[blockIdx.x]) : 0;
}

/* What is kept of the logits of a product's rows.  A functor of whole tiles. */
struct softmax_spans {
	enum { FOURS = false, SPAN = 32 };
	int n;			/* spans of a row */
	const real *bias;	/* (v) or NULL */
	const uint32_t *y;	/* (rows) */
	real *max, *sum;	/* (rows, n) */
	real *at_y;		/* (rows) */
};

/* A thread's logits x from element q on of row i, and those of the lanes beside this one, which
 * are a span; j0 is the tile's first column. */
template <typename ELEMENTS>
static __device__ inline void
give_span(product_shape shape, int i, int j0, int q, const real *x, const softmax_spans &to)
{
	enum { OWN = ELEMENTS::IN_SPAN };
	real l[OWN], max = -INFINITY, sum = 0;
	int y = i < shape.m ? (int)to.y[i] : -1, first = j0 + ELEMENTS::column(q);

	UNROLL
	for (int e = 0; e < OWN; e++) {
		int j = j0 + ELEMENTS::column(q + e);

		l[e] = j < shape.n ? x[e] + (to.bias ? to.bias[j] : 0) : -INFINITY;
		max = l[e] > max ? l[e] : max;
		if (j == y)
			to.at_y[i] = l[e];
	}
	for (int bit = 1; bit < softmax_spans::SPAN / OWN; bit *= 2) {
		real other = __shfl_xor_sync(0xffffffffu, max, bit);

		max = other > max ? other : max;
	}
	UNROLL
	for (int e = 0; e < OWN; e++)
		sum += l[e] == -INFINITY ? 0 : REXP(l[e] - max);
	for (int bit = 1; bit < softmax_spans::SPAN / OWN; bit *= 2)
		sum += __shfl_xor_sync(0xffffffffu, sum, bit);
	if (i < shape.m && first < shape.n && first % softmax_spans::SPAN == 0) {
		to.max[(size_t)i * to.n + first / softmax_spans::SPAN] = max;
		to.sum[(size_t)i * to.n + first / softmax_spans::SPAN] = sum;
	}
}

/* In place of product_tile.h's. */
template <typename ELEMENTS, bool QUADS, int EACH>
static __device__ inline void
product_give(product_shape shape, int i0, int j0, const real (&sum)[EACH][EACH],
    const softmax_spans &to)
{
	UNROLL
	for (int p = 0; p < EACH; p++)
		UNROLL
		for (int q = 0; q < EACH; q += ELEMENTS::IN_SPAN)
			give_span<ELEMENTS>(shape, i0 + ELEMENTS::row(p), j0, q, sum[p] + q, to);
}

enum { WARP = 32, JOIN_ROWS = REDUCE_THREADS / WARP };

/* ln P of each row's target from the row's spans; one warp per row. */
static __global__ void
__launch_bounds__(REDUCE_THREADS)
join_spans(int rows, softmax_spans from, double *logp)
{
	int r = (int)blockIdx.x * JOIN_ROWS + (int)threadIdx.x / WARP, lane = (int)threadIdx.x % WARP;
	const real *max = from.max + (size_t)r * from.n, *sum = from.sum + (size_t)r * from.n;
	real most = -INFINITY;
	double all = 0;

	if (r >= rows)
		return;
	for (int i = lane; i < from.n; i += WARP)
		most = max[i] > most ? max[i] : most;
	for (int bit = 1; bit < WARP; bit *= 2) {
		real other = __shfl_xor_sync(0xffffffffu, most, bit);

		most = other > most ? other : most;
	}
	for (int i = lane; i < from.n; i += WARP)
		all += max[i] == -INFINITY ? sum[i] : (double)(sum[i] * REXP(max[i] - most));
	for (int bit = 1; bit < WARP; bit *= 2)
		all += __shfl_xor_sync(0xffffffffu, all, bit);
	if (lane == 0)
		logp[r] = (double)from.at_y[r] - (double)most - log(all);
}

/* One call, processed `most` rows at a time. */
struct output {
	const struct matrix *v, *c;	/* c NULL: no bias */
	int t, most;		/* rows in total; rows at a time */
	const real *s;
	real *logits;		/* (most, ld) and, for WANT_ALL, (most, v); or `row` bytes a row */
	size_t ld;		/* v, padded */
	const uint32_t *y;	/* (t) on the device, or NULL */
	double *logp;		/* (t) on the device, or NULL */
};

/* with_y: also the targets, and memory for their log-probabilities. */
static bool
prepare_output(struct backend *k, struct output *o, const struct output_args *a, size_t row,
    bool with_y)
{
	size_t most = LOGITS_BYTES / row, t = (size_t)a->t;

	o->v = a->v;
	o->c = a->c;
	o->t = a->t;
	o->s = (const real *)a->s;
	o->ld = product_padded((size_t)a->v->rows);
	o->most = most > t ? a->t : most ? (int)most : 1;
	o->logits = (real *)cuda_buffer(k, BUFFER_LOGITS, (size_t)o->most * row);
	o->y = NULL;
	o->logp = NULL;
	if (with_y) {
		o->y = (const uint32_t *)cuda_upload(k, BUFFER_Y, a->y, t * sizeof(*a->y));
		o->logp = (double *)cuda_buffer(k, BUFFER_LOGP, t * sizeof(*o->logp));
	}
	return cuda_well(k);
}

/* Logits of up to o->most rows from `first` on, then their softmax; returns the number of rows. */
template <enum want WANT>
static int
logits_of_rows(struct backend *k, const struct output *o, int first)
{
	int v = o->v->rows, h = o->v->cols, t = o->t - first < o->most ? o->t - first : o->most;
	struct product_store store = { o->logits, o->ld };
	struct product_biased biased = { o->logits, o->ld, o->c ? o->c->p : NULL };
	const real *s = o->s + (size_t)first * h, *m = o->v->p;

	if (o->c)
		product_whole<false, true>(k, { t, v, h }, s, m, biased);
	else
		product_whole<false, true>(k, { t, v, h }, s, m, store);
	launch(k, softmax_rows<WANT>, dim3((unsigned)t), dim3(REDUCE_THREADS), REDUCE_THREADS * sizeof(double),
	    v, (int)o->ld, o->logits, o->y ? o->y + first : NULL, o->logp ? o->logp + first : NULL,
	    o->logits + o->most * o->ld);
	return t;
}

/* logp of up to o->most rows from `first` on. */
static void
logp_of_rows(struct backend *k, const struct output *o, int first, int spans)
{
	int h = o->v->cols, t = o->t - first < o->most ? o->t - first : o->most;
	size_t n = (size_t)t * spans;
	struct softmax_spans parts = { spans, o->c ? o->c->p : NULL, o->y + first, o->logits,
	    o->logits + n, o->logits + 2 * n };

	product_whole<false, true>(k, { t, o->v->rows, h }, o->s + (size_t)first * h,
	    (const real *)o->v->p, parts);
	launch(k, join_spans, dim3((unsigned)cuda_over((size_t)t, JOIN_ROWS)), dim3(REDUCE_THREADS), 0,
	    t, parts, o->logp + first);
}

static void
out_forward(struct backend *k, const struct output_args *a)
{
	int spans = (int)cuda_over((size_t)a->v->rows, softmax_spans::SPAN);
	struct output o;

	if (!prepare_output(k, &o, a, (2 * (size_t)spans + 1) * sizeof(real), true))
		return;
	for (int first = 0; first < a->t; first += o.most)
		logp_of_rows(k, &o, first, spans);
	cuda_from_device(k, a->logp, o.logp, (size_t)a->t * sizeof(*a->logp));
}

double *
cuda_out_backward(struct backend *k, const struct output_args *a)
{
	int h = a->v->cols, v = a->v->rows;
	struct product_add add = { a->dv->p, (size_t)h };
	struct output o;

	if (!prepare_output(k, &o, a, product_padded((size_t)v) * sizeof(real), true))
		return NULL;
	for (int first = 0; first < a->t; first += o.most) {
		int n = logits_of_rows<WANT_ERROR>(k, &o, first);
		struct product_store store = { (real *)a->ds + (size_t)first * h, (size_t)h };

		product<false, false>(k, { n, h, v, o.ld }, (const real *)o.logits, (const real *)a->v->p,
		    store);
		product<true, false>(k, { v, h, n, o.ld }, (const real *)o.logits, o.s + (size_t)first * h,
		    add);
		if (a->dc)
			cuda_add_columns(k, n, v, (int)o.ld, o.logits, a->dc->p);
	}
	return o.logp;
}

static void
out_backward(struct backend *k, const struct output_args *a)
{
	double *dev = cuda_out_backward(k, a);

	if (dev)
		cuda_from_device(k, a->logp, dev, (size_t)a->t * sizeof(*a->logp));
}

static void
out_logp(struct backend *k, const struct output_args *a)
{
	size_t v = (size_t)a->v->rows;
	struct output o;

	if (!prepare_output(k, &o, a, (product_padded(v) + v) * sizeof(real), false))
		return;
	for (int first = 0; first < a->t; first += o.most) {
		size_t n = (size_t)logits_of_rows<WANT_ALL>(k, &o, first) * v;

		cuda_from_device(k, (real *)a->l + (size_t)first * v, o.logits + o.most * o.ld,
		    n * sizeof(real));
	}
}

void
cuda_output_fill(struct backend *k)
{
	k->out_forward = out_forward;
	k->out_backward = out_backward;
	k->out_logp = out_logp;
}
