/*
 * atomic_named - atomic on a system where each file has a name.
 */
#include <errno.h>

#include "unnamed_file.h"

int
unnamed_file_open(const char *folder)
{
	(void)folder;
	errno = ENOTSUP;
	return -1;
}

int
unnamed_file_link(int fd, const char *path)
{
	(void)fd;
	(void)path;
	errno = ENOTSUP;
	return -1;
}

#include "atomic.c"
