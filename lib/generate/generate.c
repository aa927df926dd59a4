/*
 * generate.c - runs many sequences in a batch.
 *
 * A step reads the network's parameters once for all sequences, so that many take little
 * longer than one.  Results are returned in order, so finished sequences wait for those
 * before them; a sequence begins only if it is close enough to the current one, which
 * bounds how many wait.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "generate.h"
#include "mem.h"

enum {
	SLOTS_MOST = 256,	/* more are no faster */
	QUEUE = 4,		/* sequences in progress or waiting, per slot */
	REALS = 16 << 20,	/* numbers in l, about */
	WORDS = 4 << 20		/* words in the sequences of all slots, about */
};

static const char *const no_memory = "out of memory";

/* The number of sequences in a step. */
static int
count_slots(const struct generator *w)
{
	uint64_t n = w->rules.number, reals = REALS / w->v->size, words = WORDS / w->rules.longest;

	n = n < SLOTS_MOST ? n : SLOTS_MOST;
	n = n < reals ? n : reals;
	n = n < words ? n : words;
	return n > 1 ? (int)n : 1;
}

/* A stream has no START to predict its first word from: the word counts give its
 * distribution. */
static bool
set_first(struct generator *w)
{
	size_t size = w->net->size;

	w->first = mem_zeros(w->v->size, size);
	for (uint32_t i = 0; w->first && i < w->v->size; i++) {
		double x = log((double)w->v->row[i].count);

		if (size == sizeof(float))
			((float *)w->first)[i] = (float)x;
		else
			((double *)w->first)[i] = x;
	}
	return w->first != NULL;
}

static bool
reserve_arrays(struct generator *w)
{
	size_t n = (size_t)w->nslot, reals;

	if (!mem_mul(n, w->v->size, &reals))
		return false;
	w->ring = mem_zeros((size_t)w->nring, sizeof(*w->ring));
	w->active = mem_zeros(n, sizeof(*w->active));
	w->x = mem_zeros(n, sizeof(*w->x));
	w->start = mem_zeros(n + 1, sizeof(*w->start));
	w->from = mem_zeros(n, sizeof(*w->from));
	w->l = mem_zeros(reals, w->net->size);
	for (int i = 0; w->start && i <= w->nslot; i++)
		w->start[i] = i;
	return w->ring && w->active && w->x && w->start && w->from && w->l;
}

const char *
generate_begin(struct generator *w, struct net *net, const struct vocab *v,
    const struct generate_rules *rules)
{
	const char *why;

	*w = (struct generator){ .net = net, .v = v, .rules = *rules };
	w->nslot = count_slots(w);
	w->nring = (uint64_t)w->nslot * QUEUE;
	if ((why = sampler_init(&w->sampler, v->size)) != NULL)
		return why;
	w->sampler.temperature = rules->temperature;
	w->sampler.top_k = rules->top_k;
	w->sampler.top_p = rules->top_p;
	if (!reserve_arrays(w) || (v->unit == UNIT_STREAM && !set_first(w)))
		return no_memory;
	return net_state_new(&w->state, net, w->nslot);
}

void
generate_free(struct generator *w)
{
	for (uint64_t i = 0; w->ring && i < w->nring; i++)
		free(w->ring[i].w);
	free(w->ring);
	free(w->active);
	free(w->x);
	free(w->start);
	free(w->from);
	free(w->l);
	free(w->first);
	sampler_free(&w->sampler);
	net_state_free(&w->state);
	*w = (struct generator){ 0 };
}

static double
logp_of(const struct generator *w, const void *row, uint32_t word)
{
	return w->net->size == sizeof(float) ? (double)((const float *)row)[word] :
	    ((const double *)row)[word];
}

/* Appends a word; row holds ln P of all words at its position, or is NULL. */
static bool
append_word(struct generator *w, struct sequence *q, uint32_t word, const void *row)
{
	if (!mem_grow(&q->w, &q->cap, q->n + 1, sizeof(*q->w)))
		return false;
	q->w[q->n++] = word;
	q->last = word;
	if (row)
		q->logp += logp_of(w, row, word);
	return true;
}

/* Ends a sequence that has all its words. */
static bool
close_sequence(struct generator *w, struct sequence *q, const void *row)
{
	q->ended = true;
	return w->v->unit == UNIT_STREAM || append_word(w, q, VOCAB_END_ROW, row);
}

/* Draws the next word by row, in which excluded words are barred; -1 if none is left. */
static int64_t
draw_word(struct generator *w, struct sequence *q, void *row)
{
	const struct generate_rules *r = &w->rules;
	size_t size = w->net->size;

	if (w->v->unknown >= 0 && !r->unknown)
		sampler_bar(row, size, (uint32_t)w->v->unknown);
	if (w->v->unit == UNIT_SENTENCE)
		sampler_bar(row, size, VOCAB_START_ROW);
	if (w->v->unit == UNIT_SENTENCE && q->words < r->shortest)
		sampler_bar(row, size, VOCAB_END_ROW);
	if (r->end >= 0 && q->words + 1 < r->shortest)
		sampler_bar(row, size, (uint32_t)r->end);
	return sampler_draw(&w->sampler, &q->rng, row, size);
}

/* Extends a sequence by a word; row holds ln P of all words there, by the network if
 * `predicted`.  False: no memory. */
static bool
extend_sequence(struct generator *w, struct sequence *q, void *row, bool predicted)
{
	const struct generate_rules *r = &w->rules;
	int64_t word;

	if (q->words < r->nprime)
		return append_word(w, q, r->prime[q->words++], predicted ? row : NULL);
	if (q->words == r->longest || q->closed)
		return close_sequence(w, q, row);
	word = draw_word(w, q, row);
	if (word < 0) {
		q->ended = q->stuck = true;
		return true;
	}
	if (w->v->unit == UNIT_SENTENCE && word == VOCAB_END_ROW)
		return close_sequence(w, q, row);
	w->words++;
	q->words++;
	q->closed = word == r->end;
	return append_word(w, q, (uint32_t)word, predicted ? row : NULL);
}

/* Begins sequence i, up to the first word that the network reads; l is room for a row. */
static bool
begin_sequence(struct generator *w, struct sequence *q, uint64_t i, void *l)
{
	uint32_t key[] = { w->rules.seed, (uint32_t)i, (uint32_t)(i >> 32) };

	*q = (struct sequence){ .w = q->w, .cap = q->cap };
	rng_seed_key(&q->rng, key, 3);
	if (w->first == NULL)
		return append_word(w, q, VOCAB_START_ROW, NULL);
	memcpy(l, w->first, w->v->size * w->net->size);
	return extend_sequence(w, q, l, false);
}

/* Moves the unfinished sequences to the first slots, and begins new ones in the rest. */
static const char *
fill_slots(struct generator *w)
{
	int n = 0;
	bool moved = !w->state.begun;

	for (int i = 0; i < w->nactive; i++)
		if (!w->active[i]->ended) {
			w->active[n] = w->active[i];
			w->from[n++] = i;
		}
	moved = moved || n < w->nactive;
	while (n < w->nslot && w->begun < w->rules.number && w->begun < w->done + w->nring) {
		struct sequence *q = &w->ring[w->begun % w->nring];

		if (!begin_sequence(w, q, w->begun++, w->l))
			return no_memory;
		if (q->ended)
			continue;
		w->active[n] = q;
		w->from[n++] = -1;
		moved = true;
	}
	w->nactive = n;
	return moved && n > 0 ? net_state_pick(&w->state, n, w->from) : NULL;
}

/* Extends all sequences in progress by a word. */
static const char *
make_step(struct generator *w)
{
	struct batch b = { .start = w->start, .x = w->x, .y = w->x };
	const char *why = fill_slots(w);

	if (why || w->nactive == 0)
		return why;
	b.nseq = b.t = w->nactive;
	for (int i = 0; i < w->nactive; i++)
		w->x[i] = w->active[i]->last;
	if ((why = net_logp_all(w->net, &b, &w->state, w->l)) != NULL)
		return why;
	for (int i = 0; i < w->nactive; i++) {
		size_t at = (size_t)i * w->v->size * w->net->size;

		if (!extend_sequence(w, w->active[i], (char *)w->l + at, true))
			return no_memory;
	}
	return NULL;
}

/* Returns what is ready of the current sequence, up to a cut or its end. */
static bool
take_piece(struct generator *w, struct sequence *q, struct piece *p)
{
	bool cut = false;

	while (!cut && q->searched < q->n)
		cut = (int64_t)q->w[q->searched++] == w->rules.cut;
	if (!cut && (!q->ended || q->stuck))
		return false;
	*p = (struct piece){ .w = q->w + q->given, .n = q->searched - q->given,
	    .last = q->ended && q->searched == q->n && !q->stuck, .logp = q->logp };
	q->given = q->searched;
	w->done += p->last;
	return true;
}

static const char *
no_word_error(struct generator *w, const struct sequence *q)
{
	w->wordless = true;
	return errmsg_set(&w->err, "no word can be drawn after %zu words", q->words);
}

const char *
generate_next(struct generator *w, struct piece *p, bool *more)
{
	struct sequence *q = &w->ring[w->done % w->nring];
	const char *why;

	*p = (struct piece){ 0 };
	*more = w->done < w->rules.number;
	if (!*more)
		return NULL;
	if (q->given == q->n)
		q->n = q->given = q->searched = 0;
	if (w->done < w->begun && take_piece(w, q, p))
		return NULL;
	if (w->done < w->begun && q->stuck)
		return no_word_error(w, q);
	if ((why = make_step(w)) != NULL)
		return why;
	take_piece(w, q, p);
	return NULL;
}
