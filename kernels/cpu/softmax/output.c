/*
 * output.c - the softmax layer in two passes, the second of them here; output.h
 * tells how.
 */
#include <math.h>

#include "output_job.h"
#include "softmax.h"

enum { PART = 256 };			/* rows at a time, where nothing is kept */

static void
write_logp(const struct job *j, double *logp)
{
	for (int r = 0; r < j->t; r++)
		logp[r] = (double)j->target[r] - (double)j->all_top[r] - log((double)j->all_sum[r]);
}

void
output_forward(struct output *o, const struct panels *vt, const real *c, int t,
    const real *s, size_t stride, const uint32_t *y, double *logp)
{
	struct job job, *j = job_prepare(o, &job, vt, c, least(t, PART), KEEP_NOTHING);

	for (int r = 0; j && r < t; r += PART) {
		job_pass_1(o, j, least(t - r, PART), s + (size_t)r * stride, stride,
		    y + r);
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
output_logp(struct output *o, const struct panels *vt, const real *c, int t,
    const real *s, size_t stride, real *l)
{
	int rows = least(t, output_rows(vt));
	struct job job, *j = job_prepare(o, &job, vt, c, rows, KEEP_LOGITS);

	for (int first = 0; j && first < t; first += rows) {
		job_pass_1(o, j, least(t - first, rows), s + (size_t)first * stride,
		    stride, NULL);
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
		panel_add_outer(j->to, i, j->t, (struct rows){ j->s, j->stride },
		    (struct rows){ p, PW }, j->rate);
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
		const real *da = j->da + ((size_t)slab * j->room + r) * j->h;
		real by = j->top[(size_t)(slab_first(j, slab + 1) - 1) * j->tv + r];

		for (int i = 0; i < j->h; i++)
			ds[i] += by * da[i];
	}
}

void
output_backward(struct output *o, const struct panels *vt, const real *c, int t,
    const real *s, size_t stride, const uint32_t *y, real *ds, size_t dstride,
    const struct panels *to, real *dc, real rate, double *logp)
{
	int rows = job_part(vt, t);
	struct job job, *j = job_prepare(o, &job, vt, c, rows, KEEP_EXP);

	if (j == NULL)
		return;
	j->to = to;
	j->dc = dc;
	j->rate = rate;
	for (int r = 0; r < t; r += rows) {
		j->ds = ds + (size_t)r * dstride;
		j->dstride = dstride;
		job_pass_1(o, j, least(t - r, rows), s + (size_t)r * stride, stride,
		    y + r);
		write_logp(j, logp + r);
		pool_run(o->pool, join_slabs, j, j->t);
		pool_run_down(o->pool, update_group, j, j->ngroup);
	}
}
