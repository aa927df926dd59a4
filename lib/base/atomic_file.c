/*
 * atomic_file.c - writing beside and renaming.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "atomic_file.h"

static void
release(struct atomic_file *a)
{
	free(a->path);
	free(a->tmp);
	*a = (struct atomic_file){ 0 };
}

/* Opens path.XXXXXX with the mode that a new file at path would have, or has. */
static FILE *
open_beside(struct atomic_file *a, const struct stat *st)
{
	static const char suffix[] = ".XXXXXX";
	size_t len = strlen(a->path);
	mode_t mask;
	int fd;

	a->tmp = malloc(len + sizeof(suffix));
	if (a->tmp == NULL)
		return NULL;
	memcpy(a->tmp, a->path, len);
	memcpy(a->tmp + len, suffix, sizeof(suffix));
	if ((fd = mkstemp(a->tmp)) < 0)
		return NULL;
	mask = umask(0);
	umask(mask);
	fchmod(fd, st ? st->st_mode & 0777 : 0666 & ~mask);
	return fdopen(fd, "w");
}

const char *
atomic_file_open(struct atomic_file *a, const char *path)
{
	struct stat st;
	bool there = stat(path, &st) == 0;
	const char *why;

	*a = (struct atomic_file){ 0 };
	if (there && !S_ISREG(st.st_mode)) {
		a->f = fopen(path, "w");
		return a->f ? NULL : strerror(errno);
	}
	if (!there && lstat(path, &st) == 0)
		return "a link to a file that is not there";
	if (there && access(path, W_OK) != 0)
		return strerror(errno);
	a->path = there ? realpath(path, NULL) : strdup(path);
	if (a->path)
		a->f = open_beside(a, there ? &st : NULL);
	if (a->f)
		return NULL;
	why = strerror(errno);
	release(a);
	return why;
}

const char *
atomic_file_commit(struct atomic_file *a)
{
	const char *why = NULL;
	bool failed = ferror(a->f) != 0;

	if (fclose(a->f) != 0 || failed)
		why = errno ? strerror(errno) : "write error";
	if (a->tmp && why == NULL && rename(a->tmp, a->path) != 0)
		why = strerror(errno);
	if (a->tmp && why != NULL)
		unlink(a->tmp);
	release(a);
	return why;
}

const char *
atomic_file_check(const char *path)
{
	struct atomic_file a;
	struct stat st;
	const char *why;

	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
		return NULL;
	if ((why = atomic_file_open(&a, path)) != NULL)
		return why;
	fclose(a.f);
	unlink(a.tmp);
	release(&a);
	return NULL;
}
