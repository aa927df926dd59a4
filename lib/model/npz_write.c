/*
 * npz_write.c - writes an .npz by libzip, through an atomic_file.
 *
 * Members are stored, with the earliest time a zip can tell and attributes
 * that do not depend on the umask: the same arrays give the same bytes.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <zip.h>

#include "atomic_file.h"
#include "errmsg.h"
#include "npy.h"
#include "npz.h"

enum {
	DOS_DAY = 1 << 5 | 1,		/* 1980-01-01 */
	MEMBER_MODE = 0100644		/* a regular file that all may read */
};

/* Where libzip writes: it knows the file by commands only. */
struct zip_output {
	FILE *f;
	zip_error_t error;
};

static zip_int64_t
output_result(struct zip_output *out, bool good, int code)
{
	if (good)
		return 0;
	zip_error_set(&out->error, code, errno);
	return -1;
}

static zip_int64_t
output_seek(struct zip_output *out, void *data, zip_uint64_t len)
{
	zip_source_args_seek_t *to = ZIP_SOURCE_GET_ARGS(zip_source_args_seek_t, data, len,
	    &out->error);

	return to == NULL ? -1 :
	    output_result(out, fseeko(out->f, to->offset, to->whence) == 0, ZIP_ER_SEEK);
}

/* A zip_source_callback for a file that is empty, and then written.  Opening and
 * reading have to be there, but nothing is read. */
static zip_int64_t
output_command(void *state, void *data, zip_uint64_t len, zip_source_cmd_t command)
{
	struct zip_output *out = state;

	switch (command) {
	case ZIP_SOURCE_SUPPORTS:
		return ZIP_SOURCE_SUPPORTS_WRITABLE;
	case ZIP_SOURCE_STAT:
		zip_stat_init(data);
		return sizeof(struct zip_stat);
	case ZIP_SOURCE_WRITE:
		return output_result(out, fwrite(data, 1, len, out->f) == len, ZIP_ER_WRITE) ?
		    -1 : (zip_int64_t)len;
	case ZIP_SOURCE_SEEK_WRITE:
		return output_seek(out, data, len);
	case ZIP_SOURCE_TELL_WRITE:
		return ftello(out->f);
	case ZIP_SOURCE_COMMIT_WRITE:
		return output_result(out, fflush(out->f) == 0, ZIP_ER_WRITE);
	case ZIP_SOURCE_ERROR:
		return zip_error_to_data(&out->error, data, len);
	default:
		return 0;
	}
}

static const char *
zip_failure(zip_error_t *e)
{
	if (zip_error_system_type(e) == ZIP_ET_SYS && zip_error_code_system(e) != 0)
		return strerror(zip_error_code_system(e));
	if (zip_error_code_zip(e) == ZIP_ER_MEMORY)
		return "out of memory";
	return "the zip could not be written";
}

static const char *
add_member(zip_t *zip, const struct npz_array *a, char head[NPY_OUT_MAX])
{
	char name[NPZ_NAME + 4];
	zip_buffer_fragment_t part[2] = {
		{ (zip_uint8_t *)head, npy_format(a, head) },
		{ a->data, a->n * npz_type_size(a->type) },
	};
	zip_error_t e;
	zip_source_t *source;
	zip_int64_t i;

	zip_error_init(&e);
	source = zip_source_buffer_fragment_create(part, part[1].length ? 2 : 1, 0, &e);
	if (source == NULL)
		return zip_failure(&e);
	snprintf(name, sizeof(name), "%s.npy", a->name);
	i = zip_file_add(zip, name, source, ZIP_FL_ENC_UTF_8);
	if (i < 0) {
		zip_source_free(source);
		return zip_failure(zip_get_error(zip));
	}
	if (zip_set_file_compression(zip, (zip_uint64_t)i, ZIP_CM_STORE, 0) != 0 ||
	    zip_file_set_dostime(zip, (zip_uint64_t)i, 0, DOS_DAY, 0) != 0 ||
	    zip_file_set_external_attributes(zip, (zip_uint64_t)i, 0, ZIP_OPSYS_UNIX,
	        (zip_uint32_t)MEMBER_MODE << 16) != 0)
		return zip_failure(zip_get_error(zip));
	return NULL;
}

static zip_t *
open_zip(struct zip_output *out, zip_error_t *e)
{
	zip_source_t *source = zip_source_function_create(output_command, out, e);
	zip_t *zip = source ? zip_open_from_source(source, ZIP_TRUNCATE, e) : NULL;

	if (zip == NULL && source)
		zip_source_free(source);
	return zip;
}

static const char *
write_zip(FILE *f, const struct npz_array *a, size_t n)
{
	struct zip_output out = { .f = f };
	zip_error_t e;
	zip_t *zip;
	const char *why = NULL;
	char (*head)[NPY_OUT_MAX] = calloc(n, sizeof(*head));

	if (head == NULL)
		return "out of memory";
	zip_error_init(&e);
	zip_error_init(&out.error);
	zip = open_zip(&out, &e);
	if (zip == NULL) {
		free(head);
		return zip_failure(&e);
	}
	for (size_t i = 0; i < n && why == NULL; i++)
		why = add_member(zip, &a[i], head[i]);
	if (why == NULL && zip_close(zip) != 0)
		why = zip_failure(zip_get_error(zip));
	else if (why == NULL)
		zip = NULL;
	if (zip != NULL)
		zip_discard(zip);
	free(head);
	return why;
}

/* What cannot be replaced by a file. */
static const char *
refuse_target(const char *path)
{
	struct stat st;

	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
		return "is not a regular file";
	return npz_refuse_pipe(path);
}

static const char *
open_target(struct atomic_file *t, const char *path, struct errmsg *err)
{
	const char *why = refuse_target(path);

	return why ? why : atomic_file_open(t, path, err);
}

static const char *
close_target(struct atomic_file *t, const char *why)
{
	if (why == NULL)
		return atomic_file_commit(t);
	atomic_file_abandon(t);
	return why;
}

/* All of one file into the other. */
static const char *
copy_bytes(FILE *from, FILE *to)
{
	char block[1 << 16];
	size_t n;

	while ((n = fread(block, 1, sizeof(block), from)) > 0)
		if (fwrite(block, 1, n, to) != n)
			return strerror(errno);
	return ferror(from) ? strerror(errno) : NULL;
}

const char *
npz_copy(const char *path, const char *from, struct errmsg *err)
{
	struct atomic_file t;
	const char *why;
	FILE *f = fopen(from, "r");

	if (f == NULL)
		return strerror(errno);
	why = open_target(&t, path, err);
	if (why == NULL)
		why = close_target(&t, copy_bytes(f, t.f));
	fclose(f);
	return why;
}

const char *
npz_can_write(const char *path, struct errmsg *err)
{
	const char *why = refuse_target(path);

	return why ? why : atomic_file_check(path, err);
}

const char *
npz_write(const char *path, const struct npz_array *a, size_t n, struct errmsg *err)
{
	struct atomic_file t;
	const char *why = open_target(&t, path, err);

	if (why == NULL)
		why = close_target(&t, n > 0 ? write_zip(t.f, a, n) : "no arrays to write");
	return why;
}
