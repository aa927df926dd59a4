/*
 * hugepage.h - memory for large arrays: on huge pages where the system provides them,
 * so that passes over it cause few TLB misses.
 */
#ifndef HUGEPAGE_H
#define HUGEPAGE_H

#include <stddef.h>

/* n bytes, uninitialised, aligned for vectors, released by free(); NULL: out of memory. */
void *hugepage_alloc(size_t n);
/* n numbers of `size` bytes, all zero; likewise. */
void *hugepage_zeros(size_t n, size_t size);

#endif
