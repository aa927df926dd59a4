/*
 * optimiser.c - updates by the CPU backend's code, compiled for any processor: they are
 * bound by memory, and OpenBLAS has no rule except SGD.
 */
#include "parts.h"
#include "update.h"

static void
param_update(struct backend *k, struct matrix *p, struct matrix *g, struct matrix *m,
    struct matrix *n, const struct update *u)
{
	struct state *s = k->ctx;
	struct update_job a = { .by = u, .len = host_len(p), .p = host_values(p),
	    .g = host_values(g), .m = host_values(m), .n = host_values(n),
	    .touched = &g->touched, .row_steps = host_values(u->row_steps) };

	update_all(s->host.pool, &a);
}

static double
sum_squares(struct backend *k, const struct matrix *g)
{
	(void)k;
	return update_squares(host_values(g), host_len(g), &g->touched);
}

void
blas_optimiser(struct backend *k)
{
	k->update = param_update;
	k->sum_squares = sum_squares;
}
