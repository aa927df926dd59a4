/*
 * embed.c - look-ups and sparse updates of the input layer.
 */
#include <stdlib.h>
#include <string.h>

#include "embed.h"

void
embed_new(struct embed *e, int h, int v)
{
	*e = (struct embed){ .h = h, .v = v };
	if ((size_t)h > SIZE_MAX / sizeof(real) / (size_t)v)
		return;
	e->p = calloc((size_t)h * v, sizeof(real));
	e->touched = calloc((size_t)v, sizeof(*e->touched));
	e->is_touched = calloc((size_t)v, 1);
	if (!e->p || !e->touched || !e->is_touched)
		embed_free(e);
}

void
embed_free(struct embed *e)
{
	free(e->p);
	free(e->touched);
	free(e->is_touched);
	*e = (struct embed){ 0 };
}

void
embed_touch(struct embed *e, uint32_t word)
{
	if (!e->is_touched[word]) {
		e->is_touched[word] = 1;
		e->touched[e->ntouched++] = word;
	}
}

void
embed_put(struct embed *e, const real *host)
{
	for (int i = 0; i < e->h; i++)
		for (int j = 0; j < e->v; j++)
			e->p[(size_t)j * e->h + i] = host[(size_t)i * e->v + j];
	for (int j = 0; j < e->v; j++)
		embed_touch(e, (uint32_t)j);
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

		embed_touch(e, b->x[r]);
		for (size_t i = 0; i < h; i++)
			row[i] += rate * from[i];
	}
}

void
embed_untouch(struct embed *e)
{
	for (int i = 0; i < e->ntouched; i++)
		e->is_touched[e->touched[i]] = 0;
	e->ntouched = 0;
}
