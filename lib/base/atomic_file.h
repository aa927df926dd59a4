/*
 * atomic_file.h - an output file that appears whole or not at all: written beside its
 * target and renamed.  A target that is there and no regular file (a device, a
 * pipe) is written as it is.
 */
#ifndef ATOMIC_FILE_H
#define ATOMIC_FILE_H

#include <stdio.h>

struct atomic_file {
	FILE *f;	/* write here */
	char *path;	/* the target, symbolic links followed */
	char *tmp;	/* beside it, or NULL: f is the target */
};

/* NULL, or a phrase (the system's); then there is nothing to close. */
const char *atomic_file_open(struct atomic_file *a, const char *path);

/* Closes the file and puts it in its place.  NULL or a phrase; then the target is
 * as it was.  Frees in any case. */
const char *atomic_file_commit(struct atomic_file *a);

/* NULL, or the phrase why atomic_file_open() would fail: to be asked before long work.
 * Leaves nothing behind; a device or a pipe is not tried. */
const char *atomic_file_check(const char *path);

#endif
