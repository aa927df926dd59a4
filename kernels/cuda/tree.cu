/*
 * tree.cu - the hierarchical softmax; backend.h has the formulas.
 *
 * One block per row: a warp per node of its path, for the node's logit; then the sums over
 * the path.  The rows of V's gradient are summed by node (groups.h).
 */
#include "groups.h"
#include "product.h"

enum { TREE_THREADS = 128, TREE_WARP = 32, TREE_WARPS = TREE_THREADS / TREE_WARP };

/* One call's arrays on the device; n nodes on all paths together. */
struct tree {
	int t, h, n;
	const real *v, *c;	/* c NULL: no bias */
	const real *s;
	const int32_t *start;	/* (t + 1) */
	const uint32_t *node;	/* (n) */
	const int32_t *turn;	/* (n) */
	const int32_t *row;	/* (n) whose path it is on */
	double *term;		/* (n) ln of the turn's probability */
	real *error;		/* (n) */
	double *logp;		/* (t) */
};

/* ln of the logistic function */
static __device__ inline double
log_logistic(double x)
{
	return x > 0 ? -log1p(exp(-x)) : x - log1p(exp(x));
}

/* turn z of path entry i, by one warp; the result is the same in all lanes. */
static __device__ inline double
turn_logit(const struct tree &a, int i)
{
	const real *v = a.v + (size_t)a.node[i] * a.h, *s = a.s + (size_t)a.row[i] * a.h;
	real sum = 0;

	for (int j = (int)threadIdx.x % TREE_WARP; j < a.h; j += TREE_WARP)
		sum = fma(v[j], s[j], sum);
	for (int bit = TREE_WARP / 2; bit; bit /= 2)
		sum += __shfl_xor_sync(0xffffffffu, sum, bit);
	return a.turn[i] * ((double)sum + (a.c ? a.c[a.node[i]] : 0));
}

/* The terms and errors of row r's path. */
static __device__ inline void
visit_path(const struct tree &a, int r)
{
	int warp = (int)threadIdx.x / TREE_WARP;

	for (int i = a.start[r] + warp; i < a.start[r + 1]; i += TREE_WARPS) {
		double z = turn_logit(a, i);

		if (threadIdx.x % TREE_WARP != 0)
			continue;
		a.term[i] = log_logistic(z);
		a.error[i] = (real)(-a.turn[i] * exp(log_logistic(-z)));
	}
	__syncthreads();
}

/* ds NULL: only logp */
static __global__ void
__launch_bounds__(TREE_THREADS)
follow_paths(struct tree a, real *ds)
{
	int r = (int)blockIdx.x;
	double logp = 0;

	visit_path(a, r);
	for (int j = (int)threadIdx.x; ds && j < a.h; j += TREE_THREADS) {
		real sum = 0;

		for (int i = a.start[r]; i < a.start[r + 1]; i++)
			sum = fma(a.error[i], a.v[(size_t)a.node[i] * a.h + j], sum);
		ds[(size_t)r * a.h + j] = sum;
	}
	if (threadIdx.x > 0)
		return;
	for (int i = a.start[r]; i < a.start[r + 1]; i++)
		logp += a.term[i];
	a.logp[r] = logp;
}

/* start(t + 1), node, turn and row (n each) */
static bool
upload_paths(struct backend *k, struct tree *to, const struct tree_args *a)
{
	size_t t = (size_t)a->t, n = (size_t)a->start[t], count = t + 1 + 3 * n;
	int32_t *host = (int32_t *)cuda_host(k, count * sizeof(*host)), *at = host;
	const int32_t *dev;

	if (host == NULL)
		return false;
	for (size_t r = 0; r <= t; r++)
		*at++ = a->start[r];
	for (size_t i = 0; i < n; i++)
		*at++ = (int32_t)a->node[i];
	for (size_t i = 0; i < n; i++)
		*at++ = a->turn[i];
	for (int r = 0; r < a->t; r++)
		for (int i = a->start[r]; i < a->start[r + 1]; i++)
			*at++ = r;
	dev = (const int32_t *)cuda_upload(k, BUFFER_START, host, count * sizeof(*host));
	if (dev == NULL)
		return false;
	to->start = dev;
	to->node = (const uint32_t *)(dev + t + 1);
	to->turn = dev + t + 1 + n;
	to->row = dev + t + 1 + 2 * n;
	return true;
}

static bool
prepare_tree(struct backend *k, struct tree *to, const struct tree_args *a)
{
	size_t t = (size_t)a->t, n = (size_t)a->start[t];

	to->t = a->t;
	to->h = a->v->cols;
	to->n = (int)n;
	to->v = a->v->p;
	to->c = a->c ? a->c->p : NULL;
	to->s = (const real *)a->s;
	if (!upload_paths(k, to, a))
		return false;
	to->logp = (double *)cuda_buffer(k, BUFFER_LOGP, (t + n) * sizeof(double));
	to->term = to->logp + t;
	to->error = (real *)cuda_buffer(k, BUFFER_ERROR, n * sizeof(real));
	return cuda_well(k);
}

/* Also dS, unless ds is NULL; *to as it was. */
static bool
run_paths(struct backend *k, struct tree *to, const struct tree_args *a, void *ds)
{
	if (!prepare_tree(k, to, a))
		return false;
	launch(k, follow_paths, dim3((unsigned)a->t), dim3(TREE_THREADS), 0, *to, (real *)ds);
	return cuda_well(k);
}

static void
tree_forward(struct backend *k, const struct tree_args *a)
{
	struct tree tree;

	if (run_paths(k, &tree, a, NULL))
		cuda_from_device(k, a->logp, tree.logp, (size_t)a->t * sizeof(*a->logp));
}

static void
tree_backward(struct backend *k, const struct tree_args *a)
{
	struct tree tree;
	struct groups nodes;

	if (!run_paths(k, &tree, a, a->ds) ||
	    !cuda_upload_groups(k, &nodes, a->node, tree.n, a->dv))
		return;
	if (a->dc)
		touched_add(&a->dc->touched, a->node, tree.n);
	cuda_add_groups(k, &nodes, tree.row, tree.error, tree.s, a->dv, a->dc);
	cuda_from_device(k, a->logp, tree.logp, (size_t)a->t * sizeof(*a->logp));
}

static void
tree_logits(struct backend *k, const struct tree_args *a)
{
	int t = a->t, n = a->v->rows, h = a->v->cols;
	size_t bytes = (size_t)t * n * sizeof(real);
	real *l = (real *)cuda_buffer(k, BUFFER_LOGITS, bytes);
	struct product_store store = { l, (size_t)n };
	struct product_biased biased = { l, (size_t)n, a->c ? a->c->p : NULL };
	const real *s = (const real *)a->s, *v = a->v->p;

	if (a->c)
		product_whole<false, true>(k, { t, n, h }, s, v, biased);
	else
		product_whole<false, true>(k, { t, n, h }, s, v, store);
	cuda_from_device(k, a->l, l, bytes);
}

void
cuda_tree_fill(struct backend *k)
{
	k->tree_forward = tree_forward;
	k->tree_backward = tree_backward;
	k->tree_logits = tree_logits;
}
