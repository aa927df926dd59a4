/*
 * noise.c - draws noise words.
 */
#include <math.h>
#include <stdlib.h>

#include "mem.h"
#include "noise.h"

static double
weight_of(const struct vocab *vocab, uint32_t i, double power)
{
	uint64_t count = vocab ? vocab->row[i].count : 1;

	return pow((double)(count ? count : 1), power);
}

/* The first word from low to high whose cumulative probability is above x; high for the rest. */
static uint32_t
word_between(const struct noise *s, uint32_t low, uint32_t high, double x)
{
	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (s->up_to[mid] > x)
			high = mid;
		else
			low = mid + 1;
	}
	return low;
}

static void
set_guide(struct noise *s)
{
	for (int i = 0; i <= NOISE_PARTS; i++)
		s->guide[i] = word_between(s, 0, s->v - 1, (double)i / NOISE_PARTS);
}

const char *
noise_new(struct noise *s, const struct vocab *vocab, uint32_t v, size_t k, double power)
{
	double sum = 0;

	*s = (struct noise){ .v = v, .k = k };
	s->up_to = mem_zeros(v, sizeof(*s->up_to));
	s->log_expected = mem_zeros(v, sizeof(*s->log_expected));
	s->drawn = mem_zeros(k, sizeof(*s->drawn));
	s->word = mem_zeros(k, sizeof(*s->word));
	s->shift = mem_zeros(k, sizeof(*s->shift));
	if (!s->up_to || !s->log_expected || !s->drawn || !s->word || !s->shift)
		return "out of memory";
	for (uint32_t i = 0; i < v; i++)
		s->up_to[i] = sum += weight_of(vocab, i, power);
	for (uint32_t i = 0; i < v; i++) {
		s->log_expected[i] = log((double)k * weight_of(vocab, i, power) / sum);
		s->up_to[i] /= sum;
	}
	set_guide(s);
	return NULL;
}

void
noise_free(struct noise *s)
{
	free(s->up_to);
	free(s->log_expected);
	free(s->drawn);
	free(s->word);
	free(s->shift);
	*s = (struct noise){ 0 };
}

/* The first word whose cumulative probability is above x, in [0, 1). */
static uint32_t
word_at(const struct noise *s, double x)
{
	int part = (int)(x * NOISE_PARTS);

	return word_between(s, s->guide[part], s->guide[part + 1], x);
}

static int
compare_words(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

void
noise_draw(struct noise *s, struct rng *r)
{
	size_t end;

	for (size_t i = 0; i < s->k; i++)
		s->drawn[i] = word_at(s, rng_unit(r));
	qsort(s->drawn, s->k, sizeof(*s->drawn), compare_words);
	s->n = 0;
	for (size_t i = 0; i < s->k; i = end) {
		for (end = i + 1; end < s->k && s->drawn[end] == s->drawn[i]; end++)
			continue;
		s->word[s->n] = s->drawn[i];
		s->shift[s->n++] = log((double)(end - i)) - s->log_expected[s->drawn[i]];
	}
}
