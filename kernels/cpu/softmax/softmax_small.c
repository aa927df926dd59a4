/*
 * softmax_small.c - softmax_small.h tells how.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "elementary.h"
#include "softmax_small.h"
#include "product.h"
#include "parallel.h"

enum {
	TILES = 4,	/* tiles of rows in a task, at most */
	TASKS = 16	/* tasks to have, if the rows suffice */
};

/* One call's sizes and places. */
struct job {
	const struct panels *vt;
	struct panels v;		/* V, for going back; p NULL if not */
	const real *c;			/* biases, or NULL */
	int t, h, n, rows;		/* rows in all; words; rows in a task */
	const real *s;			/* (t) rows, stride apart */
	size_t stride;
	const uint32_t *y;		/* (t), or NULL */
	double *logp;			/* (t), or NULL */
	real *l;			/* (t, n), or NULL */
	real *ds;			/* (t) rows, dstride apart, or NULL */
	size_t dstride;
	real *p;			/* (t, pstride), or a thread's rows of it if not kept */
	size_t pstride;
	real *space;			/* a thread: rows packed, and a tile */
	size_t one;
};

/* Fills the columns of a row past the vocabulary; a row has LANES more. */
INLINE void
fill(const struct job *j, real *row, real x)
{
	for (int i = j->n; i < j->vt->np * PW; i += LANES)
		v_store(row + i, v_set1(x));
}

/* The logits of a row with their biases; returns the largest. */
static real
add_biases(const struct job *j, real *row)
{
	int n = j->vt->np * PW;
	vec top;

	for (int i = 0; j->c && i < n; i += LANES)
		v_store(row + i, v_add(v_load(row + i), v_load(j->c + i)));
	fill(j, row, row[0]);
	top = v_load(row);
	for (int i = LANES; i < n; i += LANES)
		top = v_max(top, v_load(row + i));
	return v_top(top);
}

/* e(n) = exp(row - top), zeros past the vocabulary; the sum.  e may be row. */
static real
exponentiate(const struct job *j, const real *row, real top, real *e)
{
	vec sum = v_zero(), by = v_set1(top);

	for (int i = 0; i < j->n; i += LANES) {
		vec x = v_exp(v_sub(v_load(row + i), by));

		v_store(e + i, x);
		if (i + LANES <= j->n)
			sum = v_add(sum, x);
		else
			sum = v_add(sum, v_load_part(e + i, j->n - i));
	}
	fill(j, e, 0);
	return v_sum(sum);
}

/* Row r, whose logits are in `row`: what is asked for, and P in their place. */
static void
finish_row(const struct job *j, int r, real *row, real *spare)
{
	real top = add_biases(j, row), *e = j->l ? spare : row;
	real target = j->y ? row[j->y[r]] : 0, sum = exponentiate(j, row, top, e);
	vec by = v_set1(1 / sum);

	if (j->logp)
		j->logp[r] = (double)target - (double)top - log((double)sum);
	if (j->l) {
		real norm = (real)((double)top + log((double)sum));

		for (int i = 0; i < j->n; i++)
			j->l[(size_t)r * j->n + i] = row[i] - norm;
	}
	if (j->ds == NULL)
		return;
	for (int i = 0; i < j->n; i += LANES)
		v_store(row + i, v_mul(by, v_load(row + i)));
	row[j->y[r]] -= 1;
}

/* t rows of OUT(t,b.n), ostride apart, = A B; what is not a whole panel by way of `tile`. */
static void
multiply(const struct packed *a, const struct panels *b, real *out, size_t ostride, real *tile)
{
	for (int i = 0; i < b->np; i++) {
		int n = b->n - i * PW;

		if (n >= PW) {
			panel_tile(a, 0, a->nblock, b, i, out + (size_t)i * PW, ostride);
			continue;
		}
		panel_tile(a, 0, a->nblock, b, i, tile, PW);
		for (int r = 0; r < a->t; r++)
			memcpy(out + (size_t)r * ostride + (size_t)i * PW, tile + (size_t)r * PW,
			    (size_t)n * sizeof(real));
	}
}

static void
rows_task(void *arg, int i, int thread)
{
	const struct job *j = arg;
	int first = i * j->rows, t = j->t - first < j->rows ? j->t - first : j->rows;
	real *space = j->space + (size_t)thread * j->one, *p = j->p;
	struct packed a;

	p += (j->ds ? (size_t)first : (size_t)thread * j->rows) * j->pstride;
	pack_shape(&a, t, j->h, space);
	pack_matrix(&a, j->s + (size_t)first * j->stride, j->stride);
	for (int l = 0; l < j->vt->np; l++)
		panel_tile(&a, 0, a.nblock, j->vt, l, p + (size_t)l * PW, j->pstride);
	for (int r = 0; r < t; r++)
		finish_row(j, first + r, p + (size_t)r * j->pstride, space);
	if (j->ds == NULL)
		return;
	pack_shape(&a, t, j->n, space);
	pack_matrix(&a, p, j->pstride);
	multiply(&a, &j->v, j->ds + (size_t)first * j->dstride, j->dstride,
	    space + (size_t)j->rows * j->n);
}

static int
task_rows(int t)
{
	int tiles = (t + TILE * TASKS - 1) / (TILE * TASKS);

	return TILE * (tiles < TILES ? tiles : TILES);
}

/* The places of a job; false: no memory. */
static bool
prepare(struct output *o, struct job *j)
{
	size_t threads = (size_t)pool_threads(o->pool), wide, kept, gradient, v = 0;
	struct panels turned = { j->n, j->h, (j->h + PW - 1) / PW, ((size_t)j->n | 1) * PW, NULL };
	real *p;

	j->rows = task_rows(j->t);
	j->pstride = product_stride(j->n);
	wide = (size_t)(j->h > j->n ? j->h : j->n);
	if (wide < j->pstride)
		wide = j->pstride;
	j->one = (size_t)j->rows * (wide + PW) + LANES;
	kept = (j->ds ? (size_t)j->t : threads * j->rows) * j->pstride;
	if (j->ds)
		v = turned.np * turned.stride;
	gradient = product_gradient_space(o->pool);
	if (gradient < threads * j->one)
		gradient = threads * j->one;
	p = output_space(o, (kept + v + gradient) * sizeof(real));
	if (p == NULL)
		return false;
	j->p = p;
	turned.p = p + kept;
	j->v = turned;
	j->space = p + kept + v;
	return true;
}

static void
run(struct output *o, struct job *j)
{
	parallel_tasks(o->pool, rows_task, j, (j->t + j->rows - 1) / j->rows,
	    (double)j->t * j->h * j->n);
}

void
softmax_small_forward(struct output *o, const struct panels *vt, const real *c, int t,
    const real *s, size_t stride, const uint32_t *y, double *logp)
{
	struct job j = { .vt = vt, .c = c, .t = t, .h = vt->k, .n = vt->n, .s = s,
	    .stride = stride, .y = y, .logp = logp };

	if (prepare(o, &j))
		run(o, &j);
}

void
softmax_small_logp(struct output *o, const struct panels *vt, const real *c, int t,
    const real *s, size_t stride, real *l)
{
	struct job j = { .vt = vt, .c = c, .t = t, .h = vt->k, .n = vt->n, .s = s,
	    .stride = stride, .l = l };

	if (prepare(o, &j))
		run(o, &j);
}

/* dc += rate times the sum of the rows of P. */
static void
add_rows(const struct job *j, real rate, real *dc)
{
	for (int i = 0; i < j->n; i += LANES) {
		vec sum = v_zero();

		for (int r = 0; r < j->t; r++)
			sum = v_add(sum, v_load(j->p + (size_t)r * j->pstride + i));
		v_store(dc + i, v_fma(v_set1(rate), sum, v_load(dc + i)));
	}
}

void
softmax_small_backward(struct output *o, const struct panels *vt, const real *c, int t,
    const real *s, size_t stride, const uint32_t *y, real *ds, size_t dstride,
    const struct panels *to, real *dc, real rate, double *logp)
{
	struct job j = { .vt = vt, .c = c, .t = t < SMALL_ROWS ? t : SMALL_ROWS, .h = vt->k,
	    .n = vt->n, .stride = stride, .ds = ds, .dstride = dstride };
	struct panels gradient = *to;

	if (!prepare(o, &j))
		return;
	for (int i = 0; i < j.v.np; i++)
		panel_transpose(vt, i * PW, j.h - i * PW < PW ? j.h - i * PW : PW, &j.v, i);
	for (int r = 0; r < t; r += SMALL_ROWS) {
		j.t = t - r < SMALL_ROWS ? t - r : SMALL_ROWS;
		j.s = s + (size_t)r * stride;
		j.y = y + r;
		j.logp = logp + r;
		j.ds = ds + (size_t)r * dstride;
		run(o, &j);
		if (dc)
			add_rows(&j, rate, dc);
		product_gradient(o->pool, &gradient, j.t, (struct rows){ j.s, stride },
		    (struct rows){ j.p, j.pstride }, rate, j.space);
	}
}
