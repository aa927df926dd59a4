/*
 * sampler.c - compares sampler_draw() with its definition: all words sorted, in double
 * precision, with exp() of the C library.  Status 1, and a line that says why, if an
 * excluded word is drawn, or if the frequencies are wrong.
 *
 *	sampler v temperature top_k top_p draws float|double
 */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sampler.h"

enum { V_MAX = 100000 };

/* Rounding may move the border between two words by this probability. */
static const double near = 2e-6;

static struct word {
	uint32_t i;
	double l, w;
} word[V_MAX];

static int
by_probability(const void *a, const void *b)
{
	const struct word *x = a, *y = b;

	if (x->l != y->l)
		return x->l > y->l ? -1 : 1;
	return x->i < y->i ? -1 : 1;
}

/* Sorts the words that may be drawn, the most probable first, with their weights; the
 * first *n are those that top_k and top_p keep, and *all is the sum of their weights. */
static void
define_kept(const struct sampler *s, const double *l, size_t *n, double *all)
{
	size_t some = 0;
	double sum = 0;

	for (uint32_t i = 0; i < s->v; i++)
		if (isfinite(l[i]))
			word[some++] = (struct word){ .i = i, .l = l[i] };
	qsort(word, some, sizeof(*word), by_probability);
	*n = s->top_k && s->top_k < some ? s->top_k : some;
	for (size_t i = 0; i < *n; i++) {
		word[i].w = exp((word[i].l - word[0].l) / s->temperature);
		sum += word[i].w;
	}
	*all = 0;
	for (size_t i = 0; i < *n; i++) {
		*all += word[i].w;
		if (s->top_p < 1 && *all >= s->top_p * sum)
			*n = i + 1;
	}
}

/* Every third row has excluded words, and ties. */
static void
make_row(struct rng *r, double *l, uint32_t v, long row)
{
	for (uint32_t i = 0; i < v; i++) {
		l[i] = (double)(float)(4 * rng_normal(r) - 12);
		if (row % 3 == 1)
			l[i] = rint(l[i]);
		if (row % 3 == 1 && rng_unit(r) < 0.1)
			l[i] = (double[]){ NAN, -NAN, INFINITY, -INFINITY }[i % 4];
	}
}

/* Whether the weights of the last draw are those of the definition, for all words. */
static bool
weights_agree(const struct sampler *s, const double *l)
{
	double top = -INFINITY;

	for (uint32_t i = 0; i < s->v; i++)
		top = isfinite(l[i]) && l[i] > top ? l[i] : top;
	for (uint32_t i = 0; i < s->v; i++) {
		double x = isfinite(l[i]) ? (top - l[i]) / s->temperature : INFINITY;
		double off = fabs((double)s->weight[i] - exp(-x));

		if (off > exp(-x) * (4e-7 + 2e-7 * x) && x < 86.9)
			return false;
		if (x > 87.1 && s->weight[i] != 0)
			return false;
	}
	return true;
}

/* The largest difference between the frequency of a word and its probability, in standard
 * deviations; 1000 if an excluded word was drawn. */
static double
worst_deviation(struct sampler *s, const double *l, const void *row, size_t size, struct rng *r, long draws)
{
	size_t n;
	double all, most = 0;
	long *seen = calloc(s->v, sizeof(*seen));

	define_kept(s, l, &n, &all);
	for (long i = 0; i < draws; i++)
		seen[sampler_draw(s, r, row, size)]++;
	for (size_t i = 0; i < n; i++) {
		double p = word[i].w / all, want = p * (double)draws;
		double off = fabs((double)seen[word[i].i] - want) - near * (double)draws;
		double far = off / sqrt(want * (1 - p) + 1);

		most = far > most ? far : most;
		seen[word[i].i] = 0;
	}
	for (uint32_t i = 0; i < s->v; i++)
		most = seen[i] ? 1000 : most;
	free(seen);
	return most;
}

int
main(int argc, char *argv[])
{
	static double l[V_MAX];
	static float f[V_MAX];
	struct sampler s;
	struct rng r;
	bool single;

	if (argc != 7 || atol(argv[1]) > V_MAX || sampler_init(&s, (uint32_t)atol(argv[1])))
		return 2;
	s.temperature = atof(argv[2]);
	s.top_k = (uint32_t)atol(argv[3]);
	s.top_p = atof(argv[4]);
	single = strcmp(argv[6], "float") == 0;
	rng_seed(&r, 1);
	for (long row = 0; row < 6; row++) {
		double far;

		make_row(&r, l, s.v, row);
		for (uint32_t i = 0; i < s.v; i++)
			f[i] = (float)l[i];
		far = worst_deviation(&s, l, single ? (void *)f : (void *)l, single ? sizeof(*f) : sizeof(*l),
		    &r, atol(argv[5]));
		if (s.top_k == 0 && s.top_p >= 1 && !weights_agree(&s, l)) {
			printf("row %ld: a weight is wrong\n", row);
			return 1;
		}
		if (far > 6) {
			printf("row %ld: a frequency is off by %g standard deviations\n", row, far);
			return 1;
		}
	}
	sampler_free(&s);
	return 0;
}
