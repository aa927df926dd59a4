/*
 * output.c - the softmax layer in two passes, of which the second is here; output.h
 * describes the method.
 */
#include <math.h>

#include "output_job.h"
#include "softmax.h"

enum { PART = 256 };			/* rows in a part where nothing is kept */

static void
write_logp(const struct output_job *j)
{
	for (int r = 0; r < j->c.t; r++)
		j->c.logp[r] = (double)j->target[r] - (double)j->all_top[r] -
		    log((double)j->all_sum[r]);
}

void
output_forward(struct output *o, const struct softmax_call *c)
{
	struct output_job job, *j = job_prepare(o, &job, c, min_int(c->t, PART), KEEP_NOTHING);

	for (int r = 0; j && r < c->t; r += PART) {
		struct softmax_call part = softmax_part(c, r, min_int(c->t - r, PART));

		job_pass_1(o, j, &part);
		write_logp(j);
	}
}

/* l(v) = ln softmax of row r, from its kept logits. */
static void
normalise_row(const struct output_job *j, int r, real *l)
{
	real norm = (real)((double)j->all_top[r] + log((double)j->all_sum[r]));

	for (int i = 0; i < j->c.v->n; i++)
		l[i] = kept_panel(j, i / PW)[r * PW + i % PW] - norm;
}

void
output_logp(struct output *o, const struct softmax_call *c)
{
	int rows = min_int(c->t, output_rows(c->v));
	struct output_job job, *j = job_prepare(o, &job, c, rows, KEEP_LOGITS);

	for (int first = 0; j && first < c->t; first += rows) {
		struct softmax_call part = softmax_part(c, first, min_int(c->t - first, rows));

		job_pass_1(o, j, &part);
		for (int r = 0; r < part.t; r++)
			normalise_row(j, r, part.l + (size_t)r * part.v->n);
	}
}

/* Pass 2: the probabilities of a group, less 1 at the targets, and its update. */
static void
update_group(void *arg, int g, int thread)
{
	const struct output_job *j = arg;
	const real *factor = j->top + (size_t)g * j->tv;
	real *p = j->local + (size_t)thread * j->local_len;

	for (int i = group_first(j, g); i < group_first(j, g + 1); i++) {
		const real *e = kept_panel(j, i);

		for (int r = 0; r < j->c.t; r++) {
			vec by = v_set1(factor[r]);
			uint32_t y = j->c.y[r] - (uint32_t)(i * PW);

			FETCH(e + r * PW, j->estride);
			FETCH(e + r * PW, j->estride + LANES);
			v_store(p + r * PW, v_mul(by, v_load(e + r * PW)));
			v_store(p + r * PW + LANES, v_mul(by, v_load(e + r * PW + LANES)));
			if (y < PW)
				p[r * PW + (int)y] -= 1;
		}
		panel_add_outer(j->c.dv, i, j->c.t, (struct rows){ j->c.s, j->c.stride },
		    (struct rows){ p, PW }, j->c.scale);
		if (j->c.dbias)
			add_rows(p, j->c.t, j->c.scale, j->c.dbias + (size_t)i * PW);
	}
}

/* dS of row r: the sum of the slabs' results in order, less V's row of the target. */
static void
join_slabs(void *arg, int r, int thread)
{
	const struct output_job *j = arg;
	real *ds = j->c.ds + (size_t)r * j->c.dstride;

	(void)thread;
	for (int i = 0; i < j->h; i++)
		ds[i] = -ds[i];
	for (int slab = 0; slab < j->nslab; slab++) {
		const real *da = j->da + ((size_t)slab * j->capacity + r) * j->h;
		real by = j->top[(size_t)(slab_first(j, slab + 1) - 1) * j->tv + r];

		for (int i = 0; i < j->h; i++)
			ds[i] += by * da[i];
	}
}

void
output_backward(struct output *o, const struct softmax_call *c)
{
	int rows = job_part_rows(c->v, c->t);
	struct output_job job, *j = job_prepare(o, &job, c, rows, KEEP_EXP);

	for (int r = 0; j && r < c->t; r += rows) {
		struct softmax_call part = softmax_part(c, r, min_int(c->t - r, rows));

		job_pass_1(o, j, &part);
		write_logp(j);
		pool_run(o->pool, join_slabs, j, part.t);
		pool_run_down(o->pool, update_group, j, j->ngroup);
	}
}
