/*
 * sampled.cu - the sampled softmax; backend.h has the formulas.
 *
 * The rows of V that belong to the noise words are gathered, so that logits and gradients
 * are products as those of the full softmax; a row's target is added to them.
 */
#include "groups.h"
#include "product.h"
#include "reduce.h"

/* One call's arrays on the device. */
struct sampled {
	int t, n, h;
	const real *v, *c;		/* c NULL: no bias */
	const real *s;
	const uint32_t *y, *noise;	/* (t), (n) */
	const double *target_shift, *noise_shift;
	real *rows;			/* (n, h) of V, of the noise words */
	real *p;			/* (t, ld) logits, then probabilities, and zeros */
	int ld;				/* n, padded for product.h */
	real *p_y;			/* (t) of the target, less 1 */
	double *logp;			/* (t) */
};

/* Stores the logits of the noise words. */
struct noise_logits {
	enum { FOURS = true };
	struct sampled a;

	bool takes_quads() const { return true; }
	__device__ real
	logit(int i, int j, real x) const
	{
		uint32_t word = a.noise[j];
		real shift = (a.c ? a.c[word] : 0) + (real)a.noise_shift[j];

		return word == a.y[i] ? -INFINITY : x + shift;
	}
	__device__ void
	operator()(int i, int j, real x) const
	{
		a.p[(size_t)i * a.ld + j] = logit(i, j, x);
	}
	__device__ void
	operator()(int i, int j, quad x) const
	{
		UNROLL
		for (int e = 0; e < 4; e++)
			x.x[e] = j + e < a.n ? logit(i, j + e, x.x[e]) : 0;
		*(quad *)(a.p + (size_t)i * a.ld + j) = x;
	}
};

/* Adds to the rows of the noise words, which all differ. */
struct noise_rows {
	enum { FOURS = true };
	struct product_add rows;
	const uint32_t *noise;

	bool takes_quads() const { return rows.takes_quads(); }
	__device__ void operator()(int i, int j, real x) const { rows((int)noise[i], j, x); }
	__device__ void operator()(int i, int j, quad x) const { rows((int)noise[i], j, x); }
};

static __global__ void
gather_noise(struct sampled a)
{
	const real *from = a.v + (size_t)a.noise[blockIdx.x] * a.h;

	for (int j = (int)threadIdx.x; j < a.h; j += (int)blockDim.x)
		a.rows[(size_t)blockIdx.x * a.h + j] = from[j];
}

/* The target's logit; the same in all threads of the block. */
static __device__ real
target_logit(const struct sampled &a, int r, real *shared)
{
	const real *v = a.v + (size_t)a.y[r] * a.h, *s = a.s + (size_t)r * a.h;
	real sum = 0;

	for (int j = (int)threadIdx.x; j < a.h; j += REDUCE_THREADS)
		sum = fma(v[j], s[j], sum);
	sum = reduce_block<real, false>(sum, shared);
	return sum + (a.c ? a.c[a.y[r]] : 0) + (real)a.target_shift[r];
}

/* Probabilities and ln P of the target, one block per row. */
static __global__ void
__launch_bounds__(REDUCE_THREADS)
softmax_noise(struct sampled a)
{
	double *shared = shared_memory<double>();
	int r = (int)blockIdx.x;
	real *l = a.p + (size_t)r * a.ld, own, max, scale, at_y = target_logit(a, r, (real *)shared);
	double sum = reduce_exponentials(a.n, l, &own);

	max = reduce_block<real, true>(own > at_y ? own : at_y, (real *)shared);
	sum = own == -INFINITY ? 0 : sum * REXP(own - max);
	sum = reduce_block<double, false>(sum, shared) + REXP(at_y - max);
	scale = (real)(1 / sum);
	for (int i = (int)threadIdx.x; i < a.ld; i += REDUCE_THREADS)
		l[i] = i < a.n ? REXP(l[i] - max) * scale : 0;
	if (threadIdx.x > 0)
		return;
	a.logp[r] = (double)at_y - (double)max - log(sum);
	a.p_y[r] = REXP(at_y - max) * scale - 1;
}

/* dS += the targets' part. */
static __global__ void
add_targets(struct sampled a, real *ds)
{
	int r = (int)blockIdx.x;
	const real *v = a.v + (size_t)a.y[r] * a.h;

	for (int j = (int)threadIdx.x; j < a.h; j += (int)blockDim.x)
		ds[(size_t)r * a.h + j] += a.p_y[r] * v[j];
}

/* dc += the sums of the columns of P; one thread per noise word. */
static __global__ void
add_noise_bias(struct sampled a, real *dc)
{
	int j = (int)(blockIdx.x * blockDim.x + threadIdx.x);
	real sum = 0;

	if (j >= a.n)
		return;
	for (int r = 0; r < a.t; r++)
		sum += a.p[(size_t)r * a.ld + j];
	dc[a.noise[j]] += sum;
}

static bool
prepare_sampled(struct backend *k, struct sampled *to, const struct sampled_args *a)
{
	size_t t = (size_t)a->t, n = (size_t)a->n, h = (size_t)a->v->cols;

	to->t = a->t;
	to->n = a->n;
	to->ld = (int)product_padded(n);
	to->h = a->v->cols;
	to->v = a->v->p;
	to->c = a->c ? a->c->p : NULL;
	to->s = (const real *)a->s;
	to->y = (const uint32_t *)cuda_upload(k, BUFFER_Y, a->y, t * sizeof(*a->y));
	to->noise = (const uint32_t *)cuda_upload(k, BUFFER_X, a->noise, n * sizeof(*a->noise));
	to->target_shift = (const double *)cuda_upload(k, BUFFER_TARGET_SHIFT, a->target_shift,
	    t * sizeof(double));
	to->noise_shift = (const double *)cuda_upload(k, BUFFER_NOISE_SHIFT, a->noise_shift,
	    n * sizeof(double));
	to->rows = (real *)cuda_buffer(k, BUFFER_STEP, (n * h + t) * sizeof(real));
	to->p = (real *)cuda_buffer(k, BUFFER_LOGITS, t * to->ld * sizeof(real));
	to->logp = (double *)cuda_buffer(k, BUFFER_LOGP, t * sizeof(double));
	to->p_y = to->rows + n * h;
	return cuda_well(k);
}

static void
add_gradients(struct backend *k, const struct sampled *s, const struct sampled_args *a)
{
	struct noise_rows add = { { a->dv->p, (size_t)s->h }, s->noise };
	struct groups targets;

	product<true, false>(k, { s->n, s->h, s->t, (size_t)s->ld }, (const real *)s->p, s->s, add);
	if (a->dc)
		launch(k, add_noise_bias, dim3((unsigned)cuda_over((size_t)s->n, 128)), dim3(128), 0,
		    *s, a->dc->p);
	touched_add(&a->dv->touched, a->noise, a->n);
	if (cuda_upload_groups(k, &targets, a->y, a->t, a->dv))
		cuda_add_groups(k, &targets, NULL, s->p_y, s->s, a->dv, a->dc);
	if (a->dc) {
		touched_add(&a->dc->touched, a->noise, a->n);
		touched_add(&a->dc->touched, a->y, a->t);
	}
}

static void
sampled_backward(struct backend *k, const struct sampled_args *a)
{
	struct sampled s;
	struct noise_logits logits;
	struct product_store store = { (real *)a->ds, (size_t)a->v->cols };

	if (!prepare_sampled(k, &s, a))
		return;
	logits.a = s;
	launch(k, gather_noise, dim3((unsigned)s.n), dim3(128), 0, s);
	product_whole<false, true>(k, { s.t, s.n, s.h }, s.s, (const real *)s.rows, logits);
	launch(k, softmax_noise, dim3((unsigned)s.t), dim3(REDUCE_THREADS),
	    REDUCE_THREADS * sizeof(double), s);
	product<false, false>(k, { s.t, s.h, s.n, (size_t)s.ld }, (const real *)s.p, (const real *)s.rows, store);
	launch(k, add_targets, dim3((unsigned)s.t), dim3(128), 0, s, (real *)a->ds);
	add_gradients(k, &s, a);
	cuda_from_device(k, a->logp, s.logp, (size_t)s.t * sizeof(*a->logp));
}

void
cuda_sampled_fill(struct backend *k)
{
	k->sampled_backward = sampled_backward;
}
