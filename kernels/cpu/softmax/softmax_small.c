/*
 * softmax_small.c - see softmax_small.h.
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
	TASKS = 16	/* tasks, if there are enough rows */
};

/* One call, or SMALL_ROWS rows of it: its sizes, and where its numbers are. */
struct small_job {
	struct softmax_call c;
	struct panels v;		/* V, for dS = P V; p is NULL forward */
	int h, n, rows;			/* n words; rows in a task */
	real *p;			/* (t, pstride), or a thread's rows of it if not kept */
	size_t pstride;
	real *local;			/* (threads, local_len): packed rows, and a tile */
	size_t local_len;
};

/* Fills the columns of a row past the vocabulary; the row has memory for LANES more. */
INLINE void
fill_rest(const struct small_job *j, real *row, real x)
{
	for (int i = j->n; i < j->c.v->np * PW; i += LANES)
		v_store(row + i, v_set1(x));
}

/* Adds the biases to a row of logits; returns the greatest. */
static real
add_biases(const struct small_job *j, real *row)
{
	int n = j->c.v->np * PW;
	vec top;

	for (int i = 0; j->c.bias && i < n; i += LANES)
		v_store(row + i, v_add(v_load(row + i), v_load(j->c.bias + i)));
	fill_rest(j, row, row[0]);
	top = v_load(row);
	for (int i = LANES; i < n; i += LANES)
		top = v_max(top, v_load(row + i));
	return v_top(top);
}

/* e(n) = exp(row - top), zeros past the vocabulary; returns the sum.  e may be row. */
static real
exponentiate_row(const struct small_job *j, const real *row, real top, real *e)
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
	fill_rest(j, e, 0);
	return v_sum(sum);
}

/* Row r, whose logits are in `row`: the results of the call, and P in their place. */
static void
finish_row(const struct small_job *j, int r, real *row, real *spare)
{
	real top = add_biases(j, row), *e = j->c.l ? spare : row;
	real target = j->c.y ? row[j->c.y[r]] : 0, sum = exponentiate_row(j, row, top, e);
	vec by = v_set1(1 / sum);

	if (j->c.logp)
		j->c.logp[r] = (double)target - (double)top - log((double)sum);
	if (j->c.l) {
		real norm = (real)((double)top + log((double)sum));

		for (int i = 0; i < j->n; i++)
			j->c.l[(size_t)r * j->n + i] = row[i] - norm;
	}
	if (j->c.ds == NULL)
		return;
	for (int i = 0; i < j->n; i += LANES)
		v_store(row + i, v_mul(by, v_load(row + i)));
	row[j->c.y[r]] -= 1;
}

/* Rows of OUT(t,b.n), ostride apart, = A B; an incomplete panel is computed in `tile`. */
static void
multiply_rows(const struct packed *a, const struct panels *b, real *out, size_t ostride, real *tile)
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
	const struct small_job *j = arg;
	int first = i * j->rows, t = j->c.t - first < j->rows ? j->c.t - first : j->rows;
	real *space = j->local + (size_t)thread * j->local_len, *p = j->p;
	struct packed a;

	p += (j->c.ds ? (size_t)first : (size_t)thread * j->rows) * j->pstride;
	pack_shape(&a, t, j->h, space);
	pack_matrix(&a, j->c.s + (size_t)first * j->c.stride, j->c.stride);
	for (int l = 0; l < j->c.v->np; l++)
		panel_tile(&a, 0, a.nblock, j->c.v, l, p + (size_t)l * PW, j->pstride);
	for (int r = 0; r < t; r++)
		finish_row(j, first + r, p + (size_t)r * j->pstride, space);
	if (j->c.ds == NULL)
		return;
	pack_shape(&a, t, j->n, space);
	pack_matrix(&a, p, j->pstride);
	multiply_rows(&a, &j->v, j->c.ds + (size_t)first * j->c.dstride, j->c.dstride,
	    space + (size_t)j->rows * j->n);
}

static int
task_rows(int t)
{
	int tiles = (t + TILE * TASKS - 1) / (TILE * TASKS);

	return TILE * (tiles < TILES ? tiles : TILES);
}

/* Divides a job's memory; false: there is none. */
static bool
allocate_job(struct output *o, struct small_job *j)
{
	size_t threads = (size_t)pool_threads(o->pool), wide, kept, v = 0;
	size_t local, gradient = product_gradient_space(o->pool);
	struct panels transposed = panels_shape(j->n, j->h);
	real *p;

	j->rows = task_rows(j->c.t);
	j->pstride = product_stride(j->n);
	wide = (size_t)(j->h > j->n ? j->h : j->n);
	if (wide < j->pstride)
		wide = j->pstride;
	j->local_len = (size_t)j->rows * (wide + PW) + LANES;
	kept = (j->c.ds ? (size_t)j->c.t : threads * j->rows) * j->pstride;
	if (j->c.ds)
		v = transposed.np * transposed.stride;
	local = threads * j->local_len;
	p = scratch_get(&o->mem, kept + v + (local > gradient ? local : gradient), sizeof(real));
	if (p == NULL)
		return false;
	j->p = p;
	transposed.p = p + kept;
	j->v = transposed;
	j->local = p + kept + v;
	return true;
}

static void
run_job(struct output *o, struct small_job *j)
{
	parallel_tasks(o->pool, rows_task, j, (j->c.t + j->rows - 1) / j->rows,
	    (double)j->c.t * j->h * j->n);
}

static struct small_job
new_job(const struct softmax_call *c)
{
	return (struct small_job){ .c = *c, .h = c->v->k, .n = c->v->n };
}

void
softmax_small_forward(struct output *o, const struct softmax_call *c)
{
	struct small_job j = new_job(c);

	if (allocate_job(o, &j))
		run_job(o, &j);
}

void
softmax_small_logp(struct output *o, const struct softmax_call *c)
{
	softmax_small_forward(o, c);
}

/* dbias += scale times the sum of the rows of P. */
static void
add_bias_gradient(const struct small_job *j)
{
	for (int i = 0; i < j->n; i += LANES) {
		real *to = j->c.dbias + i;
		vec sum = v_zero();

		for (int r = 0; r < j->c.t; r++)
			sum = v_add(sum, v_load(j->p + (size_t)r * j->pstride + i));
		v_store(to, v_fma(v_set1(j->c.scale), sum, v_load(to)));
	}
}

void
softmax_small_backward(struct output *o, const struct softmax_call *c)
{
	struct softmax_call first = softmax_part(c, 0, c->t < SMALL_ROWS ? c->t : SMALL_ROWS);
	struct small_job j = new_job(&first);
	struct panels gradient = *c->dv;

	if (!allocate_job(o, &j))
		return;
	for (int i = 0; i < j.v.np; i++)
		panel_transpose(c->v, i * PW, j.h - i * PW < PW ? j.h - i * PW : PW, &j.v, i);
	for (int r = 0; r < c->t; r += SMALL_ROWS) {
		j.c = softmax_part(c, r, c->t - r < SMALL_ROWS ? c->t - r : SMALL_ROWS);
		run_job(o, &j);
		if (c->dbias)
			add_bias_gradient(&j);
		product_gradient(o->pool, &gradient, j.c.t, (struct rows){ j.c.s, j.c.stride },
		    (struct rows){ j.p, j.pstride }, c->scale, j.local);
	}
}
