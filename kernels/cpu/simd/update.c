/*
 * update.c - one loop per rule, whose arithmetic is in kernels/rule_step.h.  The remainder of a run goes through the same vector
 * arithmetic, so that an element's change does not depend on where a run begins.
 */
#include <stdbool.h>
#include <string.h>

#include "absence.h"
#include "parallel.h"
#include "update.h"

enum { PART = 8192, ROWS = 32 };	/* elements, and rows of a sparse gradient, per task */

INLINE void
change(const enum update_rule rule, const struct rule_constants *u, real *p, real *g, real *m, real *n)
{
	bool first = rule_kinds[rule].moments > 0, second = rule_kinds[rule].moments > 1;
	vec vm = first ? v_load(m) : v_zero(), vn = second ? v_load(n) : v_zero();

	v_store(p, rule_apply(rule, u, v_load(p), v_load(g), &vm, &vn));
	v_store(g, v_zero());
	if (first)
		v_store(m, vm);
	if (second)
		v_store(n, vn);
}

/* The last len elements, fewer than LANES. */
INLINE void
change_rest(const enum update_rule rule, const struct rule_constants *u, size_t len, real *const x[4])
{
	real rest[4][LANES] = { { 0 } };

	for (int i = 0; i < 4; i++)
		if (x[i])
			memcpy(rest[i], x[i], len * sizeof(real));
	change(rule, u, rest[0], rest[1], rest[2], rest[3]);
	for (int i = 0; i < 4; i++)
		if (x[i])
			memcpy(x[i], rest[i], len * sizeof(real));
}

INLINE void
change_all(const enum update_rule rule, const struct rule_constants *u, size_t len, real *const x[4])
{
	bool first = rule_kinds[rule].moments > 0, second = rule_kinds[rule].moments > 1;
	size_t i = 0;

	for (; i + LANES <= len; i += LANES)
		change(rule, u, x[0] + i, x[1] + i, first ? x[2] + i : NULL,
		    second ? x[3] + i : NULL);
	if (i < len) {
		real *const rest[4] = { x[0] + i, x[1] + i, first ? x[2] + i : NULL,
		    second ? x[3] + i : NULL };

		change_rest(rule, u, len - i, rest);
	}
}

/* Elements first .. first + len - 1; a local copy of the constants cannot alias them. */
#define RULE_CASE(id, ...) case id: change_all(id, &rule, len, x); break;
static void
change_run(const struct update_job *a, size_t first, size_t len)
{
	const struct rule_constants rule = a->rule;
	real *const x[4] = { a->p + first, a->g + first, a->m ? a->m + first : NULL,
	    a->n ? a->n + first : NULL };

	switch (rule.rule) {
	RULE_ROWS(RULE_CASE)
	case NRULES:
		break;
	}
}

/* struct absence with reals, and whether the rule divides by the root of n. */
struct absence_constants {
	real keep, keep2, shrink, move;
	bool divides;
};

INLINE void
make_up(const struct rule_constants *u, const struct absence_constants *w, real *p, real *m, real *n)
{
	vec vm = v_load(m), vn = n ? v_load(n) : v_zero(), by = vm;

	if (w->divides)
		by = v_div(vm, v_add(v_sqrt(vn), v_set1(u->epsilon)));
	v_store(p, v_fma(v_set1(-w->move), by, v_mul(v_set1(w->shrink), v_load(p))));
	v_store(m, v_mul(v_set1(w->keep), vm));
	if (n)
		v_store(n, v_mul(v_set1(w->keep2), vn));
}

INLINE void
make_up_rest(const struct rule_constants *u, const struct absence_constants *w, size_t len,
    real *p, real *m, real *n)
{
	real rest[3][LANES] = { { 0 } };

	memcpy(rest[0], p, len * sizeof(real));
	memcpy(rest[1], m, len * sizeof(real));
	if (n)
		memcpy(rest[2], n, len * sizeof(real));
	make_up(u, w, rest[0], rest[1], n ? rest[2] : NULL);
	memcpy(p, rest[0], len * sizeof(real));
	memcpy(m, rest[1], len * sizeof(real));
	if (n)
		memcpy(n, rest[2], len * sizeof(real));
}

/* A row makes up for the steps since `latest`, if there are any. */
static void
make_up_row(const struct update_job *a, double latest, size_t first, size_t len)
{
	const struct absence w = absence_since(a->by, latest);
	const struct absence_constants c = { (real)w.keep, (real)w.keep2, (real)w.shrink,
	    (real)w.move, a->by->rule == RULE_ADAM || a->by->rule == RULE_ADAMW };
	real *p = a->p + first, *m = a->m + first, *n = a->n ? a->n + first : NULL;
	size_t i = 0;

	if (w.keep == 1 && w.shrink == 1)
		return;
	for (; i + LANES <= len; i += LANES)
		make_up(&a->rule, &c, p + i, m + i, n ? n + i : NULL);
	if (i < len)
		make_up_rest(&a->rule, &c, len - i, p + i, m + i, n ? n + i : NULL);
}

static void
change_task(void *arg, int i, int thread)
{
	const struct update_job *a = arg;
	size_t first = (size_t)i * PART, len = a->len - first < PART ? a->len - first : PART;

	(void)thread;
	if (a->row_steps)
		make_up_row(a, (double)a->row_steps[0], first, len);
	change_run(a, first, len);
}

/* All of a dense gradient, which has one number in row_steps. */
static void
change_dense(struct pool *pool, struct update_job *a)
{
	parallel_tasks(pool, change_task, a, (int)((a->len + PART - 1) / PART),
	    4 * NUMBER * (double)a->len);
	if (a->row_steps)
		a->row_steps[0] = (real)a->by->step;
}

/* Some rows of the set. */
static void
change_rows_task(void *arg, int i, int thread)
{
	const struct update_job *a = arg;
	const struct touched *t = a->touched;
	int end = (i + 1) * ROWS < t->n ? (i + 1) * ROWS : t->n;

	(void)thread;
	for (int k = i * ROWS; k < end; k++) {
		size_t first = touched_offset(t, k), len = (size_t)t->width;

		if (a->row_steps) {
			make_up_row(a, (double)a->row_steps[t->row[k]], first, len);
			a->row_steps[t->row[k]] = (real)a->by->step;
		}
		change_run(a, first, len);
	}
}

void
update_all(struct pool *pool, struct update_job *a)
{
	const struct touched *t = a->touched;

	a->rule = rule_constants_of(a->by);
	if (touched_suffices(t, a->by))
		parallel_tasks(pool, change_rows_task, a, (t->n + ROWS - 1) / ROWS,
		    4 * NUMBER * (double)t->n * t->width);
	else
		change_dense(pool, a);
	touched_clear(a->touched);
}

static double
squares(const real *x, size_t n)
{
	enum { ABREAST = 16 };	/* independent sums, to hide latency */
	double sum[ABREAST] = { 0 }, all = 0;
	size_t i = 0;

	for (; i + ABREAST <= n; i += ABREAST)
		for (int k = 0; k < ABREAST; k++)
			sum[k] += (double)x[i + k] * x[i + k];
	for (; i < n; i++)
		all += (double)x[i] * x[i];
	for (int k = 0; k < ABREAST; k++)
		all += sum[k];
	return all;
}

double
update_squares(const real *x, size_t n, const struct touched *touched)
{
	double sum = 0;

	if (!touched_is_sparse(touched))
		return squares(x, n);
	for (int i = 0; i < touched->n; i++)
		sum += squares(x + touched_offset(touched, i), (size_t)touched->width);
	return sum;
}
