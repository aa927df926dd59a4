/*
 * spool.h - bytes stored for a second pass: in memory up to a limit, beyond it in an
 * unlinked temporary file.
 */
#ifndef SPOOL_H
#define SPOOL_H

#include <stdio.h>

#include "errmsg.h"
#include "mem.h"

enum { SPOOL_MEMORY = 64 << 20 };	/* bytes held in memory */

struct spool {
	struct buf held;
	int fd;			/* of the file, or -1 */
	struct errmsg err;
};

void spool_init(struct spool *s);

/* Appends.  NULL, or an error message: out of memory, or a failed write, with the
 * folder ($TMPDIR or /tmp). */
const char *spool_put(struct spool *s, const void *p, size_t len);

/* Writes everything to f; write errors are left in ferror(f).  NULL or an error
 * message. */
const char *spool_copy(struct spool *s, FILE *f);

void spool_free(struct spool *s);

#endif
