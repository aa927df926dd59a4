/*
 * npy.h - the header of a .npy: magic, version, and a Python dict literal with type,
 * order and shape.  Format: NumPy's "numpy.lib.format".
 */
#ifndef NPY_H
#define NPY_H

#include <stdbool.h>
#include <stddef.h>

#include "npz.h"

enum {
	NPY_FIXED = 12,		/* bytes that tell the header's length */
	NPY_HEAD_MAX = 1 << 16,	/* longer ones are refused */
	NPY_OUT_MAX = 256	/* bytes that npy_format() writes at most */
};

/*
 * The length of the whole header, magic included, from the first len bytes of a
 * member: NPY_FIXED, or all of a shorter one.  NULL or an error message without a
 * subject, such as "is not in .npy format".
 */
const char *npy_length(const unsigned char *p, size_t len, size_t *head);

/*
 * Parses the header, of the length that npy_length() returned.  Sets type, ndim,
 * shape and n of a, and *fortran.  NULL or an error message without a subject
 * (constant, or in err).
 */
const char *npy_parse(const unsigned char *p, size_t head, struct npz_array *a,
    bool *fortran, struct errmsg *err);

/* Writes the header as NumPy does; returns its length, a multiple of 64. */
size_t npy_format(const struct npz_array *a, char out[NPY_OUT_MAX]);

const char *npy_type_name(enum npz_type t);	/* "<f4", ... */

#endif
