/*
 * unzstd.h - unpacks zstd data, by libzstd: in programs that were built with it (HAVE_ZSTD).
 */
#ifndef UNZSTD_H
#define UNZSTD_H

#include "byte_filter.h"

/* NULL: out of memory.  Several frames, one after another, are one text. */
struct byte_filter *unzstd_new(void);

#endif
