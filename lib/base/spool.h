/*
 * spool.h - bytes kept for a second look: in memory up to a bound, beyond it in
 * a temporary file that has no name and goes with the process.
 */
#ifndef SPOOL_H
#define SPOOL_H

#include <stdio.h>

#include "errmsg.h"
#include "mem.h"

enum { SPOOL_MEMORY = 64 << 20 };	/* bytes held in memory at most */

struct spool {
	struct buf held;
	int fd;			/* of the file, or -1 */
	struct errmsg err;
};

void spool_init(struct spool *s);

/* Appends.  NULL, or a phrase: no memory; no room, naming the folder ($TMPDIR,
 * or /tmp). */
const char *spool_put(struct spool *s, const void *p, size_t len);

/* Writes all of it to f, whose errors stay in ferror(f).  NULL or a phrase. */
const char *spool_copy(struct spool *s, FILE *f);

void spool_free(struct spool *s);

#endif
