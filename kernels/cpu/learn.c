/*
 * learn.c - updates of whole matrices, in whatever layout: P, G and the moments
 * of a matrix lie alike, so an update is one of runs of numbers.  What fills
 * panels up is zero everywhere, and stays so.
 */
#include "state.h"
#include "update.h"

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
	return NAME(host_numbers)(mat);
}

static void
update(struct kern *k, struct kern_mat *p, struct kern_mat *g, struct kern_mat *m,
    struct kern_mat *n, const struct kern_update *u)
{
	struct update a = { .rule = ISA_NAME(update_rule)(u), .words = NAME(host_words)(g) };

	a.p = whole_of(p, &a.len);
	a.g = whole_of(g, &a.len);
	a.m = m ? whole_of(m, &a.len) : NULL;
	a.n = n ? whole_of(n, &a.len) : NULL;
	ISA_NAME(update_all)(state(k)->pool, &a);
	ISA_NAME(mat_turn)(k, own(p));
}

static double
sum_squares(struct kern *k, const struct kern_mat *g)
{
	size_t n;
	const real *x = whole_of(g, &n);

	(void)k;
	return ISA_NAME(update_squares)(x, n, NAME(host_words)(g));
}

void
ISA_NAME(learn_entries)(struct kern *k)
{
	k->update = update;
	k->sum_squares = sum_squares;
}
