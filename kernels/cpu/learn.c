/*
 * learn.c - updates of whole matrices, in whatever layout: P, G and the moments
 * of a matrix lie alike, so an update is one of runs of numbers.  What fills
 * panels up is zero everywhere, and stays so.
 */
#include <stdbool.h>

#include "state.h"
#include "update.h"

enum { PART = 8192 };	/* numbers in a task */

/* One array of numbers of each of P, G, M and N; arrays of one length. */
struct numbers {
	size_t n;
	real *p, *g, *m, *n2;
	struct rule rule;
};

static void
update_task(void *arg, int i, int thread)
{
	const struct numbers *a = arg;
	size_t at = (size_t)i * PART, n = a->n - at;

	(void)thread;
	ISA_NAME(update_range)(&a->rule, n < PART ? n : PART, a->p + at, a->g + at,
	    a->m ? a->m + at : NULL, a->n2 ? a->n2 + at : NULL);
}

static void
update_all(struct kern *k, struct numbers *a)
{
	share(k, update_task, a, (int)((a->n + PART - 1) / PART), 4 * NUMBER * (double)a->n);
}

/* Where a matrix keeps its numbers, and in *n how many with what fills its panels up. */
static real *
whole_of(const struct kern_mat *mat, size_t *n)
{
	const struct cpu_mat *m = own(mat);
	const struct panels *b = mat->role == KERN_OUT ? &m->v : &m->s.w;

	if (mat->role != KERN_EMBED && mat->role != KERN_BIAS) {
		*n = (size_t)b->np * b->stride;
		return b->p;
	}
	*n = (size_t)mat->rows * mat->cols;
	return mat->role == KERN_EMBED ? mat->e.p : mat->p;
}

/* Where the gradient is zero these rules change nothing. */
static bool
is_sparse(enum kern_rule rule)
{
	return rule == KERN_SGD || rule == KERN_ADAGRAD;
}

static void
update_words(const struct numbers *a, const struct embed *g)
{
	for (int i = 0; i < g->ntouched; i++) {
		size_t at = (size_t)g->touched[i] * (size_t)g->h;

		ISA_NAME(update_range)(&a->rule, (size_t)g->h, a->p + at, a->g + at,
		    a->m ? a->m + at : NULL, a->n2 ? a->n2 + at : NULL);
	}
}

static void
update(struct kern *k, struct kern_mat *p, struct kern_mat *g, struct kern_mat *m,
    struct kern_mat *n, const struct kern_update *u)
{
	struct numbers a = { .rule = ISA_NAME(update_rule)(u) };

	a.p = whole_of(p, &a.n);
	a.g = whole_of(g, &a.n);
	a.m = m ? whole_of(m, &a.n) : NULL;
	a.n2 = n ? whole_of(n, &a.n) : NULL;
	if (p->role == KERN_EMBED && is_sparse(u->rule))
		update_words(&a, &g->e);
	else
		update_all(k, &a);
	if (p->role == KERN_EMBED)
		NAME(embed_untouch)(&g->e);
	ISA_NAME(mat_turn)(k, own(p));
}

static double
sum_squares(struct kern *k, const struct kern_mat *g)
{
	size_t n;
	const real *p = whole_of(g, &n);
	double sum = 0;

	(void)k;
	if (g->role != KERN_EMBED)
		return ISA_NAME(update_squares)(p, n);
	for (int i = 0; i < g->e.ntouched; i++)
		sum += ISA_NAME(update_squares)(p + (size_t)g->e.touched[i] * (size_t)g->e.h,
		    (size_t)g->e.h);
	return sum;
}

void
ISA_NAME(learn_entries)(struct kern *k)
{
	k->update = update;
	k->sum_squares = sum_squares;
}
