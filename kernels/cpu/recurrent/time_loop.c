/*
 * time_loop.c - the walk; lstm.c, gru.c and rnn.c have the cells.
 */
#include <string.h>

#include "time_loop.h"
#include "product.h"

enum {
	ABREAST = 4,	/* panels of a row's product, whose sums overlap */
	FEW = 4,	/* sequences a thread; fewer share out each step */
	ROWS = 64	/* rows in a task of gathering */
};

/* Panels of a block's product; blocks that a task takes together. */
static int
panels_of(const struct pass *p)
{
	return p->back ? 1 : p->cell->ngate;
}

static int
together(const struct group *g)
{
	return g->pass->back && g->nafter == 1 ? ABREAST : 1;
}

static int
blocks(const struct pass *p)
{
	return (p->h + PW - 1) / PW;
}

/* n panels from the first on, and one row: as panel_tile() has it, but abreast. */
INLINE void
one_row(const int n, const struct panels *b, int first, const real *x, real *out)
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
		one_row(1, b, first, x, out);
		break;
	case 2:
		one_row(2, b, first, x, out);
		break;
	case 3:
		one_row(3, b, first, x, out);
		break;
	default:
		one_row(ABREAST, b, first, x, out);
		break;
	}
}

/* Rows packed times the panels of n blocks from the first on. */
static void
multiply(const struct group *g, int first, int n, real *out)
{
	const struct panels *b = g->pass->back ? &g->pass->w->w : &g->pass->w->wt;
	int np = n * panels_of(g->pass);

	first *= panels_of(g->pass);
	if (g->packed.t == 1)
		row_product(np, b, first, g->packed.p, out);
	else
		for (int i = 0; i < np; i++)
			panel_tile(&g->packed, 0, g->packed.nblock, b, first + i,
			    out + (size_t)i * PW, (size_t)np * PW);
}

/* A task of a step: `together` blocks, and the cell on each. */
static void
step_task(void *arg, int i, int thread)
{
	const struct group *g = arg;
	const struct pass *p = g->pass;
	int each = together(g), first = i * each;
	int n = blocks(p) - first < each ? blocks(p) - first : each;
	size_t one = (size_t)g->n * panels_of(p) * PW;
	real *product = g->product + (size_t)(p->ngroup == 1 ? first : 0) * one;

	(void)thread;
	if (g->packed.t)
		multiply(g, first, n, product);
	for (int j = 0; j < n; j++)
		(p->back ? p->cell->backward : p->cell->forward)(g, first + j,
		    g->packed.t ? product + (size_t)j * PW : NULL);
}

/* The rows of the next product, from where they lie. */
static void
collect(struct group *g)
{
	const struct pass *p = g->pass;
	size_t width = (size_t)p->cell->ngate * p->h;
	int n = p->back ? g->nafter : g->n;

	if (!p->back && g->step == 0 && p->s0 == NULL)
		n = 0;
	for (int i = 0; i < n; i++)
		g->row[i] = p->back ? p->e + (row_of(g, i) + 1) * width :
		    row_before(g, i, p->s, p->s0);
	g->packed.t = 0;
	if (n == 0)
		return;
	pack_shape(&g->packed, n, p->back ? (int)width : p->h, g->packed.p);
	pack_rows(&g->packed, g->row);
}

static int
longer_than(const struct group *g, int step)
{
	const struct pass *p = g->pass;
	int n = 0;

	while (g->first + n * p->ngroup < p->b->nseq && length(p->b, member(g, n)) > step)
		n++;
	return n;
}

/* A group at step i of its walk; false past its end. */
static bool
arrive(struct group *g, int i)
{
	int steps = length(g->pass->b, member(g, 0));

	if (i >= steps)
		return false;
	g->step = g->pass->back ? steps - 1 - i : i;
	g->n = longer_than(g, g->step);
	g->nafter = longer_than(g, g->step + 1);
	collect(g);
	return true;
}

/* What a walk needs: sizes of a group's places, and of all. */
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
space_of(const struct pass *p)
{
	int n = (p->b->nseq + p->ngroup - 1) / p->ngroup, nb = blocks(p);
	struct space s;

	s.packed = (size_t)n * p->h * (p->back ? p->cell->ngate : 1);
	s.product = (size_t)n * panels_of(p) * PW * (p->ngroup == 1 ? nb : ABREAST);
	s.carried = p->back ? (size_t)n * nb * PW : 0;
	s.row = as_reals((size_t)n, sizeof(real *));
	s.order = as_reals(2 * (size_t)p->b->nseq, sizeof(int));
	s.order += LANES - s.order % LANES;	/* pointers stay aligned */
	s.group = s.packed + s.product + s.carried + s.row;
	s.group += LANES - s.group % LANES;
	return s;
}

struct walk {
	const struct pass *pass;
	struct backend *k;
	struct space space;
	real *mem;
};

static struct group
group_of(const struct walk *w, int i)
{
	struct group g = { .pass = w->pass, .first = i };
	real *p = w->mem + (size_t)i * w->space.group;

	g.row = (const real **)p;
	g.packed.p = p += w->space.row;
	g.product = p += w->space.packed;
	g.carried = p + w->space.product;
	return g;
}

static void
group_task(void *arg, int i, int thread)
{
	const struct walk *w = arg;
	struct group g = group_of(w, i);
	int nb = blocks(w->pass);

	(void)thread;
	for (int step = 0; arrive(&g, step); step++)
		for (int j = 0; j * together(&g) < nb; j++)
			step_task(&g, j, 0);
}

/* All sequences as one group, each step on the team. */
static void
walk_together(const struct walk *w)
{
	const struct pass *p = w->pass;
	struct group g = group_of(w, 0);
	double work = (double)p->cell->ngate * p->h * p->h;

	for (int step = 0; arrive(&g, step); step++) {
		int each = together(&g), n = (blocks(p) + each - 1) / each;

		run_tasks(state(w->k)->pool, work * g.n > WORTH_PARALLEL, step_task, &g, n, step);
	}
}

/* As many groups as threads, if there are sequences and work enough. */
static int
groups(struct backend *k, const struct pass *p)
{
	int threads = pool_threads(state(k)->pool);
	double work = (double)p->b->t * p->cell->ngate * p->h * p->h;

	return p->b->nseq >= FEW * threads && work > WORTH_PARALLEL ? threads : 1;
}

/* mem: room for the order of the sequences, and then for the groups. */
static void
go(struct backend *k, struct pass *p, void *mem)
{
	struct walk w = { p, k, space_of(p), (real *)mem + space_of(p).order };
	int *order = mem;

	recur_order(p->b, order);
	p->order = order;
	if (p->ngroup > 1)
		pool_run(state(k)->pool, group_task, &w, p->ngroup);
	else
		walk_together(&w);
}

static void
forward(struct backend *k, struct pass *p)
{
	struct space s;
	real *mem;

	p->ngroup = groups(k, p);
	s = space_of(p);
	mem = state_rows(k, s.order + (size_t)p->ngroup * s.group);
	if (mem)
		go(k, p, mem);
}

/* The states before each row, zeros behind them up to `stride`. */
struct gathering {
	const struct batch *b;
	int h;
	size_t stride;
	const real *s, *s0;
	real *to;
};

static void
gather_task(void *arg, int seq, int thread)
{
	const struct gathering *g = arg;
	size_t h = (size_t)g->h;

	(void)thread;
	for (int r = g->b->start[seq]; r < g->b->start[seq + 1]; r++) {
		real *to = g->to + (size_t)r * g->stride;
		size_t n = h;

		if (r > g->b->start[seq])
			memcpy(to, g->s + (size_t)(r - 1) * h, h * sizeof(real));
		else if (g->s0)
			memcpy(to, g->s0 + (size_t)seq * h, h * sizeof(real));
		else
			n = 0;
		memset(to + n, 0, (g->stride - n) * sizeof(real));
	}
}

/* Errors of the inputs, and dW += E' S', S' the states one row earlier.  The
 * cell's e is given room here where it is not d. */
static void
backward(struct backend *k, struct pass *p, bool own_errors, struct matrix *dw)
{
	struct gathering g = { p->b, p->h, product_stride(p->h), p->s, p->s0, NULL };
	size_t last = (size_t)p->b->t * g.stride, e, walk;
	struct space s;
	real *mem;

	p->back = true;
	p->ngroup = groups(k, p);
	s = space_of(p);
	walk = s.order + (size_t)p->ngroup * s.group;
	if (walk < product_gradient_space(state(k)->pool))	/* which comes after it */
		walk = product_gradient_space(state(k)->pool);
	e = own_errors ? (size_t)p->b->t * p->h * p->cell->ngate : 0;
	mem = state_rows(k, walk + last + e);
	if (mem == NULL)
		return;
	g.to = mem + walk;
	p->e = own_errors ? g.to + last : p->d;
	go(k, p, mem);
	share(k, gather_task, &g, p->b->nseq, NUMBER * (double)last);
	product_gradient(state(k)->pool, &own(dw)->s.w, p->b->t, p->e,
	    (size_t)p->h * p->cell->ngate, g.to, g.stride, 1, mem);
}

void
time_loop_rnn_forward(struct backend *k, const struct matrix *w, const struct batch *b,
    const real *a, const real *s0, real *s)
{
	struct pass p = { .cell = &rnn_cell, .w = &own(w)->s, .b = b, .h = w->cols,
	    .a = (real *)a, .s = s, .s0 = s0 };

	forward(k, &p);
}

void
time_loop_rnn_backward(struct backend *k, const struct matrix *w, const struct batch *b,
    const real *s, const real *s0, const real *ds, real *d, struct matrix *dw)
{
	struct pass p = { .cell = &rnn_cell, .w = &own(w)->s, .b = b, .h = w->cols,
	    .s = (real *)s, .s0 = s0, .ds = ds, .d = d };

	backward(k, &p, false, dw);
}

static void
lstm_forward(struct backend *k, const struct matrix *w, const struct batch *b, void *a,
    const void *s0, const void *c0, void *s, void *c)
{
	struct pass p = { .cell = &lstm_cell, .w = &own(w)->s, .b = b, .h = w->cols, .a = a,
	    .s = s, .c = c, .s0 = s0, .c0 = c0 };

	forward(k, &p);
}

static void
lstm_backward(struct backend *k, const struct matrix *w, const struct batch *b, const void *a,
    const void *s, const void *c, const void *s0, const void *c0, const void *ds, void *d,
    struct matrix *dw)
{
	struct pass p = { .cell = &lstm_cell, .w = &own(w)->s, .b = b, .h = w->cols,
	    .a = (real *)a, .s = (real *)s, .c = (real *)c, .s0 = s0, .c0 = c0, .ds = ds, .d = d };

	backward(k, &p, false, dw);
}

static void
gru_forward(struct backend *k, const struct matrix *w, const struct matrix *bn,
    const struct batch *b, void *a, const void *s0, void *s, void *q)
{
	struct pass p = { .cell = &gru_cell, .w = &own(w)->s, .b = b, .h = w->cols, .a = a,
	    .s = s, .c = q, .s0 = s0, .bn = bn ? bn->p : NULL };

	forward(k, &p);
}

/* db(h) += the last h columns of the rows of E(t,3h). */
static void
add_errors(const struct pass *p, real *db)
{
	size_t h = (size_t)p->h;

	for (int r = 0; r < p->b->t; r++)
		for (size_t j = 0; j < h; j++)
			db[j] += p->e[((size_t)r * 3 + 2) * h + j];
}

static void
gru_backward(struct backend *k, const struct matrix *w, const struct batch *b, const void *a,
    const void *s, const void *q, const void *s0, const void *ds, void *d, struct matrix *dw,
    struct matrix *dbn)
{
	struct pass p = { .cell = &gru_cell, .w = &own(w)->s, .b = b, .h = w->cols,
	    .a = (real *)a, .s = (real *)s, .c = (real *)q, .s0 = s0, .ds = ds, .d = d };

	backward(k, &p, true, dw);
	if (dbn && p.e)
		add_errors(&p, dbn->p);
}

void
time_loop_entries(struct backend *k)
{
	k->lstm_forward = lstm_forward;
	k->lstm_backward = lstm_backward;
	k->gru_forward = gru_forward;
	k->gru_backward = gru_backward;
}
