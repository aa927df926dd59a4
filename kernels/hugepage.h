/*
 * hugepage.h - large memory for kernels: on huge pages where the system gives
 * them, so that walking through it does not miss the address cache.
 */
#ifndef HUGEPAGE_H
#define HUGEPAGE_H

#include <stddef.h>

/* n bytes, not cleared, aligned for vectors; NULL: no memory.  free() frees. */
void *hugepage_alloc(size_t n);

#endif
