/*
 * npz.h - named arrays in a zip file, as numpy.load and numpy.savez know them.
 *
 * Members are NAME.npy, stored (deflated ones are read, too).  Format: NumPy's
 * "numpy.lib.format", versions 1.0 to 3.0.
 */
#ifndef NPZ_H
#define NPZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "errmsg.h"

enum npz_type { NPZ_F4, NPZ_F8, NPZ_U1, NPZ_U4, NPZ_I8 };	/* little-endian */
enum { NPZ_NAME = 64, NPZ_DIMS = 4 };

struct npz_array {
	char name[NPZ_NAME];	/* without .npy */
	enum npz_type type;
	int ndim;		/* 0 to NPZ_DIMS */
	size_t shape[NPZ_DIMS];
	size_t n;		/* elements */
	void *data;		/* (n) row-major; owned by the struct npz when read */
};

struct npz {
	struct npz_array *array;
	size_t narray, cap;
	struct errmsg err;
};

size_t npz_type_size(enum npz_type t);	/* bytes an element */

/* NULL, or the phrase why "-", elsewhere the standard input or output, is no place
 * for such a file: it is read from its end, and renamed into its place. */
const char *npz_refuse_pipe(const char *path);

/*
 * Reads every array of the file.  NULL, or a phrase naming the array and what
 * is wrong: not a zip, cut off, a checksum (zip's CRC-32) that does not match,
 * a header NumPy would not write, a type other than those above (a big-endian
 * one is named as such), a size that overflows or is not what the member
 * holds.  Fortran order is turned into row-major.  Nothing is allocated by a
 * claimed size that the file could not hold.  Members of other names than
 * printable ASCII of fewer than NPZ_NAME bytes and ".npy" are passed over.
 */
const char *npz_read(struct npz *z, const char *path);

const struct npz_array *npz_find(const struct npz *z, const char *name);	/* or NULL */

/*
 * Writes the n arrays beside path and renames, so that path is the old file or
 * the new one, whole; the same arrays give the same bytes.  A path that exists
 * and is not a regular file is refused; a symbolic link is followed.  data is
 * only read.  NULL, or a phrase (in err where it has something to quote).
 */
const char *npz_write(const char *path, const struct npz_array *a, size_t n, struct errmsg *err);

/* The file `from`, byte for byte, likewise put at `path`; from may be the same. */
const char *npz_copy(const char *path, const char *from, struct errmsg *err);

/* NULL, or the phrase that npz_write() would give before it writes: to be asked
 * before long work.  Leaves nothing behind. */
const char *npz_can_write(const char *path, struct errmsg *err);

void npz_free(struct npz *z);

#endif
