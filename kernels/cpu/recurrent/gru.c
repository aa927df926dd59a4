/*
 * gru.c - the arithmetic of GRU cells, a block of PW hidden units at a time;
 * backend.h has the formulas.
 */
#include "elementary.h"
#include "time_loop.h"

/* Where one row's block is: gates, h apart, and everything else. */
struct place {
	real *a, *s, *q;
	const real *last, *bn;		/* NULL: zeros */
	const real *product;		/* NULL: zeros; gates PW apart */
	size_t h;
};

INLINE vec
product(const struct place *p, int gate, size_t at)
{
	return p->product ? v_load(p->product + (size_t)gate * PW + at) : v_zero();
}

INLINE void
unit_forward(const void *place, size_t at, const int n)
{
	const struct place *p = place;
	vec r = v_logistic(v_add(load(p->a + at, n), product(p, 0, at)));
	vec z = v_logistic(v_add(load(p->a + p->h + at, n), product(p, 1, at)));
	vec q = product(p, 2, at), last = p->last ? load(p->last + at, n) : v_zero(), new;

	if (p->bn)
		q = v_add(q, v_load(p->bn + at));
	new = v_tanh(v_fma(r, q, load(p->a + 2 * p->h + at, n)));
	store(p->a + at, n, r);
	store(p->a + p->h + at, n, z);
	store(p->a + 2 * p->h + at, n, new);
	store(p->q + at, n, q);
	store(p->s + at, n, v_fma(z, v_sub(last, new), new));
}

static void
forward(const struct group *g, int block, const real *products)
{
	const struct pass *p = g->pass;
	size_t h = (size_t)p->h, first = (size_t)block * PW;
	int width = block_width(p, block);

	for (int i = 0; i < g->n; i++) {
		size_t row = row_of(g, i) * h;
		const real *last = row_before(g, i, p->s, p->s0);
		struct place at = { p->a + 3 * row + first, p->s + row + first, p->c + row + first,
		    last ? last + first : NULL, p->bn ? p->bn + first : NULL,
		    products ? products + (size_t)i * 3 * PW : NULL, h };

		each_vector(unit_forward, &at, width);
	}
}

/* Where one row's block is, going back. */
struct back_place {
	const real *a, *q, *last, *ds;
	const real *product;		/* W' times the errors after; NULL: zeros */
	real *carried;			/* what passes z: from the row after; to the one before */
	real *d, *e;
	size_t h;
};

INLINE void
unit_backward(const void *place, size_t at, const int n)
{
	const struct back_place *p = place;
	vec r = load(p->a + at, n), z = load(p->a + p->h + at, n);
	vec new = load(p->a + 2 * p->h + at, n), q = load(p->q + at, n);
	vec last = p->last ? load(p->last + at, n) : v_zero(), ds = load(p->ds + at, n);
	vec dnew, dr, dz;

	if (p->product)
		ds = v_add(ds, v_add(v_load(p->product + at), v_load(p->carried + at)));
	dnew = through_tanh(v_mul(ds, v_sub(v_set1(1), z)), new);
	dr = through_logistic(v_mul(dnew, q), r);
	dz = through_logistic(v_mul(ds, v_sub(last, new)), z);
	store(p->d + at, n, dr);
	store(p->d + p->h + at, n, dz);
	store(p->d + 2 * p->h + at, n, dnew);
	store(p->e + at, n, dr);
	store(p->e + p->h + at, n, dz);
	store(p->e + 2 * p->h + at, n, v_mul(dnew, r));
	v_store(p->carried + at, v_mul(ds, z));
}

static void
backward(const struct group *g, int block, const real *products)
{
	const struct pass *p = g->pass;
	size_t h = (size_t)p->h, first = (size_t)block * PW;
	size_t whole = (h + PW - 1) / PW * PW;
	int width = block_width(p, block);

	for (int i = 0; i < g->n; i++) {
		size_t row = row_of(g, i) * h;
		const real *last = row_before(g, i, p->s, p->s0);
		struct back_place at = { p->a + 3 * row + first, p->c + row + first,
		    last ? last + first : NULL, p->ds + row + first,
		    i < g->nafter ? products + (size_t)i * PW : NULL,
		    g->carried + (size_t)i * whole + first, p->d + 3 * row + first,
		    p->e + 3 * row + first, h };

		each_vector(unit_backward, &at, width);
	}
}

const struct cell gru_cell = { 3, forward, backward };
