/*
 * host.h - what backends in host memory share: plain allocation, and matrices
 * kept row-major as the caller has them.
 */
#ifndef HOST_H
#define HOST_H

#include "embed.h"

struct kern_mat {
	enum kern_role role;
	int rows, cols;
	real *p;		/* (rows, cols); NULL for an embedding */
	struct embed e;		/* an embedding; zeros otherwise */
};

/* alloc, free, put, get of the table, and its real. */
void NAME(host_memory)(struct kern *k);

/* mat_new, mat_free, mat_put, mat_get and sgd for the struct above. */
void NAME(host_matrices)(struct kern *k);

#endif
