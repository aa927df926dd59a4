/*
 * npz.h - named arrays in a zip file, as read and written by numpy.load and numpy.savez.
 *
 * Members are NAME.npy, stored; deflated ones are read as well.  Format: NumPy's
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

	struct {		/* of an array that is read */
		uint64_t number, bytes;	/* in the zip; declared bytes, header included */
		bool fortran;
		size_t head;	/* bytes of the header; 0: not read yet */
	} member;
};

struct npz {
	struct npz_array *array;
	size_t narray, cap;
	struct zip *zip;	/* the open file */
	uint64_t allowance;	/* bytes that may still be read from it */
	struct errmsg err;
};

size_t npz_type_size(enum npz_type t);	/* bytes of an element */

/* NULL, or an error message for "-": such a file cannot be piped, since it is read
 * from its end and renamed when it is complete. */
const char *npz_refuse_pipe(const char *path);

/*
 * Opens the file and lists its arrays; only the zip's directory is read, so the list
 * costs no more than the file's size, whatever it claims.  NULL, or an error message with
 * the array's name: not a zip, truncated, an array that appears twice, is encrypted, or
 * claims more than the file could hold.  Members whose names are not fewer than NPZ_NAME
 * bytes of printable ASCII and ".npy" are ignored.
 */
const char *npz_open(struct npz *z, const char *path);

/*
 * Reads an array's header: type and shape.  NULL or an error message with the array's
 * name: a malformed header, a type other than those above (big-endian ones are named as
 * such), a size that overflows or differs from the member's.  All arrays whose headers are
 * read may have NPZ_RATIO times the bytes of the file and NPZ_FREE more, which is checked
 * before anything is decompressed.
 */
const char *npz_head(struct npz *z, struct npz_array *a);

/*
 * Reads its data as well, and checks its CRC-32.  Fortran order is converted to
 * row-major.
 */
const char *npz_data(struct npz *z, struct npz_array *a);

enum { NPZ_RATIO = 64, NPZ_FREE = 64 << 20 };

/* Frees the data of an array that is not needed any more. */
void npz_drop(struct npz_array *a);

/* npz_open(), then npz_data() of every array. */
const char *npz_read(struct npz *z, const char *path);

struct npz_array *npz_find(const struct npz *z, const char *name);	/* or NULL */

/*
 * Writes the n arrays to path, atomically (atomic_file.h); the same arrays give the
 * same bytes.  A path that exists and is not a regular file is refused; a symbolic
 * link is followed.  NULL, or an error message (constant, or in err).
 */
const char *npz_write(const char *path, const struct npz_array *a, size_t n, struct errmsg *err);

/* Copies the file `from` to path in the same way; both may be the same file. */
const char *npz_copy(const char *path, const char *from, struct errmsg *err);

/* NULL, or the message with which npz_write() would fail before it writes: to be
 * called before long work.  Leaves no file behind. */
const char *npz_can_write(const char *path, struct errmsg *err);

void npz_free(struct npz *z);

#endif
