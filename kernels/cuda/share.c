/*
 * share.c - see share.h.
 */
#include "share.h"

static int
over(int a, int b)
{
	return a / b + (a % b != 0);
}

int
share_slices(int m, int n, int k)
{
	const size_t wanted = 256;	/* tiles: two for each of some 128 multiprocessors */
	size_t tiles = (size_t)over(m, SHARE_TILE) * (size_t)over(n, SHARE_TILE);
	int most = k / SHARE_SLICE, slices = (int)(wanted / (tiles ? tiles : 1));

	slices = slices < most ? slices : most;
	return slices > 1 ? slices : 1;
}

/* NVIDIA's programming guide, "Arithmetic Instructions": results per clock. */
int
share_lanes(int major, int minor, bool f64)
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
share_begins(const struct kern_batch *b, int32_t *begins)
{
	for (int r = 0; r < b->t; r++)
		begins[r] = -1;
	for (int i = 0; i < b->nseq; i++)
		begins[b->start[i]] = i;
}

int
share_longest(const struct kern_batch *b)
{
	int most = 0;

	for (int i = 0; i < b->nseq; i++) {
		int n = b->start[i + 1] - b->start[i];

		most = n > most ? n : most;
	}
	return most;
}

int
share_chains(const uint32_t *x, int t, int32_t *where, int32_t *heads, int32_t *next)
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
