/*
 * recode.h - converts text of another encoding to UTF-8, by iconv(3).
 */
#ifndef RECODE_H
#define RECODE_H

#include "byte_filter.h"

/* Whether iconv(3) knows an encoding of this name. */
bool recode_knows(const char *encoding);

/*
 * NULL: the encoding is unknown, or out of memory.  Each unit that is invalid (a lone
 * surrogate, a byte without a character) becomes the byte FF, which is not UTF-8: what a
 * reader does about invalid UTF-8, it does about this.
 */
struct byte_filter *recode_new(const char *encoding);

#endif
