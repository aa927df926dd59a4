/*
 * sampler.c - temperature, top-k, top-p and one draw.
 *
 * Most of the time is spent on an exponential for each of v words, so that is a loop that
 * compilers vectorise.  The sums of blocks of words are kept: the word is first searched
 * among the blocks, then inside one.  The words that top_k or top_p keep are found with a
 * heap, not with a sort.
 */
#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "heap.h"
#include "mem.h"
#include "sampler.h"

enum { BLOCK = 64 };		/* words; too many for compilers to unroll the loop */

static const float farthest = 87;	/* exp(-87) is about the smallest normal float */

const char *
sampler_init(struct sampler *s, uint32_t v)
{
	*s = (struct sampler){ .temperature = 1, .top_p = 1, .v = v };
	s->nblock = ((size_t)v + BLOCK - 1) / BLOCK;
	s->far = mem_zeros(s->nblock, BLOCK * sizeof(*s->far));
	s->weight = mem_zeros(s->nblock, BLOCK * sizeof(*s->weight));
	s->sum = mem_zeros(s->nblock, sizeof(*s->sum));
	s->key = mem_zeros(v, sizeof(*s->key));
	if (s->far == NULL || s->weight == NULL || s->sum == NULL || s->key == NULL)
		return "out of memory";
	for (size_t i = v; i < s->nblock * BLOCK; i++)
		s->far[i] = INFINITY;
	return NULL;
}

void
sampler_free(struct sampler *s)
{
	free(s->far);
	free(s->weight);
	free(s->sum);
	free(s->key);
	*s = (struct sampler){ 0 };
}

void
sampler_bar(void *l, size_t size, uint32_t word)
{
	if (size == sizeof(float))
		((float *)l)[word] = -INFINITY;
	else
		((double *)l)[word] = -INFINITY;
}

/* x, or -INFINITY if it is not finite, which is never a maximum. */
static inline float
finite_or_least(float x)
{
	return x <= FLT_MAX ? x : -INFINITY;
}

/* The largest finite number of l(v), or -INFINITY. */
static float
top_f32(const float *l, size_t v)
{
	float lane[BLOCK], top = -INFINITY;
	size_t i = 0;

	for (int j = 0; j < BLOCK; j++)
		lane[j] = -INFINITY;
	for (; i + BLOCK <= v; i += BLOCK)
		for (int j = 0; j < BLOCK; j++) {
			float x = finite_or_least(l[i + (size_t)j]);

			lane[j] = x > lane[j] ? x : lane[j];
		}
	for (; i < v; i++)
		top = finite_or_least(l[i]) > top ? l[i] : top;
	for (int j = 0; j < BLOCK; j++)
		top = lane[j] > top ? lane[j] : top;
	return top;
}

/* Sets far[i] of each word, 0 for the most probable; false: no word can be drawn. */
static bool
measure_f32(struct sampler *s, const float *l)
{
	float top = top_f32(l, s->v);

	for (size_t i = 0; i < s->v; i++)
		s->far[i] = fabsf(top - l[i]) <= FLT_MAX ? top - l[i] : INFINITY;
	return top >= -FLT_MAX;
}

static bool
measure_f64(struct sampler *s, const double *l)
{
	double top = -INFINITY;

	for (size_t i = 0; i < s->v; i++)
		top = isfinite(l[i]) && l[i] > top ? l[i] : top;
	for (size_t i = 0; i < s->v; i++)
		s->far[i] = isfinite(l[i]) ? (float)(top - l[i]) : INFINITY;
	return isfinite(top);
}

/*
 * exp(-x) for x >= 0; 0 for x from `farthest`.  With n the integer nearest to -x / ln 2,
 * exp(-x) = 2^n exp(-x - n ln 2).  The latter is computed from the first terms of its
 * series, with a relative error of 2e-7.  Adding 1.5 * 2^23 to n leaves n in the low
 * bits; ln 2 is subtracted in two parts, of which the first has so few bits that its
 * product with n is exact.
 */
static inline float
weight_at(float x)
{
	const float magic = 12582912;
	float near = x < farthest ? x : farthest, t = magic - near * 1.44269504f;
	float n = t - magic, r = -near - n * 0.693359375f - n * -2.12194440e-4f;
	float e = 1 + r * (1 + r * (1 / 2.0f + r * (1 / 6.0f + r * (1 / 24.0f +
	    r * (1 / 120.0f + r * (1 / 720.0f))))));
	uint32_t a, b, m;

	memcpy(&a, &e, sizeof(a));
	memcpy(&b, &t, sizeof(b));
	memcpy(&m, &magic, sizeof(m));
	a += (b - m) << 23;
	memcpy(&e, &a, sizeof(e));
	return x < farthest ? e : 0;
}

/* The sum of the weights of a block, added pairwise. */
static float
sum_block(const float *w)
{
	float s[BLOCK / 2];

	for (int i = 0; i < BLOCK / 2; i++)
		s[i] = w[i] + w[i + BLOCK / 2];
	for (int n = BLOCK / 4; n > 0; n /= 2)
		for (int i = 0; i < n; i++)
			s[i] += s[i + n];
	return s[0];
}

/* The inverse temperature: finite, so that its product with 0 is 0. */
static float
inverse_temperature(const struct sampler *s)
{
	return s->temperature > 1e-30 ? (float)(1 / s->temperature) : 1e30f;
}

/* Computes the weights of all words; gives their sum. */
static double
weigh_all(struct sampler *s)
{
	float by = inverse_temperature(s);
	double all = 0;

	for (size_t b = 0; b < s->nblock; b++) {
		const float *far = s->far + b * BLOCK;
		float *w = s->weight + b * BLOCK;

		for (int i = 0; i < BLOCK; i++)
			w[i] = weight_at(far[i] * by);
		s->sum[b] = sum_block(w);
		all += (double)s->sum[b];
	}
	return all;
}

/*
 * The first index at which the running sum of the n weights w exceeds *at; *at is reduced
 * by the sum before it.  Because of rounding, *at may exceed the total: then it is the
 * last index whose weight is not 0.
 */
static size_t
find_weight(const float *w, size_t n, double *at)
{
	size_t last = 0;
	double before = 0, sum = 0;

	for (size_t i = 0; i < n; i++) {
		if (w[i] <= 0)
			continue;
		last = i;
		before = sum;
		sum += (double)w[i];
		if (sum > *at)
			break;
	}
	*at -= before;
	return last;
}

/* A word's rank as a number: more probable words have smaller keys. */
static uint64_t
key_of(const struct sampler *s, uint32_t word)
{
	uint32_t bits;

	memcpy(&bits, &s->far[word], sizeof(bits));
	return (uint64_t)bits << 32 | word;
}

static float
weight_of(uint64_t key, float by)
{
	uint32_t bits = (uint32_t)(key >> 32);
	float far;

	memcpy(&far, &bits, sizeof(far));
	return weight_at(far * by);
}

static bool
is_larger(uint64_t a, uint64_t b, const void *unused)
{
	(void)unused;
	return a > b;
}

/* Puts a key at the top of a heap of n, whose first is the largest. */
static void
sink_key(uint64_t *heap, size_t n, uint64_t key)
{
	heap_sink(heap, n, 0, key, is_larger, NULL);
}

/* Puts the k most probable words into key, or all if there are fewer; gives how many. */
static size_t
keep_top_k(struct sampler *s, size_t k)
{
	size_t n = 0;
	uint32_t i = 0;

	for (; i < s->v && n < k; i++)
		if (s->far[i] <= FLT_MAX)
			s->key[n++] = key_of(s, i);
	heap_make(s->key, n, is_larger, NULL);
	for (; i < s->v; i++)
		if (s->far[i] <= FLT_MAX && key_of(s, i) < s->key[0])
			sink_key(s->key, n, key_of(s, i));
	return n;
}

/* Puts the words that top_p may keep into key: not those of so little weight that even
 * all v such words together would be cut off. */
static size_t
keep_candidates(struct sampler *s, double all)
{
	double least = (1 - s->top_p) * all / s->v;
	size_t n = 0;

	for (uint32_t i = 0; i < s->v; i++)
		if (s->weight[i] > 0 && (double)s->weight[i] >= least)
			s->key[n++] = key_of(s, i);
	return n;
}

/*
 * Moves the most probable words with the fraction top_p of `all` to the end of
 * key[0 .. n), the most probable last, and gives how many.  With its bits inverted, the
 * smallest key is the largest and so the first of the heap.
 */
static size_t
keep_top_p(struct sampler *s, size_t n, double all)
{
	uint64_t *heap = s->key;
	double sum = 0, least = s->top_p * all;
	size_t left = n;
	float by = inverse_temperature(s);

	for (size_t i = 0; i < n; i++)
		heap[i] = ~heap[i];
	heap_make(heap, n, is_larger, NULL);
	do {
		uint64_t best = heap[0];

		left--;
		sink_key(heap, left, heap[left]);
		heap[left] = ~best;
		sum += (double)weight_of(~best, by);
	} while (left > 0 && sum < least);
	return n - left;
}

/* Draws one of the n words at key by their weights. */
static uint32_t
draw_key(struct sampler *s, const uint64_t *key, size_t n, double u)
{
	float by = inverse_temperature(s);
	double at = 0;

	for (size_t i = 0; i < n; i++) {
		s->weight[i] = weight_of(key[i], by);
		at += (double)s->weight[i];
	}
	at *= u;
	return (uint32_t)key[find_weight(s->weight, n, &at)];
}

/* Draws one of the words that top_k and top_p keep. */
static uint32_t
draw_kept(struct sampler *s, double u)
{
	size_t n, kept;
	double all = 0;

	if (s->top_k) {
		float by = inverse_temperature(s);

		n = keep_top_k(s, s->top_k);
		for (size_t i = 0; i < n; i++)
			all += (double)weight_of(s->key[i], by);
	} else {
		all = weigh_all(s);
		n = keep_candidates(s, all);
	}
	kept = s->top_p < 1 ? keep_top_p(s, n, all) : n;
	return draw_key(s, s->key + (n - kept), kept, u);
}

static uint32_t
draw_any(struct sampler *s, double u)
{
	double at = u * weigh_all(s);
	size_t b = find_weight(s->sum, s->nblock, &at);

	return (uint32_t)(b * BLOCK + find_weight(s->weight + b * BLOCK, BLOCK, &at));
}

static uint32_t
most_probable(const struct sampler *s)
{
	uint32_t i = 0;

	while (s->far[i] > 0)
		i++;
	return i;
}

int64_t
sampler_draw(struct sampler *s, struct rng *r, const void *l, size_t size)
{
	double u = rng_unit(r);
	bool some = size == sizeof(float) ? measure_f32(s, l) : measure_f64(s, l);

	if (!some)
		return -1;
	if (s->temperature <= 0)
		return most_probable(s);
	if (s->top_p < 1 || (s->top_k && s->top_k < s->v))
		return draw_kept(s, u);
	return draw_any(s, u);
}
