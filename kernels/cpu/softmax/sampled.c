/*
 * sampled.c - see sampled.h.
 */
#include <math.h>
#include <string.h>

#include "parallel.h"
#include "product.h"
#include "row_math.h"
#include "sampled.h"
#include "softmax.h"

enum { ROWS = 16, COLUMNS = 4 * LANES };	/* per task */

/* A call: its matrices, all in one block of memory. */
struct sampled_job {
	struct sampled_call c;
	size_t stride;		/* of rows of S, widened */
	struct panels noise;	/* N (n,h) */
	struct panels turned;	/* N' (h,n) */
	struct panels gradient;	/* of N, (n,h) */
	real *shift;		/* (n) biases and shifts of the noise words */
	real *p;		/* (t,n) logits, then probabilities */
	real *wide;		/* (t, stride) S */
	real *error;		/* (t) the targets' probabilities less 1 */
	real *space;		/* of the products */
};

static size_t
panels_size(const struct panels *b)
{
	return (size_t)b->np * b->stride;
}

static size_t
larger(size_t a, size_t b)
{
	return a > b ? a : b;
}

/* Whole vectors, so that the arrays that follow each other are aligned alike. */
static size_t
whole(size_t n)
{
	return (n + LANES - 1) / LANES * LANES;
}

/* Divides the memory of a call; false: there is none. */
static bool
allocate_job(struct output *o, struct sampled_job *j)
{
	size_t t = (size_t)j->c.t, n = (size_t)j->c.n, logits, space;
	real *p;

	j->stride = product_stride(j->c.h);
	j->noise = j->gradient = panels_shape(j->c.n, j->c.h);
	j->turned = panels_shape(j->c.h, j->c.n);
	logits = whole(t * n) + LANES;
	space = larger(product_space(o->pool, &j->turned, j->c.t),
	    larger(product_space(o->pool, &j->noise, j->c.t), product_gradient_space(o->pool)));
	p = scratch_get(&o->mem, 2 * panels_size(&j->noise) + panels_size(&j->turned) + whole(n) +
	    LANES + logits + t * j->stride + whole(t) + space, sizeof(real));
	if (p == NULL)
		return false;
	j->noise.p = p;
	j->gradient.p = p += panels_size(&j->noise);
	j->turned.p = p += panels_size(&j->noise);
	j->shift = p += panels_size(&j->turned);
	j->p = p += whole(n) + LANES;
	j->wide = p += logits;
	j->error = p += t * j->stride;
	j->space = p + whole(t);
	return true;
}

/* Panel i of N: its columns of the noise words' rows of V; and of its gradient: zeros. */
static void
gather_task(void *arg, int i, int thread)
{
	struct sampled_job *j = arg;
	int first = i * PW, width = j->c.h - first < PW ? j->c.h - first : PW;
	real *to = j->noise.p + (size_t)i * j->noise.stride;

	(void)thread;
	for (int w = 0; w < j->c.n; w++, to += PW) {
		memcpy(to, j->c.v + (size_t)j->c.noise[w] * j->c.h + first, (size_t)width * sizeof(real));
		memset(to + width, 0, (size_t)(PW - width) * sizeof(real));
	}
	memset(j->gradient.p + (size_t)i * j->gradient.stride, 0, j->gradient.stride * sizeof(real));
}

/* Panel i of N': PW of the noise words. */
static void
turn_task(void *arg, int i, int thread)
{
	struct sampled_job *j = arg;
	int first = i * PW, n = j->c.n - first < PW ? j->c.n - first : PW;

	(void)thread;
	panel_transpose(&j->noise, first, n, &j->turned, i);
}

static void
gather_noise(struct output *o, struct sampled_job *j)
{
	const struct sampled_call *c = &j->c;
	double work = NUMBER * c->n * c->h;

	parallel_tasks(o->pool, gather_task, j, j->noise.np, work);
	parallel_tasks(o->pool, turn_task, j, j->turned.np, work);
	for (int i = 0; i < c->n; i++)
		j->shift[i] = (real)((c->c ? (double)c->c[c->noise[i]] : 0) + c->noise_shift[i]);
}

/* The place of a word among the noise words, or -1. */
static int
find_noise(const struct sampled_call *c, uint32_t word)
{
	int low = 0, high = c->n;

	while (low < high) {
		int mid = low + (high - low) / 2;

		if (c->noise[mid] < word)
			low = mid + 1;
		else
			high = mid;
	}
	return low < c->n && c->noise[low] == word ? low : -1;
}

static real
target_logit(const struct sampled_call *c, int r)
{
	uint32_t y = c->y[r];
	double bias = (c->c ? (double)c->c[y] : 0) + c->target_shift[r];

	return row_dot(c->v + (size_t)y * c->h, c->s + (size_t)r * c->h, c->h) + (real)bias;
}

/* Row r: from the noise words' products to the probabilities and the target's error. */
static void
softmax_row(const struct sampled_job *j, int r)
{
	const struct sampled_call *c = &j->c;
	real *l = j->p + (size_t)r * c->n, target = target_logit(c, r), top, sum, up;
	int same = find_noise(c, c->y[r]);

	row_add_scaled(l, j->shift, c->n, 1);
	if (same >= 0)
		l[same] = -INFINITY;
	top = maximum(l, c->n, PW);
	top = target > top ? target : top;
	sum = exponentiate(l, c->n, PW, top, true);
	up = exp_of(target - top);
	sum += up;
	if (same >= 0)
		l[same] = 0;	/* v_exp() has no zero */
	row_scale(l, c->n, 1 / sum);
	j->error[r] = up / sum - 1;
	c->logp[r] = (double)target - (double)top - log((double)sum);
}

static void
softmax_task(void *arg, int i, int thread)
{
	struct sampled_job *j = arg;
	size_t h = (size_t)j->c.h;

	(void)thread;
	for (int r = i * ROWS; r < j->c.t && r < (i + 1) * ROWS; r++) {
		real *wide = j->wide + (size_t)r * j->stride;

		softmax_row(j, r);
		memcpy(wide, j->c.s + (size_t)r * h, h * sizeof(real));
		memset(wide + h, 0, (j->stride - h) * sizeof(real));
	}
}

/* Adds the targets' part to dS. */
static void
target_errors_task(void *arg, int i, int thread)
{
	const struct sampled_job *j = arg;
	const struct sampled_call *c = &j->c;
	size_t h = (size_t)c->h;

	(void)thread;
	for (int r = i * ROWS; r < c->t && r < (i + 1) * ROWS; r++)
		row_add_scaled(c->ds + (size_t)r * h, c->v + c->y[r] * h, c->h, j->error[r]);
}

/*
 * Some columns of V's gradient: the noise words' from its panels, then the targets' in the
 * order of the rows, so that a repeated word's sum does not depend on the threads.
 */
static void
scatter_task(void *arg, int i, int thread)
{
	const struct sampled_job *j = arg;
	const struct sampled_call *c = &j->c;
	size_t h = (size_t)c->h;
	int first = i * COLUMNS, n = c->h - first < COLUMNS ? c->h - first : COLUMNS;

	(void)thread;
	for (int w = 0; w < c->n; w++) {
		real *to = c->dv + c->noise[w] * h + first;

		for (int at = 0; at < n; at += PW) {
			const real *from = j->gradient.p + (size_t)((first + at) / PW) * j->gradient.stride +
			    (size_t)w * PW;

			row_add_scaled(to + at, from, n - at < PW ? n - at : PW, 1);
		}
	}
	for (int r = 0; r < c->t; r++)
		row_add_scaled(c->dv + c->y[r] * h + first, c->s + (size_t)r * h + first, n, j->error[r]);
}

/* Some noise words' part of dc. */
static void
bias_task(void *arg, int i, int thread)
{
	const struct sampled_job *j = arg;
	int first = i * COLUMNS, n = j->c.n - first < COLUMNS ? j->c.n - first : COLUMNS;
	real sum[COLUMNS] = { 0 };

	(void)thread;
	for (int r = 0; r < j->c.t; r++)
		row_add_scaled(sum, j->p + (size_t)r * j->c.n + first, n, 1);
	for (int k = 0; k < n; k++)
		j->c.dc[j->c.noise[first + k]] += sum[k];
}

static void
add_bias_gradient(struct output *o, struct sampled_job *j)
{
	const struct sampled_call *c = &j->c;

	parallel_tasks(o->pool, bias_task, j, (c->n + COLUMNS - 1) / COLUMNS,
	    NUMBER * c->t * c->n);
	for (int r = 0; r < c->t; r++)
		c->dc[c->y[r]] += j->error[r];
}

void
softmax_sampled(struct output *o, const struct sampled_call *c)
{
	struct sampled_job job = { .c = *c }, *j = &job;
	int tasks = (c->t + ROWS - 1) / ROWS;
	double rows = NUMBER * c->t;

	if (!allocate_job(o, j))
		return;
	gather_noise(o, j);
	product_forward(o->pool, &j->turned, c->t, c->s, j->p, j->space);
	parallel_tasks(o->pool, softmax_task, j, tasks, rows * (c->n + c->h));
	product_forward(o->pool, &j->noise, c->t, j->p, c->ds, j->space);
	parallel_tasks(o->pool, target_errors_task, j, tasks, rows * c->h);
	product_gradient(o->pool, &j->gradient, c->t, (struct rows){ j->p, (size_t)c->n },
	    (struct rows){ j->wide, j->stride }, 1, j->space);
	parallel_tasks(o->pool, scatter_task, j, (c->h + COLUMNS - 1) / COLUMNS,
	    rows * c->h + NUMBER * c->n * c->h);
	if (c->dc)
		add_bias_gradient(o, j);
}
