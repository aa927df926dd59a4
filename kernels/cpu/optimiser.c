/*
 * optimiser.c - updates of whole matrices, whatever their layout: P, G and the moments
 * of a matrix have the same layout, so an update works on flat arrays.  The padding of
 * panels is zero in all of them, and stays so.
 */
#include "state.h"
#include "update.h"

/* A matrix's array, and its length *n with the padding of its panels. */
static real *
storage_of(const struct matrix *mat, size_t *n)
{
	const struct cpu_mat *m = cpu_mat_of(mat);
	const struct panels *b = mat->role == ROLE_OUT ? &m->v : &m->s.w;
	real *values = host_values(mat);

	*n = values ? host_len(mat) : (size_t)b->np * b->stride;
	return values ? values : b->p;
}

static void
param_update(struct backend *k, struct matrix *p, struct matrix *g, struct matrix *m,
    struct matrix *n, const struct update *u)
{
	struct update_job a = { .by = u, .touched = &g->touched,
	    .row_steps = host_values(u->row_steps) };

	a.p = storage_of(p, &a.len);
	a.g = storage_of(g, &a.len);
	a.m = m ? storage_of(m, &a.len) : NULL;
	a.n = n ? storage_of(n, &a.len) : NULL;
	update_all(state(k)->pool, &a);
	params_changed(k, cpu_mat_of(p));
}

static double
sum_squares(struct backend *k, const struct matrix *g)
{
	size_t n;
	const real *x = storage_of(g, &n);

	(void)k;
	return update_squares(x, n, &g->touched);
}

static struct grad_view
grad_view(struct backend *k, struct matrix *g)
{
	size_t n;
	real *p = storage_of(g, &n);

	(void)k;
	return host_view(g, p, n);
}

void
optimiser_entries(struct backend *k)
{
	k->grad_view = grad_view;
	k->grad_set_rows = host_grad_set_rows;
	k->update = param_update;
	k->sum_squares = sum_squares;
}
