/*
 * embed.h - the embedding matrix: h numbers for each word, looked up by word.
 *
 * Stored as one row per word, the transpose of the file's (h, v), since every use is
 * by word.  Its gradient is sparse: struct matrix has the set of touched rows.
 */
#ifndef EMBED_H
#define EMBED_H

#include "backend.h"
#include "real.h"
#include "real_names.h"

struct embed {
	int h, v;
	real *p;	/* (v, h) */
};

/* Zeros; p is NULL when there is no memory. */
void embed_new(struct embed *e, int h, int v);
void embed_free(struct embed *e);

/* From and to the file's layout (h, v) in host memory. */
void embed_put(struct embed *e, const real *host);
void embed_get(const struct embed *e, real *host);

/* A(t,h): row r = p[x_r]; rows of A are `stride` apart. */
void embed_look_up(const struct embed *e, const struct batch *b, real *a, size_t stride);

/* p[x_r] += rate D(t,h)[r]; the caller adds x to the set of touched rows. */
void embed_add(struct embed *e, const struct batch *b, const real *d, size_t stride,
    real rate);

#endif
