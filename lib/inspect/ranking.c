/*
 * ranking.c - units sorted by how well they track traits.
 */
#include <math.h>
#include <stdlib.h>

#include "ranking.h"

/* The strongest first; a total order. */
static int
by_strength(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;
	double rx = fabs(x->r), ry = fabs(y->r);

	if (rx != ry)
		return rx > ry ? -1 : 1;
	if (x->trait != y->trait)
		return x->trait - y->trait;
	return x->unit < y->unit ? -1 : 1;
}

/* Of one trait. */
static size_t
best_units(const struct correlation *t, int trait, size_t best, struct ranked *rank)
{
	size_t n = 0;

	for (size_t i = 0; i < t->units; i++) {
		double r = correlation_r(t, trait, i);

		if (!isnan(r))
			rank[n++] = (struct ranked){ r, trait, i };
	}
	qsort(rank, n, sizeof(*rank), by_strength);
	return n < best ? n : best;
}

size_t
ranking_units(const struct correlation *t, size_t best, struct ranked *rank)
{
	size_t n = 0;

	for (int trait = 0; trait < TRAITS; trait++)
		n += best_units(t, trait, best, rank + n);
	qsort(rank, n, sizeof(*rank), by_strength);
	return n;
}
