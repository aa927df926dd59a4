/*
 * rnn.cu - the plain cell where W fits into the cache of a multiprocessor, and its
 * truncated back-propagation.
 *
 * One block runs the whole time loop of one sequence, or of TOGETHER sequences; its threads
 * (columns, parts) each add a part of the products for one unit, and the parts are added in
 * order.  A larger W would be read by every block from the L2 cache in every step: then
 * the time loop is that of cells.cu.  The choice, and the order of every sum,
 * depend on h alone, so a sequence gives the same result alone and among others.
 *
 * Truncated back-propagation has no time loop: the errors of all rows move back by
 * one row together, as one product, bptt times.
 */
#include "batch.h"
#include "params.h"
#include "product.h"
#include "gemm_skinny.h"

enum {
	STRETCH = 1024,		/* units of the previous row in shared memory at a time */
	MANY = 256,		/* from this many sequences on, a block takes two */
	MOST_THREADS = 1024,
	CACHED = 160000		/* bytes of W; an A100's multiprocessor has 192 KB, an H200's 256 */
};

/* Forward: OUT = S; IN = A; sums over rows of W (so m is W').
 * Backward: OUT = D; IN = dS; sums over columns of W (m is W). */
struct time_loop {
	int h, nseq;
	const int *start;
	const real *m;			/* (h, h): the weight from unit k to unit j is m[k h + j] */
	const real *in, *s0, *s;	/* s0 forward only, s back only */
	real *out;
};

/* The row of sequence i in step q of the loop; negative past its end. */
template <bool BACK>
static __device__ inline int
row_at_step(const struct time_loop &w, int i, int q)
{
	if (i >= w.nseq || q >= w.start[i + 1] - w.start[i])
		return -1;
	return BACK ? w.start[i + 1] - 1 - q : w.start[i] + q;
}

/* The input of the product for step q of sequence i; NULL: zeros. */
template <bool BACK>
static __device__ inline const real *
row_before(const struct time_loop &w, int i, int q)
{
	int r = row_at_step<BACK>(w, i, q);

	if (r < 0)
		return NULL;
	if (q > 0)
		return w.out + (size_t)(BACK ? r + 1 : r - 1) * w.h;
	return !BACK && w.s0 ? w.s0 + (size_t)i * w.h : NULL;
}

/* sum[] += this part's products of unit j over units k0 .. k0 + n - 1. */
template <int TOGETHER>
static __device__ inline void
add_products(const struct time_loop &w, const real *before, int k0, int n, int j, real *sum)
{
	int part = (int)threadIdx.y, parts = (int)blockDim.y;
	int end = (part + 1) * n / parts;

	for (int k = part * n / parts; k < end; k++) {
		real m = w.m[(size_t)(k0 + k) * w.h + j];

		for (int i = 0; i < TOGETHER; i++)
			sum[i] = fma(m, before[i * STRETCH + k], sum[i]);
	}
}

template <bool BACK, int TOGETHER>
static __device__ inline void
load_before(const struct time_loop &w, int q, int k0, int n, real *before)
{
	int thread = (int)(threadIdx.y * blockDim.x + threadIdx.x);
	int threads = (int)(blockDim.x * blockDim.y);

	for (int i = 0; i < TOGETHER; i++) {
		const real *from = row_before<BACK>(w, (int)blockIdx.x * TOGETHER + i, q);

		for (int k = thread; k < n; k += threads)
			before[i * STRETCH + k] = from ? from[k0 + k] : 0;
	}
}

/* Computes element j of row r from its product; does nothing if r is negative. */
template <bool BACK>
static __device__ inline void
finish_unit(const struct time_loop &w, int r, int j, real sum)
{
	size_t at = (size_t)r * w.h + j;

	if (r < 0)
		return;
	if (BACK)
		w.out[at] = (w.in[at] + sum) * (1 - w.s[at] * w.s[at]);
	else
		w.out[at] = RTANH(w.in[at] + sum);
}

/* Step q for the units j of a stretch of columns. */
template <bool BACK, int TOGETHER>
static __device__ void
step_columns(const struct time_loop &w, int q, int j, real *before)
{
	int columns = (int)blockDim.x, parts = (int)blockDim.y;
	real *partial = before + TOGETHER * STRETCH;	/* (parts, TOGETHER, columns) */
	real sum[TOGETHER] = {};

	for (int k0 = 0; k0 < w.h; k0 += STRETCH) {
		int n = w.h - k0 < STRETCH ? w.h - k0 : STRETCH;

		__syncthreads();
		load_before<BACK, TOGETHER>(w, q, k0, n, before);
		__syncthreads();
		if (j < w.h)
			add_products<TOGETHER>(w, before, k0, n, j, sum);
	}
	for (int i = 0; i < TOGETHER; i++)
		partial[((int)threadIdx.y * TOGETHER + i) * columns + (int)threadIdx.x] = sum[i];
	__syncthreads();
	for (int i = 0; threadIdx.y == 0 && j < w.h && i < TOGETHER; i++) {
		real all = partial[i * columns + (int)threadIdx.x];

		for (int p = 1; p < parts; p++)
			all += partial[(p * TOGETHER + i) * columns + (int)threadIdx.x];
		finish_unit<BACK>(w, row_at_step<BACK>(w, (int)blockIdx.x * TOGETHER + i, q), j, all);
	}
}

template <bool BACK, int TOGETHER>
static __global__ void
__launch_bounds__(MOST_THREADS, 1)
loop_kernel(struct time_loop w)
{
	real *before = shared_memory<real>();		/* (TOGETHER, STRETCH) */
	int longest = 0;

	for (int i = 0; i < TOGETHER; i++) {
		int at = (int)blockIdx.x * TOGETHER + i;
		int n = at < w.nseq ? w.start[at + 1] - w.start[at] : 0;

		longest = n > longest ? n : longest;
	}
	for (int q = 0; q < longest; q++)
		for (int j0 = 0; j0 < w.h; j0 += (int)blockDim.x)
			step_columns<BACK, TOGETHER>(w, q, j0 + (int)threadIdx.x, before);
}

template <bool BACK, int TOGETHER>
static void
launch_loop(struct backend *k, struct time_loop w)
{
	int columns = w.h < MOST_THREADS ? (w.h + 31) / 32 * 32 : MOST_THREADS;
	int parts = MOST_THREADS / columns < 8 ? MOST_THREADS / columns : 8;
	size_t reals = (size_t)TOGETHER * (STRETCH + columns * parts);

	launch(k, loop_kernel<BACK, TOGETHER>,
	    dim3((unsigned)cuda_over((size_t)w.nseq, TOGETHER)),
	    dim3((unsigned)columns, (unsigned)parts), reals * sizeof(real), w);
}

template <bool BACK>
static void
loop_by_sequences(struct backend *k, struct time_loop w)
{
	if (w.nseq < MANY)
		launch_loop<BACK, 1>(k, w);
	else
		launch_loop<BACK, 2>(k, w);
}

static bool
is_cached(int h)
{
	return (size_t)h * h * sizeof(real) <= CACHED;
}

/* to(h,h) = from(h,h)', through a tile in shared memory. */
static __global__ void
transpose(int h, const real *from, real *to)
{
	real *tile = shared_memory<real>();		/* (32, 33) */
	int x = (int)threadIdx.x, y = (int)threadIdx.y;
	int i = (int)blockIdx.y * 32 + y, j = (int)blockIdx.x * 32 + x;

	if (i < h && j < h)
		tile[y * 33 + x] = from[(size_t)i * h + j];
	__syncthreads();
	i = (int)blockIdx.x * 32 + y;
	j = (int)blockIdx.y * 32 + x;
	if (i < h && j < h)
		to[(size_t)i * h + j] = tile[x * 33 + y];
}

/* begins(t), then start(nseq + 1), both on the device. */
static const int32_t *
upload_rows(struct backend *k, const struct batch *b)
{
	size_t n = (size_t)b->t + (size_t)b->nseq + 1;
	int32_t *host = (int32_t *)cuda_host(k, n * sizeof(*host));

	if (host == NULL)
		return NULL;
	launch_begins(b, host);
	for (int i = 0; i <= b->nseq; i++)
		host[b->t + i] = b->start[i];
	return (const int32_t *)cuda_upload(k, BUFFER_START, host, n * sizeof(*host));
}

static void
cached_forward(struct backend *k, const struct matrix *w, const struct batch *b, struct time_loop forward)
{
	unsigned tiles = (unsigned)cuda_over((size_t)forward.h, 32);
	const int32_t *rows = upload_rows(k, b);
	real *transposed = (real *)cuda_buffer(k, BUFFER_SQUARE,
	    (size_t)forward.h * forward.h * sizeof(*transposed));

	if (!cuda_well(k))
		return;
	forward.start = rows + b->t;
	forward.m = transposed;
	launch(k, transpose, dim3(tiles, tiles), dim3(32, 32), 32 * 33 * sizeof(real), forward.h,
	    (const real *)w->p, transposed);
	loop_by_sequences<false>(k, forward);
}

bool
cuda_rnn_forward(struct backend *k, const struct cell_args *c)
{
	struct time_loop forward = { c->w->rows, c->b->nseq, NULL, c->w->p, (const real *)c->a,
	    (const real *)c->s0, NULL, (real *)c->s };

	if (!is_cached(c->w->rows))
		return false;
	cached_forward(k, c->w, c->b, forward);
	return true;
}

/* D = E = dS (1 - S^2): every row's own error. */
static __global__ void
own_errors(size_t n, const real *s, const real *ds, real *e, real *d)
{
	size_t i = (size_t)blockIdx.x * blockDim.x + threadIdx.x;

	if (i < n)
		d[i] = e[i] = ds[i] * (1 - s[i] * s[i]);
}

/*
 * The functor for (E W)(t,h): element j of row r, times 1 - s^2 of the row
 * before it, is that row's next error, unless r begins a sequence.
 */
struct move_back {
	enum { FOURS = false };
	int t, h;
	const int32_t *begins;
	const real *s;
	real *e, *d;

	__device__ void
	operator()(int r, int j, real x) const
	{
		size_t at = (size_t)(r - 1) * h + j;

		if (r == t - 1)
			e[at + h] = 0;
		if (r == 0)
			return;
		e[at] = begins[r] >= 0 ? 0 : x * (1 - s[at] * s[at]);
		d[at] += e[at];
	}
};

static void
back_truncated(struct backend *k, const struct cell_args *c, const int32_t *begins)
{
	int h = c->w->rows;
	size_t n = (size_t)c->b->t * h;
	const real *s = (const real *)c->s;
	real *e = (real *)cuda_buffer(k, BUFFER_ERROR, 2 * n * sizeof(*e)), *next;
	real *d = (real *)c->d;

	if (e == NULL)
		return;
	next = e + n;
	launch(k, own_errors, dim3((unsigned)cuda_over(n, 256)), dim3(256), 0, n, s,
	    (const real *)c->ds, e, d);
	for (int i = 0; i < c->bptt; i++) {
		struct move_back store = { c->b->t, h, begins, s, next, d };
		real *was = e;

		if (launch_is_skinny(c->b->t, h))
			skinny_product(k, { c->b->t, h, h }, (const real *)e, (const real *)c->w->p, store);
		else
			product<false, false>(k, { c->b->t, h, h }, (const real *)e,
			    (const real *)c->w->p, store);
		e = next;
		next = was;
	}
}

/* last(t,h): the states one row earlier. */
static __global__ void
states_before(int h, const int32_t *begins, const real *s, const real *s0, real *last)
{
	int r = (int)blockIdx.x, i = begins[r];
	const real *from = s + ((ptrdiff_t)r - 1) * h;

	if (i >= 0)
		from = s0 ? s0 + (size_t)i * h : NULL;
	for (int j = (int)threadIdx.x; j < h; j += (int)blockDim.x)
		last[(size_t)r * h + j] = from ? from[j] : 0;
}

bool
cuda_rnn_backward(struct backend *k, const struct cell_args *c)
{
	int h = c->w->rows, t = c->b->t;
	bool whole = c->bptt >= batch_longest(c->b) - 1;
	struct time_loop back = { h, c->b->nseq, NULL, c->w->p, (const real *)c->ds, NULL,
	    (const real *)c->s, (real *)c->d };
	struct product_add add = { c->dw->p, (size_t)h };
	const int32_t *begins;
	real *last;

	if (c->dstate || (whole && !is_cached(h)))
		return false;
	begins = upload_rows(k, c->b);
	if (begins == NULL)
		return true;
	back.start = begins + t;
	if (whole)
		loop_by_sequences<true>(k, back);
	else
		back_truncated(k, c, begins);
	last = (real *)cuda_buffer(k, BUFFER_ERROR, (size_t)t * h * sizeof(*last));
	launch(k, states_before, dim3((unsigned)t), dim3(128), 0, h, begins, (const real *)c->s,
	    (const real *)c->s0, last);
	product<true, false>(k, { h, h, t }, (const real *)c->d, (const real *)last, add);
	return true;
}
