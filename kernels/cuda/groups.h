/*
 * groups.h - adds weighted rows to the rows of a sparse gradient: those of a word together
 * and in order, without atomics, so that the sums are reproducible.
 */
#ifndef CUDA_GROUPS_H
#define CUDA_GROUPS_H

#include "params.h"

/* Items grouped by word, on the device; launch_plan.h has the arrays. */
struct groups {
	int n;
	const uint32_t *word;		/* (n) */
	const int32_t *begin;		/* (n + 1) */
	const int32_t *item;		/* (begin[n]) */
};

/* Groups `items` items by their words, which are rows of the gradient g, and adds these rows
 * to g's set.  False, and the error kept, on failure. */
bool cuda_upload_groups(struct backend *k, struct groups *to, const uint32_t *words, int items,
    struct matrix *g);

/*
 * For each item i, dv[its word] += weight[i] s[row[i]], and dc[its word] += weight[i]; row
 * NULL: row i; dc NULL: none.  s has rows of dv's width.
 */
void cuda_add_groups(struct backend *k, const struct groups *of, const int32_t *row,
    const real *weight, const real *s, struct matrix *dv, struct matrix *dc);

#endif
