/*
 * panels.h - a matrix B(k,n) cut into panels of PW columns, and the three
 * products of a layer on it.
 *
 * A panel's row of PW = 2 LANES numbers is two registers wide, so a tile of
 * A B keeps its sums in registers during its pass over the panel:
 *
 *	p[j / PW * stride + i * PW + j % PW] = B[i][j]
 *
 * Columns past n are zero and stay zero; where a panel's right half has none but these, the
 * products leave it out, and a tile's right half is zero.  The stride is an odd number of rows:
 * if it were a power of two, the same row of all panels would compete for the same
 * few sets of the cache.  All three products use panels in place:
 *
 *	tile		C(t,PW)  = A(t,k) panel		rank-1 updates over k
 *	dots		dA(t,k) += P(t,PW) panel'	lanes add up over panels
 *	add_outer	panel   += rate A(t,k)' P(t,PW)	rank-1 updates over t
 */
#ifndef PANELS_H
#define PANELS_H

#include <stddef.h>

#include "vec.h"
#include "gemm_names.h"

enum {
	PW = 2 * LANES,			/* columns in a panel */
	TILE = VECS == 32 ? 14 : 6,	/* rows of A in a tile: 2 TILE + 3 registers */
	DOTS_K = 4,			/* k and t of a tile of dots: */
	DOTS_T = VECS == 32 ? 6 : 2,	/* (DOTS_T + 1) DOTS_K + 1 registers */
	OUTER = VECS == 32 ? 12 : 6	/* rows of a panel in a tile of add_outer */
};

/* Rows of an operand: the first, and the reals from one to the next. */
struct rows {
	const real *p;
	size_t stride;
};

struct panels {
	int k, n, np;		/* rows, columns, panels */
	int whole;		/* the right halves of the panels from this one on are zero */
	size_t stride;		/* reals from one panel to the next */
	real *p;		/* (np, stride) */
};

/* The sizes of panels for B(k,n), without memory: np stride reals. */
INLINE struct panels
panels_shape(int k, int n)
{
	return (struct panels){ k, n, (n + PW - 1) / PW, (n + LANES - 1) / PW, ((size_t)k | 1) * PW,
	    NULL };
}

/* Initialised with zeros; p is NULL if there is no memory. */
void panels_new(struct panels *b, int k, int n);
void panels_free(struct panels *b);

/* Rows and columns of host memory: element (i, j) is host[i * di + j * dj]. */
void panels_put(struct panels *b, const real *host, size_t di, size_t dj);
void panels_get(const struct panels *b, real *host, size_t di, size_t dj);

/* Panel i of `to` = the transpose of rows first .. first+n-1 of `from`, n at most PW. */
void panel_transpose(const struct panels *from, int first, int n, struct panels *to, int i);

/* Column j, (k), as a row. */
void panels_column(const struct panels *b, int j, real *row);

/*
 * Rows of A packed for tiles: block by block of at most TILE rows, each block
 * k-major, so that the block's numbers of one k are adjacent.  All blocks of a matrix
 * have the same number of rows or one less.
 */
struct packed {
	int t, k;
	int nblock, rows, full;	/* blocks; rows of the first `full` ones; the others have one less */
	real *p;		/* (t, k), the caller's */
};

void pack_shape(struct packed *a, int t, int k, real *p);
void pack_matrix(struct packed *a, const real *rows, size_t stride);
/* From rows at any addresses: row[r](k) for r below t. */
void pack_rows(struct packed *a, const real *const *row);

/* The first row of a block; block may be nblock. */
int packed_row(const struct packed *a, int block);

/*
 * C(rows, PW) = the rows of A in blocks block .. end-1, times panel i of B; row r of
 * C is at c + r * stride.
 */
void panel_tile(const struct packed *a, int block, int end, const struct panels *b,
    int i, real *c, size_t stride);

/*
 * dA(t,k)[r][j] += sum over columns of panels i .. i+n-1 of
 * P[r][column] B[j][column].  P is in panels, too, of (t, PW) each, p.stride apart;
 * row r of dA is at da + r * dstride.
 */
void panel_dots(const struct panels *b, int i, int n, int t, struct rows p, real *da,
    size_t dstride);

/* Panel i of B += rate A' P for rows of A(t,k) and P(t,PW). */
void panel_add_outer(const struct panels *b, int i, int t, struct rows a, struct rows p,
    real rate);

#endif
