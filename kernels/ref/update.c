/*
 * update.c - the definition of the update rules, elementwise; backend.h has the
 * formulas.
 */
#include "absence.h"
#include "ref.h"

/* The arrays of one parameter, p, g, m and n of backend.h, and the rule. */
struct numbers {
	real *p, *g, *m, *n;
	const struct update *by;
	double rise, rise2;	/* 1 - decay^step, 1 - decay2^step */
};

static double
clip_to(double g, double clip)
{
	if (clip > 0 && g > clip)
		return clip;
	return clip > 0 && g < -clip ? -clip : g;
}

/* Updates the moments of element i; returns what is subtracted from p. */
static double
change_of(const struct numbers *a, size_t i)
{
	const struct update *u = a->by;
	double g = clip_to(u->scale * a->g[i], u->clip);
	double m = a->m ? a->m[i] : 0, n = a->n ? a->n[i] : 0, by = g;

	switch (u->rule) {
	case RULE_SGD:
		break;
	case RULE_MOMENTUM:
		by = m = u->decay * m + g;
		break;
	case RULE_ADAGRAD:
		m += g * g;
		by = g / sqrt(m + u->epsilon);
		break;
	case RULE_RMSPROP:
		m = u->decay * m + (1 - u->decay) * g * g;
		by = g / (sqrt(m) + u->epsilon);
		break;
	case RULE_ADAM:
		m = u->decay * m + (1 - u->decay) * g;
		n = u->decay2 * n + (1 - u->decay2) * g * g;
		by = m / a->rise / (sqrt(n / a->rise2) + u->epsilon);
		break;
	case RULE_ADAMW:
		m = u->decay * m + (1 - u->decay) * g;
		n = u->decay2 * n + (1 - u->decay2) * g * g;
		by = m / a->rise / (sqrt(n / a->rise2) + u->epsilon) + u->weight_decay * a->p[i];
		break;
	case NRULES:
		break;
	}
	if (a->m)
		a->m[i] = (real)m;
	if (a->n)
		a->n[i] = (real)n;
	return u->rate * by;
}

static void
change_range(const struct numbers *a, size_t first, size_t n)
{
	for (size_t i = first; i < first + n; i++) {
		a->p[i] = (real)(a->p[i] - change_of(a, i));
		a->g[i] = 0;
	}
}

/* What is subtracted from p, for each part of absence.move. */
static double
direction_of(const struct numbers *a, size_t i)
{
	if (a->by->rule == RULE_ADAM || a->by->rule == RULE_ADAMW)
		return a->m[i] / (sqrt(a->n[i]) + a->by->epsilon);
	return a->m[i];
}

static void
make_up(const struct numbers *a, const struct absence *w, size_t first, size_t n)
{
	for (size_t i = first; i < first + n; i++) {
		a->p[i] = (real)(w->shrink * a->p[i] - w->move * direction_of(a, i));
		a->m[i] = (real)(w->keep * a->m[i]);
		if (a->n)
			a->n[i] = (real)(w->keep2 * a->n[i]);
	}
}

/* Row `row` of row_steps: n numbers from the first. */
static void
change_row(struct numbers *a, uint32_t row, size_t first, size_t n)
{
	const struct update *u = a->by;

	if (u->row_steps) {
		real *latest = &u->row_steps->p[row];
		struct absence w = absence_since(u, *latest);

		make_up(a, &w, first, n);
		*latest = (real)u->step;
	}
	change_range(a, first, n);
}

static void
param_update(struct backend *k, struct matrix *p, struct matrix *g, struct matrix *m,
    struct matrix *n, const struct update *u)
{
	struct numbers a = { host_values(p), host_values(g), host_values(m),
	    host_values(n), u, 1 - pow(u->decay, u->step), 1 - pow(u->decay2, u->step) };

	(void)k;
	if (touched_suffices(&g->touched, u))
		for (int i = 0; i < g->touched.n; i++)
			change_row(&a, g->touched.row[i], touched_offset(&g->touched, i),
			    (size_t)g->touched.width);
	else
		change_row(&a, 0, 0, host_len(p));
	touched_clear(&g->touched);
}

static double
sum_squares(struct backend *k, const struct matrix *g)
{
	const real *x = host_values(g);
	double sum = 0;

	(void)k;
	for (size_t i = 0; i < host_len(g); i++)
		sum += (double)x[i] * x[i];
	return sum;
}

void
ref_update(struct backend *k)
{
	k->update = param_update;
	k->sum_squares = sum_squares;
}
