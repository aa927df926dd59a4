/*
 * npz_write.c - writes an .npz beside its target and renames it.
 *
 * Members are stored, with the earliest time a zip can tell and attributes
 * that do not depend on the umask: the same arrays give the same bytes.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <zip.h>

#include "npy.h"
#include "npz.h"
#include "errmsg.h"

enum {
	DOS_DAY = 1 << 5 | 1,		/* 1980-01-01 */
	TRIES = 100,
	MEMBER_MODE = 0100644		/* a regular file that all may read */
};

struct target {
	char *path;	/* the file itself, symbolic links followed */
	char *tmp;	/* beside it */
	mode_t mode;
	int fd;		/* of tmp as it was made, empty; -1: none */
};

static const char *
zip_failure(zip_error_t *e)
{
	if (zip_error_system_type(e) == ZIP_ET_SYS && zip_error_code_system(e) != 0)
		return strerror(zip_error_code_system(e));
	if (zip_error_code_zip(e) == ZIP_ER_MEMORY)
		return "out of memory";
	return "the zip could not be written";
}

/* Sets t->path, and t->mode if the file is there. */
static const char *
find_target(struct target *t, const char *path, bool *is_new)
{
	struct stat st;

	*is_new = stat(path, &st) != 0;
	if (*is_new) {
		if (errno != ENOENT || *path == '\0')
			return strerror(errno);
		if (lstat(path, &st) == 0)
			return "is a symbolic link that leads nowhere";
		t->path = strdup(path);
		return t->path == NULL ? "out of memory" : NULL;
	}
	if (S_ISDIR(st.st_mode))
		return "is a directory";
	if (!S_ISREG(st.st_mode))
		return "is not a regular file";
	if (access(path, W_OK) != 0)
		return strerror(errno);
	t->mode = st.st_mode & 0777;
	t->path = realpath(path, NULL);
	return t->path == NULL ? strerror(errno) : NULL;
}

/* Makes an empty file beside the target. */
static const char *
make_tmp(struct target *t, bool is_new, struct errmsg *err)
{
	const char *slash = strrchr(t->path, '/');
	int folder = slash ? (int)(slash - t->path) + 1 : 0;
	size_t room = (size_t)folder + 60;
	struct stat st;

	t->tmp = malloc(room);
	if (t->tmp == NULL)
		return "out of memory";
	for (int i = 0; i < TRIES && t->fd < 0; i++) {
		snprintf(t->tmp, room, "%.*sunroll-%ld-%d.tmp", folder, t->path,
		    (long)getpid(), i);
		t->fd = open(t->tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
		if (t->fd < 0 && errno != EEXIST)
			break;
	}
	if (t->fd < 0)
		return errmsg_set(err, "cannot make a file beside it: %s",
		    strerror(errno));
	if (is_new) {
		if (fstat(t->fd, &st) != 0)
			return strerror(errno);
		t->mode = st.st_mode & 0777;	/* as the umask says */
	}
	return NULL;
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

static const char *
write_zip(const char *path, const struct npz_array *a, size_t n)
{
	int code = 0;
	zip_t *zip;
	const char *why = NULL;
	char (*head)[NPY_OUT_MAX] = calloc(n ? n : 1, sizeof(*head));

	if (head == NULL)
		return "out of memory";
	zip = zip_open(path, ZIP_TRUNCATE, &code);
	if (zip == NULL) {
		free(head);
		return code == ZIP_ER_MEMORY ? "out of memory" : strerror(errno);
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

/* Puts the written tmp, as a whole and on the disk, in the target's place. */
static const char *
put_in_place(const struct target *t)
{
	int fd = open(t->tmp, O_RDONLY | O_CLOEXEC);
	const char *why = NULL;

	if (fd < 0)
		return strerror(errno);
	if (fchmod(fd, t->mode) != 0 || fsync(fd) != 0)
		why = strerror(errno);
	if (close(fd) != 0 && why == NULL)
		why = strerror(errno);
	if (why == NULL && rename(t->tmp, t->path) != 0)
		why = strerror(errno);
	return why;
}

/* The target, and an empty file beside it. */
static const char *
open_target(struct target *t, const char *path, struct errmsg *err)
{
	bool is_new;
	const char *why = npz_refuse_pipe(path);

	*t = (struct target){ .fd = -1 };
	if (why != NULL)
		return why;
	why = find_target(t, path, &is_new);
	return why ? why : make_tmp(t, is_new, err);
}

static void
close_target(struct target *t, bool keep)
{
	if (t->fd >= 0) {
		close(t->fd);
		if (!keep)
			unlink(t->tmp);
	}
	free(t->tmp);
	free(t->path);
}

/* All that is left in the file. */
static const char *
copy_bytes(int from, int to)
{
	char block[1 << 16];
	ssize_t n, done;

	while ((n = read(from, block, sizeof(block))) > 0)
		for (ssize_t at = 0; at < n; at += done)
			if ((done = write(to, block + at, (size_t)(n - at))) < 0)
				return strerror(errno);
	return n < 0 ? strerror(errno) : NULL;
}

const char *
npz_copy(const char *path, const char *from, struct errmsg *err)
{
	struct target t;
	const char *why;
	int fd = open(from, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return strerror(errno);
	why = open_target(&t, path, err);
	if (why == NULL)
		why = copy_bytes(fd, t.fd);
	if (why == NULL)
		why = put_in_place(&t);
	close_target(&t, why == NULL);
	close(fd);
	return why;
}

const char *
npz_can_write(const char *path, struct errmsg *err)
{
	struct target t;
	const char *why = open_target(&t, path, err);

	close_target(&t, false);
	return why;
}

const char *
npz_write(const char *path, const struct npz_array *a, size_t n, struct errmsg *err)
{
	struct target t;
	const char *why = open_target(&t, path, err);

	if (why == NULL && n == 0)
		why = "no arrays to write";
	if (why == NULL)
		why = write_zip(t.tmp, a, n);
	if (why == NULL)
		why = put_in_place(&t);
	close_target(&t, why == NULL);
	return why;
}
