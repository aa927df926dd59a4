/*
 * block.c - a file in large pieces.
 */
#include <stdlib.h>
#include <string.h>

#include "block.h"
#include "utf8.h"

enum { BLOCK_BYTES = 1 << 18 };

bool
block_open(struct block *b, FILE *f)
{
	*b = (struct block){ .f = f, .p = malloc(BLOCK_BYTES) };
	return b->p != NULL;
}

bool
block_fill(struct block *b)
{
	const size_t bom = sizeof(UTF8_BOM) - 1;

	if (b->pos < b->n)
		return true;
	b->pos = 0;
	b->n = fread(b->p, 1, BLOCK_BYTES, b->f);
	b->bytes += b->n;
	if (!b->started && b->n >= bom && memcmp(b->p, UTF8_BOM, bom) == 0)
		b->pos = bom;
	b->started = true;
	return b->pos < b->n;
}

void
block_close(struct block *b)
{
	free(b->p);
	*b = (struct block){ 0 };
}
