/*
 * rnn_bptt.c - the plain cell on panels: truncated back-propagation through time.  With E
 * the errors of all rows, each of bptt products (t,h)(h,h) moves every error one row
 * back; D is the sum of the errors that reached each row, and dW = D' S' is a single
 * product, since it is linear in the errors.
 */
#include "elementary.h"
#include "rnn_row.h"
#include "shifted.h"

enum { GROUP = 64 };	/* approximate rows of a group, in a batch of many sequences */

/* The backward pass of sequences first .. end-1, on one thread or on the pool. */
struct back_pass {
	const struct square *w;
	const struct batch *b;
	int first, end;
	struct packed e;		/* the errors before the current step */
	const real *s;			/* (t, stride): from here on, the rows of these sequences only */
	real *next, *d;			/* (t, stride): after the step; D */
	real *g;			/* (t, PW) products, of each panel if gstride is not 0 */
	size_t gstride;
};

/* One step back for the columns of a panel. */
static void
back_task(void *arg, int i, int thread)
{
	const struct back_pass *m = arg;
	size_t stride = square_stride(m->w), column = (size_t)i * PW;
	const int *start = m->b->start;
	real *g = m->g + (size_t)i * m->gstride;

	(void)thread;
	panel_tile(&m->e, 0, m->e.nblock, &m->w->w, i, g, PW);
	for (int q = m->first; q < m->end; q++) {
		int first = start[q] - start[m->first], last = start[q + 1] - start[m->first] - 1;

		for (int r = first; r < last; r++)
			for (int half = 0; half < PW; half += LANES) {
				size_t at = (size_t)r * stride + column + half;
				vec e = v_load(g + ((size_t)r + 1) * PW + half);

				e = through_tanh(e, v_load(m->s + at));
				v_store(m->next + at, e);
				v_store(m->d + at, v_add(v_load(m->d + at), e));
			}
		for (int half = 0; half < PW; half += LANES)
			v_store(m->next + (size_t)last * stride + column + half, v_zero());
	}
}

/* bptt steps; each on the pool, panel by panel, if q is not NULL. */
static void
errors_back(struct back_pass *m, int bptt, struct recurrence *q)
{
	size_t stride = square_stride(m->w), n = (size_t)m->e.t * stride;

	for (size_t i = 0; i < n; i += LANES)
		v_store(m->d + i, through_tanh(v_load(m->d + i), v_load(m->s + i)));
	pack_matrix(&m->e, m->d, stride);
	for (int step = 0; step < bptt; step++) {
		run_tasks(q ? q->pool : NULL, q && rows_are_parallel(q, (double)n * m->w->w.k),
		    back_task, m, m->w->w.np, step);
		if (step + 1 < bptt)
			pack_matrix(&m->e, m->next, stride);
	}
}

/* Sets up the pass of sequences first .. end-1, with mem(back_space()). */
static struct back_pass
back_of(const struct square *w, const struct batch *b, int first, int end, const real *s,
    real *d, real *mem)
{
	size_t row = (size_t)b->start[first], t = (size_t)b->start[end] - row;
	size_t stride = square_stride(w);
	struct back_pass m = { .w = w, .b = b, .first = first, .end = end, .s = s + row * stride,
	    .next = mem, .d = d + row * stride, .g = mem + t * stride };

	pack_shape(&m.e, (int)t, w->w.k, mem + 2 * t * stride);
	return m;
}

static size_t
back_space(const struct square *w, int t)
{
	return 3 * (size_t)t * square_stride(w);
}

/* A batch of many sequences in n groups, each of which fits the cache of a thread. */
struct back_groups {
	const struct square *w;
	const struct batch *b;
	int bptt, n;
	const real *s;
	real *d, *mem;
	size_t space;			/* of a thread */
};

static int
group_first(const struct back_groups *g, int i)
{
	return (int)((long)g->b->nseq * i / g->n);
}

static void
group_task(void *arg, int i, int thread)
{
	const struct back_groups *g = arg;
	struct back_pass m = back_of(g->w, g->b, group_first(g, i), group_first(g, i + 1), g->s, g->d,
	    g->mem + (size_t)thread * g->space);

	errors_back(&m, g->bptt, NULL);
}

/* The number of rows of the largest group. */
static int
group_rows(const struct back_groups *g)
{
	int most = 0;

	for (int i = 0; i < g->n; i++) {
		int t = g->b->start[group_first(g, i + 1)] - g->b->start[group_first(g, i)];

		most = t > most ? t : most;
	}
	return most;
}

static void
back_truncated(struct recurrence *q, const struct square *w, const struct batch *b, int bptt,
    const real *s, real *d)
{
	int threads = pool_threads(q->pool), n = b->t / GROUP, rows;
	struct back_groups g = { w, b, bptt, n < b->nseq ? n : b->nseq, s, d, NULL, 0 };
	bool grouped;

	rows = group_rows(&g);
	/* groups of similar size, and in no more memory than all rows take */
	grouped = g.n > 1 && rows <= b->t / threads;
	g.space = back_space(w, grouped ? rows : b->t);
	g.mem = recurrence_reserve(q, (size_t)(grouped ? threads : 1) * g.space);
	if (g.mem == NULL)
		return;
	if (grouped) {
		pool_run(q->pool, group_task, &g, g.n);
	} else {
		struct back_pass m = back_of(w, b, 0, b->nseq, s, d, g.mem);

		m.gstride = (size_t)b->t * PW;
		errors_back(&m, bptt, q);
	}
}

/* Full BPTT: all errors move back together, one row after another. */
static void
back_whole(struct recurrence *q, const struct square *w, int first, int end, const real *s, real *d)
{
	size_t stride = square_stride(w);

	for (int r = end - 1; r >= first; r--) {
		real *row = d + (size_t)r * stride;
		const real *at = s + (size_t)r * stride;

		if (r + 1 < end)
			rnn_step_row(q, &w->w, row + stride, at, row, r);
		else
			for (size_t i = 0; i < stride; i += LANES)
				v_store(row + i, through_tanh(v_load(row + i), v_load(at + i)));
	}
}

void
rnn_backward(struct recurrence *q, const struct square *w, const struct batch *b,
    int bptt, const real *s, real *d)
{
	if (bptt < batch_longest(b) - 1) {
		back_truncated(q, w, b, bptt, s, d);
		return;
	}
	for (int i = 0; i < b->nseq; i++)
		back_whole(q, w, b->start[i], b->start[i + 1], s, d);
}

struct update_job {
	struct square *to;
	bool both;		/* W and W', or W alone */
	int t;
	const real *d, *last;	/* (t, stride) */
	real rate;
};

/* Alternates panels of W and W', so that each thread updates those it will use. */
static void
update_task(void *arg, int i, int thread)
{
	const struct update_job *m = arg;
	bool transposed = m->both && i % 2;
	int panel = m->both ? i / 2 : i;
	size_t stride = square_stride(m->to);
	struct rows d = { m->d, stride }, last = { m->last, stride };
	struct rows a = transposed ? last : d, p = transposed ? d : last;

	(void)thread;
	p.p += (size_t)panel * PW;
	panel_add_outer(transposed ? &m->to->wt : &m->to->w, panel, m->t, a, p, m->rate);
}

void
rnn_add_gradient(struct recurrence *q, struct square *to, bool both, const struct rnn_errors *e,
    real rate)
{
	const struct batch *b = e->b;
	size_t stride = square_stride(to), h = (size_t)to->w.k;
	real *last = recurrence_reserve(q, (size_t)b->t * stride);
	struct update_job m = { to, both, b->t, e->d, last, rate };

	if (last == NULL)
		return;
	for (int i = 0; i < b->nseq; i++)
		shifted_rows(b, i, to->w.k, (struct row_view){ e->s, stride },
		    e->s0 ? e->s0 + (size_t)i * h : NULL, last, stride);
	run_tasks(q->pool, rows_are_parallel(q, (double)b->t * h * h), update_task, &m,
	    both ? 2 * to->w.np : to->w.np, 0);
}
