/*
 * update.cu - the update rules, elementwise; backend.h has the formulas.
 *
 * Where a zero gradient changes nothing, the update of a sparse gradient visits only
 * its touched rows (touched.h).
 */
#include "params.h"
#include "reduce.h"

/* The arrays of one parameter, and the rule with its constants rounded to real. */
struct numbers {
	size_t n;
	real *p, *g, *m, *v;	/* m, v NULL where the rule has none */
	enum update_rule rule;
	real rate, scale, clip, decay, fresh, decay2, fresh2, epsilon, weight_decay;
	real lift, lift2;	/* 1 / (1 - decay^step) */
};

/* What is subtracted from p for a gradient g; updates the moments. */
static __device__ inline real
change_of(const struct numbers &a, size_t i, real g)
{
	real m = a.m ? a.m[i] : 0, v = a.v ? a.v[i] : 0, by = g;

	switch (a.rule) {
	case RULE_SGD:
		break;
	case RULE_MOMENTUM:
		by = m = a.decay * m + g;
		break;
	case RULE_ADAGRAD:
		m += g * g;
		by = g / sqrt(m + a.epsilon);
		break;
	case RULE_RMSPROP:
		m = a.decay * m + a.fresh * g * g;
		by = g / (sqrt(m) + a.epsilon);
		break;
	case RULE_ADAM:
		m = a.decay * m + a.fresh * g;
		v = a.decay2 * v + a.fresh2 * g * g;
		by = m * a.lift / (sqrt(v * a.lift2) + a.epsilon);
		break;
	case RULE_ADAMW:
		m = a.decay * m + a.fresh * g;
		v = a.decay2 * v + a.fresh2 * g * g;
		by = m * a.lift / (sqrt(v * a.lift2) + a.epsilon) + a.weight_decay * a.p[i];
		break;
	case NRULES:
		break;
	}
	if (a.m)
		a.m[i] = m;
	if (a.v)
		a.v[i] = v;
	return a.rate * by;
}

static __device__ inline void
change_one(const struct numbers &a, size_t i)
{
	real g = a.scale * a.g[i];

	if (a.clip > 0)
		g = g > a.clip ? a.clip : g < -a.clip ? -a.clip : g;
	a.p[i] -= change_of(a, i, g);
	a.g[i] = 0;
}

static __global__ void
change_all(struct numbers a)
{
	size_t i = (size_t)blockIdx.x * blockDim.x + threadIdx.x;

	if (i < a.n)
		change_one(a, i);
}

/* The touched rows, one block per row. */
static __global__ void
change_rows(struct numbers a, int width, const uint32_t *rows)
{
	size_t at = (size_t)rows[blockIdx.x] * width;

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
	a.rule = u->rule;
	a.rate = (real)u->rate;
	a.scale = (real)u->scale;
	a.clip = (real)u->clip;
	a.decay = (real)u->decay;
	a.fresh = (real)(1 - u->decay);
	a.decay2 = (real)u->decay2;
	a.fresh2 = (real)(1 - u->decay2);
	a.epsilon = (real)u->epsilon;
	a.weight_decay = (real)u->weight_decay;
	a.lift = (real)(1 / (1 - pow(u->decay, u->step)));
	a.lift2 = (real)(1 / (1 - pow(u->decay2, u->step)));
	return a;
}

static void
param_update(struct backend *k, struct matrix *p, struct matrix *g, struct matrix *m,
    struct matrix *v, const struct update *u)
{
	struct numbers a = update_numbers(p, g, m, v, u);
	bool sparse = touched_is_sparse(&g->touched) && rule_kinds[u->rule].is_sparse;
	const uint32_t *rows;

	if (!sparse) {
		launch(k, change_all, dim3((unsigned)cuda_over(a.n, 256)), dim3(256), 0, a);
	} else if (g->touched.n) {
		rows = (const uint32_t *)cuda_upload(k, BUFFER_TOUCHED, g->touched.row,
		    (size_t)g->touched.n * sizeof(*rows));
		launch(k, change_rows, dim3((unsigned)g->touched.n), dim3(128), 0, a,
		    g->touched.width, rows);
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
