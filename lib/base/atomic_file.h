/*
 * atomic_file.h - an output file that appears whole or not at all.
 *
 * It is written to a file without a name or of another name in the target's folder, synced
 * and renamed, so after a crash the target is the old file or the new one.  A target that
 * exists and is not a regular file (a device, a pipe) is written directly.
 * Until the rename only the owner may read it; it then has the target's mode, owner and
 * group, or those of a new file.  What killed programs left in the folder is removed.
 */
#ifndef ATOMIC_FILE_H
#define ATOMIC_FILE_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

#include "errmsg.h"

struct atomic_file {
	FILE *f;	/* write here; may be sought in, unless the target is a device or pipe */
	char *path;	/* the target, symbolic links followed; NULL: f is the target */
	char *tmp;	/* unroll-PID-N.tmp in its folder; NULL: f has no name yet */
	mode_t mode;	/* of the finished file */
	bool replaces;	/* the target exists, and has: */
	uid_t uid;
	gid_t gid;
};

/* NULL, or an error message without a subject (constant or in err); then there
 * is nothing to close. */
const char *atomic_file_open(struct atomic_file *a, const char *path, struct errmsg *err);

/* Closes the file and renames it to the target.  NULL, or an error message; then
 * the target is unchanged.  Frees in either case. */
const char *atomic_file_commit(struct atomic_file *a);

/* Closes and removes the unfinished file, and frees. */
void atomic_file_abandon(struct atomic_file *a);

/* NULL, or the message with which atomic_file_open() would fail: to be called
 * before long work.  Leaves no file behind; a device or a pipe is not opened. */
const char *atomic_file_check(const char *path, struct errmsg *err);

#endif
