/*
 * plain.c - the arithmetic of plain cells on many sequences, a block of PW
 * hidden units at a time; kern.h has the formulas.  What is truncated, or goes
 * one sequence alone, is recur.c's.
 */
#include "elementary.h"
#include "gates.h"

/*
 * A block of every row: to = f(from + product, s).  The product has rows for the
 * first nproduct rows of the group; f is inlined.
 */
INLINE void
each_row(const struct group *g, int block, const real *product, int nproduct, const real *from,
    real *to, vec (*f)(vec x, vec s))
{
	const struct pass *p = g->pass;
	int width = block_width(p, block);

	for (int i = 0; i < g->n; i++) {
		size_t row = row_of(g, i) * (size_t)p->h + (size_t)block * PW;

		for (int j = 0; j < width; j += LANES) {
			int n = width - j < LANES ? width - j : LANES;
			vec x = load(from + row + j, n);

			if (i < nproduct)
				x = v_add(x, v_load(product + (size_t)i * PW + j));
			store(to + row + j, n, f(x, load(p->s + row + j, n)));
		}
	}
}

INLINE vec
state_of(vec a, vec s)
{
	(void)s;
	return v_tanh(a);
}

static void
forward(const struct group *g, int block, const real *product)
{
	each_row(g, block, product, product ? g->n : 0, g->pass->a, g->pass->s, state_of);
}

static void
backward(const struct group *g, int block, const real *product)
{
	each_row(g, block, product, g->nafter, g->pass->ds, g->pass->d, through_tanh);
}

const struct cell ISA_NAME(plain_cell) = { 1, forward, backward };
