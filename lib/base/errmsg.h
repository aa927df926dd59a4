/*
 * errmsg.h - an error message of lib/ with names or numbers in it.
 *
 * A struct that can fail keeps one; its functions return errmsg_set(), or a
 * string constant where there is nothing to format.
 */
#ifndef ERRMSG_H
#define ERRMSG_H

#include "prog.h"

enum {
	ERRMSG_MAX = 4096 + 512,	/* bytes: the longest path and a reason */
	ERRMSG_WORD = 48		/* of a word in a message */
};

struct errmsg {
	char text[ERRMSG_MAX];	/* one line, terminated; "..." at the end where it was cut */
};

/*
 * Formats the message and returns e->text, which lasts as long as e.  The
 * arguments may point into it.  Control characters and malformed UTF-8 become symbols
 * (visible.h), so that text from a file cannot break the line or drive a terminal.
 */
const char *errmsg_set(struct errmsg *e, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* The same, appended to what e holds; e must be zeroed or set. */
const char *errmsg_add(struct errmsg *e, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Writes a word of len bytes, terminated, as a message may show it: control
 * characters and malformed UTF-8 as symbols, "..." where it is cut.  Returns out. */
const char *errmsg_word(char out[ERRMSG_WORD], const char *p, size_t len);

#endif
