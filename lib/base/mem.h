/*
 * mem.h - memory whose sizes cannot overflow, and a byte buffer that grows.
 */
#ifndef MEM_H
#define MEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* *out = a * b; false, and *out untouched, if that passes SIZE_MAX. */
bool mem_mul(size_t a, size_t b, size_t *out);

/* n elements of size bytes: zeros, or NULL when there is no room (or n * size
 * overflows).  Never gives NULL for n == 0.  The caller frees. */
void *mem_zeros(size_t n, size_t size);

/*
 * Makes room for `need` elements of `size` bytes in *p, which holds *cap.
 * Grows by half at least, so that appending is linear.  False: no room, and
 * *p and *cap as they were.  Start from NULL and 0; the caller frees *p.
 */
bool mem_grow(void *p, size_t *cap, size_t need, size_t size);

/* Bytes that grow.  Zero it to begin; buf_free() gives the memory back. */
struct buf {
	char *p;	/* len bytes, not terminated */
	size_t len, cap;
};

/* Each gives false, with the buffer as it was, when there is no memory. */
bool buf_put(struct buf *b, const void *p, size_t len);
bool buf_putc(struct buf *b, char c);
bool buf_reserve(struct buf *b, size_t more);	/* room for `more` after len */
void buf_free(struct buf *b);

#endif
