/*
 * hugepage.c - aligned allocation, and a request for huge pages.
 */
#define _DEFAULT_SOURCE		/* madvise */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "hugepage.h"

enum { HUGE_PAGE = 2 << 20, ALIGN = 64 };

void *
hugepage_alloc(size_t n)
{
	size_t align = n >= HUGE_PAGE ? HUGE_PAGE : ALIGN;
	void *p;

	if (n > SIZE_MAX - align)
		return NULL;
	n = (n + align - 1) / align * align;
	p = aligned_alloc(align, n ? n : align);
#if defined(MADV_HUGEPAGE)
	if (p && align == HUGE_PAGE)
		madvise(p, n, MADV_HUGEPAGE);	/* a failure costs only speed */
#endif
	return p;
}

void *
hugepage_zeros(size_t n, size_t size)
{
	void *p = size && n > SIZE_MAX / size ? NULL : hugepage_alloc(n * size);

	return p ? memset(p, 0, n * size) : NULL;
}
