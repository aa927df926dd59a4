/*
 * panels.c - packing, and the three products, each as small tiles of sums in
 * registers.  A tile's sizes are constants where it is inlined, so that its loops
 * are unrolled completely.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "hugepage.h"
#include "panels.h"

enum {
	P_BYTES = 28 << 10,	/* of P in dots at a time: most of a 48 or 32 KB cache */
	AHEAD = 80		/* rows of a panel from a tile's loads to its prefetches: some 200 ns */
};

void
panels_new(struct panels *b, int k, int n)
{
	*b = panels_shape(k, n);
	if ((size_t)b->np <= SIZE_MAX / b->stride)
		b->p = hugepage_zeros((size_t)b->np * b->stride, sizeof(real));
}

void
panels_free(struct panels *b)
{
	free(b->p);
	b->p = NULL;
}

INLINE real *
panel(const struct panels *b, int i)
{
	return b->p + (size_t)i * b->stride;
}

void
panels_put(struct panels *b, const real *host, size_t di, size_t dj)
{
	for (int i = 0; i < b->k; i++)
		for (int j = 0; j < b->n; j++)
			panel(b, j / PW)[(size_t)i * PW + j % PW] = host[i * di + j * dj];
}

void
panels_get(const struct panels *b, real *host, size_t di, size_t dj)
{
	for (int j = 0; j < b->n; j++)
		for (int i = 0; i < b->k; i++)
			host[i * di + j * dj] = panel(b, j / PW)[(size_t)i * PW + j % PW];
}

void
panels_column(const struct panels *b, int j, real *row)
{
	const real *p = panel(b, j / PW) + j % PW;

	for (int i = 0; i < b->k; i++)
		row[i] = p[(size_t)i * PW];
}

void
pack_shape(struct packed *a, int t, int k, real *p)
{
	int nblock = (t + TILE - 1) / TILE, less = t / nblock;

	*a = (struct packed){ t, k, nblock, less, nblock, p };
	if (t % nblock) {
		a->rows = less + 1;
		a->full = t % nblock;
	}
}

int
packed_row(const struct packed *a, int block)
{
	return block * a->rows - (block > a->full ? block - a->full : 0);
}

/* The number of rows of a block, and in *first the first of them. */
INLINE int
block_rows(const struct packed *a, int block, int *first)
{
	*first = packed_row(a, block);
	return block < a->full ? a->rows : a->rows - 1;
}

/* Transposes LANES by LANES numbers: each iteration exchanges one bit of the index of
 * the row with one of the index of the lane. */
INLINE void
transpose(vec x[LANES])
{
	UNROLL
	for (int bit = 1; bit < LANES; bit *= 2) {
		vec y[LANES];

		UNROLL
		for (int i = 0; i < LANES / 2; i++) {
			y[2 * i] = v_low(x[i], x[i + LANES / 2]);
			y[2 * i + 1] = v_high(x[i], x[i + LANES / 2]);
		}
		UNROLL
		for (int i = 0; i < LANES; i++)
			x[i] = y[i];
	}
}

void
panel_transpose(const struct panels *from, int first, int n, struct panels *to, int i)
{
	for (int l = 0; l < from->n; l += LANES) {
		const real *p = panel(from, l / PW) + (size_t)first * PW + l % PW;
		real *q = panel(to, i) + (size_t)l * PW;

		for (int half = 0; half < PW; half += LANES) {
			vec x[LANES];

			UNROLL
			for (int r = 0; r < LANES; r++)
				x[r] = half + r < n ? v_load(p + (size_t)(half + r) * PW) : v_zero();
			transpose(x);
			UNROLL
			for (int r = 0; r < LANES; r++)
				if (l + r < from->n)
					v_store(q + (size_t)r * PW + half, x[r]);
		}
	}
}

/*
 * Stores columns i .. i+LANES-1 of m rows, at most LANES, in p, n apart.  Each
 * store is a whole vector, whose excess later stores overwrite; those that would
 * reach past `end` are partial.
 */
INLINE void
pack_square(const real *const *row, int i, int m, real *p, int n, const real *end)
{
	vec x[LANES];

	UNROLL
	for (int r = 0; r < LANES; r++)
		x[r] = v_load(row[r < m ? r : 0] + i);
	transpose(x);
	UNROLL
	for (int j = 0; j < LANES; j++, p += n) {
		if (end - p >= LANES)
			v_store(p, x[j]);
		else
			v_store_part(p, m, x[j]);
	}
}

void
pack_rows(struct packed *a, const real *const *row)
{
	real *p = a->p, *end = p + (size_t)a->t * a->k;

	for (int b = 0; b < a->nblock; b++) {
		int first, n = block_rows(a, b, &first), i = 0, last = (n - 1) / LANES * LANES;

		for (; n > 1 && i + LANES <= a->k; i += LANES)
			for (int r = last; r >= 0; r -= LANES)
				pack_square(row + first + r, i, n - r < LANES ? n - r : LANES,
				    p + (size_t)i * n + r, n, end);
		for (; i < a->k; i++)
			for (int r = 0; r < n; r++)
				p[(size_t)i * n + r] = row[first + r][i];
		p += (size_t)n * a->k;
	}
}

void
pack_matrix(struct packed *a, const real *rows, size_t stride)
{
	real *p = a->p;

	for (int b = 0; b < a->nblock; b++) {
		const real *row[TILE];
		struct packed one;
		int first, n = block_rows(a, b, &first);

		for (int r = 0; r < n; r++)
			row[r] = rows + (size_t)(first + r) * stride;
		pack_shape(&one, n, a->k, p);
		pack_rows(&one, row);
		p += (size_t)n * a->k;
	}
}

/* whole: both vectors of the panel's rows, or the left one alone. */
INLINE void
tile(const int n, const bool whole, int k, const real *RESTRICT a, const real *RESTRICT b,
    real *RESTRICT c, size_t stride)
{
	vec left[TILE], right[TILE];

	UNROLL
	for (int r = 0; r < n; r++)
		left[r] = right[r] = v_zero();
	for (int i = 0; i < k; i++) {
		vec b0 = v_load(b), b1 = whole ? v_load(b + LANES) : v_zero();

		FETCH(b, AHEAD * PW);
		if (whole)
			FETCH(b, AHEAD * PW + LANES);
		UNROLL
		for (int r = 0; r < n; r++) {
			vec x = v_set1(a[r]);

			left[r] = v_fma(x, b0, left[r]);
			if (whole)
				right[r] = v_fma(x, b1, right[r]);
		}
		a += n;
		b += PW;
	}
	UNROLL
	for (int r = 0; r < n; r++) {
		v_store(c + r * stride, left[r]);
		v_store(c + r * stride + LANES, right[r]);
	}
}

/* TILE_CASE(n): the tile of n rows, n being a constant in it. */
#define TILE_CASE(n) case n: tile(n < TILE ? n : TILE, whole, k, a, b, c, stride); break;
INLINE void
tile_of(const bool whole, int n, int k, const real *a, const real *b, real *c, size_t stride)
{
	switch (n) {
	TILE_CASE(1) TILE_CASE(2) TILE_CASE(3) TILE_CASE(4) TILE_CASE(5) TILE_CASE(6)
#if VECS == 32
	TILE_CASE(7) TILE_CASE(8) TILE_CASE(9) TILE_CASE(10) TILE_CASE(11) TILE_CASE(12)
	TILE_CASE(13) TILE_CASE(14)
#endif
	}
}

void
panel_tile(const struct packed *a, int block, int end, const struct panels *b, int i,
    real *c, size_t stride)
{
	for (; block < end; block++) {
		int first, n = block_rows(a, block, &first);
		const real *rows = a->p + (size_t)first * a->k;

		if (i < b->whole)
			tile_of(true, n, a->k, rows, panel(b, i), c, stride);
		else
			tile_of(false, n, a->k, rows, panel(b, i), c, stride);
		c += (size_t)n * stride;
	}
}

/* nk rows of a panel times nt rows of P, with a prefetch of rows that come later. */
INLINE void
dots_of_panel(const int nk, const int nt, const real *RESTRICT b, const real *RESTRICT p,
    ptrdiff_t ahead, vec sum[DOTS_T][DOTS_K])
{
	UNROLL
	for (int l = 0; l < 2 * PW; l += LANES)
		FETCH(b + ahead, l);
	UNROLL
	for (int half = 0; half < PW; half += LANES) {
		vec y[DOTS_K];

		UNROLL
		for (int j = 0; j < nk; j++)
			y[j] = v_load(b + j * PW + half);
		UNROLL
		for (int r = 0; r < nt; r++) {
			vec x = v_load(p + r * PW + half);

			UNROLL
			for (int j = 0; j < nk; j++)
				sum[r][j] = v_fma(x, y[j], sum[r][j]);
		}
	}
}

/*
 * The panel to use as number i of n: the two of each pair are exchanged.  From
 * accesses at a constant distance a processor predicts the next ones and
 * prefetches past the last of the n panels, taking lines from the core that
 * works on those panels, which must then fetch them back.
 */
INLINE size_t
pairwise_exchanged(int i, int n)
{
	return (size_t)((i ^ 1) < n ? i ^ 1 : i);
}

/* Operands of a tile of dots: rows of n panels and rows of P. */
struct dots {
	const real *b;		/* the tile's first row in the first panel */
	size_t bstride;
	int n;
	const real *p;
	size_t pstride;
	real *da;
	size_t dstride;
	ptrdiff_t ahead;	/* reals from a row of a panel to a later one, to be prefetched */
};

/* nk rows of the panels times nt rows of P; lanes are added at the end. */
INLINE void
dots(const int nk, const int nt, const struct dots *d)
{
	const real *RESTRICT b = d->b, *RESTRICT p = d->p;
	real *RESTRICT da = d->da;
	vec sum[DOTS_T][DOTS_K];

	UNROLL
	for (int r = 0; r < nt; r++)
		UNROLL
		for (int j = 0; j < DOTS_K; j++)
			sum[r][j] = v_zero();
	for (int i = 0; i < d->n; i++) {
		size_t at = pairwise_exchanged(i, d->n);

		dots_of_panel(nk, nt, b + at * d->bstride, p + at * d->pstride, d->ahead, sum);
	}
	UNROLL
	for (int r = 0; r < nt; r++) {
		if (nk == DOTS_K)
			v_add_sums4(da + r * d->dstride, sum[r]);
		UNROLL
		for (int j = 0; nk < DOTS_K && j < nk; j++)
			da[r * d->dstride + j] += v_sum(sum[r][j]);
	}
}

#define DOTS_CASE(nt) case nt: dots(nk, nt < DOTS_T ? nt : DOTS_T, d); break;
INLINE void
dots_of(const int nk, int nt, const struct dots *d)
{
	switch (nt) {
	DOTS_CASE(1) DOTS_CASE(2)
#if VECS == 32
	DOTS_CASE(3) DOTS_CASE(4) DOTS_CASE(5) DOTS_CASE(6)
#endif
	}
}

/* All rows of the panels times t rows of P, in tiles of about the same size. */
static void
dots_block(const struct panels *b, int i, int n, int t, struct rows p, real *da, size_t dstride)
{
	const real *row = panel(b, i);
	int nk, ntile = (t + DOTS_T - 1) / DOTS_T;

	for (int j = 0; j < b->k; j += nk) {
		nk = b->k - j >= DOTS_K ? DOTS_K : 1;
		for (int k = 0; k < ntile; k++) {
			int r = t * k / ntile, nt = t * (k + 1) / ntile - r;
			const struct dots d = { row, b->stride, n, p.p + (size_t)r * PW, p.stride,
			    da + (size_t)r * dstride + j, dstride,
			    (nk + k % (DOTS_K / 2) * 2) * PW };

			if (nk == DOTS_K)
				dots_of(DOTS_K, nt, &d);
			else
				dots_of(1, nt, &d);
		}
		row += (size_t)nk * PW;
	}
}

/* P is divided into blocks of rows that fit the L1 cache. */
void
panel_dots(const struct panels *b, int i, int n, int t, struct rows p, real *da, size_t dstride)
{
	int fit = P_BYTES / (int)(n * PW * sizeof(real)), nblock;

	fit = fit < DOTS_T ? DOTS_T : fit;
	nblock = (t + fit - 1) / fit;
	for (int k = 0; k < nblock; k++) {
		int r = (int)((long)t * k / nblock), end = (int)((long)t * (k + 1) / nblock);

		dots_block(b, i, n, end - r, (struct rows){ p.p + (size_t)r * PW, p.stride },
		    da + (size_t)r * dstride, dstride);
	}
}

INLINE void
outer(const int n, const bool whole, int t, struct rows arows, struct rows prows,
    real *RESTRICT b, vec rate)
{
	const real *RESTRICT a = arows.p, *RESTRICT p = prows.p;
	vec left[OUTER], right[OUTER];

	UNROLL
	for (int j = 0; j < n; j++) {
		left[j] = right[j] = v_zero();
		FETCH(b, (2 * n + j) * PW);	/* the rows after the next tile */
		if (whole)
			FETCH(b, (2 * n + j) * PW + LANES);
	}
	for (int r = 0; r < t; r++) {
		vec p0 = v_load(p), p1 = whole ? v_load(p + LANES) : v_zero();

		UNROLL
		for (int j = 0; j < n; j++) {
			vec x = v_set1(a[j]);

			left[j] = v_fma(x, p0, left[j]);
			if (whole)
				right[j] = v_fma(x, p1, right[j]);
		}
		a += arows.stride;
		p += prows.stride;
	}
	UNROLL
	for (int j = 0; j < n; j++) {
		v_store(b + j * PW, v_fma(rate, left[j], v_load(b + j * PW)));
		if (whole)
			v_store(b + j * PW + LANES,
			    v_fma(rate, right[j], v_load(b + j * PW + LANES)));
	}
}

#define OUTER_CASE(n) case n: outer(n < OUTER ? n : OUTER, whole, t, a, p, b, rate); break;
INLINE void
outer_of(const bool whole, int n, int t, struct rows a, struct rows p, real *b, vec rate)
{
	switch (n) {
	OUTER_CASE(1) OUTER_CASE(2) OUTER_CASE(3) OUTER_CASE(4) OUTER_CASE(5) OUTER_CASE(6)
#if VECS == 32
	OUTER_CASE(7) OUTER_CASE(8) OUTER_CASE(9) OUTER_CASE(10) OUTER_CASE(11) OUTER_CASE(12)
#endif
	}
}

/*
 * Tiles have about the same size, because a small one at the end would be bound by
 * the latency of its sums; the larger ones come first, so that their prefetches
 * leave no gaps.
 */
void
panel_add_outer(const struct panels *b, int i, int t, struct rows a, struct rows p, real rate)
{
	int ntile = (b->k + OUTER - 1) / OUTER;
	real *to = panel(b, i);
	vec by = v_set1(rate);

	for (int j = 0, n; ntile > 0; j += n, ntile--) {
		const struct rows columns = { a.p + j, a.stride };

		n = (b->k - j + ntile - 1) / ntile;
		if (i < b->whole)
			outer_of(true, n, t, columns, p, to + (size_t)j * PW, by);
		else
			outer_of(false, n, t, columns, p, to + (size_t)j * PW, by);
	}
}
