/*
 * output.c - the softmax layer in two passes; output.h tells how.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "output.h"
#include "pages.h"
#include "softmax.h"

enum {
	GROUP_BYTES = 512 << 10,	/* of V in a group: half of a core's cache */
	GROUP_LEAST = 6, GROUP_MOST = 14,	/* panels in a group, about */
	GROUPS_BY = 2,			/* groups are a multiple of it, to be shared evenly */
	SLABS = 32,			/* partial sums of dS, at most */
	SLAB_BYTES = 64 << 20,		/* of all of them together, about */
	CHUNK = 1,			/* blocks of rows whose logits are in the cache together */
	ROWS_MOST = 128, ROWS_LEAST = 32,	/* that one sentence may have at once */
	PART = 256,			/* rows at a time of what has more */
	EXPONENTIALS = 16 << 20,	/* of them kept at a time, about */
	ALIGN = 64
};

enum keep { KEEP_NOTHING, KEEP_EXP, KEEP_LOGITS };

/* One call's sizes and places. */
struct job {
	const struct panels *vt, *to;
	struct packed a;
	int t, h;
	int tv;				/* t, rounded up to whole vectors */
	int ngroup, nslab;
	enum keep keep;
	const real *s;			/* (t) rows, stride apart */
	size_t stride;
	const uint32_t *y;		/* (t), or NULL */
	const real *c;			/* (v up to whole panels) biases, or NULL */
	real *dc;			/* their gradient, or NULL */
	real rate;
	real *ds;			/* (t) rows, dstride apart */
	size_t dstride;
	real *mine;			/* (threads, space) */
	size_t space;
	real *e;			/* (panels, t, PW), estride apart: what is kept */
	size_t estride;			/* an odd number of rows, for the cache's sake */
	real *da;			/* (nslab, t, h) */
	real *top;			/* (ngroup, tv) references; then what join() makes of them */
	real *sum;			/* (ngroup, tv) sums of exponentials */
	real *all_top, *all_sum;	/* (tv) those of whole rows */
	real *target;			/* (t) the logit of y */
};

static int
groups(const struct panels *vt)
{
	int most = (int)(GROUP_BYTES / (vt->stride * sizeof(real))), n;

	most = most > GROUP_MOST ? GROUP_MOST : most < GROUP_LEAST ? GROUP_LEAST : most;
	n = (vt->np + most - 1) / most;
	n = n < 8 ? 8 : (n + GROUPS_BY - 1) / GROUPS_BY * GROUPS_BY;
	return least(n, vt->np);
}

/* Rows whose exponentials may be kept together, at most so many. */
static int
rows_together(const struct panels *vt, int most)
{
	int n = EXPONENTIALS / vt->n;

	return n > most ? most : n < ROWS_LEAST ? ROWS_LEAST : n;
}

int
ISA_NAME(output_rows)(const struct panels *vt)
{
	return rows_together(vt, ROWS_MOST);
}

static int
slabs(const struct job *j)
{
	size_t one = (size_t)j->h * j->t * sizeof(real);
	int n = SLAB_BYTES / one > SLABS ? SLABS : (int)(SLAB_BYTES / one);

	return least(n < 8 ? 8 : n, j->ngroup);
}

/* The panel that a group begins with; and the group that a slab begins with. */
static int
group_first(const struct job *j, int g)
{
	return (int)((long)j->vt->np * g / j->ngroup);
}

static int
slab_first(const struct job *j, int slab)
{
	return (int)((long)j->ngroup * slab / j->nslab);
}

/* What is kept of a panel, (t, PW). */
static real *
kept(const struct job *j, int panel)
{
	return j->e + (size_t)panel * j->estride;
}

/* A group of panels, and a chunk of rows, on one thread. */
struct part {
	const struct job *j;
	int g, panel, npanel;		/* the group, its first panel, its panels */
	int first, n;			/* its first word, its words */
	int block, end;			/* blocks of rows */
	int row, nrow;
	real *l;			/* (panels, rows, PW) logits, lstride apart */
	size_t lstride;
};

static struct part
part(const struct job *j, int g, int thread)
{
	struct part p = { .j = j, .g = g, .panel = group_first(j, g) };

	p.npanel = group_first(j, g + 1) - p.panel;
	p.first = p.panel * PW;
	p.n = least(p.npanel * PW, j->vt->n - p.first);
	p.l = j->mine + (size_t)thread * j->space;
	p.lstride = CHUNK * TILE * PW;
	if (j->keep != KEEP_NOTHING)
		p.lstride = j->estride;
	return p;
}

/* The next chunk of rows; false after the last. */
static bool
next_chunk(struct part *p)
{
	const struct packed *a = &p->j->a;

	p->block = p->end;
	p->end = least(p->block + CHUNK, a->nblock);
	p->row = ISA_NAME(packed_row)(a, p->block);
	p->nrow = ISA_NAME(packed_row)(a, p->end) - p->row;
	if (p->j->keep != KEEP_NOTHING)
		p->l = kept(p->j, p->panel) + (size_t)p->row * PW;
	return p->block < a->nblock;
}

static bool
has_target(const struct part *p, int r)
{
	const uint32_t *y = p->j->y;

	return y && y[r] >= (uint32_t)p->first && y[r] < (uint32_t)(p->first + p->n);
}

/* Columns past the vocabulary count for nothing. */
static void
clear_rest(const struct part *p, real *l)
{
	for (int i = p->n; i < p->npanel * PW; i++)
		l[(size_t)(i / PW) * p->lstride + i % PW] = 0;
}

/* Row r of the chunk: reference, which is least_top or above, and sum. */
static void
forward_row(const struct part *p, int r, real least_top)
{
	const struct job *j = p->j;
	size_t at = (size_t)p->g * j->tv + p->row + r, next = p->lstride;
	real *l = p->l + (size_t)r * PW, top = maximum(l, p->n, next);

	top = top > least_top ? top : least_top;
	if (has_target(p, p->row + r)) {
		uint32_t y = j->y[p->row + r] - (uint32_t)p->first;

		j->target[p->row + r] = l[y / PW * next + y % PW];
	}
	j->top[at] = top;
	if (j->keep != KEEP_EXP) {
		j->sum[at] = exponentiate(l, p->n, next, top, false);
	} else {
		j->sum[at] = exponentiate(l, p->n, next, top, true);
		clear_rest(p, l);
	}
}

static void
logits(const struct part *p)
{
	for (int i = 0; i < p->npanel; i++)
		ISA_NAME(panel_tile)(&p->j->a, p->block, p->end, p->j->vt, p->panel + i,
		    p->l + (size_t)i * p->lstride, PW);
	for (int i = 0; p->j->c && i < p->npanel; i++)
		add_to_rows(p->l + (size_t)i * p->lstride, p->nrow,
		    p->j->c + (size_t)(p->panel + i) * PW);
}

/* Pass 1, when only looking. */
static void
forward_group(void *arg, int g, int thread)
{
	struct part p = part(arg, g, thread);

	while (next_chunk(&p)) {
		logits(&p);
		for (int r = 0; r < p.nrow; r++)
			forward_row(&p, r, -INFINITY);
	}
}

static void
scale(real *a, int n, real by)
{
	for (int i = 0; i < n; i++)
		a[i] *= by;
}

/*
 * Pass 1 of a group and the slab's share of dS, not yet divided by the sums:
 * da is in terms of the last group's reference, which only rises.
 */
static void
backward_chunk(const struct part *p, bool first_of_slab, real *da)
{
	const struct job *j = p->j;

	logits(p);
	for (int r = p->row; r < p->row + p->nrow; r++) {
		const real *top = j->top + (size_t)p->g * j->tv + r;
		real last = first_of_slab ? -INFINITY : *(top - j->tv);

		forward_row(p, r - p->row, last);
		if (first_of_slab)
			memset(da + (size_t)r * j->h, 0, (size_t)j->h * sizeof(real));
		else if (*top > last)
			scale(da + (size_t)r * j->h, j->h, exp_of(last - *top));
		if (has_target(p, r))
			ISA_NAME(panels_column)(j->vt, (int)j->y[r], j->ds + (size_t)r * j->dstride);
	}
	ISA_NAME(panel_dots)(j->vt, p->panel, p->npanel, p->nrow, p->l, p->lstride,
	    da + (size_t)p->row * j->h, (size_t)j->h);
}

static void
backward_slab(void *arg, int slab, int thread)
{
	const struct job *j = arg;
	int first = slab_first(j, slab);

	for (int g = first; g < slab_first(j, slab + 1); g++) {
		struct part p = part(j, g, thread);

		while (next_chunk(&p))
			backward_chunk(&p, g == first, j->da + (size_t)slab * j->t * j->h);
	}
}

/*
 * Joins the groups, LANES rows at a time: all_top and all_sum, and in top[g]
 * what turns the group's exponentials into probabilities.  A maximum may hide
 * what is no number, but then some sum is none, and the row's.
 */
static void
join(const struct job *j)
{
	for (int r = 0; r < j->tv; r += LANES) {
		vec top = v_load(j->top + r), sum = v_zero();

		for (int g = 1; g < j->ngroup; g++)
			top = v_max(top, v_load(j->top + (size_t)g * j->tv + r));
		for (int g = 0; g < j->ngroup; g++) {
			size_t at = (size_t)g * j->tv + r;
			vec up = v_exp(v_sub(v_load(j->top + at), top));

			v_store(j->top + at, up);
			sum = v_fma(up, v_load(j->sum + at), sum);
		}
		for (int g = 0; g < j->ngroup; g++) {
			size_t at = (size_t)g * j->tv + r;

			v_store(j->top + at, v_div(v_load(j->top + at), sum));
		}
		v_store(j->all_top + r, top);
		v_store(j->all_sum + r, sum);
	}
}

/* Bytes for n items of a size, kept to whole cache lines. */
static size_t
bytes(size_t n, size_t size)
{
	return (n * size + ALIGN - 1) / ALIGN * ALIGN;
}

char *
ISA_NAME(output_space)(struct output *o, size_t n)
{
	if (n > o->mem.n) {
		free(o->mem.p);
		o->mem.p = pages_new(n);
		o->mem.n = o->mem.p ? n : 0;
		o->failed = o->failed || o->mem.p == NULL;
	}
	return o->mem.p;
}

static void
set_rows(struct job *j, int t)
{
	j->t = t;
	j->tv = (t + LANES - 1) / LANES * LANES;
}

/* Sizes of a job on at most `rows` rows, and its places; NULL: no memory. */
static struct job *
prepare(struct output *o, struct job *j, const struct panels *vt, const real *c, int rows,
    enum keep keep)
{
	size_t t = (size_t)rows, packed, mine, e = 0, da = 0, rows_of, target;
	char *p;

	*j = (struct job){ .vt = vt, .c = c, .t = rows, .h = vt->k, .keep = keep };
	j->ngroup = groups(vt);
	j->nslab = slabs(j);
	j->estride = (t | 1) * PW;
	if (keep == KEEP_NOTHING)
		j->space = CHUNK * TILE * PW *
		    (((size_t)vt->np + j->ngroup - 1) / j->ngroup);
	else if (keep == KEEP_EXP)
		j->space = t * PW;
	packed = bytes(t * j->h, sizeof(real));
	mine = bytes(j->space * pool_threads(o->pool), sizeof(real));
	if (keep != KEEP_NOTHING)
		e = bytes((size_t)vt->np * j->estride, sizeof(real));
	if (keep == KEEP_EXP)
		da = bytes((size_t)j->nslab * j->h * t, sizeof(real));
	set_rows(j, rows);
	rows_of = ((size_t)j->ngroup + 1) * j->tv * sizeof(real);
	target = bytes(t, sizeof(real));
	p = ISA_NAME(output_space)(o, packed + mine + e + da + 2 * rows_of + target);
	if (p == NULL)
		return NULL;
	j->a.p = (real *)p;
	j->mine = (real *)(p += packed);
	j->e = (real *)(p += mine);
	j->da = (real *)(p += e);
	j->top = (real *)(p += da);
	j->sum = (real *)(p += rows_of);
	j->target = (real *)(p + rows_of);
	return j;
}

/* Pass 1 on t rows of the call; with it, going back, what dS is made of. */
static void
pass_1(struct output *o, struct job *j, int t, const real *s, size_t stride, const uint32_t *y)
{
	set_rows(j, t);
	j->all_top = j->top + (size_t)j->ngroup * j->tv;
	j->all_sum = j->sum + (size_t)j->ngroup * j->tv;
	for (int g = 0; g < j->ngroup; g++)	/* rows that fill up a vector */
		for (int r = t; r < j->tv; r++) {
			j->top[(size_t)g * j->tv + r] = 0;
			j->sum[(size_t)g * j->tv + r] = 1;
		}
	j->s = s;
	j->stride = stride;
	j->y = y;
	ISA_NAME(pack_shape)(&j->a, t, j->h, j->a.p);
	ISA_NAME(pack)(&j->a, s, stride);
	if (j->keep == KEEP_EXP)
		pool_run(o->pool, backward_slab, j, j->nslab);
	else
		pool_run(o->pool, forward_group, j, j->ngroup);
	join(j);
}

static void
write_logp(const struct job *j, double *logp)
{
	for (int r = 0; r < j->t; r++)
		logp[r] = (double)j->target[r] - (double)j->all_top[r] - log((double)j->all_sum[r]);
}

void
ISA_NAME(output_forward)(struct output *o, const struct panels *vt, const real *c, int t,
    const real *s, size_t stride, const uint32_t *y, double *logp)
{
	struct job job, *j = prepare(o, &job, vt, c, least(t, PART), KEEP_NOTHING);

	for (int r = 0; j && r < t; r += PART) {
		pass_1(o, j, least(t - r, PART), s + (size_t)r * stride, stride, y + r);
		write_logp(j, logp + r);
	}
}

/* l(v) = ln softmax of the kept logits of row r. */
static void
normalise_row(const struct job *j, int r, real *l)
{
	real norm = (real)((double)j->all_top[r] + log((double)j->all_sum[r]));

	for (int i = 0; i < j->vt->n; i++)
		l[i] = kept(j, i / PW)[r * PW + i % PW] - norm;
}

void
ISA_NAME(output_logp)(struct output *o, const struct panels *vt, const real *c, int t,
    const real *s, size_t stride, real *l)
{
	int rows = least(t, ISA_NAME(output_rows)(vt));
	struct job job, *j = prepare(o, &job, vt, c, rows, KEEP_LOGITS);

	for (int first = 0; j && first < t; first += rows) {
		pass_1(o, j, least(t - first, rows), s + (size_t)first * stride, stride, NULL);
		for (int r = 0; r < j->t; r++, l += vt->n)
			normalise_row(j, r, l);
	}
}

/* Pass 2: a group's probabilities, less 1 at the targets, and its update. */
static void
update_group(void *arg, int g, int thread)
{
	const struct job *j = arg;
	const real *factor = j->top + (size_t)g * j->tv;
	real *p = j->mine + (size_t)thread * j->space;

	for (int i = group_first(j, g); i < group_first(j, g + 1); i++) {
		const real *e = kept(j, i);

		for (int r = 0; r < j->t; r++) {
			vec by = v_set1(factor[r]);
			uint32_t y = j->y[r] - (uint32_t)(i * PW);

			FETCH(e + r * PW, j->estride);
			FETCH(e + r * PW, j->estride + LANES);
			v_store(p + r * PW, v_mul(by, v_load(e + r * PW)));
			v_store(p + r * PW + LANES, v_mul(by, v_load(e + r * PW + LANES)));
			if (y < PW)
				p[r * PW + (int)y] -= 1;
		}
		ISA_NAME(panel_add_outer)(j->to, i, j->t, j->s, j->stride, p, PW, j->rate);
		if (j->dc)
			add_rows(p, j->t, j->rate, j->dc + (size_t)i * PW);
	}
}

/* dS of row r: the slabs' shares, added up in their order, less V's row of y. */
static void
join_slabs(void *arg, int r, int thread)
{
	const struct job *j = arg;
	real *ds = j->ds + (size_t)r * j->dstride;

	(void)thread;
	for (int i = 0; i < j->h; i++)
		ds[i] = -ds[i];
	for (int slab = 0; slab < j->nslab; slab++) {
		const real *da = j->da + ((size_t)slab * j->t + r) * j->h;
		real by = j->top[(size_t)(slab_first(j, slab + 1) - 1) * j->tv + r];

		for (int i = 0; i < j->h; i++)
			ds[i] += by * da[i];
	}
}

void
ISA_NAME(output_backward)(struct output *o, const struct panels *vt, const real *c, int t,
    const real *s, size_t stride, const uint32_t *y, real *ds, size_t dstride,
    const struct panels *to, real *dc, real rate, double *logp)
{
	int rows = t <= ISA_NAME(output_rows)(vt) ? t : least(t, rows_together(vt, PART));
	struct job job, *j = prepare(o, &job, vt, c, rows, KEEP_EXP);

	if (j == NULL)
		return;
	j->to = to;
	j->dc = dc;
	j->rate = rate;
	for (int r = 0; r < t; r += rows) {
		j->ds = ds + (size_t)r * dstride;
		j->dstride = dstride;
		pass_1(o, j, least(t - r, rows), s + (size_t)r * stride, stride, y + r);
		write_logp(j, logp + r);
		pool_run(o->pool, join_slabs, j, j->t);
		pool_run(o->pool, update_group, j, j->ngroup);
	}
}

void
ISA_NAME(output_free)(struct output *o)
{
	free(o->mem.p);
	o->mem.p = NULL;
	o->mem.n = 0;
}
