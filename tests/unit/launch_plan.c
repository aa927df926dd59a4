/*
 * launch_plan - the host arithmetic of the CUDA backend: slices cover the depth, chains
 * contain every row once and in order, launch_begins() marks first rows, and the plans of
 * the kernel for many sentences fit.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cuda/launch_plan.h"
#include "cuda/message.h"
#include "must.h"
#include "rng.h"

static int failures;

static void
check(bool ok, const char *what, int a, int b, int c)
{
	if (ok)
		return;
	printf("not ok %s: %d %d %d\n", what, a, b, c);
	failures++;
}

static void
slices(void)
{
	static const int sizes[] = { 1, 2, 7, 22, 64, 65, 100, 129, 512, 1000, 8000, 100003 };
	enum { N = sizeof(sizes) / sizeof(sizes[0]) };

	for (int i = 0; i < N * N * N; i++) {
		int m = sizes[i % N], n = sizes[i / N % N], k = sizes[i / N / N];
		int s = launch_slices(m, n, k), slice;

		check(s >= 1 && s <= 264, "from 1 to 264 slices", m, n, k);
		if (s < 1)
			continue;
		slice = launch_slice(k, s);
		check(slice % 4 == 0 && slice >= 4, "slices begin at quads", m, n, k);
		check(s == 1 || slice >= LAUNCH_SLICE, "no slice is too thin", m, n, k);
		check((s - 1) * slice < k, "no slice is empty", m, n, k);
	}
	check(launch_slices(22, 100, 8000) > 32, "a sentence's errors fill a GPU", 22, 100, 8000);
	check(launch_slices(704, 512, 8000) == 11, "a batch's fill it once", 704, 512, 8000);
	check(launch_slices(2816, 512, 8000) == 3, "so do those of many sentences", 2816, 512, 8000);
	check(launch_slices(8000, 512, 704) == 1, "a large product is not cut", 8000, 512, 704);
	check(launch_slices(8000, 100, 22) == 1, "a shallow product is not cut", 8000, 100, 22);
}

/* Every row is in one chain, that of its word; chains rise. */
static void
chains(struct rng *r, int t, int v)
{
	uint32_t *x = calloc((size_t)t, sizeof(*x));
	int32_t *where = malloc((size_t)v * sizeof(*where));
	int32_t *heads = calloc(2 * (size_t)t, sizeof(*heads)), *next = heads + t;
	unsigned char *seen = calloc((size_t)v, 1);
	int n, rows = 0;

	for (int i = 0; i < t; i++)
		x[i] = rng_u32(r) % (unsigned)v;
	for (int i = 0; i < v; i++)
		where[i] = -1;
	n = launch_chains(x, t, where, heads, next);
	for (int i = 0; i < n; i++) {
		uint32_t word = x[heads[i]];

		check(!seen[word], "one chain a word", t, v, i);
		seen[word] = 1;
		for (int row = heads[i]; row >= 0; row = next[row], rows++) {
			check(x[row] == word, "a chain is of one word", t, v, row);
			check(next[row] < 0 || next[row] > row, "a chain rises", t, v, row);
		}
	}
	check(rows == t, "every row is in a chain", t, v, rows);
	for (int i = 0; i < v; i++)
		check(where[i] == -1, "where is as it was", t, v, i);
	free(x);
	free(where);
	free(heads);
	free(seen);
}

/* The items of t words, by word. */
static void
groups(struct rng *r, int t, int v)
{
	uint32_t *x = need(calloc((size_t)t, sizeof(*x)));
	int32_t *where = need(calloc((size_t)v, sizeof(*where)));
	int32_t *word = need(calloc((size_t)t, sizeof(*word)));
	int32_t *begin = need(calloc((size_t)t + 1, sizeof(*begin)));
	int32_t *item = need(calloc((size_t)t, sizeof(*item)));
	int n;

	for (int i = 0; i < t; i++)
		x[i] = rng_u32(r) % (unsigned)v;
	for (int i = 0; i < v; i++)
		where[i] = -1;
	n = launch_groups(x, t, where, word, begin, item);
	check(begin[0] == 0 && begin[n] == t, "every item is in a group", t, v, n);
	for (int g = 0; g < n; g++) {
		check(begin[g] < begin[g + 1], "no group is empty", t, v, g);
		check(++where[word[g]] == 0, "a group a word", t, v, g);
		for (int q = begin[g]; q < begin[g + 1]; q++) {
			check(x[item[q]] == (uint32_t)word[g], "a group is of one word", t, v, q);
			check(q == begin[g] || item[q] > item[q - 1], "a group rises", t, v, q);
		}
	}
	free(x);
	free(where);
	free(word);
	free(begin);
	free(item);
}

static void
begins(void)
{
	static const int start[] = { 0, 1, 4, 6 };
	static const int32_t want[] = { 0, 1, -1, -1, 2, -1 };
	struct batch b = { 3, 6, start, NULL, NULL };
	int32_t got[6];

	launch_begins(&b, got);
	check(memcmp(got, want, sizeof(want)) == 0, "first rows", 0, 0, 0);
	check(batch_longest(&b) == 3, "the longest sequence", 0, 0, 0);
}

static const struct fused_case {
	int blocks, clusters;
	size_t bytes;
	int h, v;
	size_t size;
	int used, rows, stride, most;
	bool in_registers;
} fused_cases[] = {
	{ 132, 0, 232448, 100, 8000, 4, 132, 64, 100, 156, true },
	{ 128, 0, 101376, 100, 8000, 4, 128, 64, 100, 52, true },	/* 20 with W in shared memory */
	{ 132, 0, 232448, 65, 8000, 4, 132, 64, 100, 156, true },
	{ 132, 0, 232448, 128, 8000, 4, 132, 64, 132, 116, true },
	{ 132, 0, 232448, 64, 8000, 4, 132, 64, 68, 220, false },
	{ 132, 0, 232448, 129, 8000, 4, 132, 64, 132, 72, false },
	{ 132, 0, 232448, 100, 8000, 8, 132, 64, 100, 32, false },
	{ 128, 0, 101376, 100, 80000, 4, 128, 628, 100, 0, true },
	{ 132, 0, 232448, 513, 10, 4, 132, 0, 0, 0, false },
	/* clusters of 8 */
	{ 132, 16, 232448, 100, 8000, 4, 128, 64, 100, 128, true },
	{ 132, 15, 232448, 100, 8000, 4, 120, 68, 100, 128, true },
	{ 132, 14, 232448, 100, 8000, 4, 132, 64, 100, 156, true },	/* too few of them */
	{ 132, 16, 232448, 129, 8000, 4, 128, 64, 132, 56, false },
	{ 132, -1, 232448, 100, 8000, 4, 132, 64, 100, 156, true },	/* not asked */
};

/* The kernel for many sentences: how many words of one fit, where W is, in how many blocks. */
static void
fused_plans(void)
{
	for (size_t n = 0; n < sizeof(fused_cases) / sizeof(fused_cases[0]); n++) {
		const struct fused_case *c = &fused_cases[n];
		struct launch_limits limits = { c->blocks, c->bytes, c->clusters };
		struct launch_plan p = launch_plan_fused(&limits, c->h, c->v, 4, c->size);
		int i = (int)n;

		check(p.blocks == c->used, "blocks", i, p.blocks, c->used);
		check(p.cluster == (c->used < c->blocks ? LAUNCH_CLUSTER : 1), "clusters", i, p.cluster, 0);
		check(p.rows == c->rows && p.stride == c->stride, "rows and stride", i, p.rows, p.stride);
		check(p.most == c->most, "words that fit", i, p.most, c->most);
		check(p.most % p.cluster == 0, "as many rows in each block of a cluster", i, p.most, 0);
		check(p.in_registers == c->in_registers, "W in registers", i, p.most, 0);
		check(p.bytes <= limits.bytes, "what the plan asks for is there", i, (int)p.bytes, 0);
	}
	check(launch_plan_fused(&(struct launch_limits){ .blocks = 132, .bytes = 232448 }, 100, 8000, 17,
	    4).most == 0, "too many steps back", 0, 0, 0);
}

static void
text(void)
{
	char s[12];

	message_set(s, sizeof(s), "at ");
	message_number(s, sizeof(s), 0);
	message_number(s, sizeof(s), 90210);
	check(strcmp(s, "at 090210") == 0, "numbers in text", 0, 0, 0);
	message_add(s, sizeof(s), "abcdef");
	check(strcmp(s, "at 090210ab") == 0, "text cut off", 0, 0, 0);
	message_add(s, sizeof(s), "x");
	check(strlen(s) == sizeof(s) - 1, "a full buffer", 0, 0, 0);
}

int
main(void)
{
	struct rng r;

	rng_seed(&r, 1);
	slices();
	for (int t = 1; t < 300; t += 13) {
		chains(&r, t, 1 + t * 2 / 3);
		groups(&r, t, 1 + t * 2 / 3);
	}
	begins();
	fused_plans();
	text();
	printf("launch_plan: %d failures\n", failures);
	return failures != 0;
}
