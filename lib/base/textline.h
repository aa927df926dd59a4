/*
 * textline.h - text by lines, which end in LF or CRLF.
 */
#ifndef TEXTLINE_H
#define TEXTLINE_H

#include <stdint.h>

#include "block.h"
#include "mem.h"

#define TEXTLINE_LIMIT ((size_t)256 << 20)	/* bytes in a line at most */

struct textline {
	struct block in;
	struct buf text;	/* the latest line, without its end */
	uint64_t number;	/* of the latest line, from 1 */
	bool ended;		/* it had an end: false only for the last line */
	bool keep_cr;		/* the caller's to set: only LF ends a line */
};

/* Each gives NULL, or what is wrong.  f stays the caller's; after *more is
 * false, ferror(f) tells whether reading failed. */
const char *textline_open(struct textline *r, FILE *f);
const char *textline_next(struct textline *r, bool *more);
void textline_close(struct textline *r);

#endif
