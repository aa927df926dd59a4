/*
 * update.cu - the update rules, elementwise; backend.h has the formulas.
 *
 * The update of a sparse gradient visits only its touched rows (touched.h) where that is
 * enough: a lazy one, or one that changes nothing where the gradient is zero.
 */
#include "params.h"
#include "reduce.h"

#define CELL_FN static __device__ inline
#define ABSENCE_FN static __host__ __device__ inline
#include "absence.h"
#include "num_scalar.h"
#include "rule_step.h"

/* The arrays of one parameter, and the rule. */
struct numbers {
	size_t n;
	real *p, *g, *m, *v;	/* m, v NULL where the rule has none */
	struct rule_constants rule;
};

static __device__ inline void
change_one(const struct numbers &a, size_t i)
{
	real m = a.m ? a.m[i] : 0, v = a.v ? a.v[i] : 0;

	a.p[i] = rule_apply(a.rule.rule, &a.rule, a.p[i], a.g[i], &m, &v);
	a.g[i] = 0;
	if (a.m)
		a.m[i] = m;
	if (a.v)
		a.v[i] = v;
}

static __global__ void
change_all(struct numbers a)
{
	size_t i = (size_t)blockIdx.x * blockDim.x + threadIdx.x;

	if (i < a.n)
		change_one(a, i);
}

/* What a row makes up for, elementwise; absence.h. */
static __device__ inline void
make_up_one(const struct numbers &a, const struct absence &w, size_t i)
{
	bool adam = a.rule.rule == RULE_ADAM || a.rule.rule == RULE_ADAMW;
	real by = adam ? a.m[i] / (RSQRT(a.v[i]) + a.rule.epsilon) : a.m[i];

	a.p[i] = fma(-(real)w.move, by, (real)w.shrink * a.p[i]);
	a.m[i] *= (real)w.keep;
	if (a.v)
		a.v[i] *= (real)w.keep2;
}

/* What a dense parameter makes up for, which has one number in row_steps. */
static __global__ void
make_up_all(struct numbers a, struct update u, const real *latest)
{
	struct absence *w = shared_memory<struct absence>();
	size_t i = (size_t)blockIdx.x * blockDim.x + threadIdx.x;

	if (threadIdx.x == 0)
		*w = absence_since(&u, (double)*latest);
	__syncthreads();
	if (i < a.n)
		make_up_one(a, *w, i);
}

static __global__ void
set_one(real *p, real x)
{
	*p = x;
}

/* The touched rows, one block per row.  latest(rows), or NULL: the step of each row's latest
 * update (row_steps). */
static __global__ void
change_rows(struct numbers a, struct update u, int width, const uint32_t *rows, real *latest)
{
	uint32_t row = rows[blockIdx.x];
	size_t at = (size_t)row * width;

	if (latest) {
		const struct absence w = absence_since(&u, (double)latest[row]);

		__syncthreads();	/* all have read it */
		if (threadIdx.x == 0)
			latest[row] = (real)u.step;
		for (int j = (int)threadIdx.x; j < width; j += (int)blockDim.x)
			make_up_one(a, w, at + j);
	}
	for (int j = (int)threadIdx.x; j < width; j += (int)blockDim.x)
		change_one(a, at + j);
}

static struct numbers
update_numbers(const struct matrix *p, struct matrix *g, struct matrix *m, struct matrix *v,
    const struct update *u)
{
	struct numbers a = {};

	a.n = (size_t)p->rows * p->cols;
	a.p = p->p;
	a.g = g->p;
	a.m = m ? m->p : NULL;
	a.v = v ? v->p : NULL;
	a.rule = rule_constants_of(u);
	return a;
}

static void
update_all(struct backend *k, const struct numbers &a, const struct update *u)
{
	dim3 blocks((unsigned)cuda_over(a.n, 256));

	if (u->row_steps) {
		launch(k, make_up_all, blocks, dim3(256), sizeof(struct absence), a, *u,
		    (const real *)u->row_steps->p);
		launch(k, set_one, dim3(1), dim3(1), 0, u->row_steps->p, (real)u->step);
	}
	launch(k, change_all, blocks, dim3(256), 0, a);
}

static void
param_update(struct backend *k, struct matrix *p, struct matrix *g, struct matrix *m,
    struct matrix *v, const struct update *u)
{
	struct numbers a = update_numbers(p, g, m, v, u);
	const uint32_t *rows;

	if (!touched_suffices(&g->touched, u)) {
		update_all(k, a, u);
	} else if (g->touched.n) {
		rows = (const uint32_t *)cuda_upload(k, BUFFER_TOUCHED, g->touched.row,
		    (size_t)g->touched.n * sizeof(*rows));
		launch(k, change_rows, dim3((unsigned)g->touched.n), dim3(128), 0, a, *u,
		    g->touched.width, rows, u->row_steps ? u->row_steps->p : NULL);
	}
	touched_clear(&g->touched);
}

/* sums(blocks): the sum of squares of each block's elements. */
static __global__ void
__launch_bounds__(REDUCE_THREADS)
block_squares(size_t n, const real *x, double *sums)
{
	double *shared = shared_memory<double>(), sum = 0;
	size_t step = (size_t)gridDim.x * REDUCE_THREADS;

	for (size_t i = (size_t)blockIdx.x * REDUCE_THREADS + threadIdx.x; i < n; i += step)
		sum += (double)x[i] * x[i];
	sum = reduce_block<double, false>(sum, shared);
	if (threadIdx.x == 0)
		sums[blockIdx.x] = sum;
}

static double
sum_squares(struct backend *k, const struct matrix *g)
{
	const size_t most = 128, each = 2048;
	double host[128] = { 0 }, sum = 0;
	double *dev = (double *)cuda_buffer(k, BUFFER_LOGP, sizeof(host));
	size_t n = (size_t)g->rows * g->cols, blocks = cuda_over(n, each);

	blocks = blocks < most ? blocks : most;
	launch(k, block_squares, dim3((unsigned)blocks), dim3(REDUCE_THREADS),
	    REDUCE_THREADS * sizeof(double), n, (const real *)g->p, dev);
	cuda_from_device(k, host, dev, blocks * sizeof(*host));
	for (size_t i = 0; i < blocks; i++)
		sum += host[i];
	return sum;
}

void
cuda_update_fill(struct backend *k)
{
	k->update = param_update;
	k->sum_squares = sum_squares;
}
