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

/* n zeroed elements of size bytes, or NULL when memory is exhausted or n * size
 * overflows; never NULL for n == 0 alone.  The caller frees. */
void *mem_zeros(size_t n, size_t size);

/*
 * Makes the array at *p, of capacity *cap, large enough for `need` elements of
 * `size` bytes.  The capacity grows by at least half, so appending takes linear
 * time.  False: out of memory, with *p and *cap unchanged.  Start from NULL and 0;
 * the caller frees *p.
 */
bool mem_grow(void *p, size_t *cap, size_t need, size_t size);

/* A growing byte buffer.  Start from a zeroed struct; buf_free() frees. */
struct buf {
	char *p;	/* len bytes, not terminated */
	size_t len, cap;
};

/* False when out of memory, with the buffer unchanged. */
bool buf_put(struct buf *b, const void *p, size_t len);
bool buf_putc(struct buf *b, char c);
bool buf_reserve(struct buf *b, size_t more);	/* capacity for `more` bytes after len */
void buf_free(struct buf *b);

#endif
