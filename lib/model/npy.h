/*
 * npy.h - the head of one .npy: magic, version, and a Python dict literal that
 * tells type, order and shape.  NumPy's "numpy.lib.format".
 */
#ifndef NPY_H
#define NPY_H

#include <stdbool.h>
#include <stddef.h>

#include "npz.h"

enum {
	NPY_FIXED = 12,		/* enough bytes to know the head's length */
	NPY_HEAD_MAX = 1 << 16,	/* longer ones are refused */
	NPY_OUT_MAX = 256	/* what npy_format() needs */
};

/*
 * The length of the whole head (magic included, data begins there) by the
 * first len bytes of a member; NPY_FIXED or fewer if the member is as short.
 * NULL or a phrase without a subject, as "is not in .npy format".
 */
const char *npy_length(const unsigned char *p, size_t len, size_t *head);

/*
 * Parses the whole head of *head bytes that npy_length() gave.  Sets type,
 * ndim, shape and n of a, and *fortran.  NULL or a phrase without a subject,
 * in err where it has something to quote.
 */
const char *npy_parse(const unsigned char *p, size_t head, struct npz_array *a,
    bool *fortran, struct errmsg *err);

/* The head as NumPy would write it; returns its length, a multiple of 64. */
size_t npy_format(const struct npz_array *a, char out[NPY_OUT_MAX]);

const char *npy_type_name(enum npz_type t);	/* "<f4", ... */

#endif
