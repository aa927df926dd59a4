/*
 * model.c - the shape of a model, and its memory.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "model.h"
#include "errmsg.h"
#include "prog.h"
#include "real_array.h"

enum { HIDDEN_MAX = 65536, ALIGN = 64 };

static size_t
gates_of(const struct model *m)
{
	return (size_t)cell_kinds[m->shape.cell].gates;
}

/* Names in layers above the first end in the layer's number, from 2; those of clusters in
 * the cluster's, from 1. */
static void
add_param(struct model *m, enum param_kind kind, uint32_t layer, size_t rows, size_t cols)
{
	static const char letter[] = {
		[PARAM_EMBED] = 'E', [PARAM_IN] = 'U', [PARAM_OUT] = 'V', [PARAM_STATE] = 'W',
		[PARAM_BIAS] = 'b', [PARAM_STATE_BIAS] = 'q', [PARAM_OUT_BIAS] = 'c',
		[PARAM_PROJECT] = 'P'
	};
	struct model_param *p = &m->param[m->nparam++];

	*p = (struct model_param){ .kind = kind, .layer = layer, .rows = rows, .cols = cols };
	p->name[0] = letter[kind];
	if (layer > 0 && layer < m->shape.layers)
		snprintf(p->name + 1, sizeof(p->name) - 1, "%u", (unsigned)layer + 1);
}

static void
add_cluster_param(struct model *m, enum param_kind kind, uint32_t cluster, size_t rows, size_t cols)
{
	struct model_param *p = &m->param[m->nparam];

	add_param(m, kind, m->shape.layers, rows, cols);
	p->cluster = cluster;
	snprintf(p->name + 1, sizeof(p->name) - 1, "%u", (unsigned)cluster);
}

static void
add_clusters(struct model *m)
{
	const struct clusters *c = &m->shape.clusters;
	uint32_t input = model_output_width(&m->shape);

	for (uint32_t i = 1; i <= c->n; i++) {
		uint32_t rows = clusters_rows(c, i, m->shape.vocab);
		uint32_t width = clusters_width(c, i, input);

		add_cluster_param(m, PARAM_OUT, i, rows, width);
		if (m->shape.bias)
			add_cluster_param(m, PARAM_OUT_BIAS, i, 1, rows);
		add_cluster_param(m, PARAM_PROJECT, i, width, input);
	}
}

static void
add_biases(struct model *m, uint32_t layer)
{
	size_t h = m->shape.hidden;

	if (!m->shape.bias)
		return;
	add_param(m, PARAM_BIAS, layer, 1, gates_of(m) * h);
	if (cell_kinds[m->shape.cell].has_state_bias)
		add_param(m, PARAM_STATE_BIAS, layer, 1, h);
}

uint32_t
model_output_width(const struct model_shape *s)
{
	if (s->tied)
		return s->embed;
	return s->project ? s->project : s->hidden;
}

size_t
model_param_words(const struct model_shape *s, const struct model_param *p)
{
	if (s->clusters.n && p->layer == s->layers)
		return p->cluster ? 1 : 0;
	switch (p->kind) {
	case PARAM_EMBED:
	case PARAM_OUT_BIAS:
		return p->cols;
	case PARAM_OUT:
		return p->rows;
	case PARAM_IN:
		return p->layer == 0 && s->embed == 0 ? p->cols : 0;
	default:
		return 0;
	}
}

bool
model_is_lazy(const struct model *m)
{
	return m->shape.tree || m->shape.clusters.n || (m->has_progress && m->progress.hyper.softmax == SOFTMAX_SAMPLED);
}

bool
model_is_mean(const struct model *m)
{
	return m->has_progress && m->progress.hyper.average;
}

bool
model_counts_rows(const struct model *m)
{
	return m->has_progress && model_is_lazy(m) && !rule_kinds[m->progress.hyper.rule].is_sparse;
}

/* Fills in the list of parameters, without memory. */
static void
list_params(struct model *m)
{
	const struct model_shape *s = &m->shape;
	size_t c = s->vocab, h = s->hidden, e = s->embed, g = gates_of(m) * h;
	size_t rows = s->tree ? c - 1 : clusters_rows(&s->clusters, 0, s->vocab);
	size_t width = model_output_width(s);

	if (e && !s->tied)
		add_param(m, PARAM_EMBED, 0, e, c);
	add_param(m, PARAM_IN, 0, g, e ? e : c);
	add_param(m, PARAM_OUT, s->layers, rows, width);
	add_param(m, PARAM_STATE, 0, g, h);
	add_biases(m, 0);
	if (s->bias)
		add_param(m, PARAM_OUT_BIAS, s->layers, 1, rows);
	if (s->project || width != h)
		add_param(m, PARAM_PROJECT, s->layers, width, h);
	add_clusters(m);
	for (uint32_t l = 1; l < s->layers; l++) {
		add_param(m, PARAM_IN, l, g, h);
		add_param(m, PARAM_STATE, l, g, h);
		add_biases(m, l);
	}
}

/* *bytes of a parameter, rounded up so that the next one is aligned; false: overflow. */
static bool
aligned_bytes(const struct model_param *p, enum real_type real, size_t *bytes)
{
	size_t n;

	if (!mem_mul(p->rows, p->cols, &n) || !mem_mul(n, real_size(real), &n) ||
	    n > SIZE_MAX - ALIGN)
		return false;
	*bytes = (n + ALIGN - 1) / ALIGN * ALIGN;
	return true;
}

const char *
model_plan(struct model *m, struct model_shape shape)
{
	const char *why;

	*m = (struct model){ .shape = shape };
	if (shape.layers < 1 || shape.layers > MODEL_LAYERS_MAX)
		return errmsg_set(&m->err, "%lu layers: must be between 1 and %d",
		    (unsigned long)shape.layers, MODEL_LAYERS_MAX);
	if (shape.hidden < 1 || shape.hidden > HIDDEN_MAX)
		return errmsg_set(&m->err, "hidden size %lu: must be between 1 and %d",
		    (unsigned long)shape.hidden, HIDDEN_MAX);
	if (shape.embed > HIDDEN_MAX)
		return errmsg_set(&m->err, "embedding size %lu: must be between 0 and %d",
		    (unsigned long)shape.embed, HIDDEN_MAX);
	if (shape.project > HIDDEN_MAX)
		return errmsg_set(&m->err, "projection size %lu: must be between 0 and %d",
		    (unsigned long)shape.project, HIDDEN_MAX);
	if (shape.tied && shape.project)
		return "tied output weights: the projection has the embedding size; it cannot be set";
	if (shape.tied && shape.tree)
		return "tied output weights: a tree has no row for each word; use the softmax";
	if (shape.tied && shape.clusters.n)
		return "tied output weights: clusters have shorter rows than the embeddings; use "
		    "the softmax";
	if (shape.tied && shape.embed == 0)
		return "tied output weights need embeddings";
	if (shape.vocab < 2 || shape.vocab > VOCAB_MAX)
		return errmsg_set(&m->err, "vocabulary size %lu: must be between "
		    "2 and %d", (unsigned long)shape.vocab, VOCAB_MAX);
	if (shape.tree && shape.clusters.n)
		return "the output layer cannot be both a tree and clusters";
	if ((why = clusters_check(&shape.clusters, shape.vocab)) != NULL)
		return why;
	list_params(m);
	return NULL;
}

/* Allocates a block of zeros that holds an array per parameter; false: out of memory. */
static bool
new_block(const struct model *m, void *at[MODEL_PARAMS_MAX])
{
	size_t total = 0, bytes[MODEL_PARAMS_MAX];
	char *block;

	for (size_t i = 0; i < m->nparam; i++) {
		if (!aligned_bytes(&m->param[i], m->shape.real, &bytes[i]) ||
		    total > SIZE_MAX - bytes[i])
			return false;
		total += bytes[i];
	}
	block = mem_zeros(total, 1);
	if (block == NULL)
		return false;
	for (size_t i = 0; i < m->nparam; i++) {
		at[i] = block;
		block += bytes[i];
	}
	return true;
}

const char *
model_alloc(struct model *m)
{
	void *at[MODEL_PARAMS_MAX];

	if (!new_block(m, at))
		return "the weights do not fit into memory";
	for (size_t i = 0; i < m->nparam; i++)
		m->param[i].data = at[i];
	return NULL;
}

static void
free_moments(struct model *m)
{
	for (int k = 0; k < MODEL_MOMENTS && m->nparam > 0; k++) {
		free(m->param[0].moment[k]);		/* one block holds all */
		for (size_t i = 0; i < m->nparam; i++)
			m->param[i].moment[k] = NULL;
	}
}

static const char *
alloc_moments(struct model *m, int n)
{
	void *at[MODEL_PARAMS_MAX];

	free_moments(m);
	for (int k = 0; k < n; k++) {
		if (!new_block(m, at))
			return "the optimiser's state does not fit into memory";
		for (size_t i = 0; i < m->nparam; i++)
			m->param[i].moment[k] = at[i];
	}
	return NULL;
}

static void
free_row_steps(struct model *m)
{
	for (size_t i = 0; i < m->nparam; i++) {
		free(m->param[i].row_steps);
		m->param[i].row_steps = NULL;
	}
}

static const char *
alloc_row_steps(struct model *m)
{
	for (size_t i = 0; i < m->nparam; i++) {
		size_t words = model_param_words(&m->shape, &m->param[i]);

		if (words && (m->param[i].row_steps = mem_zeros(words, real_size(m->shape.real))) == NULL)
			return "the optimiser's state does not fit into memory";
	}
	return NULL;
}

static void
free_last(struct model *m)
{
	if (m->nparam > 0)
		free(m->param[0].last);		/* one block holds all */
	for (size_t i = 0; i < m->nparam; i++)
		m->param[i].last = NULL;
}

static const char *
copy_to_last(struct model *m)
{
	void *at[MODEL_PARAMS_MAX];

	if (!new_block(m, at))
		return "the averages of the weights do not fit into memory";
	for (size_t i = 0; i < m->nparam; i++) {
		struct model_param *p = &m->param[i];

		p->last = at[i];
		memcpy(p->last, p->data, p->rows * p->cols * real_size(m->shape.real));
	}
	return NULL;
}

const char *
model_alloc_optimiser(struct model *m)
{
	const struct hyperparams *r = &m->progress.hyper;
	const char *why = alloc_moments(m, hyperparams_moments(r));

	free_row_steps(m);
	free_last(m);
	if (why == NULL && model_counts_rows(m))
		why = alloc_row_steps(m);
	return why == NULL && model_is_mean(m) ? copy_to_last(m) : why;
}

size_t
model_carried_rows(const struct model *m, size_t streams)
{
	return m->shape.layers * (cell_kinds[m->shape.cell].has_second_state ? 2 : 1) * streams;
}

const char *
model_alloc_carried(struct model *m, size_t streams)
{
	size_t n;

	free(m->carried.data);
	m->carried = (struct model_carried){ .rows = model_carried_rows(m, streams),
	    .cols = m->shape.hidden };
	if (!mem_mul(m->carried.rows, m->carried.cols, &n) ||
	    (m->carried.data = mem_zeros(n, real_size(m->shape.real))) == NULL)
		return "the hidden states do not fit into memory";
	return NULL;
}

const char *
model_new(struct model *m, struct model_shape shape)
{
	const char *why = model_plan(m, shape);

	return why == NULL ? model_alloc(m) : why;
}

static void
convert_reals(const void *from, enum real_type old, void *to, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (old == REAL_F32)
			((double *)to)[i] = ((const float *)from)[i];
		else
			((float *)to)[i] = (float)((const double *)from)[i];
}

/* Weights only: a run cannot be resumed in another type. */
const char *
model_set_real(struct model *m, enum real_type real)
{
	struct model converted = { 0 };
	struct model_shape shape = m->shape;
	const char *why;

	if (shape.real == real)
		return NULL;
	shape.real = real;
	if ((why = model_new(&converted, shape)) != NULL)
		return why;
	for (size_t i = 0; i < m->nparam; i++)
		convert_reals(m->param[i].data, m->shape.real, converted.param[i].data,
		    m->param[i].rows * m->param[i].cols);
	free(m->param[0].data);
	free_moments(m);
	free_row_steps(m);
	free_last(m);
	free(m->carried.data);
	m->carried = (struct model_carried){ 0 };
	memcpy(m->param, converted.param, sizeof(m->param));
	m->shape = shape;
	return NULL;
}

const char *
model_check_vocab(struct model *m, const struct vocab *v)
{
	uint32_t stream = vocab_crc(v), own = m->has_vocab ? vocab_crc(&m->vocab) : stream;

	if (v->size == m->shape.vocab && stream == own)
		return NULL;
	if (!m->has_vocab)
		return errmsg_set(&m->err, "the stream's vocabulary has %lu words, but the "
		    "model's weights are for %lu; encode the text with the table that it was "
		    "trained with: %sencode -v TABLE", (unsigned long)v->size,
		    (unsigned long)m->shape.vocab, prog_prefix);
	return errmsg_set(&m->err, "the stream's vocabulary (%lu words, %08lx) is not "
	    "the model's (%lu words, %08lx); encode with: %sencode -v MODEL",
	    (unsigned long)v->size, (unsigned long)stream,
	    (unsigned long)m->shape.vocab, (unsigned long)own, prog_prefix);
}

const char *
model_unchecked(struct model *m, const struct vocab *v)
{
	if (m->has_vocab)
		return NULL;
	return errmsg_set(&m->err, "the model has no vocabulary, so nothing but the size, %lu words, "
	    "tells whether the text was encoded with the right one", (unsigned long)v->size);
}

const char *
model_check_rules(struct model *m, const struct vocab *v)
{
	char text[TOKEN_RULES_TEXT], own[TOKEN_RULES_TEXT];

	if (!m->has_vocab || token_rules_same(&v->rules, &m->vocab.rules))
		return NULL;
	return errmsg_set(&m->err, "the text was cut by the token rules %s, the model's by %s; "
	    "their probabilities are not those of one kind of text",
	    token_rules_text(&v->rules, text), token_rules_text(&m->vocab.rules, own));
}

const char *
model_check_alike(struct model *m, const struct model *other, const char *name)
{
	bool both = m->has_vocab && other->has_vocab;
	char text[TOKEN_RULES_TEXT], own[TOKEN_RULES_TEXT];

	if (m->shape.vocab != other->shape.vocab ||
	    (both && vocab_crc(&m->vocab) != vocab_crc(&other->vocab)))
		return errmsg_set(&m->err, "its vocabulary (%lu words) is not that of %s (%lu words); "
		    "models are scored together only on one vocabulary",
		    (unsigned long)m->shape.vocab, name, (unsigned long)other->shape.vocab);
	if (both && !token_rules_same(&m->vocab.rules, &other->vocab.rules))
		return errmsg_set(&m->err, "its text was cut by the token rules %s, that of %s by %s; "
		    "models are scored together only on text cut by the same rules",
		    token_rules_text(&m->vocab.rules, own), name,
		    token_rules_text(&other->vocab.rules, text));
	return NULL;
}

bool
model_joins(const struct model *m, enum unit unit)
{
	bool by_line = m->has_progress && m->progress.hyper.chunk == 0;

	return unit == UNIT_STREAM && !by_line;
}

void
model_free(struct model *m)
{
	free_moments(m);
	free_row_steps(m);
	free_last(m);
	if (m->nparam > 0)
		free(m->param[0].data);		/* one block holds all */
	m->nparam = 0;
	free(m->carried.data);
	m->carried = (struct model_carried){ 0 };
	if (m->has_vocab)
		vocab_free(&m->vocab);
	m->has_vocab = false;
}
