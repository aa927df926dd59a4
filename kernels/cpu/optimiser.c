/*
 * optimiser.c - updates of whole matrices, in whatever layout: P, G and the moments
 * of a matrix lie alike, so an update is one of runs of numbers.  What fills
 * panels up is zero everywhere, and stays so.
 */
#include "state.h"
#include "update.h"

/* Where a matrix keeps its numbers, and in *n how many with what fills its panels up. */
static real *
whole_of(const struct matrix *mat, size_t *n)
{
	const struct cpu_mat *m = own(mat);
	const struct panels *b = mat->role == ROLE_OUT ? &m->v : &m->s.w;

	if (mat->role != ROLE_EMBED && mat->role != ROLE_BIAS) {
		*n = (size_t)b->np * b->stride;
		return b->p;
	}
	*n = (size_t)mat->rows * mat->cols;
	return host_values(mat);
}

static void
param_update(struct backend *k, struct matrix *p, struct matrix *g, struct matrix *m,
    struct matrix *n, const struct update *u)
{
	struct update_job a = { .rule = rule_constants(u), .touched = &g->touched };

	a.p = whole_of(p, &a.len);
	a.g = whole_of(g, &a.len);
	a.m = m ? whole_of(m, &a.len) : NULL;
	a.n = n ? whole_of(n, &a.len) : NULL;
	update_all(state(k)->pool, &a);
	params_transpose(k, own(p));
}

static double
sum_squares(struct backend *k, const struct matrix *g)
{
	size_t n;
	const real *x = whole_of(g, &n);

	(void)k;
	return update_squares(x, n, &g->touched);
}

void
optimiser_entries(struct backend *k)
{
	k->update = param_update;
	k->sum_squares = sum_squares;
}
