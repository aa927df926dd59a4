/*
 * batch.c - see batch.h.
 */
#include <string.h>

#include "batch.h"

int
batch_longest(const struct batch *b)
{
	int most = 0;

	for (int i = 0; i < b->nseq; i++)
		most = batch_length(b, i) > most ? batch_length(b, i) : most;
	return most;
}

/* A stable merge sort, longest first. */
static void
sort_by_length(const struct batch *b, int *order, int *spare, int n)
{
	int half = n / 2, i = 0, j = half, k = 0;

	if (n < 2)
		return;
	sort_by_length(b, order, spare, half);
	sort_by_length(b, order + half, spare, n - half);
	while (i < half || j < n) {
		bool left = j >= n || (i < half &&
		    batch_length(b, order[i]) >= batch_length(b, order[j]));

		spare[k++] = left ? order[i++] : order[j++];
	}
	memcpy(order, spare, (size_t)n * sizeof(*order));
}

void
batch_order(const struct batch *b, int *order)
{
	for (int i = 0; i < b->nseq; i++)
		order[i] = i;
	sort_by_length(b, order, order + b->nseq, b->nseq);
}
