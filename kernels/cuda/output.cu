/*
 * output.cu - the output layer: products with V, and the softmax of each row.
 *
 * The logits L(t,v) are stored, as many rows at a time as LOGITS_BYTES allow; one block
 * per row then computes what the caller wants.  P V, whose depth is v and whose result
 * is small, is cut into slices (product.h).
 */
#include "params.h"
#include "product.h"
#include "reduce.h"

static const size_t LOGITS_BYTES = (size_t)1 << 28;	/* bytes of logits at a time */

/* What a row of logits is turned into. */
enum want {
	WANT_LOGP,	/* only logp */
	WANT_ERROR,	/* P less 1 at y */
	WANT_ALL	/* ln P */
};

/*
 * The softmax of the rows of L(t,v) in place, one block per row; y is NULL with WANT_ALL.
 * A batch's rows exceed the L2 cache, so they are read once for the norm and once more
 * to be changed.
 */
template <enum want WANT>
static __global__ void
__launch_bounds__(REDUCE_THREADS)
softmax_rows(int v, real *logits, const uint32_t *y, double *logp)
{
	double *shared = shared_memory<double>();		/* (REDUCE_THREADS) */
	real *l = logits + (size_t)blockIdx.x * v;
	real own, max, at_y = 0, norm, scale;
	double sum;

	if (WANT != WANT_ALL)
		at_y = l[y[blockIdx.x]];
	sum = reduce_exponentials(v, l, &own);
	max = reduce_block<real, true>(own, (real *)shared);
	sum = reduce_block<double, false>(own == -INFINITY ? sum : sum * REXP(own - max), shared);
	norm = (real)log(sum);
	scale = (real)(1 / sum);
	if (WANT != WANT_ALL && threadIdx.x == 0)
		logp[blockIdx.x] = (double)at_y - (double)max - log(sum);
	for (int i = (int)threadIdx.x; WANT == WANT_ALL && i < v; i += REDUCE_THREADS)
		l[i] = l[i] - max - norm;
	for (int i = (int)threadIdx.x; WANT == WANT_ERROR && i < v; i += REDUCE_THREADS)
		l[i] = REXP(l[i] - max) * scale - (real)((uint32_t)i == y[blockIdx.x]);
}

/* One call, processed `most` rows at a time. */
struct output {
	const struct matrix *v, *c;	/* c NULL: no bias */
	int t, most;		/* rows in total; rows at a time */
	const real *s;
	real *logits;		/* (most, v) */
	const uint32_t *y;	/* (t) on the device, or NULL */
	double *logp;		/* (t) on the device, or NULL */
};

/* with_y: also the targets, and memory for their log-probabilities. */
static bool
prepare_output(struct backend *k, struct output *o, const struct output_args *a, bool with_y)
{
	size_t row = (size_t)a->v->rows * sizeof(real), most = LOGITS_BYTES / row, t = (size_t)a->t;

	o->v = a->v;
	o->c = a->c;
	o->t = a->t;
	o->s = (const real *)a->s;
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
	struct product_store store = { o->logits, (size_t)v };
	struct product_biased biased = { o->logits, (size_t)v, o->c ? o->c->p : NULL };
	const real *s = o->s + (size_t)first * h, *m = o->v->p;

	if (o->c)
		product_whole<false, true>(k, t, v, h, s, m, biased);
	else
		product_whole<false, true>(k, t, v, h, s, m, store);
	launch(k, softmax_rows<WANT>, dim3((unsigned)t), dim3(REDUCE_THREADS), REDUCE_THREADS * sizeof(double), v,
	    o->logits, o->y ? o->y + first : NULL, o->logp ? o->logp + first : NULL);
	return t;
}

static void
out_forward(struct backend *k, const struct output_args *a)
{
	struct output o;

	if (!prepare_output(k, &o, a, true))
		return;
	for (int first = 0; first < a->t; first += o.most)
		logits_of_rows<WANT_LOGP>(k, &o, first);
	cuda_from_device(k, a->logp, o.logp, (size_t)a->t * sizeof(*a->logp));
}

double *
cuda_out_backward(struct backend *k, const struct output_args *a)
{
	int h = a->v->cols, v = a->v->rows;
	struct product_add add = { a->dv->p, (size_t)h };
	struct output o;

	if (!prepare_output(k, &o, a, true))
		return NULL;
	for (int first = 0; first < a->t; first += o.most) {
		int n = logits_of_rows<WANT_ERROR>(k, &o, first);
		struct product_store store = { (real *)a->ds + (size_t)first * h, (size_t)h };

		product<false, false>(k, n, h, v, (const real *)o.logits, (const real *)a->v->p,
		    store);
		product<true, false>(k, v, h, n, (const real *)o.logits, o.s + (size_t)first * h,
		    add);
		if (a->dc)
			cuda_add_columns(k, n, v, v, o.logits, a->dc->p);
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

	if (!prepare_output(k, &o, a, false))
		return;
	for (int first = 0; first < a->t; first += o.most) {
		size_t n = (size_t)logits_of_rows<WANT_ALL>(k, &o, first) * v;

		cuda_from_device(k, (real *)a->l + (size_t)first * v, o.logits, n * sizeof(real));
	}
}

void
cuda_output_fill(struct backend *k)
{
	k->out_forward = out_forward;
	k->out_backward = out_backward;
	k->out_logp = out_logp;
}
