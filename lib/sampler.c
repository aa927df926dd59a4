/*
 * sampler.c - temperature, top-k, top-p and one draw.
 *
 * The most probable words are taken off a heap, so that keeping k of v costs
 * v + k log v, not a sort.
 */
#include <math.h>
#include <stdlib.h>

#include "mem.h"
#include "sampler.h"

const char *
sampler_init(struct sampler *s, uint32_t v, uint32_t seed)
{
	*s = (struct sampler){ .temperature = 1, .top_p = 1, .v = v };
	rng_seed(&s->rng, seed);
	s->barred = mem_zeros(v, sizeof(*s->barred));
	s->weight = mem_zeros(v, sizeof(*s->weight));
	s->order = mem_zeros(v, sizeof(*s->order));
	return s->barred && s->weight && s->order ? NULL : "out of memory";
}

void
sampler_free(struct sampler *s)
{
	free(s->barred);
	free(s->weight);
	free(s->order);
	*s = (struct sampler){ 0 };
}

/* The words that can be drawn into order[0 ..), their logarithms into weight. */
static uint32_t
candidates(struct sampler *s, const void *l, size_t size, double *max)
{
	uint32_t n = 0;

	*max = -INFINITY;
	for (uint32_t i = 0; i < s->v; i++) {
		double x = size == sizeof(float) ? ((const float *)l)[i] : ((const double *)l)[i];

		if (s->barred[i] || !isfinite(x))
			continue;
		s->weight[i] = x;
		s->order[n++] = i;
		*max = x > *max ? x : *max;
	}
	return n;
}

/* Whether word a comes before word b. */
static bool
before(const struct sampler *s, uint32_t a, uint32_t b)
{
	double x = s->weight[a], y = s->weight[b];

	return x > y || (x == y && a < b);
}

/* Lets order[i] sink to its place among the n of the heap. */
static void
sink(struct sampler *s, uint32_t i, uint32_t n)
{
	uint32_t *o = s->order, word = o[i];

	for (;;) {
		uint32_t child = 2 * i + 1;

		if (child >= n)
			break;
		if (child + 1 < n && before(s, o[child + 1], o[child]))
			child++;
		if (before(s, word, o[child]))
			break;
		o[i] = o[child];
		i = child;
	}
	o[i] = word;
}

/* Takes the first word off the heap of n and puts it behind the others. */
static void
pop(struct sampler *s, uint32_t n)
{
	uint32_t best = s->order[0];

	s->order[0] = s->order[n - 1];
	s->order[n - 1] = best;
	sink(s, 0, n - 1);
}

/*
 * Puts the words to be kept, of n, at the end of order[0 .. n), the most
 * probable last, and gives how many.  top_p is a share of what top_k leaves.
 */
static uint32_t
keep(struct sampler *s, uint32_t n)
{
	uint32_t most = s->top_k && s->top_k < n ? s->top_k : n;
	double all = 0, sum = 0;

	for (uint32_t i = n / 2; i-- > 0;)
		sink(s, i, n);
	for (uint32_t i = 0; most < n && i < most; i++)
		pop(s, n - i);
	for (uint32_t i = n - most; i < n; i++)
		all += s->weight[s->order[i]];
	for (uint32_t i = 0; s->top_p < 1 && i < most; i++) {
		if (most == n)
			pop(s, n - i);
		sum += s->weight[s->order[n - 1 - i]];
		if (sum >= s->top_p * all)
			return i + 1;
	}
	return most;
}

/* The word at u, in [0, 1), of the n at p, by their weights. */
static uint32_t
pick(const struct sampler *s, const uint32_t *p, uint32_t n, double u)
{
	double all = 0, sum = 0;
	uint32_t last = p[0];

	for (uint32_t i = 0; i < n; i++)
		all += s->weight[p[i]];
	for (uint32_t i = 0; i < n; i++) {
		if (s->weight[p[i]] <= 0)
			continue;
		last = p[i];
		sum += s->weight[last];
		if (sum > u * all)
			break;
	}
	return last;
}

static uint32_t
most_probable(const struct sampler *s, uint32_t n)
{
	uint32_t best = s->order[0];

	for (uint32_t i = 1; i < n; i++)
		if (s->weight[s->order[i]] > s->weight[best])
			best = s->order[i];
	return best;
}

int64_t
sampler_draw(struct sampler *s, const void *l, size_t size)
{
	double max, u = rng_unit(&s->rng);
	uint32_t n = candidates(s, l, size, &max), kept = n;

	if (n == 0)
		return -1;
	if (s->temperature <= 0)
		return most_probable(s, n);
	for (uint32_t i = 0; i < n; i++) {
		double *w = &s->weight[s->order[i]];

		*w = exp((*w - max) / s->temperature);
	}
	if (s->top_k || s->top_p < 1)
		kept = keep(s, n);
	return pick(s, s->order + (n - kept), kept, u);
}
