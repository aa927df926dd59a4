/*
 * host.h - what backends in host memory share: plain allocation, and matrices
 * kept row-major as the caller has them.
 */
#ifndef HOST_H
#define HOST_H

#include "embed.h"
#include "pool.h"

struct kern_mat {
	enum kern_role role;
	int rows, cols;
	real *p;		/* (rows, cols); NULL for an embedding */
	struct embed e;		/* an embedding; zeros otherwise */
};

/* How the state of a backend in host memory begins: k->ctx. */
struct host_state {
	const char *error;	/* the first failure, or NULL */
	struct pool *pool;	/* its threads */
};

/*
 * An empty table with `size` bytes of zeros as its state, and a team of so many
 * threads; NULL and *why when they cannot be had.  close() of the backend frees
 * what it keeps besides, then calls host_close().
 */
struct kern *NAME(host_open)(size_t size, int threads, const char **why);
void NAME(host_close)(struct kern *k);

/* Keeps the error if it is the first. */
void NAME(host_note)(struct kern *k, const char *error);
/* k->error */
const char *NAME(host_error)(struct kern *k);

/* alloc, free, put, get of the table, and its real. */
void NAME(host_memory)(struct kern *k);

/* mat_new, mat_free, mat_put, mat_get for the struct above. */
void NAME(host_matrices)(struct kern *k);

/* A matrix's numbers, an embedding's (cols, rows), and how many; NULL for no matrix. */
real *NAME(host_numbers)(const struct kern_mat *m);
size_t NAME(host_len)(const struct kern_mat *m);
/* An embedding's words, which are touched; NULL for other roles. */
struct embed *NAME(host_words)(const struct kern_mat *m);

/* Of an input layer, an embedding or an output matrix shared with it: the numbers
 * of a word's row, and where it is. */
int NAME(host_width)(const struct kern_mat *u);
real *NAME(host_word)(const struct kern_mat *u, uint32_t word);

#endif
