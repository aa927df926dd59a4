/*
 * correlation.c - correlations in one pass, and the ranking of units.
 *
 * The means are updated with every token and the sums are of deviations from them
 * (B. P. Welford, Technometrics 4(3), 1962), so that a large value, such as a position
 * of some millions, does not cost precision.
 */
#include <math.h>
#include <stdlib.h>

#include "correlation.h"
#include "mem.h"

const char *
correlation_init(struct correlation *t, size_t units)
{
	size_t n;

	*t = (struct correlation){ .units = units };
	if (!mem_mul(units, FEATURES + 2, &n) || (t->s = mem_zeros(n, sizeof(*t->s))) == NULL)
		return "out of memory";
	t->ss = t->s + units;
	t->xs = t->ss + units;
	return NULL;
}

void
correlation_free(struct correlation *t)
{
	free(t->s);
	*t = (struct correlation){ .units = 0 };
}

void
correlation_add(struct correlation *t, const double *x, const double *s)
{
	double weight = 1 / (double)++t->n, dx[FEATURES];

	for (int i = 0; i < FEATURES; i++) {
		dx[i] = x[i] - t->x[i];
		t->x[i] += dx[i] * weight;
		t->xx[i] += dx[i] * (x[i] - t->x[i]);
	}
	for (size_t u = 0; u < t->units; u++) {
		double d = s[u] - t->s[u];

		t->s[u] += d * weight;
		t->ss[u] += d * (s[u] - t->s[u]);
	}
	for (int i = 0; i < FEATURES; i++) {
		double *xs = t->xs + (size_t)i * t->units;

		/* a feature at its mean adds nothing */
		for (size_t u = 0; dx[i] != 0 && u < t->units; u++)
			xs[u] += dx[i] * (s[u] - t->s[u]);
	}
}

double
correlation_r(const struct correlation *t, int feature, size_t unit)
{
	double both = t->xx[feature] * t->ss[unit];

	return both > 0 ? t->xs[(size_t)feature * t->units + unit] / sqrt(both) : NAN;
}

/* The strongest correlation first; a total order, as qsort() needs. */
static int
by_strength(const void *a, const void *b)
{
	const struct correlation_rank *x = a, *y = b;
	double rx = fabs(x->r), ry = fabs(y->r);

	if (rx != ry)
		return rx > ry ? -1 : 1;
	if (x->feature != y->feature)
		return x->feature - y->feature;
	return x->unit < y->unit ? -1 : 1;
}

/* The best units for one feature. */
static size_t
rank_feature(const struct correlation *t, int feature, size_t best,
    struct correlation_rank *rank)
{
	size_t n = 0;

	for (size_t i = 0; i < t->units; i++) {
		double r = correlation_r(t, feature, i);

		if (!isnan(r))
			rank[n++] = (struct correlation_rank){ r, feature, i };
	}
	qsort(rank, n, sizeof(*rank), by_strength);
	return n < best ? n : best;
}

size_t
correlation_rank_units(const struct correlation *t, size_t best, struct correlation_rank *rank)
{
	size_t n = 0;

	for (int feature = 0; feature < FEATURES; feature++)
		n += rank_feature(t, feature, best, rank + n);
	qsort(rank, n, sizeof(*rank), by_strength);
	return n;
}
