/*
 * gunzip.h - unpacks gzip data (RFC 1952): one member after another, and zeros after the
 * last, as tar(1) pads them.
 */
#ifndef GUNZIP_H
#define GUNZIP_H

#include "byte_filter.h"

/* NULL: out of memory.  Truncated or damaged data, and data of another kind after the last
 * member, are errors. */
struct byte_filter *gunzip_new(void);

#endif
