/*
 * lazy_updates.c - rows that make up for the steps that passed them by come to what they
 * come to when every step updates every row, by each rule with moments.
 *
 * usage: lazy_updates BACKEND; the number of failures is printed.
 */
#include <float.h>

#include "agree.h"

enum { ROWS = 7, WIDTH = 19, STEPS = 40, VALUES = ROWS * WIDTH };

/* A parameter, its gradient, its moments, and the steps of its rows. */
struct learner {
	struct backend *k;
	struct matrix *p, *g, *m, *n, *steps;
	struct update by;
	void *errors;		/* (1, WIDTH) on the device */
};

static struct learner
new_learner(struct backend *k, const void *first, struct update by)
{
	struct learner l = { k, mat(k, ROLE_OUT_ROWS, ROWS, WIDTH, first),
	    mat(k, ROLE_OUT_ROWS, ROWS, WIDTH, NULL), mat(k, ROLE_OUT_ROWS, ROWS, WIDTH, NULL),
	    mat(k, ROLE_OUT_ROWS, ROWS, WIDTH, NULL), mat(k, ROLE_BIAS, 1, ROWS, NULL), by, NULL };

	if (by.lazy)
		l.by.row_steps = l.steps;
	l.errors = rows(k, WIDTH, first);
	return l;
}

static void
free_learner(struct learner *l)
{
	struct matrix *each[] = { l->p, l->g, l->m, l->n, l->steps };

	for (size_t i = 0; i < sizeof(each) / sizeof(each[0]); i++)
		l->k->mat_free(l->k, each[i]);
	l->k->free(l->k, l->errors);
}

/* Every step has a gradient in one row, the last one in all of them. */
static void
learn(struct learner *l, const void *last)
{
	const int start[] = { 0, 1 };

	for (int step = 1; step <= STEPS; step++) {
		uint32_t word = (uint32_t)(step * step / 5 % ROWS);
		struct batch b = { 1, 1, start, &word, &word };

		l->by.step = step;
		if (step < STEPS)
			l->k->embed_backward(l->k, &b, l->errors, l->g);
		else
			l->k->mat_put(l->k, l->g, last);
		l->k->update(l->k, l->p, l->g, l->m, rule_kinds[l->by.rule].moments > 1 ? l->n : NULL, &l->by);
	}
}

static void
keep_learner(const struct learner *l, struct result *res)
{
	keep_mat(l->k, res, "parameter", l->p, VALUES);
	keep_mat(l->k, res, "first moment", l->m, VALUES);
	keep_mat(l->k, res, "second moment", l->n, VALUES);
}

static int
check_rule(struct backend *k, enum update_rule rule)
{
	const struct rule_kind *r = &rule_kinds[rule];
	struct update by = { .rule = rule, .rate = 0.01, .scale = 1, .decay = r->decay,
	    .decay2 = r->decay2, .epsilon = 1e-12, .weight_decay = 0.3 };
	struct result want = { .count = 0 }, got = { .count = 0 };
	struct rng random;
	struct learner lazy, dense;
	void *first;
	int failures;

	rng_seed(&random, 3 + (uint32_t)rule);
	first = draw(&random, VALUES, 1, size_of(k->real));
	dense = new_learner(k, first, by);
	by.lazy = true;
	lazy = new_learner(k, first, by);
	learn(&dense, first);
	learn(&lazy, first);
	keep_learner(&dense, &want);
	keep_learner(&lazy, &got);
	failures = compare(r->name, "lazy", &want, &got, k->real == REAL_F32 ? 1e-10 : 1e-16);
	free_result(&want);
	free_result(&got);
	free_learner(&lazy);
	free_learner(&dense);
	free(first);
	return failures;
}

int
main(int argc, char *argv[])
{
	int failures = 0;

	for (int real = REAL_F32; real <= REAL_F64; real++) {
		struct backend *k = open_or_die(argc > 1 ? argv[1] : "ref", (enum real_type)real, 2);

		for (int rule = 0; rule < NRULES; rule++)
			if (!rule_kinds[rule].is_sparse)
				failures += check_rule(k, (enum update_rule)rule);
		k->close(k);
	}
	printf("%d failures\n", failures);
	return failures > 0;
}
