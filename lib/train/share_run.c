/*
 * share_run.c - see share_run.h.
 *
 * Structs go as they are in memory, because all workers run the same program.
 */
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "real_array.h"
#include "share_run.h"
#include "trainer.h"

enum {
	PIECE = 1 << 18,	/* indexes in a message */
	SLICES = 2		/* of a corpus: for training, for evaluations */
};

/* What the others need to know to make room for the rest. */
struct outline {
	char version[16];
	size_t sizes;		/* of the structs */
	bool more;
	struct model_shape shape;
	struct model_progress progress;
	enum unit unit;
	struct token_rules rules;
	size_t vocab_bytes;
	size_t carried;		/* streams with hidden states; 0: none */
	struct corpus train, valid;	/* without the arrays */
};

static struct outline
outline_of(const struct model *m, const struct training_text *t)
{
	struct outline o;

	memset(&o, 0, sizeof(o));
	strncpy(o.version, VERSION, sizeof(o.version) - 1);
	o.sizes = sizeof(o);
	if (m == NULL)
		return o;
	o.more = true;
	o.shape = m->shape;
	o.progress = m->progress;
	o.unit = m->vocab.unit;
	o.rules = m->vocab.rules;
	o.carried = m->carried.data ? m->carried.rows / model_carried_rows(m, 1) : 0;
	o.train = t->train;
	o.valid = t->valid;
	return o;
}

/* The array of n elements at *p, which the others allocate. */
static bool
share_array(struct workers *w, void *p, size_t n, size_t size)
{
	void *array;

	if (w->rank > 0) {
		array = mem_zeros(n + 1, size);
		if (array == NULL)
			return false;
		memcpy(p, &array, sizeof(array));
	}
	memcpy(&array, p, sizeof(array));
	workers_broadcast(w, array, n * size);
	return true;
}

/* Indexes of a joined corpus that a worker reads. */
struct slice {
	size_t first, n;
};

/* Copies to w the part of the slice that is in piece(n), the indexes from `at` on. */
static void
copy_slice(uint32_t *w, const struct slice *s, const uint32_t *piece, size_t at, size_t n)
{
	size_t from = s->first > at ? s->first : at;
	size_t end = s->first + s->n < at + n ? s->first + s->n : at + n;

	if (from < end)
		memcpy(w + from, piece + (from - at), (end - from) * sizeof(*w));
}

/* The indexes pass by in pieces.  Pages of the array that nothing is copied to take no
 * memory, which it has from calloc(). */
static bool
share_slices(struct workers *w, struct corpus *c, const struct slice *slice, int nslices)
{
	static uint32_t piece[PIECE];
	uint32_t *from = c->w;

	if (w->rank > 0 && (c->w = mem_zeros(c->nw + 1, sizeof(*c->w))) == NULL)
		return false;
	for (size_t at = 0, n; at < c->nw; at += n) {
		n = c->nw - at < PIECE ? c->nw - at : PIECE;
		workers_broadcast(w, w->rank > 0 ? piece : from + at, n * sizeof(*from));
		for (int i = 0; w->rank > 0 && i < nslices; i++)
			copy_slice(c->w, &slice[i], piece, at, n);
	}
	return true;
}

static bool
share_corpus(struct workers *w, struct corpus *c, const struct corpus *outline, const struct slice *slice)
{
	if (w->rank > 0) {
		*c = *outline;
		c->w = NULL;
		c->start = NULL;
		c->capw = c->capstart = 0;
	}
	if (c->steps == 0)
		return true;
	if (slice)
		return share_slices(w, c, slice, SLICES);
	return share_array(w, &c->w, c->nw, sizeof(*c->w)) &&
	    share_array(w, &c->start, c->n + 1, sizeof(*c->start));
}

static struct slice
slice_of(const struct streams *s)
{
	struct slice x = { 0 };

	x.n = streams_indexes(s, &x.first);
	return x;
}

/* The training text is evaluated where there is no validation set. */
static bool
share_text(struct workers *w, struct training_text *t, const struct outline *o)
{
	const struct model_progress *p = &o->progress;
	struct slice train[SLICES] = { { 0 } }, valid[SLICES] = { { 0 } };
	struct streams s;

	if (!o->train.joined || p->hyper.shuffle)
		return share_corpus(w, &t->train, &o->train, NULL) && share_corpus(w, &t->valid, &o->valid, NULL);
	s = streams_cut(o->train.steps, p->batch, p->hyper.chunk);
	streams_divide(&s, p->batch, w->rank, w->size);
	train[0] = slice_of(&s);
	s = trainer_evaluated_streams((o->valid.steps ? &o->valid : &o->train)->steps, w);
	(o->valid.steps ? valid : train)[1] = slice_of(&s);
	return share_corpus(w, &t->train, &o->train, train) && share_corpus(w, &t->valid, &o->valid, valid);
}

/* Rows and counts, as a table has them. */
static const char *
share_vocab(struct workers *w, struct model *m, const struct outline *o, struct buf *table)
{
	const char *why = NULL;

	if (!share_array(w, &table->p, o->vocab_bytes, 1))
		return "out of memory";
	if (w->rank > 0) {
		m->vocab = (struct vocab){ .unit = o->unit, .rules = o->rules };
		m->has_vocab = true;
		why = vocab_parse(&m->vocab, table->p, o->vocab_bytes);
	}
	buf_free(table);
	return why;
}

static const char *
new_model(struct model *m, const struct outline *o)
{
	const char *why = model_new(m, o->shape);

	m->has_progress = true;
	m->progress = o->progress;
	if (why == NULL)
		why = model_alloc_optimiser(m);
	if (why == NULL && o->carried)
		why = model_alloc_carried(m, o->carried);
	return why;
}

static void
share_numbers(struct workers *w, struct model *m)
{
	size_t real = real_size(m->shape.real);

	for (size_t i = 0; i < m->nparam; i++) {
		const struct model_param *p = &m->param[i];
		size_t bytes = p->rows * p->cols * real;

		workers_broadcast(w, p->data, bytes);
		for (int k = 0; k < MODEL_MOMENTS; k++)
			if (p->moment[k])
				workers_broadcast(w, p->moment[k], bytes);
		if (p->last)
			workers_broadcast(w, p->last, bytes);
		if (p->row_steps)
			workers_broadcast(w, p->row_steps, model_param_words(&m->shape, p) * real);
	}
	if (m->carried.data)
		workers_broadcast(w, m->carried.data, m->carried.rows * m->carried.cols * real);
}

/* Whether the others run the same program; they know, as worker 0 does not. */
static const char *
check_outline(const struct outline *o)
{
	if (strncmp(o->version, VERSION, sizeof(o->version)) == 0 && o->sizes == sizeof(*o))
		return NULL;
	return "process 0 runs another version of the program; install the same on all machines";
}

const char *
share_run(struct workers *w, struct model *m, struct training_text *t, bool *more)
{
	struct outline o = outline_of(w->rank == 0 ? m : NULL, t);
	struct buf table = { 0 };
	const char *why;

	*more = m != NULL;
	if (w->size == 1)
		return NULL;
	if (w->rank == 0 && m && !vocab_format(&m->vocab, &table))
		return "out of memory";
	o.vocab_bytes = table.len;
	workers_broadcast(w, &o, sizeof(o));
	*more = o.more;
	if ((why = check_outline(&o)) != NULL || !o.more)
		return why;
	if (w->rank > 0 && (why = new_model(m, &o)) != NULL)
		return why;
	if ((why = share_vocab(w, m, &o, &table)) != NULL)
		return why;
	share_numbers(w, m);
	return share_text(w, t, &o) ? NULL : "out of memory";
}
