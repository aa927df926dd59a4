/*
 * atomic_file.c - write, sync, rename.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "atomic_file.h"

enum {
	TRIES = 100,		/* names that other files may have */
	SUFFIX_MAX = 60		/* bytes of "unroll-PID-N.tmp" */
};

static void
free_paths(struct atomic_file *a)
{
	free(a->path);
	free(a->tmp);
	*a = (struct atomic_file){ 0 };
}

/* The length of the folder's part of a path, its slash included. */
static size_t
folder_length(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? (size_t)(slash - path) + 1 : 0;
}

/* The mode of a file that is created now. */
static mode_t
new_mode(void)
{
	mode_t mask = umask(0);

	umask(mask);
	return 0666 & ~mask;
}

/* Sets a->path and a->mode for a target that is a regular file or not there. */
static const char *
find_target(struct atomic_file *a, const char *path)
{
	struct stat st;

	if (stat(path, &st) == 0) {
		if (access(path, W_OK) != 0)
			return strerror(errno);
		a->mode = st.st_mode & 0777;
		a->path = realpath(path, NULL);
		return a->path ? NULL : strerror(errno);
	}
	if (errno != ENOENT || *path == '\0')
		return strerror(errno);
	if (lstat(path, &st) == 0)
		return "is a symbolic link that leads nowhere";
	a->mode = new_mode();
	a->path = strdup(path);
	return a->path ? NULL : "out of memory";
}

/* Creates and opens a->tmp, which nobody else may open yet. */
static const char *
create_tmp(struct atomic_file *a, struct errmsg *err)
{
	size_t folder = folder_length(a->path), size = folder + SUFFIX_MAX;
	int fd = -1;

	a->tmp = malloc(size);
	if (a->tmp == NULL)
		return "out of memory";
	for (int i = 0; i < TRIES && fd < 0; i++) {
		snprintf(a->tmp, size, "%.*sunroll-%ld-%d.tmp", (int)folder, a->path,
		    (long)getpid(), i);
		fd = open(a->tmp, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		if (fd < 0 && errno != EEXIST)
			break;
	}
	if (fd < 0)
		return errmsg_set(err, "cannot create a file in its folder: %s", strerror(errno));
	a->f = fdopen(fd, "w");
	if (a->f == NULL) {
		close(fd);
		unlink(a->tmp);
		return "out of memory";
	}
	return NULL;
}

static bool
is_special(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode);
}

static bool
is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

const char *
atomic_file_open(struct atomic_file *a, const char *path, struct errmsg *err)
{
	const char *why;

	*a = (struct atomic_file){ 0 };
	if (is_folder(path))
		return "is a directory";
	if (is_special(path)) {
		a->f = fopen(path, "w");
		return a->f ? NULL : strerror(errno);
	}
	why = find_target(a, path);
	if (why == NULL)
		why = create_tmp(a, err);
	if (why != NULL)
		free_paths(a);
	return why;
}

/* A rename lasts once the folder is on the disk, too.  Some file systems cannot
 * sync a folder: the file is in place, so that is no error. */
static void
sync_folder(const char *path)
{
	size_t len = folder_length(path);
	char *folder = len ? strndup(path, len) : strdup(".");
	int fd = folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
	free(folder);
}

/* Writes out what stdio holds and, for a regular file, waits for the disk. */
static const char *
flush_file(struct atomic_file *a)
{
	errno = 0;
	if (fflush(a->f) != 0 || ferror(a->f))
		return errno ? strerror(errno) : "write error";
	if (a->tmp && (fchmod(fileno(a->f), a->mode) != 0 || fsync(fileno(a->f)) != 0))
		return strerror(errno);
	return NULL;
}

const char *
atomic_file_commit(struct atomic_file *a)
{
	const char *why = flush_file(a);

	if (fclose(a->f) != 0 && why == NULL)
		why = strerror(errno);
	if (a->tmp && why == NULL && rename(a->tmp, a->path) != 0)
		why = strerror(errno);
	if (a->tmp && why != NULL)
		unlink(a->tmp);
	if (a->tmp && why == NULL)
		sync_folder(a->path);
	free_paths(a);
	return why;
}

void
atomic_file_abandon(struct atomic_file *a)
{
	fclose(a->f);
	if (a->tmp)
		unlink(a->tmp);
	free_paths(a);
}

const char *
atomic_file_check(const char *path, struct errmsg *err)
{
	struct atomic_file a;
	const char *why = is_special(path) ? NULL : atomic_file_open(&a, path, err);

	if (why == NULL && !is_special(path))
		atomic_file_abandon(&a);
	return why;
}
