/*
 * line.h - text by lines, which end in LF or CRLF.
 */
#ifndef LINE_H
#define LINE_H

#include <stdint.h>

#include "block.h"
#include "mem.h"

#define LINE_LIMIT ((size_t)256 << 20)	/* bytes in a line at most */

struct line_reader {
	struct block in;
	struct buf text;	/* the latest line, without its end */
	uint64_t number;	/* of the latest line, from 1 */
	bool ended;		/* it had an end: false only for the last line */
};

/* Each gives NULL, or what is wrong.  f stays the caller's; after *more is
 * false, ferror(f) tells whether reading failed. */
const char *line_open(struct line_reader *r, FILE *f);
const char *line_next(struct line_reader *r, bool *more);
void line_close(struct line_reader *r);

#endif
