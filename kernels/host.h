/*
 * host.h - what backends in host memory share: plain allocation, and matrices
 * kept row-major as the caller has them.
 */
#ifndef HOST_H
#define HOST_H

#include "kern.h"
#include "real.h"

struct kern_mat {
	enum kern_role role;
	int rows, cols;
	real *p;		/* (rows, cols); an embedding: (cols, rows), a row a word */
	uint32_t *touched;	/* embedding gradients: words whose row is not zero */
	unsigned char *is_touched;
	int ntouched;
};

/* The memory entries of the table; ctx is not used. */
void NAME(host_memory)(struct kern *k);

/* Notes that row `word` of an embedding's gradient is no longer zero. */
void NAME(host_touch)(struct kern_mat *m, uint32_t word);

/* P -= rate G; then G = 0, visiting only the touched rows of an embedding. */
void NAME(host_sgd)(struct kern *k, struct kern_mat *p, struct kern_mat *g, double rate);

#endif
