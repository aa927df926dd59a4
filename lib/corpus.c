/*
 * corpus.c - frames in memory, packed into batches for the kernels.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "corpus.h"

/* The CRC must not depend on the machine, so words go in little-endian. */
static uint32_t
crc_of(uint32_t crc, const struct frame *f)
{
	for (uint32_t i = 0; i < f->n; i++) {
		unsigned char b[4] = { (unsigned char)f->w[i], (unsigned char)(f->w[i] >> 8),
		    (unsigned char)(f->w[i] >> 16), (unsigned char)(f->w[i] >> 24) };

		crc = (uint32_t)crc32(crc, b, sizeof(b));
	}
	return crc;
}

const char *
corpus_add(struct corpus *c, const struct frame *f)
{
	if (f->n < 2)
		return NULL;
	if (!mem_grow(&c->w, &c->capw, c->nw + f->n, sizeof(*c->w)) ||
	    !mem_grow(&c->start, &c->capstart, c->n + 2, sizeof(*c->start)))
		return "out of memory";
	memcpy(c->w + c->nw, f->w, f->n * sizeof(*f->w));
	c->start[c->n] = c->nw;
	c->nw += f->n;
	c->start[++c->n] = c->nw;
	c->steps += f->n - 1;
	c->crc = crc_of(c->crc, f);
	return NULL;
}

void
corpus_limit(struct corpus *c, size_t n)
{
	if (n == 0 || n >= c->n)
		return;
	c->n = n;
	c->nw = c->start[n];
	c->steps = c->nw - n;
	c->crc = 0;
	for (size_t i = 0; i < n; i++) {
		struct frame f = { (uint32_t)(c->start[i + 1] - c->start[i]), 0,
		    c->w + c->start[i] };

		c->crc = crc_of(c->crc, &f);
	}
}

void
corpus_free(struct corpus *c)
{
	free(c->w);
	free(c->start);
	*c = (struct corpus){ 0 };
}

const char *
batch_frames(struct batcher *q, const struct corpus *c, size_t first, size_t n, size_t rows,
    size_t *taken)
{
	size_t t = 0, k = 0;

	while (k < n) {
		size_t steps = c->start[first + k + 1] - c->start[first + k] - 1;

		if (k > 0 && t + steps > rows)
			break;
		t += steps;
		k++;
	}
	if (t > INT_MAX)
		return "a sequence of more than 2147483647 steps";
	if (!mem_grow(&q->start, &q->cap_start, k + 1, sizeof(*q->start)) ||
	    !mem_grow(&q->x, &q->cap_x, t, sizeof(*q->x)) ||
	    !mem_grow(&q->y, &q->cap_y, t, sizeof(*q->y)))
		return "out of memory";
	t = 0;
	for (size_t i = 0; i < k; i++) {
		const uint32_t *w = c->w + c->start[first + i];
		size_t steps = c->start[first + i + 1] - c->start[first + i] - 1;

		q->start[i] = (int)t;
		memcpy(q->x + t, w, steps * sizeof(*w));
		memcpy(q->y + t, w + 1, steps * sizeof(*w));
		t += steps;
	}
	q->start[k] = (int)t;
	q->b = (struct kern_batch){ (int)k, (int)t, q->start, q->x, q->y };
	*taken = k;
	return NULL;
}

void
batcher_free(struct batcher *q)
{
	free(q->start);
	free(q->x);
	free(q->y);
	*q = (struct batcher){ 0 };
}
