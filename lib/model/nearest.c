/*
 * nearest.c - cosines of all embeddings with one of them.
 */
#include <math.h>
#include <stdlib.h>

#include "mem.h"
#include "nearest.h"
#include "real_array.h"

/* The embeddings: element j of word w is at j * across + w * along. */
struct embeddings {
	const void *p;
	enum real_type real;
	size_t n, across, along;
};

static struct embeddings
embeddings_of(const struct model *m)
{
	enum param_kind kind = m->shape.tied ? PARAM_OUT : m->shape.embed ? PARAM_EMBED : PARAM_IN;
	const struct model_param *p = m->param;

	while (p->kind != kind)		/* of several layers' U, the first comes first */
		p++;
	if (m->shape.tied)
		return (struct embeddings){ p->data, m->shape.real, p->cols, 1, p->cols };
	return (struct embeddings){ p->data, m->shape.real, p->rows, p->cols, 1 };
}

static double
element(const struct embeddings *e, size_t w, size_t j)
{
	return real_at(e->real, e->p, j * e->across + w * e->along);
}

/* dot(v) = products of all words' embeddings with that of `word`, squares(v) with
 * themselves.  Rows of the array are read in their order, whatever they are. */
static void
multiply(const struct embeddings *e, size_t v, size_t word, double *dot, double *squares)
{
	bool by_word = e->across == 1;
	size_t outer = by_word ? v : e->n, inner = by_word ? e->n : v;

	for (size_t i = 0; i < outer; i++)
		for (size_t k = 0; k < inner; k++) {
			size_t w = by_word ? i : k, j = by_word ? k : i;
			double x = element(e, w, j);

			dot[w] += x * element(e, word, j);
			squares[w] += x * x;
		}
}

static int
by_cosine(const void *a, const void *b)
{
	const struct neighbour *x = a, *y = b;

	if (x->cosine != y->cosine)
		return x->cosine < y->cosine ? 1 : -1;
	return (x->word > y->word) - (x->word < y->word);
}

const char *
nearest_words(const struct model *m, uint32_t word, struct neighbour *list)
{
	struct embeddings e = embeddings_of(m);
	size_t v = m->shape.vocab, n = 0;
	double *dot = mem_zeros(v, sizeof(*dot)), *squares = mem_zeros(v, sizeof(*squares));

	if (dot && squares)
		multiply(&e, v, word, dot, squares);
	for (uint32_t w = 0; dot && squares && w < v; w++) {
		double norms = sqrt(squares[w]) * sqrt(squares[word]);

		if (w != word)
			list[n++] = (struct neighbour){ w, norms > 0 ? dot[w] / norms : 0 };
	}
	qsort(list, n, sizeof(*list), by_cosine);
	free(dot);
	free(squares);
	return n == 0 ? "out of memory" : NULL;
}
