/*
 * leftovers.h - removes what killed programs have left in a folder.
 *
 * Programs lock their temporary files (unroll-PID-N.tmp) and lock files
 * (unroll-NAME.lock) with flock() as long as they use them, and the lock ends with the
 * program.  A file of these names that nobody has locked is a leftover.
 */
#ifndef LEFTOVERS_H
#define LEFTOVERS_H

#include <stdbool.h>

/* Removes the leftovers of this folder.  Not a failure if some cannot be removed, or where
 * the file system has no locks. */
void leftovers_remove(const char *folder);

/* Whether path still names the file that is open as fd. */
bool leftovers_is_named(int fd, const char *path);

#endif
