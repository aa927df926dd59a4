/*
 * lstm.c - the arithmetic of LSTM cells, a block of PW hidden units at a time;
 * backend.h has the formulas.
 */
#include "elementary.h"
#include "time_loop.h"

/* Where one row's block is: gates, h apart, and everything else. */
struct place {
	real *a, *s, *c;
	const real *clast;		/* NULL: zeros */
	const real *product;		/* NULL: zeros; gates PW apart */
	size_t h;
};

INLINE vec
input(const struct place *p, int gate, size_t at, const int n)
{
	vec a = load(p->a + (size_t)gate * p->h + at, n);

	return p->product ? v_add(a, v_load(p->product + (size_t)gate * PW + at)) : a;
}

INLINE void
unit_forward(const void *place, size_t at, const int n)
{
	const struct place *p = place;
	vec in = v_logistic(input(p, 0, at, n)), forget = v_logistic(input(p, 1, at, n));
	vec new = v_tanh(input(p, 2, at, n)), out = v_logistic(input(p, 3, at, n));
	vec c = v_mul(in, new);

	if (p->clast)
		c = v_fma(forget, load(p->clast + at, n), c);
	store(p->a + at, n, in);
	store(p->a + p->h + at, n, forget);
	store(p->a + 2 * p->h + at, n, new);
	store(p->a + 3 * p->h + at, n, out);
	store(p->c + at, n, c);
	store(p->s + at, n, v_mul(out, v_tanh(c)));
}

static void
forward(const struct group *g, int block, const real *product)
{
	const struct pass *p = g->pass;
	size_t h = (size_t)p->h, first = (size_t)block * PW;
	int width = block_width(p, block);

	for (int i = 0; i < g->n; i++) {
		size_t row = row_of(g, i) * h;
		const real *clast = row_before(g, i, p->c, p->c0);
		struct place at = { p->a + 4 * row + first, p->s + row + first, p->c + row + first,
		    clast ? clast + first : NULL, product ? product + (size_t)i * 4 * PW : NULL, h };

		each_vector(unit_forward, &at, width);
	}
}

/* Where one row's block is, going back. */
struct back_place {
	const real *a, *c, *clast, *ds;
	const real *product;		/* W' times the errors after; NULL: zeros */
	real *carried;			/* in: the error of c from the row after; out: to the one before */
	real *d;
	size_t h;
};

INLINE void
unit_backward(const void *place, size_t at, const int n)
{
	const struct back_place *p = place;
	vec in = load(p->a + at, n), forget = load(p->a + p->h + at, n);
	vec new = load(p->a + 2 * p->h + at, n), out = load(p->a + 3 * p->h + at, n);
	vec squashed = v_tanh(load(p->c + at, n)), ds = load(p->ds + at, n), dc = v_zero();
	vec df = v_zero();

	if (p->product) {
		ds = v_add(ds, v_load(p->product + at));
		dc = v_load(p->carried + at);
	}
	dc = v_add(dc, through_tanh(v_mul(ds, out), squashed));
	if (p->clast)
		df = through_logistic(v_mul(dc, load(p->clast + at, n)), forget);
	store(p->d + at, n, through_logistic(v_mul(dc, new), in));
	store(p->d + p->h + at, n, df);
	store(p->d + 2 * p->h + at, n, through_tanh(v_mul(dc, in), new));
	store(p->d + 3 * p->h + at, n, through_logistic(v_mul(ds, squashed), out));
	v_store(p->carried + at, v_mul(dc, forget));
}

static void
backward(const struct group *g, int block, const real *product)
{
	const struct pass *p = g->pass;
	size_t h = (size_t)p->h, first = (size_t)block * PW;
	size_t whole = (h + PW - 1) / PW * PW;
	int width = block_width(p, block);

	for (int i = 0; i < g->n; i++) {
		size_t row = row_of(g, i) * h;
		const real *clast = row_before(g, i, p->c, p->c0);
		struct back_place at = { p->a + 4 * row + first, p->c + row + first,
		    clast ? clast + first : NULL, p->ds + row + first,
		    i < g->nafter ? product + (size_t)i * PW : NULL,
		    g->carried + (size_t)i * whole + first, p->d + 4 * row + first, h };

		each_vector(unit_backward, &at, width);
	}
}

const struct cell lstm_cell = { 4, forward, backward };
