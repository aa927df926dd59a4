/*
 * fused.cu - the kernel of fused.h and its launch; whole SGD steps by that kernel or,
 * for other shapes, by composition of the table's entries.
 */
#include <string.h>

#include "fused.h"
#include "fused_backward.h"
#include "fused_forward.h"
#include "fused_square.h"
#include "phases.h"

/* Clears shared memory, then loads this block's rows of V, W and the first sentence. */
template <typename SQUARE>
static __device__ void
load_net(const fused &f, const fused_memory &m, SQUARE *square)
{
	int reals = (int)((real *)m.x - m.v), thread = fused_thread();

	for (int i = thread; i < reals; i += LAUNCH_FUSED_THREADS)
		m.v[i] = 0;
	__syncthreads();
	for (int k = thread; k < m.valid * f.h; k += LAUNCH_FUSED_THREADS)
		m.v[k / f.h * f.stride + k % f.h] = f.out[(size_t)m.first * f.h + k];
	square->load(f, m);
	fused_fetch(f, m, f.start[0], f.start[1] - f.start[0], m.x);
	__syncthreads();
}

template <typename SQUARE>
static __device__ void
store_net(const fused &f, const fused_memory &m, SQUARE *square)
{
	int thread = fused_thread();

	for (int k = thread; k < m.valid * f.h; k += LAUNCH_FUSED_THREADS)
		f.out[(size_t)m.first * f.h + k] = m.v[k / f.h * f.stride + k % f.h];
	if (blockIdx.x == 0)
		square->store(f, m);
}

/* From a sentence's words to dS, which the next barrier makes visible. */
template <typename SQUARE>
static __device__ void
go_forward(const fused &f, const fused_memory &m, const SQUARE &square, int number,
    unsigned *barriers, struct phase_clock *clock)
{
	int start = f.start[number], t = f.start[number + 1] - start;

	for (int r = fused_thread(); r < t; r += LAUNCH_FUSED_THREADS)
		m.y[r] = f.y[start + r];
	square.states(f, m, t);
	phase_end(clock, PHASE_STATES);
	fused_logits(f, m, t);
	phase_end(clock, PHASE_LOGITS);
	fused_exponentials(f, m, t);
	phase_end(clock, PHASE_EXPONENTIALS);
	fused_parts(f, m, t);
	if (f.cluster > 1) {
		cluster_sync();
		fused_join_cluster(f, m, t);
	}
	phase_end(clock, PHASE_PARTS);
	grid_arrive(f.counter);
	grid_wait(f.counter, ++*barriers);
	phase_end(clock, PHASE_BARRIER_1);
	fused_norms(f, m, t, f.logp + start);
	phase_end(clock, PHASE_NORMS);
	fused_join(f, m, t);
	phase_end(clock, PHASE_JOIN);
}

/* The rest of an SGD step, and the words of the next sentence, of next_t words. */
template <typename SQUARE>
static __device__ void
go_back(const fused &f, const fused_memory &m, SQUARE *square, int number, unsigned *barriers,
    struct phase_clock *clock)
{
	int t = f.start[number + 1] - f.start[number];
	int next_t = number + 1 < f.n ? f.start[number + 2] - f.start[number + 1] : 0;

	grid_arrive(f.counter);
	phase_end(clock, PHASE_ARRIVE);
	fused_update_v(f, m, t);
	phase_end(clock, PHASE_UPDATE_V);
	if (next_t) {
		fused_fetch(f, m, f.start[number + 1], next_t, m.next_x);
		fused_compare(f, m, t, f.start[number + 1], next_t);
	}
	phase_end(clock, PHASE_FETCH);
	grid_wait(f.counter, ++*barriers);
	phase_end(clock, PHASE_BARRIER_2);
	fused_back(f, m, *square, t);
	phase_end(clock, PHASE_BACK);
	if (f.cluster > 1) {
		cluster_sync();
	} else {
		grid_arrive(f.counter);
		grid_wait(f.counter, ++*barriers);
	}
	phase_end(clock, PHASE_BARRIER_3);
	fused_gather(f, m, t);
	phase_end(clock, PHASE_GATHER);
	square->update(f, m, t);
	phase_end(clock, PHASE_UPDATE_W);
	fused_update_u(f, m, t);
	phase_end(clock, PHASE_UPDATE_U);
	fused_correct(f, m, t, next_t);
	phase_end(clock, PHASE_CORRECT);
}

template <typename SQUARE>
static __global__ void
__launch_bounds__(LAUNCH_FUSED_THREADS, 1)
train_sentences(struct fused f)
{
	struct phase_clock clock = phase_begin(f);
	unsigned barriers = 0;
	fused_memory m;
	SQUARE square;

	if (SQUARE::STRIDE > 0)	/* a constant, so that nothing is divided by it */
		f.stride = SQUARE::STRIDE;
	f.in_registers = SQUARE::IN_REGISTERS;
	f.cluster = CLUSTERS && f.cluster > 1 ? LAUNCH_CLUSTER : 1;
	m = fused_lay_out(f);
	load_net(f, m, &square);
	phase_end(&clock, PHASE_LOAD);
	for (int i = 0; i < f.n; i++) {
		uint32_t *x = m.x;

		go_forward(f, m, square, i, &barriers, &clock);
		go_back(f, m, &square, i, &barriers, &clock);
		m.x = m.next_x;
		m.next_x = x;
	}
	store_net(f, m, &square);
	if (f.cluster > 1)
		cluster_sync();	/* until others have read this block's errors */
	phase_end(&clock, PHASE_STORE);
}

typedef void fused_kernel(struct fused);

/* The kernel of a plan. */
static fused_kernel *
kernel_of(const struct launch_plan *plan)
{
#ifdef REAL_IS_FLOAT
	if (plan->in_registers && plan->stride == LAUNCH_FUSED_STRIDE)
		return train_sentences<fused_register_square<LAUNCH_FUSED_STRIDE>>;
	if (plan->in_registers)
		return train_sentences<fused_register_square<LAUNCH_FUSED_WIDEST>>;
#endif
	(void)plan;
	return train_sentences<fused_shared_square>;
}

/* start(n + 1), x, y of sentences first .. first + n - 1 of the batch. */
static bool
upload_queue(struct backend *k, struct fused *f, const struct batch *b, int first, int n)
{
	int from = b->start[first], t = b->start[first + n] - from;
	size_t bytes = ((size_t)n + 1 + 2 * (size_t)t) * sizeof(int32_t);
	int32_t *host = (int32_t *)cuda_host(k, bytes), *dev;

	if (host == NULL)
		return false;
	for (int i = 0; i <= n; i++)
		host[i] = b->start[first + i] - from;
	memcpy(host + n + 1, b->x + from, (size_t)t * sizeof(*host));
	memcpy(host + n + 1 + t, b->y + from, (size_t)t * sizeof(*host));
	dev = (int32_t *)cuda_upload(k, BUFFER_START, host, bytes);
	if (dev == NULL)
		return false;
	f->n = n;
	f->start = dev;
	f->x = (const uint32_t *)(dev + n + 1);
	f->y = f->x + t;
	f->logp = (double *)cuda_buffer(k, BUFFER_LOGP, (size_t)t * sizeof(double));
	return cuda_well(k);
}

/* The memory through which blocks exchange data: a counter of 0, and arrays. */
static bool
make_exchange(struct backend *k, struct fused *f, int blocks)
{
	size_t rows = (size_t)f->most, each = rows * f->stride;
	size_t reals = 2 * rows * blocks + rows + each + blocks * each + (f->bptt + 1) * each;
	unsigned char *p = (unsigned char *)cuda_buffer(k, BUFFER_SLABS, 256 + reals * sizeof(real));

	if (p == NULL)
		return false;
	f->counter = (unsigned *)p;
	f->max = (real *)(p + 256);
	f->sum = f->max + rows * blocks;
	f->at_y = f->sum + rows * blocks;
	f->v_y = f->at_y + rows;
	f->errors = f->v_y + each;
	f->parts = (quad *)(f->errors + (f->bptt + 1) * each);
	return cuda_check(k, cudaMemsetAsync(p, 0, 256, ((struct state *)k->ctx)->stream));
}

/*
 * One block per multiprocessor; false where the GPU does not run them at once.  In clusters
 * it may run fewer: then without, from now on.  Either is no error, since the steps can be
 * composed, but never silent: sums are then in another order, and without this kernel most of
 * the speed is lost.
 */
static bool
launch_sentences(struct backend *k, const struct launch_plan *plan, const struct fused &f)
{
	struct launch_limits *limits = &((struct state *)k->ctx)->limits;
	cudaError_t e = launch_clusters(k, kernel_of(plan), plan->cluster, plan->blocks,
	    LAUNCH_FUSED_THREADS, plan->bytes, f);

	if (e == cudaSuccess)
		return true;
	if (plan->cluster > 1) {
		cuda_note_refusal(k, e, "many sentences in clusters",
		    "training is a little slower, and not the same to the byte");
		limits->clusters = 0;
		return false;
	}
	cuda_note_refusal(k, e, "many sentences",
	    "training is several times slower, and not the same to the byte");
	limits->bytes = 0;	/* not attempted again */
	return false;
}

/* Sentences first .. first + n - 1.  False where the kernel does not fit the device;
 * no parameter has changed then. */
static bool
run_queue(struct backend *k, const struct step_args *a, const struct launch_plan *plan, int first,
    int n)
{
	int from = a->b->start[first], t = a->b->start[first + n] - from;
	struct fused f = {};

	f.h = a->net.w->rows;
	f.v = a->net.v->rows;
	f.bptt = a->bptt;
	f.rate = (real)a->rate;
	f.rows = plan->rows;
	f.stride = plan->stride;
	f.most = plan->most;
	f.cluster = plan->cluster;
	f.u = a->net.u->p;
	f.w = a->net.w->p;
	f.out = a->net.v->p;
	if (!upload_queue(k, &f, a->b, first, n) || !make_exchange(k, &f, plan->blocks) ||
	    !phase_reserve(k, &f))
		return true;
	if (!launch_sentences(k, plan, f))
		return false;
	cuda_from_device(k, a->logp + from, f.logp, (size_t)t * sizeof(*a->logp));
	k->fused += n;
	return true;
}

/* The gradients of a composed step, allocated once. */
static bool
reserve_gradients(struct backend *k, const struct plain_net *net)
{
	struct plain_net *g = &((struct state *)k->ctx)->gradient;
	int h = net->w->rows, v = net->v->rows;

	if (g->u && (g->w->rows != h || g->v->rows != v)) {
		k->mat_free(k, g->u);
		k->mat_free(k, g->v);
		k->mat_free(k, g->w);
		memset(g, 0, sizeof(*g));
	}
	if (g->u == NULL) {
		g->u = k->mat_new(k, ROLE_EMBED, h, v);
		g->v = k->mat_new(k, ROLE_OUT, v, h);
		g->w = k->mat_new(k, ROLE_SQUARE, h, h);
	}
	if (g->u == NULL || g->v == NULL || g->w == NULL)
		return cuda_fail(k, "out of memory");
	return cuda_well(k);
}

/*
 * The general case: some 20 launches, one per word where W is wide (rnn.cu), 6 uploads,
 * and one wait at the end, so that the host stays ahead of the device.  A launch costs
 * the host 2 to 3 us, and the device no less: consecutive kernels take at least 3 us
 * each, and at C=8000, H=512, one sentence, V and its gradient go through memory eight
 * times, 130 MB or 30 us on an H200.  A CUDA graph would save the host's time, which is
 * hidden, and about a microsecond between two kernels.  One graph would be needed for
 * each sentence length, rebuilt whenever a buffer moves: not worth it, since the fused
 * kernel already takes the nets whose cost is the launches.
 */
static void
compose_step(struct backend *k, const struct step_args *a)
{
	const struct plain_net *net = &a->net;
	struct plain_net *g = &((struct state *)k->ctx)->gradient;
	size_t n = (size_t)a->b->t * net->w->rows;
	struct update u = {};
	struct cell_args c = {};
	struct output_args out = {};
	real *s = (real *)cuda_buffer(k, BUFFER_STEP, 3 * n * sizeof(*s));
	double *dev;

	if (s == NULL || !reserve_gradients(k, net))
		return;
	u.rule = RULE_SGD;
	u.rate = a->rate;
	u.scale = 1;
	c.w = net->w;
	c.b = a->b;
	c.a = c.s = s;
	c.bptt = a->bptt;
	c.ds = s + n;
	c.d = s + 2 * n;
	c.dw = g->w;
	out.v = net->v;
	out.t = a->b->t;
	out.s = s;
	out.y = a->b->y;
	out.ds = s + n;
	out.dv = g->v;
	k->embed_forward(k, net->u, a->b, s);
	k->cell_forward(k, &c);
	dev = cuda_out_backward(k, &out);
	k->cell_backward(k, &c);
	k->embed_backward(k, a->b, c.d, g->u);
	k->update(k, net->u, g->u, NULL, NULL, &u);
	k->update(k, net->v, g->v, NULL, NULL, &u);
	k->update(k, net->w, g->w, NULL, NULL, &u);
	if (dev)
		cuda_from_device(k, a->logp, dev, (size_t)a->b->t * sizeof(*a->logp));
}

/* How many clusters of blocks with all shared memory run at once: asked of one kernel, since
 * each takes all registers. */
static void
find_clusters(struct backend *k)
{
	struct state *s = (struct state *)k->ctx;

	if (s->limits.clusters < 0)
		s->limits.clusters = s->properties.major < 9 ? 0 : clusters_together(k,
		    train_sentences<fused_shared_square>, LAUNCH_CLUSTER, LAUNCH_FUSED_THREADS,
		    s->limits.bytes);
}

static struct launch_plan
plan_for(struct backend *k, const struct step_args *a)
{
	find_clusters(k);
	return launch_plan_fused(&((struct state *)k->ctx)->limits, a->net.w->rows, a->net.v->rows,
	    a->bptt, sizeof(real));
}

/* As many sentences from `first` on as the kernel takes, in clusters or, if the GPU refuses
 * them, without; how many, 0 where it takes none. */
static int
run_some(struct backend *k, const struct step_args *a, int first)
{
	struct launch_plan plan = plan_for(k, a);
	int n = launch_run(a->b, first, plan.most);

	if (n == 0 || run_queue(k, a, &plan, first, n))
		return n;
	return plan.cluster > 1 ? run_some(k, a, first) : 0;
}

static void
step_one(struct backend *k, const struct step_args *a)
{
	if (a->b->nseq > 1 || run_some(k, a, 0) == 0)
		compose_step(k, a);
}

/* A composed step on sentence i alone. */
static void
step_alone(struct backend *k, const struct step_args *a, int i)
{
	int from = a->b->start[i], start[] = { 0, a->b->start[i + 1] - from };
	struct batch one = { 1, start[1], start, a->b->x + from, a->b->y + from };
	struct step_args alone = *a;

	alone.b = &one;
	alone.logp = a->logp + from;
	compose_step(k, &alone);
}

/* Queues runs of sentences for the kernel; those too long for it are composed. */
static void
step_each(struct backend *k, const struct step_args *a)
{
	for (int i = 0, n; i < a->b->nseq && cuda_well(k); i += n) {
		n = run_some(k, a, i);
		if (n == 0) {
			step_alone(k, a, i);
			n = 1;
		}
	}
}

void
cuda_fused_fill(struct backend *k)
{
	k->step = step_one;
	k->steps = step_each;
	phase_fill(k);
}
