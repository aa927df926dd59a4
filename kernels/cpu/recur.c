/*
 * recur.c - the recurrence on panels.
 *
 * Forward, one sequence is a chain of products of a row and a matrix; several
 * go in lock-step, so that they share each look at W.  Backward, truncation
 * helps: with E the errors of all rows at once, bptt products (t,h)(h,h) move
 * every error one row back; what has passed a row is added up in D, and
 * dW = D' S' is a single product, since it is linear in the errors.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "elementary.h"
#include "pages.h"
#include "recur.h"

enum {
	ABREAST = 4,		/* panels of a row product, whose sums overlap */
	GROUP = 64		/* rows, about, that go back together in a batch of many */
};
/*
 * Multiplications from which a round of the team is worth it: it costs 0.3 us,
 * and what one thread wrote comes slowly to the other.  For a row, whose
 * matrix is the work, and for more.
 */
static const double row_worth_sharing = 6e4, worth_sharing = 5e5;

/* n reals (and their alignment); NULL, noted, when there is no memory. */
static real *
reserve(struct recur *q, size_t n)
{
	if (n > q->n) {
		free(q->mem);
		q->mem = pages_new(n * sizeof(real));
		q->n = q->mem ? n : 0;
		q->failed = q->failed || q->mem == NULL;
	}
	return q->mem;
}

void
ISA_NAME(recur_free)(struct recur *q)
{
	free(q->mem);
	q->mem = NULL;
	q->n = 0;
}

/* Runs the tasks on the team if they are worth it, else here; walk by walk they
 * go up and down (pool.h), if there are several. */
static void
run(struct recur *q, void (*task)(void *, int, int), void *arg, int n, bool share, int walk)
{
	bool down = walk % 2;

	if (share) {
		(down ? pool_run_down : pool_run)(q->pool, task, arg, n);
		return;
	}
	for (int i = 0; i < n; i++)
		task(arg, down ? n - 1 - i : i, 0);
}

/* One row through a matrix: out = base + x B, some panels at a time. */
struct row_product {
	const struct panels *b;
	const real *x, *base;
	real *out;
};

/*
 * Sums run down the panels in the order of panel_tile(), so that a row comes
 * out the same alone and in a tile; what keeps the processor busy is that
 * several panels are walked side by side.
 */
INLINE void
row_panels(const int n, const struct row_product *m, int first)
{
	const real *b = m->b->p + (size_t)first * m->b->stride;
	size_t next = m->b->stride, at = (size_t)first * PW;
	vec left[ABREAST], right[ABREAST];

	UNROLL
	for (int i = 0; i < n; i++)
		left[i] = right[i] = v_zero();
	for (int k = 0; k < m->b->k; k++, b += PW) {
		vec x = v_set1(m->x[k]);

		UNROLL
		for (int i = 0; i < n; i++) {
			left[i] = v_fma(x, v_load(b + i * next), left[i]);
			right[i] = v_fma(x, v_load(b + i * next + LANES), right[i]);
		}
	}
	UNROLL
	for (int i = 0; i < n; i++, at += PW) {
		v_store(m->out + at, v_add(v_load(m->base + at), left[i]));
		v_store(m->out + at + LANES, v_add(v_load(m->base + at + LANES), right[i]));
	}
}

static void
row_task(void *arg, int i, int thread)
{
	const struct row_product *m = arg;
	int first = i * ABREAST;

	(void)thread;
	switch (m->b->np - first) {
	case 1:
		row_panels(1, m, first);
		break;
	case 2:
		row_panels(2, m, first);
		break;
	case 3:
		row_panels(3, m, first);
		break;
	default:
		row_panels(ABREAST, m, first);
		break;
	}
}

static void
row_product(struct recur *q, const struct panels *b, const real *x, const real *base, real *out,
    int walk)
{
	struct row_product m = { b, x, base, out };

	run(q, row_task, &m, (b->np + ABREAST - 1) / ABREAST,
	    (double)b->k * b->n > row_worth_sharing, walk);
}

/* row = tanh(row); zeros past h stay zero, tanh(0) being 0. */
INLINE void
squash(real *row, size_t n)
{
	for (size_t i = 0; i < n; i += LANES)
		v_store(row + i, v_tanh(v_load(row + i)));
}

static void
forward_one(struct recur *q, const struct square *w, int first, int end, const real *s0, real *s)
{
	size_t stride = square_stride(w);
	const real *last = s0;

	for (int r = first; r < end; r++) {
		real *row = s + (size_t)r * stride;

		if (last)
			row_product(q, &w->wt, last, row, row, r);
		squash(row, stride);
		last = row;
	}
}

/* At most TILE sequences in lock-step: a task of a batch of many. */
struct lock_step {
	const struct square *w;
	const struct kern_batch *b;
	const int *order;	/* (nseq) sequences, longest first */
	const real *s0;
	real *s, *mem;		/* mem: for each task TILE rows, packed, and their products */
	size_t space;
};

static int
length(const struct kern_batch *b, int i)
{
	return b->start[i + 1] - b->start[i];
}

static void
lock_step_task(void *arg, int task, int thread)
{
	const struct lock_step *m = arg;
	const struct kern_batch *b = m->b;
	const int *seq = m->order + task * TILE;
	int n = b->nseq - task * TILE, h = m->w->w.k;
	size_t stride = square_stride(m->w);
	real *rows = m->mem + (size_t)task * m->space, *out = rows + 2 * TILE * stride;
	struct packed a;

	(void)thread;
	n = n < TILE ? n : TILE;
	for (int step = 0; n > 0; step++) {
		bool first = step == 0 && m->s0 == NULL;

		while (n > 0 && length(b, seq[n - 1]) <= step)
			n--;
		if (n == 0)
			break;
		for (int i = 0; !first && i < n; i++)
			memcpy(rows + (size_t)i * stride, step == 0 ?
			    m->s0 + (size_t)seq[i] * h :
			    m->s + (size_t)(b->start[seq[i]] + step - 1) * stride,
			    (size_t)h * sizeof(real));
		if (!first) {
			ISA_NAME(pack_shape)(&a, n, h, rows + TILE * stride);
			ISA_NAME(pack)(&a, rows, stride);
			for (int i = 0; i < m->w->wt.np; i++)
				ISA_NAME(panel_tile)(&a, 0, a.nblock, &m->w->wt, i,
				    out + (size_t)i * PW, stride);
		}
		for (int i = 0; i < n; i++) {
			real *row = m->s + (size_t)(b->start[seq[i]] + step) * stride;

			for (size_t k = 0; !first && k < stride; k += LANES)
				v_store(row + k, v_add(v_load(row + k),
				    v_load(out + (size_t)i * stride + k)));
			squash(row, stride);
		}
	}
}

/* Longest first, equal ones in their order: a merge sort. */
static void
sort_by_length(const struct kern_batch *b, int *order, int *spare, int n)
{
	int half = n / 2, i = 0, j = half, k = 0;

	if (n < 2)
		return;
	sort_by_length(b, order, spare, half);
	sort_by_length(b, order + half, spare, n - half);
	while (i < half || j < n) {
		bool left = j >= n || (i < half && length(b, order[i]) >= length(b, order[j]));

		spare[k++] = left ? order[i++] : order[j++];
	}
	memcpy(order, spare, (size_t)n * sizeof(*order));
}

void
ISA_NAME(recur_order)(const struct kern_batch *b, int *order)
{
	for (int i = 0; i < b->nseq; i++)
		order[i] = i;
	sort_by_length(b, order, order + b->nseq, b->nseq);
}

static void
forward_many(struct recur *q, const struct square *w, const struct kern_batch *b, const real *s0,
    real *s)
{
	struct lock_step m = { w, b, NULL, s0, s, NULL, 3 * TILE * square_stride(w) };
	int ntask = (b->nseq + TILE - 1) / TILE, *order;
	size_t ints = (2 * (size_t)b->nseq * sizeof(int) + sizeof(real) - 1) / sizeof(real);

	m.mem = reserve(q, (size_t)ntask * m.space + ints);
	if (m.mem == NULL)
		return;
	order = (int *)(m.mem + (size_t)ntask * m.space);
	ISA_NAME(recur_order)(b, order);
	m.order = order;
	run(q, lock_step_task, &m, ntask, (double)b->t * w->w.k * w->w.k > worth_sharing,
	    0);
}

void
ISA_NAME(recur_forward)(struct recur *q, const struct square *w, const struct kern_batch *b,
    const real *s0, real *s)
{
	if (b->nseq == 1)
		forward_one(q, w, 0, b->t, s0, s);
	else
		forward_many(q, w, b, s0, s);
}

/* Sequences first .. end-1 going back together, on one thread or on the team. */
struct back {
	const struct square *w;
	const struct kern_batch *b;
	int first, end;
	struct packed e;		/* the errors before the step */
	const real *s;			/* (t, stride), of their rows alone, like the rest */
	real *next, *d;			/* (t, stride): after the step; D */
	real *g;			/* (t, PW) products, of each panel if gstride is not 0 */
	size_t gstride;
};

/* One step back for the columns of a panel. */
static void
back_task(void *arg, int i, int thread)
{
	const struct back *m = arg;
	size_t stride = square_stride(m->w), column = (size_t)i * PW;
	const int *start = m->b->start;
	real *g = m->g + (size_t)i * m->gstride;

	(void)thread;
	ISA_NAME(panel_tile)(&m->e, 0, m->e.nblock, &m->w->w, i, g, PW);
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

/* bptt steps of them all; each on the team, panel by panel, if q is not NULL. */
static void
go_back(struct back *m, int bptt, struct recur *q)
{
	size_t stride = square_stride(m->w), n = (size_t)m->e.t * stride;

	for (size_t i = 0; i < n; i += LANES)
		v_store(m->d + i, through_tanh(v_load(m->d + i), v_load(m->s + i)));
	ISA_NAME(pack)(&m->e, m->d, stride);
	for (int step = 0; step < bptt; step++) {
		run(q, back_task, m, m->w->w.np, q && (double)n * m->w->w.k > worth_sharing,
		    step);
		if (step + 1 < bptt)
			ISA_NAME(pack)(&m->e, m->next, stride);
	}
}

/* Where the sequences first .. end-1 have their rows, in mem of back_space(). */
static struct back
back_of(const struct square *w, const struct kern_batch *b, int first, int end, const real *s,
    real *d, real *mem)
{
	size_t row = (size_t)b->start[first], t = (size_t)b->start[end] - row;
	size_t stride = square_stride(w);
	struct back m = { .w = w, .b = b, .first = first, .end = end, .s = s + row * stride,
	    .next = mem, .d = d + row * stride, .g = mem + t * stride };

	ISA_NAME(pack_shape)(&m.e, (int)t, w->w.k, mem + 2 * t * stride);
	return m;
}

static size_t
back_space(const struct square *w, int t)
{
	return 3 * (size_t)t * square_stride(w);
}

/* A batch of many in n groups: what a thread has of one stays in its cache. */
struct back_groups {
	const struct square *w;
	const struct kern_batch *b;
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
	struct back m = back_of(g->w, g->b, group_first(g, i), group_first(g, i + 1), g->s, g->d,
	    g->mem + (size_t)thread * g->space);

	go_back(&m, g->bptt, NULL);
}

/* Rows of the longest group. */
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
back_truncated(struct recur *q, const struct square *w, const struct kern_batch *b, int bptt,
    const real *s, real *d)
{
	int threads = pool_threads(q->pool), n = b->t / GROUP, rows;
	struct back_groups g = { w, b, bptt, n < b->nseq ? n : b->nseq, s, d, NULL, 0 };
	bool grouped;

	rows = group_rows(&g);
	/* groups alike enough to go round, and in no more memory than all rows take */
	grouped = g.n > 1 && rows <= b->t / threads;
	g.space = back_space(w, grouped ? rows : b->t);
	g.mem = reserve(q, (size_t)(grouped ? threads : 1) * g.space);
	if (g.mem == NULL)
		return;
	if (grouped) {
		pool_run(q->pool, group_task, &g, g.n);
	} else {
		struct back m = back_of(w, b, 0, b->nseq, s, d, g.mem);

		m.gstride = (size_t)b->t * PW;
		go_back(&m, bptt, q);
	}
}

/* Without truncation all errors travel together, one row after another. */
static void
back_whole(struct recur *q, const struct square *w, int first, int end, const real *s, real *d)
{
	size_t stride = square_stride(w);

	for (int r = end - 1; r >= first; r--) {
		real *row = d + (size_t)r * stride;

		if (r + 1 < end)
			row_product(q, &w->w, row + stride, row, row, r);
		for (size_t i = 0; i < stride; i += LANES)
			v_store(row + i, through_tanh(v_load(row + i),
			    v_load(s + (size_t)r * stride + i)));
	}
}

int
ISA_NAME(recur_longest)(const struct kern_batch *b)
{
	int most = 0;

	for (int i = 0; i < b->nseq; i++)
		most = length(b, i) > most ? length(b, i) : most;
	return most;
}

void
ISA_NAME(recur_backward)(struct recur *q, const struct square *w, const struct kern_batch *b,
    int bptt, const real *s, real *d)
{
	if (bptt < ISA_NAME(recur_longest)(b) - 1) {
		back_truncated(q, w, b, bptt, s, d);
		return;
	}
	for (int i = 0; i < b->nseq; i++)
		back_whole(q, w, b->start[i], b->start[i + 1], s, d);
}

struct update {
	struct square *to;
	int t;
	const real *d, *last;	/* (t, stride) */
	real rate;
};

static void
update_task(void *arg, int i, int thread)
{
	const struct update *m = arg;
	struct panels *w = &m->to->w, *wt = &m->to->wt;
	size_t stride = square_stride(m->to);

	(void)thread;
	if (i < w->np)
		ISA_NAME(panel_add_outer)(w, i, m->t, m->d, stride, m->last + (size_t)i * PW,
		    stride, m->rate);
	else
		ISA_NAME(panel_add_outer)(wt, i - w->np, m->t, m->last, stride,
		    m->d + (size_t)(i - w->np) * PW, stride, m->rate);
}

void
ISA_NAME(recur_update)(struct recur *q, struct square *to, bool both, const struct kern_batch *b,
    const real *s, const real *s0, const real *d, real rate)
{
	size_t stride = square_stride(to), h = (size_t)to->w.k;
	real *last = reserve(q, (size_t)b->t * stride);
	struct update m = { to, b->t, d, last, rate };

	if (last == NULL)
		return;
	for (int i = 0; i < b->nseq; i++) {
		real *row = last + (size_t)b->start[i] * stride;

		memset(row, 0, stride * sizeof(real));
		if (s0)
			memcpy(row, s0 + (size_t)i * h, h * sizeof(real));
		memcpy(row + stride, s + (size_t)b->start[i] * stride,
		    (size_t)(length(b, i) - 1) * stride * sizeof(real));
	}
	run(q, update_task, &m, both ? 2 * to->w.np : to->w.np,
	    (double)b->t * h * h > worth_sharing, 0);
}
