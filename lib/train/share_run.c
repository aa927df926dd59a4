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

static bool
share_corpus(struct workers *w, struct corpus *c, const struct corpus *outline)
{
	if (w->rank > 0) {
		*c = *outline;
		c->w = NULL;
		c->start = NULL;
		c->capw = c->capstart = 0;
	}
	if (c->steps == 0)
		return true;
	return share_array(w, &c->w, c->nw, sizeof(*c->w)) &&
	    share_array(w, &c->start, c->n + 1, sizeof(*c->start));
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
	if (!share_corpus(w, &t->train, &o.train) || !share_corpus(w, &t->valid, &o.valid))
		return "out of memory";
	return NULL;
}
