/*
 * corpus.c - the text of a run in memory, its split, and batches of it.
 */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "corpus.h"
#include "mem.h"

/* Words are fed in little-endian, so that the CRC is the same on every machine. */
static uint32_t
update_crc(uint32_t crc, const uint32_t *w, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char b[4] = { (unsigned char)w[i], (unsigned char)(w[i] >> 8),
		    (unsigned char)(w[i] >> 16), (unsigned char)(w[i] >> 24) };

		crc = (uint32_t)crc32(crc, b, sizeof(b));
	}
	return crc;
}

static bool
add_frame(struct corpus *c, const uint32_t *w, size_t n)
{
	if (!mem_grow(&c->w, &c->capw, c->nw + n, sizeof(*c->w)) ||
	    !mem_grow(&c->start, &c->capstart, c->n + 2, sizeof(*c->start)))
		return false;
	if (n)
		memcpy(c->w + c->nw, w, n * sizeof(*w));
	c->start[c->n] = c->nw;
	c->nw += n;
	c->start[++c->n] = c->nw;
	c->crc = update_crc(c->crc, w, n);
	return true;
}

static const char *
append_joined(struct corpus *c, const uint32_t *w, size_t n)
{
	if (!add_frame(c, w, n))
		return "out of memory";
	c->steps = c->nw ? c->nw - 1 : 0;
	return NULL;
}

const char *
corpus_add(struct corpus *c, const struct frame *f)
{
	if (c->limit && c->n >= c->limit)
		return NULL;
	if (c->joined)
		return append_joined(c, f->w, f->n);
	if (f->n < 2)
		return NULL;
	if (!add_frame(c, f->w, f->n))
		return "out of memory";
	c->steps += f->n - 1;
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

/* Frames that begin before index n of a joined corpus. */
static size_t
frames_to(const struct corpus *c, size_t n)
{
	size_t frames = c->n;

	while (frames > 0 && c->start[frames - 1] >= n)
		frames--;
	return frames;
}

/* Truncates to the first n frames, or the first n indexes of a joined corpus. */
static void
keep_first(struct corpus *c, size_t n)
{
	c->n = c->joined ? frames_to(c, n) : n;
	c->nw = c->joined ? n : c->start[n];
	c->start[c->n] = c->nw;
	c->steps = c->joined ? n - 1 : c->nw - n;
	c->crc = update_crc(0, c->w, c->nw);
}

/* Moves everything from frame, or index of a joined corpus, `first` on. */
static const char *
move_tail(struct corpus *c, size_t first, struct corpus *rest)
{
	const char *why = NULL;

	*rest = (struct corpus){ .joined = c->joined };
	if (c->joined)
		why = append_joined(rest, c->w + first, c->nw - first);
	for (size_t i = first; !c->joined && i < c->n && why == NULL; i++) {
		struct frame f = { .n = (uint32_t)(c->start[i + 1] - c->start[i]),
		    .w = c->w + c->start[i] };

		why = corpus_add(rest, &f);
	}
	if (why == NULL)
		keep_first(c, first);
	return why;
}

const char *
corpus_split(struct corpus *c, double fraction, struct corpus *rest)
{
	size_t all = c->joined ? c->nw : c->n, least = c->joined ? 2 : 1;
	size_t n = (size_t)((double)all * fraction + 0.5);

	if (n < least || all < n + least)
		return "too little text; the training or the validation set would be empty; give "
		    "more text, or another fraction";
	return move_tail(c, all - n, rest);
}

void
corpus_free(struct corpus *c)
{
	free(c->w);
	free(c->start);
	*c = (struct corpus){ 0 };
}

/* Steps of frame i of a corpus of sentences. */
static size_t
frame_steps(const struct corpus *c, size_t i)
{
	return c->start[i + 1] - c->start[i] - 1;
}

const char *
batch_frames(struct batcher *q, const struct corpus *c, size_t first, size_t n, size_t rows,
    size_t *taken)
{
	const char *why = NULL;

	batcher_clear(q);
	for (*taken = 0; *taken < n && why == NULL; ++*taken) {
		size_t i = first + *taken, steps = frame_steps(c, i);

		if (*taken > 0 && (size_t)q->b.t + steps > rows)
			break;
		why = batcher_add(q, c->w + c->start[i], steps);
	}
	return why;
}

struct streams
streams_cut(uint64_t steps, size_t n, size_t chunk)
{
	struct streams s = { .n = n < steps ? n : (size_t)steps };
	size_t longest;

	s.end = s.n;
	if (s.n == 0)
		return s;
	s.length = (size_t)steps / s.n;
	s.longer = (size_t)steps % s.n;
	longest = s.length + (s.longer > 0);
	s.chunk = chunk < longest ? chunk : longest;
	s.chunks = (longest + s.chunk - 1) / s.chunk;
	return s;
}

/* The first index of stream n. */
static size_t
stream_start(const struct streams *s, size_t n)
{
	return n * s->length + (n < s->longer ? n : s->longer);
}

size_t
streams_indexes(const struct streams *s, size_t *first)
{
	size_t end = s->end < s->n ? s->end : s->n;

	if (s->first >= end)
		return 0;
	*first = stream_start(s, s->first);
	return stream_start(s, end) - *first + 1;
}

/* Steps that stream n has in chunk i. */
static size_t
chunk_steps(const struct streams *s, size_t n, size_t i)
{
	size_t length = s->length + (n < s->longer), done = i * s->chunk;

	if (length <= done)
		return 0;
	return length < done + s->chunk ? length - done : s->chunk;
}

const char *
batch_chunk(struct batcher *q, const struct corpus *c, const struct streams *s, size_t i)
{
	const char *why = NULL;

	batcher_clear(q);
	for (size_t n = s->first; n < s->end && n < s->n && why == NULL; n++) {
		size_t first = stream_start(s, n) + i * s->chunk;
		size_t steps = chunk_steps(s, n, i);

		if (steps == 0)
			break;
		why = batcher_add(q, c->w + first, steps);
	}
	return why;
}

void
streams_divide(struct streams *s, size_t n, int rank, int size)
{
	s->first = n * (size_t)rank / (size_t)size;
	s->end = n * ((size_t)rank + 1) / (size_t)size;
}

struct batch_part
part_of_chunk(const struct streams *s, size_t i)
{
	struct batch_part p = { .first = s->first, .n = s->end - s->first };

	for (size_t n = 0; n < s->n; n++) {
		size_t steps = chunk_steps(s, n, i);

		p.all += steps;
		if (n < s->first) {
			p.before += steps;
			p.sequences_before += steps > 0;
		} else if (n < s->end) {
			p.rows += steps;
		} else {
			p.sequences_after += steps > 0;
		}
	}
	return p;
}

/* A frame belongs to the worker in whose part of the rows its middle is. */
struct batch_part
part_of_frames(const struct corpus *c, size_t first, size_t n, int rank, int size)
{
	size_t all = c->start[first + n] - c->start[first] - n, done = 0;
	struct batch_part p = { .first = first, .all = all };

	for (size_t i = first; i < first + n; i++) {
		size_t steps = frame_steps(c, i), middle = 2 * done + steps;
		int owner = (int)(middle * (size_t)size / (2 * all));

		if (owner < rank) {
			p.before += steps;
			p.first++;
			p.sequences_before++;
		} else if (owner == rank) {
			p.rows += steps;
			p.n++;
		} else {
			p.sequences_after++;
		}
		done += steps;
	}
	return p;
}
