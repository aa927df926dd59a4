/*
 * npz.c - reads the arrays of an .npz with libzip.
 *
 * An array is read when it is asked for, to its end, where libzip checks the CRC-32.
 * Sizes come from the zip's directory and are trusted only as far as the file could hold
 * them.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <zip.h>

#include "mem.h"
#include "npy.h"
#include "npz.h"
#include "errmsg.h"

#if defined(__BYTE_ORDER__) && defined(__ORDER_BIG_ENDIAN__)
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#error "arrays are little-endian in the file and are read without conversion"
#endif
#endif

enum {
	MEMBERS_MAX = 4096,
	DEFLATE_MOST = 1032	/* bytes that a byte of deflated data can expand to */
};

static const char *
read_failure(const zip_error_t *e)
{
	switch (zip_error_code_zip(e)) {
	case ZIP_ER_CRC:
		return "is damaged: its checksum does not match";
	case ZIP_ER_EOF:
		return "is cut off";
	case ZIP_ER_MEMORY:
		return "does not fit into memory";
	case ZIP_ER_READ:
	case ZIP_ER_SEEK:
		return strerror(zip_error_code_system(e));
	default:
		return "is damaged";
	}
}

/* Reads exactly len bytes.  NULL or an error message without a subject. */
static const char *
read_all(zip_file_t *f, void *to, size_t len)
{
	char *p = to;

	while (len > 0) {
		zip_int64_t n = zip_fread(f, p, len);

		if (n < 0)
			return read_failure(zip_file_get_error(f));
		if (n == 0)
			return "is cut off";
		p += n;
		len -= (size_t)n;
	}
	return NULL;
}

static const char *
read_end(zip_file_t *f)
{
	char c;
	zip_int64_t n = zip_fread(f, &c, 1);

	if (n < 0)
		return read_failure(zip_file_get_error(f));
	return n == 0 ? NULL : "is longer than its shape says";
}

static const char *
read_head(zip_file_t *f, struct npz_array *a, struct errmsg *err)
{
	unsigned char fixed[NPY_FIXED], *p;
	size_t n = a->member.bytes < NPY_FIXED ? (size_t)a->member.bytes : NPY_FIXED, bytes, head;
	const char *why = read_all(f, fixed, n);

	if (why == NULL)
		why = npy_length(fixed, n, &head);
	if (why != NULL)
		return why;
	if (head > a->member.bytes)
		return "is shorter than its own header";
	p = malloc(head);
	if (p == NULL)
		return "does not fit into memory";
	memcpy(p, fixed, n);
	why = read_all(f, p + n, head - n);
	if (why == NULL)
		why = npy_parse(p, head, a, &a->member.fortran, err);
	free(p);
	if (why != NULL)
		return why;
	if (!mem_mul(a->n, npz_type_size(a->type), &bytes))
		return "claims a size beyond any memory";
	if (a->member.bytes - head != bytes)
		return errmsg_set(err, "holds %llu bytes of data where its shape "
		    "says %zu", (unsigned long long)(a->member.bytes - head), bytes);
	a->member.head = head;
	return NULL;
}

/* Converts column-major data to row-major order. */
static const char *
to_row_major(struct npz_array *a)
{
	size_t size = npz_type_size(a->type), stride[NPZ_DIMS], at[NPZ_DIMS] = { 0 };
	char *from = a->data, *to = malloc(a->n * size);

	if (to == NULL)
		return "does not fit into memory";
	for (int d = 0; d < a->ndim; d++)
		stride[d] = d ? stride[d - 1] * a->shape[d - 1] : size;
	for (size_t i = 0, place = 0; i < a->n; i++) {
		memcpy(to + i * size, from + place, size);
		for (int d = a->ndim - 1; d >= 0; d--) {
			place += stride[d];
			if (++at[d] < a->shape[d])
				break;
			place -= at[d] * stride[d];
			at[d] = 0;
		}
	}
	free(from);
	a->data = to;
	return NULL;
}

static const char *
read_array(zip_file_t *f, struct npz_array *a, struct errmsg *err)
{
	const char *why = read_head(f, a, err);
	size_t bytes;

	if (why != NULL)
		return why;
	bytes = a->n * npz_type_size(a->type);
	a->data = malloc(bytes ? bytes : 1);
	if (a->data == NULL)
		return "does not fit into memory";
	why = read_all(f, a->data, bytes);
	if (why == NULL)
		why = read_end(f);
	if (why == NULL && a->member.fortran && a->ndim > 1 && a->n > 1)
		why = to_row_major(a);
	return why;
}

/* Opens the member and has it read by the function; the message gets the array's name. */
static const char *
read_by(struct npz *z, struct npz_array *a,
    const char *(*read)(zip_file_t *f, struct npz_array *a, struct errmsg *err))
{
	zip_file_t *f = zip_fopen_index(z->zip, a->member.number, 0);
	const char *why;

	if (f == NULL) {
		why = read_failure(zip_get_error(z->zip));
	} else {
		why = read(f, a, &z->err);
		zip_fclose(f);
	}
	return why ? errmsg_set(&z->err, "array '%s' %s", a->name, why) : NULL;
}

const char *
npz_head(struct npz *z, struct npz_array *a)
{
	if (a->member.head > 0)
		return NULL;
	if (a->member.bytes > z->allowance)
		return errmsg_set(&z->err, "array '%s' claims too much: what a file expands to "
		    "is limited to %d times its size; save it without compression", a->name,
		    NPZ_RATIO);
	z->allowance -= a->member.bytes;
	return read_by(z, a, read_head);
}

const char *
npz_data(struct npz *z, struct npz_array *a)
{
	const char *why = npz_head(z, a);

	return why != NULL || a->data != NULL ? why : read_by(z, a, read_array);
}

void
npz_drop(struct npz_array *a)
{
	free(a->data);
	a->data = NULL;
}

/* Whether the `room` bytes of the file that other members do not claim can hold it. */
static const char *
check_claim(const struct zip_stat *st, uint64_t room)
{
	if (st->encryption_method != ZIP_EM_NONE)
		return "is encrypted";
	if (st->comp_method != ZIP_CM_STORE && st->comp_method != ZIP_CM_DEFLATE)
		return "is compressed with a method other than deflate";
	if (st->comp_size > room)
		return "claims more bytes than the file has";
	if (st->comp_method == ZIP_CM_STORE && st->size != st->comp_size)
		return "has two different sizes";
	if (st->size / DEFLATE_MOST > st->comp_size || st->size > SIZE_MAX)
		return "claims more bytes than its compressed data can hold";
	return NULL;
}

/*
 * The length of the array's name, without ".npy"; 0 for a member to be ignored:
 * another ending, a name that is too long or not printable ASCII.
 */
static size_t
name_length(const char *name)
{
	size_t len = strlen(name);

	for (const char *p = name; *p; p++) {
		if (*p < ' ' || *p > '~')
			return 0;
	}
	if (len < 5 || strcmp(name + len - 4, ".npy") != 0 || len - 4 >= NPZ_NAME)
		return 0;
	return len - 4;
}

static const char *
list_member(struct npz *z, const struct zip_stat *st, uint64_t *room)
{
	struct npz_array a = { .member = { .number = st->index, .bytes = st->size } };
	size_t len = name_length(st->name);
	const char *why;

	if (len == 0)
		return NULL;
	memcpy(a.name, st->name, len);
	if (npz_find(z, a.name) != NULL)
		return errmsg_set(&z->err, "array '%s' appears twice", a.name);
	why = check_claim(st, *room);
	if (why != NULL)
		return errmsg_set(&z->err, "array '%s' %s", a.name, why);
	*room -= st->comp_size;
	if (!mem_grow(&z->array, &z->cap, z->narray + 1, sizeof(a)))
		return "out of memory";
	z->array[z->narray++] = a;
	return NULL;
}

static const char *
list_members(struct npz *z, uint64_t room)
{
	const zip_uint64_t all = ZIP_STAT_NAME | ZIP_STAT_INDEX | ZIP_STAT_SIZE |
	    ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD;
	zip_int64_t n = zip_get_num_entries(z->zip, 0);
	const char *why = NULL;

	if (n > MEMBERS_MAX)
		return errmsg_set(&z->err, "has %lld members, more than %d",
		    (long long)n, MEMBERS_MAX);
	for (zip_int64_t i = 0; i < n && why == NULL; i++) {
		struct zip_stat st;

		if (zip_stat_index(z->zip, (zip_uint64_t)i, ZIP_FL_ENC_RAW, &st) != 0 ||
		    (st.valid & all) != all)
			return "is damaged: a member of the zip has no description";
		why = list_member(z, &st, &room);
	}
	return why;
}

static const char *
open_failure(int code, int sys, int fd)
{
	char magic[4];

	switch (code) {
	case ZIP_ER_INCONS:
		return "is damaged or cut off: the zip's parts contradict each other";
	case ZIP_ER_MEMORY:
		return "does not fit into memory";
	case ZIP_ER_READ:
	case ZIP_ER_SEEK:
	case ZIP_ER_OPEN:
		return sys ? strerror(sys) : "cannot be read";
	case ZIP_ER_EXISTS:
		return "is damaged: an array appears twice";
	case ZIP_ER_MULTIDISK:
		return "is one part of a split zip file";
	default:	/* no directory at its end, whatever the code */
		if (pread(fd, magic, 4, 0) == 4 && memcmp(magic, "PK\3\4", 4) == 0)
			return "is cut off: the directory at the zip's end is missing";
		return "is not a zip file";
	}
}

static const char *
open_zip(struct npz *z, int fd, uint64_t size)
{
	int code = 0;
	const char *why;

	z->zip = zip_fdopen(fd, ZIP_CHECKCONS, &code);	/* owns fd on success */
	if (z->zip == NULL) {
		why = open_failure(code, errno, fd);
		close(fd);
		return why;
	}
	z->allowance = size > (UINT64_MAX - NPZ_FREE) / NPZ_RATIO ? UINT64_MAX :
	    size * NPZ_RATIO + NPZ_FREE;
	return list_members(z, size);
}

const char *
npz_refuse_pipe(const char *path)
{
	return strcmp(path, "-") == 0 ? "a model cannot go through a pipe; name a file" : NULL;
}

const char *
npz_open(struct npz *z, const char *path)
{
	struct stat st;
	const char *why = npz_refuse_pipe(path);
	int fd;

	*z = (struct npz){ 0 };
	if (why != NULL)
		return why;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);	/* a pipe must not block */
	if (fd < 0)
		return strerror(errno);
	if (fstat(fd, &st) != 0)
		why = strerror(errno);
	else if (S_ISDIR(st.st_mode))
		why = "is a directory";
	else if (!S_ISREG(st.st_mode))
		why = "is not a regular file";
	else if (st.st_size == 0)
		why = "is empty";
	if (why != NULL) {
		close(fd);
		return why;
	}
	why = open_zip(z, fd, (uint64_t)st.st_size);
	if (why != NULL)
		npz_free(z);
	return why;
}

const char *
npz_read(struct npz *z, const char *path)
{
	const char *why = npz_open(z, path);

	if (why != NULL)
		return why;
	for (size_t i = 0; i < z->narray && why == NULL; i++)
		why = npz_data(z, &z->array[i]);
	if (why != NULL)
		npz_free(z);
	return why;
}

struct npz_array *
npz_find(const struct npz *z, const char *name)
{
	for (size_t i = 0; i < z->narray; i++) {
		if (strcmp(z->array[i].name, name) == 0)
			return &z->array[i];
	}
	return NULL;
}

void
npz_free(struct npz *z)
{
	for (size_t i = 0; i < z->narray; i++)
		free(z->array[i].data);
	free(z->array);
	if (z->zip != NULL)
		zip_discard(z->zip);
	z->zip = NULL;
	z->array = NULL;
	z->narray = z->cap = 0;
}
