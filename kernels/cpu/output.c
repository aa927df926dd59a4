/*
 * output.c - the softmax layer in two passes; output.h tells how.
 */
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "elementary.h"
#include "narrow.h"
#include "output.h"
#include "pages.h"

enum {
	GROUP_BYTES = 512 << 10,	/* of V in a group: half of a core's cache */
	GROUP_LEAST = 4, GROUP_MOST = 12,	/* panels in a group */
	SLABS = 32,			/* partial sums of dS, at most */
	SLAB_BYTES = 64 << 20,		/* of all of them together, about */
	FORWARD_ROWS = 8 * TILE,	/* rows at a time when only looking */
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
	int group, ngroup, nslab;	/* panels a group; groups; slabs */
	enum keep keep;
	const real *s;			/* (t) rows, stride apart */
	size_t stride;
	const uint32_t *y;		/* (t), or NULL */
	const real *c;			/* (v up to whole panels) biases, or NULL */
	real *dc;			/* their gradient, or NULL */
	real rate;
	real *e;			/* exponentials: groups, or threads, of (t, width) */
	size_t espace;			/* reals a thread, if KEEP_NOTHING */
	real *da;			/* (nslab, h, t) */
	real *top;			/* (ngroup, tv) maxima; then what join() makes of them */
	real *sum;			/* (ngroup, tv) sums of exponentials */
	real *all_top, *all_sum;	/* (tv) those of whole rows */
	real *target;			/* (t) the logit of y */
};

INLINE int
least(int a, int b)
{
	return a < b ? a : b;
}

static int
group_panels(const struct panels *vt)
{
	size_t n = GROUP_BYTES / (vt->stride * sizeof(real));
	int most = (vt->np + 7) / 8;	/* small vocabularies still have eight groups */

	n = n > GROUP_MOST ? GROUP_MOST : n < GROUP_LEAST ? GROUP_LEAST : n;
	return least((int)n, most);
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
	return vt->n <= NARROW ? INT_MAX : rows_together(vt, ROWS_MOST);
}

static int
slabs(const struct job *j)
{
	size_t one = (size_t)j->h * j->t * sizeof(real);
	int n = SLAB_BYTES / one > SLABS ? SLABS : (int)(SLAB_BYTES / one);

	return least(n < 8 ? 8 : n, j->ngroup);
}

static int
width(const struct job *j, int g)
{
	return least(j->group, j->vt->np - g * j->group) * PW;
}

/* Reals from one row of a group's exponentials to the next: an odd number of
 * vectors, for the sake of the cache. */
static size_t
row_stride(const struct job *j, int g)
{
	return (size_t)width(j, g) + LANES;
}

/* Where the exponentials of a group are. */
static real *
exponentials(const struct job *j, int g, int thread)
{
	if (j->keep == KEEP_NOTHING)
		return j->e + (size_t)thread * j->espace;
	return j->e + (size_t)g * (j->group * PW + LANES) * j->t;
}

/* The first n of LANES numbers, the others equal to the first. */
INLINE vec
load_repeated(const real *p, int n)
{
	real a[LANES];

	for (int i = 0; i < LANES; i++)
		a[i] = p[i < n ? i : 0];
	return v_load(a);
}

static real
maximum(const real *l, int n)
{
	vec top = load_repeated(l, least(n, LANES));
	int i = 0;

	for (; i + LANES <= n; i += LANES)
		top = v_max(top, v_load(l + i));
	if (i < n)
		top = v_max(top, load_repeated(l + i, n - i));
	return v_top(top);
}

/* The sum of exp(l - top), and those into e if it is not NULL (may be l). */
static real
exponentiate(const real *l, int n, real top, real *e)
{
	vec t = v_set1(top), even = v_zero(), odd = v_zero();
	real rest = 0;
	int i = 0;

	for (; i + 2 * LANES <= n; i += 2 * LANES) {
		vec x = v_exp(v_sub(v_load(l + i), t));
		vec y = v_exp(v_sub(v_load(l + i + LANES), t));

		even = v_add(even, x);
		odd = v_add(odd, y);
		if (e) {
			v_store(e + i, x);
			v_store(e + i + LANES, y);
		}
	}
	for (; i < n; i += LANES) {
		int left = least(LANES, n - i);
		real x[LANES];

		v_store(x, v_exp(v_sub(load_repeated(l + i, left), t)));
		for (int k = 0; k < left; k++) {
			rest += x[k];
			if (e)
				e[i + k] = x[k];
		}
	}
	return v_sum(v_add(even, odd)) + rest;
}

INLINE void
add_to(real *row, const real *c, int n)
{
	for (int i = 0; i < n; i += LANES)
		v_store(row + i, v_add(v_load(row + i), v_load(c + i)));
}

/* Pass 1: a group's logits and, for each row, their maximum and sum. */
static void
forward_group(void *arg, int g, int thread)
{
	const struct job *j = arg;
	int w = width(j, g), first = g * j->group * PW, n = least(w, j->vt->n - first);
	real *e = exponentials(j, g, thread);
	size_t stride = row_stride(j, g);

	for (int i = 0; i < w / PW; i++)
		ISA_NAME(panel_tile)(&j->a, j->vt, g * j->group + i, e + (size_t)i * PW, stride);
	for (int r = 0; r < j->t; r++) {
		real *row = e + (size_t)r * stride, top;

		if (j->c)
			add_to(row, j->c + first, w);
		top = maximum(row, n);
		if (j->y && j->y[r] >= (uint32_t)first && j->y[r] < (uint32_t)(first + n))
			j->target[r] = row[j->y[r] - (uint32_t)first];
		j->top[(size_t)g * j->tv + r] = top;
		j->sum[(size_t)g * j->tv + r] =
		    exponentiate(row, n, top, j->keep == KEEP_EXP ? row : NULL);
		for (int i = n; j->keep == KEEP_EXP && i < w; i++)
			row[i] = 0;	/* columns past the vocabulary */
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
	size_t t = (size_t)rows, packed, e, da, rows_of, target;
	char *p;

	*j = (struct job){ .vt = vt, .c = c, .t = rows, .h = vt->k, .keep = keep };
	j->group = group_panels(vt);
	j->ngroup = (vt->np + j->group - 1) / j->group;
	j->nslab = slabs(j);
	j->espace = ((size_t)j->group * PW + LANES) * t;
	packed = bytes(t * j->h, sizeof(real));
	e = keep == KEEP_NOTHING ? j->espace * pool_threads(o->pool) : j->espace * j->ngroup;
	e = bytes(e, sizeof(real));
	da = keep == KEEP_EXP ? bytes((size_t)j->nslab * j->h * t, sizeof(real)) : 0;
	set_rows(j, rows);
	rows_of = ((size_t)j->ngroup + 1) * j->tv * sizeof(real);
	target = bytes(t, sizeof(real));
	p = ISA_NAME(output_space)(o, packed + e + da + 2 * rows_of + target);
	if (p == NULL)
		return NULL;
	j->a.p = (real *)p;
	j->e = (real *)(p += packed);
	j->da = (real *)(p += e);
	j->top = (real *)(p += da);
	j->sum = (real *)(p += rows_of);
	j->target = (real *)(p + rows_of);
	return j;
}

/* Pass 1 on t rows of the call. */
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
	struct job job, *j;

	if (vt->n <= NARROW) {
		ISA_NAME(narrow_forward)(o, vt, c, t, s, stride, y, logp);
		return;
	}
	j = prepare(o, &job, vt, c, least(t, FORWARD_ROWS), KEEP_NOTHING);
	for (int r = 0; j && r < t; r += FORWARD_ROWS) {
		pass_1(o, j, least(t - r, FORWARD_ROWS), s + (size_t)r * stride, stride, y + r);
		write_logp(j, logp + r);
	}
}

/* l(v) = ln softmax of the kept logits of row r. */
static void
normalise_row(const struct job *j, int r, real *l)
{
	real norm = (real)((double)j->all_top[r] + log((double)j->all_sum[r]));

	for (int g = 0; g < j->ngroup; g++) {
		int w = width(j, g), first = g * j->group * PW, n = least(w, j->vt->n - first);
		const real *row = exponentials(j, g, 0) + (size_t)r * row_stride(j, g);

		for (int i = 0; i < n; i++)
			l[first + i] = row[i] - norm;
	}
}

void
ISA_NAME(output_logp)(struct output *o, const struct panels *vt, const real *c, int t,
    const real *s, size_t stride, real *l)
{
	int rows = least(t, least(FORWARD_ROWS, ISA_NAME(output_rows)(vt)));
	struct job job, *j;

	if (vt->n <= NARROW) {
		ISA_NAME(narrow_logp)(o, vt, c, t, s, stride, l);
		return;
	}
	j = prepare(o, &job, vt, c, rows, KEEP_LOGITS);
	for (int first = 0; j && first < t; first += rows) {
		pass_1(o, j, least(t - first, rows), s + (size_t)first * stride, stride, NULL);
		for (int r = 0; r < j->t; r++, l += vt->n)
			normalise_row(j, r, l);
	}
}

/* dc(w) += rate times the sum of the rows of P. */
static void
add_rows(const struct job *j, const real *p, size_t stride, int w, real *dc)
{
	for (int i = 0; i < w; i += LANES) {
		vec sum = v_zero();

		for (int r = 0; r < j->t; r++)
			sum = v_add(sum, v_load(p + (size_t)r * stride + i));
		v_store(dc + i, v_fma(v_set1(j->rate), sum, v_load(dc + i)));
	}
}

/* Pass 2: a group's probabilities, its share of dS, and its update. */
static void
backward_group(const struct job *j, int g, real *da)
{
	int w = width(j, g), first = g * j->group * PW, n = w / PW;
	real *p = exponentials(j, g, 0);
	size_t stride = row_stride(j, g);

	for (int r = 0; r < j->t; r++) {
		vec by = v_set1(j->top[(size_t)g * j->tv + r]);
		real *row = p + (size_t)r * stride;

		for (int i = 0; i < w; i += LANES)
			v_store(row + i, v_mul(by, v_load(row + i)));
		if (j->y[r] >= (uint32_t)first && j->y[r] < (uint32_t)(first + w))
			row[j->y[r] - (uint32_t)first] -= 1;
	}
	if (j->dc)
		add_rows(j, p, stride, w, j->dc + first);
	ISA_NAME(panel_dots)(j->vt, g * j->group, n, j->t, p, stride, da);
	for (int i = 0; i < n; i++)
		ISA_NAME(panel_add_outer)(j->to, g * j->group + i, j->t, j->s, j->stride,
		    p + (size_t)i * PW, stride, j->rate);
}

static void
backward_slab(void *arg, int slab, int thread)
{
	const struct job *j = arg;
	real *da = j->da + (size_t)slab * j->h * j->t;
	int end = (int)((long)j->ngroup * (slab + 1) / j->nslab);

	(void)thread;
	memset(da, 0, (size_t)j->h * j->t * sizeof(real));
	for (int g = (int)((long)j->ngroup * slab / j->nslab); g < end; g++)
		backward_group(j, g, da);
}

/* dS(t,h) = the slabs' shares, added up in their order. */
static void
join_slabs(const struct job *j, real *ds, size_t dstride)
{
	size_t n = (size_t)j->h * j->t;

	for (int slab = 1; slab < j->nslab; slab++) {
		const real *part = j->da + (size_t)slab * n;

		for (size_t i = 0; i < n; i++)
			j->da[i] += part[i];
	}
	for (int r = 0; r < j->t; r++)
		for (int i = 0; i < j->h; i++)
			ds[(size_t)r * dstride + i] = j->da[(size_t)i * j->t + r];
}

void
ISA_NAME(output_backward)(struct output *o, const struct panels *vt, const real *c, int t,
    const real *s, size_t stride, const uint32_t *y, real *ds, size_t dstride,
    const struct panels *to, real *dc, real rate, double *logp)
{
	int rows = t <= ISA_NAME(output_rows)(vt) ? t : least(t, rows_together(vt, PART));
	struct job job, *j;

	if (vt->n <= NARROW) {
		ISA_NAME(narrow_backward)(o, vt, c, t, s, stride, y, ds, dstride, to, dc, rate,
		    logp);
		return;
	}
	j = prepare(o, &job, vt, c, rows, KEEP_EXP);
	if (j == NULL)
		return;
	j->to = to;
	j->dc = dc;
	j->rate = rate;
	for (int r = 0; r < t; r += rows) {
		pass_1(o, j, least(t - r, rows), s + (size_t)r * stride, stride, y + r);
		write_logp(j, logp + r);
		pool_run(o->pool, backward_slab, j, j->nslab);
		join_slabs(j, ds + (size_t)r * dstride, dstride);
	}
}

void
ISA_NAME(output_free)(struct output *o)
{
	free(o->mem.p);
	o->mem.p = NULL;
	o->mem.n = 0;
}
