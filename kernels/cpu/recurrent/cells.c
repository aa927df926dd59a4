/*
 * cells.c - loads and stores around a cell's arithmetic (kernels/cells), on a block of PW
 * hidden units, a vector at a time.
 */
#include "num_vector.h"
#include "units.h"
#include "time_loop.h"

/* n reals of a vector: all of them where n is LANES, a constant. */
INLINE vec
load_units(const real *p, const int n)
{
	return n == LANES ? v_load(p) : v_load_part(p, n);
}

INLINE void
store_units(real *p, const int n, vec x)
{
	if (n == LANES)
		v_store(p, x);
	else
		v_store_part(p, n, x);
}

INLINE vec
load_or_zero(const real *p, size_t at, const int n)
{
	return p ? load_units(p + at, n) : v_zero();
}

/* One row's block: NULL: zeros; gates are h apart, in the product PW. */
struct block {
	real *a, *s, *saved;
	const real *s0, *saved0, *bias, *product;
	size_t h;
};

INLINE void
units_forward(const enum cell cell, const struct block *b, size_t at, const int n)
{
	const struct cell_kind *kind = &cell_kinds[cell];
	struct cell_unit u;

	UNROLL
	for (int g = 0; g < kind->gates; g++) {
		u.a[g] = load_units(b->a + (size_t)g * b->h + at, n);
		u.p[g] = b->product ? v_load(b->product + (size_t)g * PW + at) : v_zero();
	}
	u.s0 = load_or_zero(b->s0, at, n);
	u.saved0 = load_or_zero(b->saved0, at, n);
	u.bias = b->bias ? v_load(b->bias + at) : v_zero();
	cell_unit_forward(cell, &u);
	if (kind->gates > 1) {
		UNROLL
		for (int g = 0; g < kind->gates; g++)
			store_units(b->a + (size_t)g * b->h + at, n, u.a[g]);
	}
	if (kind->has_saved)
		store_units(b->saved + at, n, u.saved);
	store_units(b->s + at, n, u.s);
}

INLINE void
rows_forward(const enum cell cell, const struct group *g, int block, const real *product)
{
	const struct cell_kind *kind = &cell_kinds[cell];
	const struct layer *l = g->layer;
	size_t h = (size_t)l->h, first = (size_t)block * PW, gates = (size_t)kind->gates;
	int width = block_width(l, block);

	for (int i = 0; i < g->n; i++) {
		size_t row = group_row(g, i) * h;
		const real *s0 = group_row_before(g, i, l->s, l->s0);
		const real *saved0 = kind->has_second_state ?
		    group_row_before(g, i, l->saved, l->saved0) : NULL;
		struct block b = {
			.a = l->a + gates * row + first, .s = l->s + row + first,
			.saved = kind->has_saved ? l->saved + row + first : NULL,
			.s0 = s0 ? s0 + first : NULL, .saved0 = saved0 ? saved0 + first : NULL,
			.bias = l->bias ? l->bias + first : NULL,
			.product = product ? product + (size_t)i * gates * PW : NULL, .h = h
		};
		int at = 0;

		for (; at + LANES <= width; at += LANES)
			units_forward(cell, &b, (size_t)at, LANES);
		if (at < width)
			units_forward(cell, &b, (size_t)at, width - at);
	}
}

/* One row's block, backward; likewise. */
struct block_back {
	const real *a, *s, *saved, *s0, *saved0, *ds;
	const real *product;		/* W' times the errors of the next row */
	real *carried;
	real *d, *e;
	real *dstate, *dsaved;		/* or NULL */
	size_t h;
};

INLINE void
units_backward(const enum cell cell, const struct block_back *b, size_t at, const int n)
{
	const struct cell_kind *kind = &cell_kinds[cell];
	struct cell_unit_back u;

	if (kind->gates > 1) {
		UNROLL
		for (int g = 0; g < kind->gates; g++)
			u.a[g] = load_units(b->a + (size_t)g * b->h + at, n);
	}
	u.s = load_units(b->s + at, n);
	u.s0 = load_or_zero(b->s0, at, n);
	u.saved = load_or_zero(b->saved, at, n);
	u.saved0 = load_or_zero(b->saved0, at, n);
	u.ds = load_units(b->ds + at, n);
	u.p = b->product ? v_load(b->product + at) : v_zero();
	u.carried = b->product ? v_load(b->carried + at) : v_zero();
	if (b->dsaved)
		store_units(b->dsaved + at, n, u.carried);
	cell_unit_backward(cell, &u);
	UNROLL
	for (int g = 0; g < kind->gates; g++)
		store_units(b->d + (size_t)g * b->h + at, n, u.d[g]);
	if (kind->has_product_errors) {
		UNROLL
		for (int g = 0; g < kind->gates; g++)
			store_units(b->e + (size_t)g * b->h + at, n, u.e[g]);
	}
	if (kind->gates > 1)
		v_store(b->carried + at, u.carried);
	if (b->dstate)
		store_units(b->dstate + at, n, u.ds);
}

INLINE void
rows_backward(const enum cell cell, const struct group *g, int block, const real *product)
{
	const struct cell_kind *kind = &cell_kinds[cell];
	const struct layer *l = g->layer;
	size_t h = (size_t)l->h, first = (size_t)block * PW, gates = (size_t)kind->gates;
	size_t whole = (h + PW - 1) / PW * PW;
	int width = block_width(l, block);

	for (int i = 0; i < g->n; i++) {
		size_t row = group_row(g, i) * h;
		const real *s0 = group_row_before(g, i, l->s, l->s0);
		const real *saved0 = kind->has_second_state ?
		    group_row_before(g, i, l->saved, l->saved0) : NULL;
		struct block_back b = {
			.a = l->a ? l->a + gates * row + first : NULL, .s = l->s + row + first,
			.saved = kind->has_saved ? l->saved + row + first : NULL,
			.s0 = s0 ? s0 + first : NULL, .saved0 = saved0 ? saved0 + first : NULL,
			.ds = l->ds + row + first,
			.product = i < g->nafter ? product + (size_t)i * PW : NULL,
			.carried = g->carried + (size_t)i * whole + first,
			.d = l->d + gates * row + first, .e = l->e + gates * row + first,
			.dstate = l->dstate ? l->dstate + row + first : NULL,
			.dsaved = l->dsaved ? l->dsaved + row + first : NULL, .h = h
		};
		int at = 0;

		for (; at + LANES <= width; at += LANES)
			units_backward(cell, &b, (size_t)at, LANES);
		if (at < width)
			units_backward(cell, &b, (size_t)at, width - at);
	}
}

/* A loop of its own for every cell. */
#define FORWARD_CASE(id, ...) case id: rows_forward(id, g, block, product); break;
#define BACKWARD_CASE(id, ...) case id: rows_backward(id, g, block, product); break;

void
cell_block_forward(const struct group *g, int block, const real *product)
{
	switch (g->layer->cell) {
	CELL_ROWS(FORWARD_CASE)
	case NCELLS:
		break;
	}
}

void
cell_block_backward(const struct group *g, int block, const real *product)
{
	switch (g->layer->cell) {
	CELL_ROWS(BACKWARD_CASE)
	case NCELLS:
		break;
	}
}
