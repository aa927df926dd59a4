#include "shuffle.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "rng.h"

static const uint32_t SHUFFLE = 0x73687566;	/* keeps these draws apart from those of steps */

static const char *
make_room(struct shuffle *s, const struct corpus *c)
{
	corpus_free(&s->text);
	free(s->order);
	s->text = (struct corpus){ .joined = c->joined, .n = c->n, .nw = c->nw, .steps = c->steps };
	s->text.w = mem_zeros(c->nw, sizeof(*c->w));
	s->text.start = mem_zeros(c->n + 1, sizeof(*c->start));
	s->order = mem_zeros(c->n, sizeof(*s->order));
	return s->text.w && s->text.start && s->order ? NULL : "out of memory";
}

static void
draw_order(size_t *order, size_t n, uint32_t seed, uint64_t epoch)
{
	const uint32_t key[] = { seed, (uint32_t)epoch, (uint32_t)(epoch >> 32), SHUFFLE };
	struct rng r;

	rng_seed_key(&r, key, sizeof(key) / sizeof(key[0]));
	for (size_t i = 0; i < n; i++) {
		size_t j = (size_t)(rng_unit(&r) * (double)(i + 1));

		order[i] = order[j];
		order[j] = i;
	}
}

static void
arrange(struct corpus *text, const size_t *order, const struct corpus *c)
{
	size_t at = 0;

	for (size_t i = 0; i < c->n; i++) {
		const size_t *frame = &c->start[order[i]];
		size_t n = frame[1] - frame[0];

		memcpy(text->w + at, c->w + frame[0], n * sizeof(*c->w));
		text->start[i] = at;
		at += n;
	}
	text->start[c->n] = at;
}

const char *
shuffle_text(struct shuffle *s, const struct corpus *c, uint32_t seed, uint64_t epoch,
    const struct corpus **text)
{
	const char *why = NULL;

	*text = &s->text;
	if (s->text.n == c->n && s->epoch == epoch)
		return NULL;
	if (s->text.n != c->n && (why = make_room(s, c)) != NULL)
		return why;
	draw_order(s->order, c->n, seed, epoch);
	arrange(&s->text, s->order, c);
	s->epoch = epoch;
	return NULL;
}

void
shuffle_free(struct shuffle *s)
{
	corpus_free(&s->text);
	free(s->order);
	*s = (struct shuffle){ 0 };
}
