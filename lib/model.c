/*
 * model.c - parameters in memory and where they start.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

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

static void
convert(const struct model_param *from, enum real old, struct model_param *to)
{
	for (size_t i = 0; i < from->rows * from->cols; i++)
		if (old == REAL_F32)
			((double *)to->data)[i] = ((const float *)from->data)[i];
		else
			((float *)to->data)[i] = (float)((const double *)from->data)[i];
}

const char *
model_set_real(struct model *m, enum real real)
{
	struct model other = { 0 };
	struct model_shape shape = m->shape;
	const char *why;

	if (shape.real == real)
		return NULL;
	shape.real = real;
	if ((why = model_new(&other, shape)) != NULL)
		return why;
	for (size_t i = 0; i < m->nparam; i++)
		convert(&m->param[i], m->shape.real, &other.param[i]);
	free(m->param[0].data);
	memcpy(m->param, other.param, sizeof(m->param));
	m->shape = shape;
	return NULL;
}

const char *
model_check_vocab(struct model *m, const struct vocab *v)
{
	uint32_t theirs = vocab_crc(v), ours = m->has_vocab ? vocab_crc(&m->vocab) : theirs;

	if (v->size == m->shape.vocab && theirs == ours)
		return NULL;
	if (!m->has_vocab)
		return phrase(m->err, sizeof(m->err), "the stream has %lu words, the model, which "
		    "has no vocabulary of its own, %lu", (unsigned long)v->size,
		    (unsigned long)m->shape.vocab);
	return phrase(m->err, sizeof(m->err), "the stream's vocabulary (%lu words, %08lx) is not "
	    "the model's (%lu words, %08lx); encode with: encode -v MODEL",
	    (unsigned long)v->size, (unsigned long)theirs,
	    (unsigned long)m->shape.vocab, (unsigned long)ours);
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
