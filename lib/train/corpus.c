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
crc_of(uint32_t crc, const uint32_t *w, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char b[4] = { (unsigned char)w[i], (unsigned char)(w[i] >> 8),
		    (unsigned char)(w[i] >> 16), (unsigned char)(w[i] >> 24) };

		crc = (uint32_t)crc32(crc, b, sizeof(b));
	}
	return crc;
}

/* All frames are one sequence. */
static const char *
join(struct corpus *c, const uint32_t *w, size_t n)
{
	if (!mem_grow(&c->w, &c->capw, c->nw + n, sizeof(*c->w)))
		return "out of memory";
	if (n)
		memcpy(c->w + c->nw, w, n * sizeof(*w));
	c->nw += n;
	c->n++;
	c->steps = c->nw ? c->nw - 1 : 0;
	c->crc = crc_of(c->crc, w, n);
	return NULL;
}

const char *
corpus_add(struct corpus *c, const struct frame *f)
{
	if (c->limit && c->n >= c->limit)
		return NULL;
	if (c->joined)
		return join(c, f->w, f->n);
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
	c->crc = crc_of(c->crc, f->w, f->n);
	return NULL;
}

const char *
corpus_read(struct corpus *c, struct index_reader *r)
{
	const char *why;
	bool more;

	while ((why = index_next(r, &more)) == NULL && more)
		if ((why = corpus_add(c, &r->frame)) != NULL)
			break;
	return why;
}

/* The first n frames, or of a joined corpus the first n indexes, are all. */
static void
keep_first(struct corpus *c, size_t n)
{
	c->n = c->joined ? c->n : n;
	c->nw = c->joined ? n : c->start[n];
	c->steps = c->joined ? n - 1 : c->nw - n;
	c->crc = crc_of(0, c->w, c->nw);
}

static const char *
move(struct corpus *c, size_t first, struct corpus *rest)
{
	const char *why = NULL;

	*rest = (struct corpus){ .joined = c->joined };
	if (c->joined)
		why = join(rest, c->w + first, c->nw - first);
	for (size_t i = first; !c->joined && i < c->n && why == NULL; i++) {
		struct frame f = { (uint32_t)(c->start[i + 1] - c->start[i]), 0,
		    c->w + c->start[i] };

		why = corpus_add(rest, &f);
	}
	if (why == NULL)
		keep_first(c, first);
	return why;
}

const char *
corpus_split(struct corpus *c, double share, struct corpus *rest)
{
	size_t all = c->joined ? c->nw : c->n, least = c->joined ? 2 : 1;
	size_t n = (size_t)((double)all * share + 0.5);

	if (n < least || all < n + least)
		return "too little text to hold out this share of it";
	return move(c, all - n, rest);
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
	q->b = (struct batch){ (int)k, (int)t, q->start, q->x, q->y };
	*taken = k;
	return NULL;
}

struct streams
streams_cut(uint64_t steps, size_t n, size_t chunk)
{
	struct streams s = { .n = n < steps ? n : (size_t)steps };
	size_t longest;

	if (s.n == 0)
		return s;
	s.length = (size_t)steps / s.n;
	s.longer = (size_t)steps % s.n;
	longest = s.length + (s.longer > 0);
	s.chunk = chunk < longest ? chunk : longest;
	s.chunks = (longest + s.chunk - 1) / s.chunk;
	return s;
}

const char *
batch_chunk(struct batcher *q, const struct corpus *c, const struct streams *s, size_t i)
{
	size_t done = i * s->chunk, most = s->n * s->chunk, n = 0, t = 0;

	if (most > INT_MAX)
		return "chunks of more than 2147483647 steps in all";
	if (!mem_grow(&q->start, &q->cap_start, s->n + 1, sizeof(*q->start)) ||
	    !mem_grow(&q->x, &q->cap_x, most, sizeof(*q->x)) ||
	    !mem_grow(&q->y, &q->cap_y, most, sizeof(*q->y)))
		return "out of memory";
	for (; n < s->n; n++) {
		size_t length = s->length + (n < s->longer);
		size_t first = n * s->length + (n < s->longer ? n : s->longer) + done;
		size_t steps = length < done + s->chunk ? length - done : s->chunk;

		if (length <= done)
			break;
		q->start[n] = (int)t;
		memcpy(q->x + t, c->w + first, steps * sizeof(*c->w));
		memcpy(q->y + t, c->w + first + 1, steps * sizeof(*c->w));
		t += steps;
	}
	q->start[n] = (int)t;
	q->b = (struct batch){ (int)n, (int)t, q->start, q->x, q->y };
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
