/*
 * embed.h - the input layer: a row of h numbers for each word, looked up.
 *
 * Stored a row a word, the transpose of the file's (h, v), since every use is
 * by word.  A gradient remembers which rows it touched, so that an update
 * visits those only.
 */
#ifndef EMBED_H
#define EMBED_H

#include "backend.h"
#include "real.h"
#include "real_names.h"

struct embed {
	int h, v;
	real *p;			/* (v, h) */
	uint32_t *touched;		/* (ntouched) words whose row is not zero */
	unsigned char *is_touched;	/* (v) */
	int ntouched;
};

/* Zeros; p is NULL when there is no memory. */
void embed_new(struct embed *e, int h, int v);
void embed_free(struct embed *e);

/* The file's (h, v) of host memory; every row then counts as touched. */
void embed_put(struct embed *e, const real *host);
void embed_get(const struct embed *e, real *host);

/* A(t,h): row r = p[x_r]; rows of A lie `stride` apart. */
void embed_look_up(const struct embed *e, const struct batch *b, real *a, size_t stride);

/* p[x_r] += rate D(t,h)[r], and touched. */
void embed_add(struct embed *e, const struct batch *b, const real *d, size_t stride,
    real rate);

/* After the numbers of its touched rows were made zero: none is touched. */
void embed_untouch(struct embed *e);

/* Notes that the row of `word` is no longer zero. */
void embed_touch(struct embed *e, uint32_t word);

#endif
