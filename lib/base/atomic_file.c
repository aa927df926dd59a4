/*
 * atomic_file.c - write, sync, rename.
 *
 * Where the system can, the file has no name until it is complete, so that a killed program
 * leaves nothing.  It is then linked under a temporary name, since linking cannot replace
 * the target, and renamed at once.  Elsewhere it has the temporary name from the
 * beginning.  Either way it is locked while it is open: see leftovers.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "atomic_file.h"
#include "leftovers.h"
#include "unnamed_file.h"

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

/* The folder's part; NULL: no memory. */
static char *
folder_of(const char *path)
{
	size_t len = folder_length(path);

	return len ? strndup(path, len) : strdup(".");
}

/* The mode of a file that is created now. */
static mode_t
new_mode(void)
{
	mode_t mask = umask(0);

	umask(mask);
	return 0666 & ~mask;
}

/* Sets a->path, a->mode, and the owner for a target that is a regular file or not there. */
static const char *
find_target(struct atomic_file *a, const char *path)
{
	struct stat st;

	if (stat(path, &st) == 0) {
		if (access(path, W_OK) != 0)
			return strerror(errno);
		a->mode = st.st_mode & 0777;
		a->replaces = true;
		a->uid = st.st_uid;
		a->gid = st.st_gid;
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

/* Calls make() with names for a->tmp until one is not taken: what it returned, or -1. */
static int
try_names(struct atomic_file *a, int (*make)(struct atomic_file *a))
{
	size_t folder = folder_length(a->path), size = folder + SUFFIX_MAX;
	int result = -1;

	free(a->tmp);
	a->tmp = malloc(size);
	for (int i = 0; a->tmp && i < TRIES && result < 0; i++) {
		snprintf(a->tmp, size, "%.*sunroll-%ld-%d.tmp", (int)folder, a->path,
		    (long)getpid(), i);
		result = make(a);
		if (result < 0 && errno != EEXIST)
			break;
	}
	return result;
}

/* Creates and locks a->tmp, which nobody else may open yet. */
static int
create_named(struct atomic_file *a)
{
	int fd = open(a->tmp, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0)
		return -1;
	flock(fd, LOCK_EX);
	if (leftovers_is_named(fd, a->tmp))
		return fd;
	close(fd);	/* taken for a leftover before it was locked */
	errno = EEXIST;
	return -1;
}

static int
link_unnamed(struct atomic_file *a)
{
	return unnamed_file_link(fileno(a->f), a->tmp);
}

static int
create_unnamed(const char *folder)
{
	int fd = unnamed_file_open(folder);

	if (fd >= 0)
		flock(fd, LOCK_EX | LOCK_NB);
	return fd;
}

/* Creates and opens the file; a->tmp is its name, NULL if it has none yet. */
static const char *
create_file(struct atomic_file *a, struct errmsg *err)
{
	char *folder = folder_of(a->path);
	int fd;

	if (folder == NULL)
		return "out of memory";
	leftovers_remove(folder);
	fd = create_unnamed(folder);
	free(folder);
	if (fd < 0)
		fd = try_names(a, create_named);
	if (fd < 0)
		return errmsg_set(err, "cannot create a file in its folder: %s", strerror(errno));
	a->f = fdopen(fd, "w+");
	if (a->f == NULL) {
		close(fd);
		if (a->tmp)
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
		why = create_file(a, err);
	if (why != NULL)
		free_paths(a);
	return why;
}

/* A rename lasts once the folder is on the disk, too.  Some file systems cannot
 * sync a folder: the file is in place, so that is no error. */
static void
sync_folder(const char *path)
{
	char *folder = folder_of(path);
	int fd = folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
	free(folder);
}

/* Owner and mode of the target.  If the file cannot have its group, the group that it has
 * instead gets no rights. */
static bool
set_rights(const struct atomic_file *a, int fd)
{
	struct stat st;
	mode_t mode = a->mode;

	if (a->replaces && fstat(fd, &st) == 0 && (st.st_uid != a->uid || st.st_gid != a->gid) &&
	    fchown(fd, a->uid, a->gid) != 0 && fchown(fd, (uid_t)-1, a->gid) != 0)
		mode &= (mode_t)~0070;
	return fchmod(fd, mode) == 0;
}

/* Writes out what stdio holds and, for a regular file, waits for the disk. */
static const char *
flush_file(struct atomic_file *a)
{
	errno = 0;
	if (fflush(a->f) != 0 || ferror(a->f))
		return errno ? strerror(errno) : "write error";
	if (a->path && (!set_rights(a, fileno(a->f)) || fsync(fileno(a->f)) != 0))
		return strerror(errno);
	return NULL;
}

static bool
copy_file(FILE *from, int to)
{
	char block[1 << 14];
	size_t n;

	rewind(from);
	while ((n = fread(block, 1, sizeof(block), from)) > 0)
		if (write(to, block, n) != (ssize_t)n)
			return false;
	return !ferror(from);
}

/* Where a file may not be linked after all: a copy with a temporary name. */
static int
copy_named(struct atomic_file *a)
{
	int fd = create_named(a), reason;
	bool good;

	if (fd < 0)
		return -1;
	errno = 0;
	good = copy_file(a->f, fd) && set_rights(a, fd) && fsync(fd) == 0;
	reason = errno ? errno : EIO;
	if (!good)
		unlink(a->tmp);
	close(fd);
	errno = reason;
	return good ? 0 : -1;
}

/* Gives the finished file the target's name.  It is locked until it has that. */
static const char *
put_in_place(struct atomic_file *a)
{
	const char *why;

	if (a->tmp == NULL && try_names(a, link_unnamed) < 0 && try_names(a, copy_named) < 0)
		return strerror(errno);
	if (rename(a->tmp, a->path) == 0)
		return NULL;
	why = strerror(errno);
	unlink(a->tmp);
	return why;
}

const char *
atomic_file_commit(struct atomic_file *a)
{
	const char *why = flush_file(a);

	if (a->path && why == NULL)
		why = put_in_place(a);
	else if (a->tmp)
		unlink(a->tmp);
	if (fclose(a->f) != 0 && why == NULL && a->path == NULL)
		why = strerror(errno);	/* otherwise fsync() has told */
	if (a->path && why == NULL)
		sync_folder(a->path);
	free_paths(a);
	return why;
}

void
atomic_file_abandon(struct atomic_file *a)
{
	if (a->tmp)
		unlink(a->tmp);	/* while it is still locked */
	fclose(a->f);
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
