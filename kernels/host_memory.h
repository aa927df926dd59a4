/*
 * host_memory.h - what backends in host memory share: plain allocation, and matrices
 * kept row-major as the caller has them.
 */
#ifndef HOST_MEMORY_H
#define HOST_MEMORY_H

#include "embed.h"
#include "pool.h"
#include "touched.h"
#include "real_names.h"

struct matrix {
	enum role role;
	int rows, cols;
	real *p;		/* (rows, cols); NULL for an embedding */
	struct embed e;		/* an embedding; zeros otherwise */
	struct touched touched;	/* of a sparse gradient; zeros (dense) otherwise */
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
struct backend *host_open(size_t size, int threads, const char **why);
void host_close(struct backend *k);

/* Keeps the error if it is the first. */
void host_note(struct backend *k, const char *error);
/* k->error */
const char *host_error(struct backend *k);

/* alloc, free, put, get of the table, and its real. */
void host_memory(struct backend *k);

/* mat_new, mat_free, mat_put, mat_get for the struct above. */
void host_matrices(struct backend *k);

/* A matrix's numbers, an embedding's (cols, rows), and how many; NULL for no matrix. */
real *host_values(const struct matrix *m);
size_t host_len(const struct matrix *m);

/* Of an input layer, an embedding or an output matrix shared with it: the numbers
 * of a word's row, and where it is. */
int host_width(const struct matrix *u);
real *host_word(const struct matrix *u, uint32_t word);

#endif
