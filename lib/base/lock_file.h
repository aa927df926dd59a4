/*
 * lock_file.h - keeps two programs from writing the same file at the same time.
 *
 * The file itself cannot be locked, since each save replaces it and it may not exist yet.
 * unroll-NAME.lock beside it is locked instead with flock(), a lock that ends with the
 * program.  Whoever has the lock removes the lock file at the end; one that a killed
 * program left has no lock, and the next program removes it.
 */
#ifndef LOCK_FILE_H
#define LOCK_FILE_H

#include "errmsg.h"

/* Locks a target (symbolic links are followed) until the program ends: NULL, or an error
 * message without a subject if another program has locked it.  NULL as well where there
 * are no locks, such as on some network file systems. */
const char *lock_file_take(const char *target, struct errmsg *err);

/* Removes all lock files of this program; called at exit.  May be called in a signal
 * handler. */
void lock_file_release(void);

#endif
