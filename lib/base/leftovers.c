/*
 * leftovers.c - names that are ours, unlocked.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "leftovers.h"

bool
leftovers_is_named(int fd, const char *path)
{
	struct stat open_one, named;

	return fstat(fd, &open_one) == 0 && lstat(path, &named) == 0 &&
	    open_one.st_dev == named.st_dev && open_one.st_ino == named.st_ino;
}

/* The process in "unroll-PID-N.tmp"; 0: another name. */
static long
temporary_pid(const char *name)
{
	char *end;
	long pid;

	if (strncmp(name, "unroll-", 7) != 0 || name[7] < '1' || name[7] > '9')
		return 0;
	pid = strtol(name + 7, &end, 10);
	if (*end != '-' || end[1] < '0' || end[1] > '9')
		return 0;
	strtol(end + 1, &end, 10);
	return strcmp(end, ".tmp") == 0 ? pid : 0;
}

/* Version 0.2 did not lock its temporary files: those of living processes are kept. */
static bool
is_dead(long pid)
{
	return pid == (long)getpid() || (kill((pid_t)pid, 0) != 0 && errno == ESRCH);
}

static bool
is_ours(const char *name)
{
	size_t n = strlen(name);
	long pid = temporary_pid(name);

	if (pid)
		return is_dead(pid);
	return n > 12 && strncmp(name, "unroll-", 7) == 0 && strcmp(name + n - 5, ".lock") == 0;
}

/* Removes a file unless it is locked, or has just been replaced by another. */
static void
remove_unlocked(const char *path)
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return;
	if (flock(fd, LOCK_EX | LOCK_NB) == 0 && leftovers_is_named(fd, path))
		unlink(path);
	close(fd);
}

void
leftovers_remove(const char *folder)
{
	DIR *d = opendir(folder);
	struct dirent *e;
	char path[4096];

	if (d == NULL)
		return;
	while ((e = readdir(d)) != NULL)
		if (is_ours(e->d_name) && (size_t)snprintf(path, sizeof(path), "%s/%s", folder,
		    e->d_name) < sizeof(path))
			remove_unlocked(path);
	closedir(d);
}
