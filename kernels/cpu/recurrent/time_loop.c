/*
 * time_loop.c - the loop over time steps; cells.c has what a cell does in one.
 */
#include <string.h>

#include "parallel.h"
#include "product.h"
#include "shifted.h"
#include "time_loop.h"

enum {
	ABREAST = 4,	/* panels of a row's product that are summed together, to hide latency */
	FEW = 4		/* sequences per thread; with fewer the pool divides each step */
};

/* Panels of a block's product. */
static int
panels_per_block(const struct layer *l)
{
	return l->is_backward ? 1 : l->ngate;
}

/* Blocks of a task. */
static int
blocks_per_task(const struct group *g)
{
	return g->layer->is_backward && g->nafter == 1 ? ABREAST : 1;
}

static int
block_count(const struct layer *l)
{
	return (l->h + PW - 1) / PW;
}

/* One row times n panels from the first on; sums in the order of panel_tile(). */
INLINE void
row_times_panels(const int n, const struct panels *b, int first, const real *x, real *out)
{
	const real *p = b->p + (size_t)first * b->stride;
	vec left[ABREAST], right[ABREAST];

	UNROLL
	for (int i = 0; i < n; i++)
		left[i] = right[i] = v_zero();
	for (int k = 0; k < b->k; k++, p += PW) {
		vec xk = v_set1(x[k]);

		UNROLL
		for (int i = 0; i < n; i++) {
			left[i] = v_fma(xk, v_load(p + i * b->stride), left[i]);
			right[i] = v_fma(xk, v_load(p + i * b->stride + LANES), right[i]);
		}
	}
	UNROLL
	for (int i = 0; i < n; i++) {
		v_store(out + i * PW, left[i]);
		v_store(out + i * PW + LANES, right[i]);
	}
}

static void
row_product(int n, const struct panels *b, int first, const real *x, real *out)
{
	switch (n) {
	case 1:
		row_times_panels(1, b, first, x, out);
		break;
	case 2:
		row_times_panels(2, b, first, x, out);
		break;
	case 3:
		row_times_panels(3, b, first, x, out);
		break;
	default:
		row_times_panels(ABREAST, b, first, x, out);
		break;
	}
}

/* The packed rows times the panels of n blocks from the first on. */
static void
multiply_blocks(const struct group *g, int first, int n, real *out)
{
	const struct panels *b = g->layer->is_backward ? &g->layer->w->w : &g->layer->w->wt;
	int np = n * panels_per_block(g->layer);

	first *= panels_per_block(g->layer);
	if (g->packed.t == 1)
		row_product(np, b, first, g->packed.p, out);
	else
		for (int i = 0; i < np; i++)
			panel_tile(&g->packed, 0, g->packed.nblock, b, first + i,
			    out + (size_t)i * PW, (size_t)np * PW);
}

/* A task of a step: the product of some blocks, then the cell on each. */
static void
step_task(void *arg, int i, int thread)
{
	const struct group *g = arg;
	const struct layer *l = g->layer;
	int each = blocks_per_task(g), first = i * each;
	int n = block_count(l) - first < each ? block_count(l) - first : each;
	size_t one = (size_t)g->n * panels_per_block(l) * PW;
	real *product = g->product + (size_t)(l->ngroup == 1 ? first : 0) * one;

	(void)thread;
	if (g->packed.t)
		multiply_blocks(g, first, n, product);
	for (int j = 0; j < n; j++)
		(l->is_backward ? cell_block_backward : cell_block_forward)(g, first + j,
		    g->packed.t ? product + (size_t)j * PW : NULL);
}

/* Packs the rows of the current step's product. */
static void
pack_group(struct group *g)
{
	const struct layer *l = g->layer;
	size_t width = (size_t)l->ngate * l->h;
	int n = l->is_backward ? g->nafter : g->n;

	if (!l->is_backward && g->step == 0 && l->s0 == NULL)
		n = 0;
	for (int i = 0; i < n; i++)
		g->row[i] = l->is_backward ? l->e + (group_row(g, i) + 1) * width :
		    group_row_before(g, i, l->s, l->s0);
	g->packed.t = 0;
	if (n == 0)
		return;
	pack_shape(&g->packed, n, l->is_backward ? (int)width : l->h, g->packed.p);
	pack_rows(&g->packed, g->row);
}

/* How many members have more rows than `step`. */
static int
members_longer_than(const struct group *g, int step)
{
	const struct layer *l = g->layer;
	int n = 0;

	while (g->first + n * l->ngroup < l->b->nseq && batch_length(l->b, group_member(g, n)) > step)
		n++;
	return n;
}

/* Advances a group to step i of the loop; false past its end. */
static bool
group_step(struct group *g, int i)
{
	int steps = batch_length(g->layer->b, group_member(g, 0));

	if (i >= steps)
		return false;
	g->step = g->layer->is_backward ? steps - 1 - i : i;
	g->n = members_longer_than(g, g->step);
	g->nafter = members_longer_than(g, g->step + 1);
	pack_group(g);
	return true;
}

/* Reals that a loop needs: for the order of the sequences, and for each group. */
struct space {
	size_t packed, product, carried, row, group;
	size_t order;
};

static size_t
as_reals(size_t n, size_t size)
{
	return (n * size + sizeof(real) - 1) / sizeof(real) + LANES;
}

static struct space
space_of(const struct layer *l)
{
	int n = (l->b->nseq + l->ngroup - 1) / l->ngroup, nb = block_count(l);
	struct space s;

	s.packed = (size_t)n * l->h * (l->is_backward ? l->ngate : 1);
	s.product = (size_t)n * panels_per_block(l) * PW * (l->ngroup == 1 ? nb : ABREAST);
	s.carried = l->is_backward ? (size_t)n * nb * PW : 0;
	s.row = as_reals((size_t)n, sizeof(real *));
	s.order = as_reals(2 * (size_t)l->b->nseq, sizeof(int));
	s.order += LANES - s.order % LANES;	/* pointers stay aligned */
	s.group = s.packed + s.product + s.carried + s.row;
	s.group += LANES - s.group % LANES;
	return s;
}

/* The groups of one call, and their memory. */
struct loop {
	const struct layer *layer;
	struct space space;
	real *mem;
};

static struct group
group_at(const struct loop *m, int i)
{
	struct group g = { .layer = m->layer, .first = i };
	real *p = m->mem + (size_t)i * m->space.group;

	g.row = (const real **)p;
	g.packed.p = p += m->space.row;
	g.product = p += m->space.packed;
	g.carried = p + m->space.product;
	return g;
}

/* The whole time loop of one group, on one thread. */
static void
group_task(void *arg, int i, int thread)
{
	const struct loop *m = arg;
	struct group g = group_at(m, i);
	int nb = block_count(m->layer);

	(void)thread;
	for (int step = 0; group_step(&g, step); step++)
		for (int j = 0; j * blocks_per_task(&g) < nb; j++)
			step_task(&g, j, 0);
}

/* All sequences as one group; each step runs on the pool. */
static void
loop_as_one_group(struct pool *pool, const struct loop *m)
{
	const struct layer *l = m->layer;
	struct group g = group_at(m, 0);
	double work = (double)l->ngate * l->h * l->h;

	for (int step = 0; group_step(&g, step); step++) {
		int each = blocks_per_task(&g), n = (block_count(l) + each - 1) / each;

		run_tasks(pool, work * g.n > WORTH_PARALLEL, step_task, &g, n, step);
	}
}

/* As many groups as threads, if there are enough sequences and work. */
static int
group_count(struct pool *pool, const struct layer *l)
{
	int threads = pool_threads(pool);
	double work = (double)l->b->t * l->ngate * l->h * l->h;

	return l->b->nseq >= FEW * threads && work > WORTH_PARALLEL ? threads : 1;
}

/* All time steps; mem: the order of the sequences, then the groups' memory. */
static void
run_loop(struct pool *pool, struct layer *l, void *mem)
{
	struct loop m = { l, space_of(l), (real *)mem + space_of(l).order };
	int *order = mem;

	batch_order(l->b, order);
	l->order = order;
	if (l->ngroup > 1)
		pool_run(pool, group_task, &m, l->ngroup);
	else
		loop_as_one_group(pool, &m);
}

static struct layer
layer_of(const struct square *w, const struct cell_args *c, bool is_backward)
{
	return (struct layer){
		.cell = c->cell, .ngate = cell_kinds[c->cell].gates, .h = c->w->cols,
		.is_backward = is_backward, .w = w, .b = c->b, .a = c->a, .s = c->s,
		.saved = c->saved, .s0 = c->s0, .saved0 = c->saved0,
		.bias = c->bias ? c->bias->p : NULL, .ds = c->ds, .d = c->d, .dstate = c->dstate,
		.dsaved = c->dsaved
	};
}

void
time_loop_forward(struct recurrence *q, const struct square *w, const struct cell_args *c)
{
	struct layer l = layer_of(w, c, false);
	struct space s;
	real *mem;

	l.ngroup = group_count(q->pool, &l);
	s = space_of(&l);
	mem = recurrence_reserve(q, s.order + (size_t)l.ngroup * s.group);
	if (mem)
		run_loop(q->pool, &l, mem);
}

/* States one row earlier, with zeros up to `stride`. */
struct shifting {
	const struct layer *layer;
	size_t stride;
	real *to;
};

static void
shift_task(void *arg, int seq, int thread)
{
	const struct shifting *m = arg;
	const struct layer *l = m->layer;
	size_t h = (size_t)l->h;

	(void)thread;
	shifted_rows(l->b, seq, l->h, (struct row_view){ l->s, h },
	    l->s0 ? l->s0 + (size_t)seq * h : NULL, m->to, m->stride);
}

/* db(h) += the sum of the last gate's errors. */
static void
add_bias_errors(const struct layer *l, real *db)
{
	size_t h = (size_t)l->h, last = (size_t)l->ngate - 1;

	for (int r = 0; r < l->b->t; r++)
		for (size_t j = 0; j < h; j++)
			db[j] += l->e[((size_t)r * l->ngate + last) * h + j];
}

/* Scratch: first that of the loop, reused by the product for dW; then the shifted
 * states; then E, where it is not D. */
void
time_loop_backward(struct recurrence *q, const struct square *w, struct square *dw,
    const struct cell_args *c)
{
	struct layer l = layer_of(w, c, true);
	struct shifting shift = { &l, product_stride(l.h), NULL };
	size_t last = (size_t)l.b->t * shift.stride, gates = (size_t)l.h * l.ngate, loop, e;
	size_t product = product_gradient_space(q->pool);
	struct space s;
	real *mem;

	l.ngroup = group_count(q->pool, &l);
	s = space_of(&l);
	loop = s.order + (size_t)l.ngroup * s.group;
	loop = loop > product ? loop : product;
	e = cell_kinds[c->cell].has_product_errors ? (size_t)l.b->t * gates : 0;
	mem = recurrence_reserve(q, loop + last + e);
	if (mem == NULL)
		return;
	shift.to = mem + loop;
	l.e = e ? shift.to + last : l.d;
	run_loop(q->pool, &l, mem);
	parallel_tasks(q->pool, shift_task, &shift, l.b->nseq, NUMBER * (double)last);
	product_gradient(q->pool, &dw->w, l.b->t, (struct rows){ l.e, gates },
	    (struct rows){ shift.to, shift.stride }, 1, mem);
	if (c->dbias)
		add_bias_errors(&l, c->dbias->p);
}
