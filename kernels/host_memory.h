/*
 * host_memory.h - the common part of backends in host memory: plain allocation, and
 * matrices stored row-major, in the caller's layout.
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

/* The first member of the state of a backend in host memory, k->ctx. */
struct host_state {
	const char *error;	/* the first failure, or NULL */
	struct pool *pool;	/* its threads */
};

/*
 * A table without entries, with `size` bytes of zeros as its state and a pool of so many
 * threads; NULL and *why on failure.  The backend's close() frees its own memory, then
 * calls host_close().
 */
struct backend *host_open(size_t size, int threads, const char **why);
void host_close(struct backend *k);

/* Reports an error: the first is kept. */
void host_fail(struct backend *k, const char *error);
/* k->error */
const char *host_error(struct backend *k);

/* Sets alloc, free, put and get of the table, and its real. */
void host_memory(struct backend *k);

/* Sets mat_new, mat_free, mat_put, mat_get and grad_* for struct matrix. */
void host_matrices(struct backend *k);

/* A matrix's array, (cols, rows) for an embedding, and its length; NULL for no matrix. */
real *host_values(const struct matrix *m);
size_t host_len(const struct matrix *m);

/* Entries of the table: grad_view of a matrix whose numbers are p(len); grad_set_rows. */
struct grad_view host_view(const struct matrix *g, real *p, size_t len);
void host_grad_set_rows(struct backend *k, struct matrix *g, const uint32_t *rows, int n);

/* Of an input layer (an embedding, or the output matrix where the two are tied): the
 * width of a word's row, and the row itself. */
int host_width(const struct matrix *u);
real *host_word(const struct matrix *u, uint32_t word);

#endif
