/*
 * lock_file.c - create, lock, and check that the name is still that of the file.
 *
 * The check closes the gap between opening and locking, in which the former owner may
 * have removed the file.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "leftovers.h"
#include "lock_file.h"

enum {
	LOCKS_MAX = 4,
	PATH_LENGTH = 4096 + 16,
	TRIES = 6		/* leftovers_remove() of others locks for a moment */
};

static struct lock {
	char path[PATH_LENGTH];
	int fd;
} locks[LOCKS_MAX];
static int nlocks;

void
lock_file_release(void)
{
	while (nlocks > 0) {
		const struct lock *l = &locks[--nlocks];

		unlink(l->path);
		close(l->fd);
	}
}

/* The path of the lock file; false if it is too long. */
static bool
find_path(char path[PATH_LENGTH], const char *target)
{
	char *real = realpath(target, NULL);
	const char *from = real ? real : target, *slash = strrchr(from, '/');
	int folder = slash ? (int)(slash - from) + 1 : 0;
	int n = snprintf(path, PATH_LENGTH, "%.*sunroll-%s.lock", folder, from, from + folder);

	free(real);
	return n < PATH_LENGTH;
}

static int
open_lock(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666);

	return fd < 0 && errno == EACCES ? open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC) : fd;
}

/* Opens and locks.  The descriptor, or -1; then errno is EWOULDBLOCK if another program
 * has the lock. */
static int
try_lock(const char *path)
{
	int fd;

	while ((fd = open_lock(path)) >= 0) {
		if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
			int reason = errno;

			if (reason != EWOULDBLOCK)
				unlink(path);
			close(fd);
			errno = reason;
			return -1;
		}
		if (leftovers_is_named(fd, path))
			return fd;
		close(fd);
	}
	return -1;
}

static int
lock_with_patience(const char *path)
{
	const struct timespec pause = { 0, 20 * 1000 * 1000 };
	int fd = try_lock(path);

	for (int i = 1; i < TRIES && fd < 0 && errno == EWOULDBLOCK; i++) {
		nanosleep(&pause, NULL);
		fd = try_lock(path);
	}
	return fd;
}

/* The process that has the lock, as it wrote it; 0: unknown. */
static long
read_owner(const char *path)
{
	char text[32] = "";
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	if (fd >= 0)
		close(fd);
	return n > 0 ? strtol(text, NULL, 10) : 0;
}

static const char *
report_taken(const char *path, struct errmsg *err)
{
	long pid = read_owner(path);

	if (pid <= 0)
		return "another program is writing it; wait for its end, or choose another file";
	return errmsg_set(err, "process %ld is writing it; wait for its end, or choose another file",
	    pid);
}

/* For report_taken() of others; the lock is good without. */
static void
write_owner(int fd)
{
	if (ftruncate(fd, 0) == 0)
		dprintf(fd, "%ld\n", (long)getpid());
}

const char *
lock_file_take(const char *target, struct errmsg *err)
{
	static bool registered;
	struct lock *l = &locks[nlocks];

	if (nlocks == LOCKS_MAX || !find_path(l->path, target))
		return NULL;
	l->fd = lock_with_patience(l->path);
	if (l->fd < 0)
		return errno == EWOULDBLOCK ? report_taken(l->path, err) : NULL;
	nlocks++;
	write_owner(l->fd);
	if (!registered)
		atexit(lock_file_release);
	registered = true;
	return NULL;
}
