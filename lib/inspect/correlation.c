/*
 * correlation.c - correlations in one pass.
 *
 * Means move as tokens come, and the sums are kept about them (B. P. Welford,
 * Technometrics 4(3), 1962): so a position of millions does not drown the rest.
 */
#include <math.h>
#include <stdlib.h>

#include "mem.h"
#include "correlation.h"

const char *
correlation_init(struct correlation *t, size_t units)
{
	size_t n;

	*t = (struct correlation){ .units = units };
	if (!mem_mul(units, TRAITS + 2, &n) || (t->s = mem_zeros(n, sizeof(*t->s))) == NULL)
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
	double part = 1 / (double)++t->n, dx[TRAITS];

	for (int i = 0; i < TRAITS; i++) {
		dx[i] = x[i] - t->x[i];
		t->x[i] += dx[i] * part;
		t->xx[i] += dx[i] * (x[i] - t->x[i]);
	}
	for (size_t u = 0; u < t->units; u++) {
		double d = s[u] - t->s[u];

		t->s[u] += d * part;
		t->ss[u] += d * (s[u] - t->s[u]);
	}
	for (int i = 0; i < TRAITS; i++) {
		double *xs = t->xs + (size_t)i * t->units;

		/* a trait that stays where its mean is adds nothing */
		for (size_t u = 0; dx[i] != 0 && u < t->units; u++)
			xs[u] += dx[i] * (s[u] - t->s[u]);
	}
}

double
correlation_r(const struct correlation *t, int trait, size_t unit)
{
	double both = t->xx[trait] * t->ss[unit];

	return both > 0 ? t->xs[(size_t)trait * t->units + unit] / sqrt(both) : NAN;
}
