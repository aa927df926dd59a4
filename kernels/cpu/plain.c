/*
 * plain.c - the arithmetic of plain cells on many sequences, a block of PW
 * hidden units at a time; kern.h has the formulas.  What is truncated, or goes
 * one sequence alone, is recur.c's.
 */
#include "elementary.h"
#include "gates.h"

static void
forward(const struct group *g, int block, const real *product)
{
	const struct pass *p = g->pass;
	size_t first = (size_t)block * PW;
	int width = block_width(p, block);

	for (int i = 0; i < g->n; i++) {
		size_t row = row_of(g, i) * (size_t)p->h + first;

		for (int j = 0; j < width; j += LANES) {
			int n = width - j < LANES ? width - j : LANES;
			vec x = load(p->a + row + j, n);

			if (product)
				x = v_add(x, v_load(product + (size_t)i * PW + j));
			store(p->s + row + j, n, v_tanh(x));
		}
	}
}

static void
backward(const struct group *g, int block, const real *product)
{
	const struct pass *p = g->pass;
	size_t first = (size_t)block * PW;
	int width = block_width(p, block);

	for (int i = 0; i < g->n; i++) {
		size_t row = row_of(g, i) * (size_t)p->h + first;

		for (int j = 0; j < width; j += LANES) {
			int n = width - j < LANES ? width - j : LANES;
			vec e = load(p->ds + row + j, n);

			if (i < g->nafter)
				e = v_add(e, v_load(product + (size_t)i * PW + j));
			store(p->d + row + j, n, through_tanh(e, load(p->s + row + j, n)));
		}
	}
}

const struct cell ISA_NAME(plain_cell) = { 1, forward, backward };
