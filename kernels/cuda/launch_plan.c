/*
 * launch_plan.c - see launch_plan.h.
 */
#include "launch_plan.h"

static int
divide_up(int a, int b)
{
	return a / b + (a % b != 0);
}

static int
round_up(int n, int multiple)
{
	return divide_up(n, multiple) * multiple;
}

int
launch_slice(int k, int slices)
{
	return round_up(divide_up(k, slices), 4);
}

int
launch_slices(int m, int n, int k)
{
	const size_t wanted = 264;	/* tiles: two for each of 132 multiprocessors */
	size_t tiles = (size_t)divide_up(m, LAUNCH_TILE) * (size_t)divide_up(n, LAUNCH_TILE);
	int most = k / LAUNCH_SLICE, slices = (int)(wanted / (tiles ? tiles : 1));

	slices = slices < most ? slices : most;
	return slices > 1 ? divide_up(k, launch_slice(k, slices)) : 1;	/* no slice is empty */
}

bool
launch_is_skinny(int m, int n)
{
	const size_t wanted = 132;	/* multiprocessors */

	return (size_t)divide_up(m, LAUNCH_TILE / 2) * (size_t)divide_up(n, LAUNCH_TILE / 2) < wanted;
}

/* NVIDIA's programming guide, "Arithmetic Instructions": results per clock. */
int
launch_lanes(int major, int minor, bool f64)
{
	bool centre = minor == 0;	/* x.0: the chips of data centres */

	if (major < 8)
		return f64 ? 2 : 64;
	if (major == 8 && centre)
		return f64 ? 32 : 64;
	if (centre && major <= 10)
		return f64 ? 64 : 128;
	return f64 ? 2 : 128;
}

void
launch_begins(const struct batch *b, int32_t *begins)
{
	for (int r = 0; r < b->t; r++)
		begins[r] = -1;
	for (int i = 0; i < b->nseq; i++)
		begins[b->start[i]] = i;
}

void
launch_order(const struct batch *b, int32_t *row, int32_t *seq, int32_t *position,
    int32_t *offset)
{
	int n = 0, step = 0;

	for (; n < b->t; step++) {
		offset[step] = n;
		for (int i = 0; i < b->nseq; i++) {
			int r = b->start[i] + step;

			if (r >= b->start[i + 1])
				continue;
			row[n] = r;
			seq[n] = i;
			position[r] = n++;
		}
	}
	offset[step] = n;
}

int
launch_chains(const uint32_t *x, int t, int32_t *where, int32_t *heads, int32_t *next)
{
	int n = 0;

	for (int r = 0; r < t; r++) {
		int32_t last = where[x[r]];

		if (last < 0)
			heads[n++] = r;
		else
			next[last] = r;
		next[r] = -1;
		where[x[r]] = r;
	}
	for (int r = 0; r < t; r++)
		where[x[r]] = -1;
	return n;
}

/* begin(groups + 1): the number of items of each group, one position late. */
static int
count_groups(const uint32_t *x, int n, int32_t *where, int32_t *word, int32_t *begin)
{
	int groups = 0;

	begin[0] = 0;
	for (int i = 0; i < n; i++) {
		if (where[x[i]] < 0) {
			where[x[i]] = groups;
			word[groups++] = (int32_t)x[i];
			begin[groups] = 0;
		}
		begin[where[x[i]] + 1]++;
	}
	return groups;
}

int
launch_groups(const uint32_t *x, int n, int32_t *where, int32_t *word, int32_t *begin,
    int32_t *item)
{
	int groups = count_groups(x, n, where, word, begin);

	for (int g = 0; g < groups; g++)
		begin[g + 1] += begin[g];
	for (int i = 0; i < n; i++)	/* begin of a group moves to its end, that of the next one */
		item[begin[where[x[i]]]++] = i;
	for (int g = groups; g > 0; g--)
		begin[g] = begin[g - 1];
	begin[0] = 0;
	for (int g = 0; g < groups; g++)
		where[word[g]] = -1;
	return groups;
}

/* Reals that do not depend on the sentence: rows of V, W, a row of zeros, four errors on their
 * way back, memory for sums. */
static size_t
fixed_reals(const struct launch_plan *p, int h)
{
	int square = p->in_registers ? 0 : round_up(h, 4);

	return (size_t)p->stride * (size_t)(p->rows + square + 1 + 4) + 4 * LAUNCH_FUSED_THREADS;
}

/* Reals per word: a state, an input, an error or a row of P; four numbers, four words.  In a
 * cluster each row's errors are in one block. */
static size_t
reals_of_words(const struct launch_plan *p, size_t words, int bptt)
{
	size_t wide = (size_t)(p->rows > p->stride ? p->rows : p->stride);
	size_t errors = p->cluster > 1 ? words / (size_t)p->cluster * ((size_t)bptt + 1) : 0;

	return words * (2 * (size_t)p->stride + wide + 4 + 4) + errors * (size_t)p->stride;
}

/* Four times an odd number from h on.  W in registers is for floats, and not for small nets,
 * of which it would leave most threads idle. */
static void
choose_stride(struct launch_plan *p, int h, size_t size)
{
	p->in_registers = size == sizeof(float) && h > 64 && h <= 128;
	p->stride = round_up(h, 4);
	if (p->stride / 4 % 2 == 0)
		p->stride += 4;
	if (p->in_registers)
		p->stride = h <= LAUNCH_FUSED_STRIDE ? LAUNCH_FUSED_STRIDE : LAUNCH_FUSED_WIDEST;
}

/* Clusters, unless they leave more than an eighth of the multiprocessors idle: rows of V cost
 * more than what clusters save. */
static void
choose_blocks(struct launch_plan *p, const struct launch_limits *limits)
{
	int blocks = limits->clusters > 0 ? LAUNCH_CLUSTER * limits->clusters : 0;

	p->blocks = limits->blocks;
	p->cluster = 1;
	if (blocks > 0 && blocks >= limits->blocks - limits->blocks / 8) {
		p->blocks = blocks;
		p->cluster = LAUNCH_CLUSTER;
	}
}

struct launch_plan
launch_plan_fused(const struct launch_limits *limits, int h, int v, int bptt, size_t size)
{
	struct launch_plan p = { .blocks = limits->blocks, .cluster = 1 };
	size_t reals = limits->bytes / size, fixed, most, step;

	if (h > LAUNCH_FUSED_THREADS || bptt > LAUNCH_FUSED_BPTT || limits->blocks < 1)
		return p;
	choose_blocks(&p, limits);
	p.rows = round_up(divide_up(v, p.blocks), 4);
	choose_stride(&p, h, size);
	fixed = fixed_reals(&p, h);
	if (fixed > reals)
		return p;
	step = p.cluster > 1 ? (size_t)p.cluster : 4;
	most = (reals - fixed) / reals_of_words(&p, step, bptt) * step;
	if (most < LAUNCH_FUSED_LEAST)
		return p;
	p.most = most > 1 << 16 ? 1 << 16 : (int)most;
	p.bytes = (fixed + reals_of_words(&p, (size_t)p.most, bptt)) * size;
	return p;
}

int
launch_run(const struct batch *b, int first, int most)
{
	int i = first;

	while (i < b->nseq && i - first < LAUNCH_RUN_MOST && b->start[i + 1] - b->start[i] <= most)
		i++;
	return i - first;
}
