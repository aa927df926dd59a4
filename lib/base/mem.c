/*
 * mem.c - allocation with checked products.
 */
#include <stdlib.h>
#include <string.h>

#include "mem.h"

bool
mem_mul(size_t a, size_t b, size_t *out)
{
	if (b != 0 && a > SIZE_MAX / b)
		return false;
	*out = a * b;
	return true;
}

void *
mem_zeros(size_t n, size_t size)
{
	return calloc(n ? n : 1, size);
}

bool
mem_grow(void *p, size_t *cap, size_t need, size_t size)
{
	void *old, *new;
	size_t n = *cap, bytes;

	if (need <= n)
		return true;
	n = n / 2 > SIZE_MAX - n ? need : n + n / 2;
	if (n < need)
		n = need;
	if (n < 16)
		n = 16;
	if (!mem_mul(n, size, &bytes))
		return false;
	memcpy(&old, p, sizeof(old));
	new = realloc(old, bytes);
	if (new == NULL)
		return false;
	memcpy(p, &new, sizeof(new));
	*cap = n;
	return true;
}

bool
buf_reserve(struct buf *b, size_t more)
{
	if (more > SIZE_MAX - b->len)
		return false;
	return mem_grow(&b->p, &b->cap, b->len + more, 1);
}

bool
buf_put(struct buf *b, const void *p, size_t len)
{
	if (!buf_reserve(b, len))
		return false;
	if (len)
		memcpy(b->p + b->len, p, len);
	b->len += len;
	return true;
}

bool
buf_putc(struct buf *b, char c)
{
	return buf_put(b, &c, 1);
}

void
buf_free(struct buf *b)
{
	free(b->p);
	*b = (struct buf){ 0 };
}
