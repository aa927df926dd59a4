/*
 * unxz.h - unpacks xz data, by liblzma: in programs that were built with it (HAVE_LZMA).
 */
#ifndef UNXZ_H
#define UNXZ_H

#include "byte_filter.h"

/* NULL: out of memory.  Several streams, one after another, are one text, and zeros may
 * follow. */
struct byte_filter *unxz_new(void);

#endif
