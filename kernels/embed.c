/*
 * embed.c - see embed.h.
 */
#include <stdlib.h>
#include <string.h>

#include "embed.h"
#include "hugepage.h"

void
embed_new(struct embed *e, int h, int v)
{
	*e = (struct embed){ .h = h, .v = v };
	if ((size_t)h > SIZE_MAX / sizeof(real) / (size_t)v)
		return;
	e->p = hugepage_zeros((size_t)h * v, sizeof(real));
}

void
embed_free(struct embed *e)
{
	free(e->p);
	*e = (struct embed){ 0 };
}

void
embed_put(struct embed *e, const real *host)
{
	for (int i = 0; i < e->h; i++)
		for (int j = 0; j < e->v; j++)
			e->p[(size_t)j * e->h + i] = host[(size_t)i * e->v + j];
}

void
embed_get(const struct embed *e, real *host)
{
	for (int i = 0; i < e->h; i++)
		for (int j = 0; j < e->v; j++)
			host[(size_t)i * e->v + j] = e->p[(size_t)j * e->h + i];
}

void
embed_look_up(const struct embed *e, const struct batch *b, real *a, size_t stride)
{
	size_t h = (size_t)e->h;

	for (int r = 0; r < b->t; r++)
		memcpy(a + (size_t)r * stride, e->p + b->x[r] * h, h * sizeof(real));
}

void
embed_add(struct embed *e, const struct batch *b, const real *d, size_t stride,
    real rate)
{
	size_t h = (size_t)e->h;

	for (int r = 0; r < b->t; r++) {
		real *row = e->p + b->x[r] * h;
		const real *from = d + (size_t)r * stride;

		for (size_t i = 0; i < h; i++)
			row[i] += rate * from[i];
	}
}
