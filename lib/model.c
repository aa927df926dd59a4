/*
 * model.c - parameters in memory and where they start.
 */
#include <math.h>
#include <stdlib.h>

#include "mem.h"
#include "model.h"
#include "phrase.h"

enum { HIDDEN_MAX = 65536, ALIGN = 64 };

static size_t
real_size(enum real r)
{
	return r == REAL_F64 ? sizeof(double) : sizeof(float);
}

static void
add_param(struct model *m, const char *name, size_t rows, size_t cols)
{
	m->param[m->nparam++] = (struct model_param){ name, rows, cols, NULL };
}

/* Fills in the list of parameters, which still have no memory. */
static void
list_params(struct model *m)
{
	size_t c = m->shape.vocab, h = m->shape.hidden;

	add_param(m, "U", h, c);
	add_param(m, "V", c, h);
	add_param(m, "W", h, h);
}

/* The bytes of a parameter, rounded up so that the next one is aligned. */
static bool
room_of(const struct model_param *p, enum real real, size_t *room)
{
	size_t n;

	if (!mem_mul(p->rows, p->cols, &n) || !mem_mul(n, real_size(real), &n) ||
	    n > SIZE_MAX - ALIGN)
		return false;
	*room = (n + ALIGN - 1) / ALIGN * ALIGN;
	return true;
}

const char *
model_plan(struct model *m, struct model_shape shape)
{
	*m = (struct model){ .shape = shape };
	if (shape.layers != 1)
		return phrase(m->err, sizeof(m->err), "a network of %lu layers is not "
		    "known here, only of 1", (unsigned long)shape.layers);
	if (shape.hidden < 1 || shape.hidden > HIDDEN_MAX)
		return phrase(m->err, sizeof(m->err), "hidden size %lu is not in 1 .. %d",
		    (unsigned long)shape.hidden, HIDDEN_MAX);
	if (shape.vocab < 2 || shape.vocab > VOCAB_MAX)
		return phrase(m->err, sizeof(m->err), "vocabulary size %lu is not in "
		    "2 .. %d", (unsigned long)shape.vocab, VOCAB_MAX);
	list_params(m);
	return NULL;
}

const char *
model_alloc(struct model *m)
{
	size_t total = 0, room[MODEL_PARAMS_MAX];
	char *block;

	for (size_t i = 0; i < m->nparam; i++) {
		if (!room_of(&m->param[i], m->shape.real, &room[i]) ||
		    total > SIZE_MAX - room[i])
			return "the weights do not fit into memory";
		total += room[i];
	}
	block = mem_zeros(total, 1);
	if (block == NULL)
		return "the weights do not fit into memory";
	for (size_t i = 0; i < m->nparam; i++) {
		m->param[i].data = block;
		block += room[i];
	}
	return NULL;
}

const char *
model_new(struct model *m, struct model_shape shape)
{
	const char *why = model_plan(m, shape);

	return why == NULL ? model_alloc(m) : why;
}

static void
draw(struct rng *r, const struct model_param *p, enum real real, double bound)
{
	size_t n = p->rows * p->cols;
	double *d = p->data;
	float *f = p->data;

	for (size_t i = 0; i < n; i++) {
		double x = rng_uniform(r, -bound, bound);

		if (real == REAL_F64)
			d[i] = x;
		else
			f[i] = (float)x;
	}
}

void
model_init(struct model *m, uint32_t seed)
{
	struct rng r;

	rng_seed(&r, seed);
	/* each by the number of its inputs: C for U, H for V and W */
	for (size_t i = 0; i < m->nparam; i++)
		draw(&r, &m->param[i], m->shape.real, sqrt(1.0 / (double)m->param[i].cols));
}

void
model_free(struct model *m)
{
	if (m->nparam > 0)
		free(m->param[0].data);		/* the one block */
	m->nparam = 0;
	if (m->has_vocab)
		vocab_free(&m->vocab);
	m->has_vocab = false;
}
