/*
 * errmsg.h - the words in which lib/ says what is wrong, when they have names
 * or numbers in them.
 */
#ifndef ERRMSG_H
#define ERRMSG_H

#include <stddef.h>

#include "prog.h"

/*
 * Formats into out (size bytes, cut off there) and returns it.  Bytes that are
 * not printable ASCII become '?', so that a phrase made of what a file said is
 * still one harmless line.
 */
const char *errmsg(char *out, size_t size, const char *fmt, ...) PRINTF_LIKE(3, 4);

#endif
