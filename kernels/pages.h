/*
 * pages.h - large memory for kernels: on huge pages where the system gives
 * them, so that walking through it does not miss the address cache.
 */
#ifndef PAGES_H
#define PAGES_H

#include <stddef.h>

/* n bytes, not cleared, aligned for vectors; NULL: no memory.  free() frees. */
void *pages_new(size_t n);

#endif
