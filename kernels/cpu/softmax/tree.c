/*
 * tree.c - see tree.h.
 */
#include <math.h>
#include <string.h>

#include "parallel.h"
#include "row_math.h"
#include "tree.h"

enum { ROWS = 16, COLUMNS = 4 * LANES };	/* per task */

struct tree_job {
	struct tree_call c;
	real *error;		/* (start[t]) of the nodes' logits; NULL forward */
};

/* exp(-|z|), from which follow ln P = -ln(1 + exp(-z)) and 1 - P without overflow. */
struct decision {
	double z, e;
};

static struct decision
decide(const struct tree_call *c, const real *s, int i)
{
	uint32_t node = c->node[i];
	double z = row_dot(c->v + (size_t)node * c->h, s, c->h) + (c->c ? c->c[node] : 0);

	z *= c->turn[i];
	return (struct decision){ z, exp(-fabs(z)) };
}

/* Row r: ln P of its word and, backward, the errors on its path and its dS.  The decisions'
 * factors 1 + exp(-|z|), at most 2 each, are multiplied first: one logarithm a row. */
static void
path_of_row(const struct tree_job *j, int r)
{
	const struct tree_call *c = &j->c;
	size_t at = (size_t)r * c->h;
	double sum = 0, factor = 1;

	for (int i = c->start[r]; i < c->start[r + 1]; i++) {
		struct decision d = decide(c, c->s + at, i);

		sum += d.z < 0 ? d.z : 0;
		factor *= 1 + d.e;
		if (factor > 1e200) {
			sum -= log(factor);
			factor = 1;
		}
		if (j->error == NULL)
			continue;
		j->error[i] = (real)(-c->turn[i] * (d.z < 0 ? 1 : d.e) / (1 + d.e));
		row_add_scaled(c->ds + at, c->v + (size_t)c->node[i] * c->h, c->h, j->error[i]);
	}
	c->logp[r] = sum - log(factor);
}

static void
rows_task(void *arg, int i, int thread)
{
	const struct tree_job *j = arg;
	int first = i * ROWS, end = first + ROWS < j->c.t ? first + ROWS : j->c.t;

	(void)thread;
	if (j->error)
		memset(j->c.ds + (size_t)first * j->c.h, 0,
		    (size_t)(end - first) * j->c.h * sizeof(real));
	for (int r = first; r < end; r++)
		path_of_row(j, r);
}

/* Some columns of V's gradient. */
static void
gradient_task(void *arg, int i, int thread)
{
	const struct tree_job *j = arg;
	const struct tree_call *c = &j->c;
	size_t h = (size_t)c->h;
	int first = i * COLUMNS, n = c->h - first < COLUMNS ? c->h - first : COLUMNS;

	(void)thread;
	for (int r = 0; r < c->t; r++)
		for (int k = c->start[r]; k < c->start[r + 1]; k++)
			row_add_scaled(c->dv + c->node[k] * h + first, c->s + (size_t)r * h + first, n,
			    j->error[k]);
}

void
softmax_tree(struct output *o, const struct tree_call *c)
{
	struct tree_job job = { *c, NULL };
	double work = (double)c->start[c->t] * c->h;

	if (c->dv) {
		job.error = scratch_get(&o->mem, (size_t)c->start[c->t] + 1, sizeof(real));
		if (job.error == NULL)
			return;
	}
	parallel_tasks(o->pool, rows_task, &job, (c->t + ROWS - 1) / ROWS, 2 * work);
	if (c->dv == NULL)
		return;
	parallel_tasks(o->pool, gradient_task, &job, (c->h + COLUMNS - 1) / COLUMNS, work);
	for (int i = 0; c->dc && i < c->start[c->t]; i++)
		c->dc[c->node[i]] += job.error[i];
}
