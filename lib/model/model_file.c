/*
 * model_file.c - reads the .npz file of a model; see model(5).
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "model.h"
#include "model_arrays.h"
#include "model_config.h"
#include "errmsg.h"
#include "vocab_table.h"

enum { CONFIG_MAX = 1 << 16 };	/* bytes of the configuration */

static const char *
type_name(enum npz_type t)
{
	static const char *const name[] = {
		[NPZ_F4] = "float32", [NPZ_F8] = "float64", [NPZ_U1] = "uint8",
		[NPZ_U4] = "uint32", [NPZ_I8] = "int64",
	};

	return name[t];
}

/* Finds and reads a text array: one dimension of uint8.  *a is NULL if it is missing. */
static const char *
read_text(struct model *m, struct npz *z, const char *name, size_t most, struct npz_array **a)
{
	const char *why;

	*a = npz_find(z, name);
	if (*a == NULL)
		return NULL;
	if ((why = npz_head(z, *a)) != NULL)
		return why;
	if ((*a)->type != NPZ_U1 || (*a)->ndim != 1)
		return errmsg_set(&m->err, "array '%s' is not one-dimensional uint8",
		    name);
	if ((*a)->n > most)
		return errmsg_set(&m->err, "array '%s' is longer than %zu bytes", name, most);
	return npz_data(z, *a);
}

/* Without a config, U determines the shape of a one-layer RNN. */
static const char *
infer_shape(struct model *m, struct npz *z)
{
	struct npz_array *u = npz_find(z, "U");
	const char *why;

	if (u == NULL)
		return "array 'U' is missing";
	if ((why = npz_head(z, u)) != NULL)
		return why;
	if (u->type != NPZ_F4 && u->type != NPZ_F8)
		return errmsg_set(&m->err, "array 'U' has type %s, not "
		    "float32 or float64", type_name(u->type));
	if (u->ndim != 2)
		return errmsg_set(&m->err, "array 'U' has %d dimensions, not 2",
		    u->ndim);
	if (u->shape[0] > UINT32_MAX || u->shape[1] > UINT32_MAX)
		return "array 'U' is too large";
	m->shape = (struct model_shape){
		.cell = CELL_RNN,
		.real = u->type == NPZ_F8 ? REAL_F64 : REAL_F32,
		.layers = 1,
		.hidden = (uint32_t)u->shape[0],
		.vocab = (uint32_t)u->shape[1],
	};
	return NULL;
}

/* Fails unless the array is present, with this shape and m's type, by its header. */
static const char *
check_array(struct model *m, struct npz *z, const char *name, size_t rows, size_t cols)
{
	struct npz_array *a = npz_find(z, name);
	enum npz_type want = model_npz_type(m->shape.real);
	const char *why;

	if (a == NULL)
		return errmsg_set(&m->err, "array '%s' is missing", name);
	if ((why = npz_head(z, a)) != NULL)
		return why;
	if (a->type != want)
		return errmsg_set(&m->err, "array '%s' has type %s, not %s",
		    name, type_name(a->type), type_name(want));
	if (a->ndim != 2)
		return errmsg_set(&m->err, "array '%s' has %d dimensions, not 2",
		    name, a->ndim);
	if (a->shape[0] != rows || a->shape[1] != cols)
		return errmsg_set(&m->err, "array '%s' is %zu x %zu, not %zu x %zu",
		    name, a->shape[0], a->shape[1], rows, cols);
	return NULL;
}

/* Reads an array that check_array() passed. */
static const char *
read_array(struct model *m, struct npz *z, const char *name, void *to)
{
	struct npz_array *a = npz_find(z, name);
	const char *why = npz_data(z, a);

	if (why != NULL)
		return why;
	if (!model_all_finite(a->data, a->n, m->shape.real))
		return errmsg_set(&m->err, "array '%s' has a value that is not "
		    "finite", name);
	memcpy(to, a->data, a->n * npz_type_size(a->type));
	npz_drop(a);
	return NULL;
}

static bool
is_known(const struct model *m, const char *name)
{
	char moment[NPZ_NAME];

	if (strcmp(name, "config") == 0 || strcmp(name, "vocab") == 0 ||
	    (strcmp(name, "carry") == 0 && model_has_carried(m)))
		return true;
	for (size_t i = 0; i < m->nparam; i++) {
		if (strcmp(name, m->param[i].name) == 0)
			return true;
		for (int k = 0; k < model_file_moments(m); k++) {
			model_moment_name(&m->param[i], k, moment);
			if (strcmp(name, moment) == 0)
				return true;
		}
		model_last_name(&m->param[i], moment);
		if (model_is_mean(m) && strcmp(name, moment) == 0)
			return true;
		model_row_steps_name(&m->param[i], moment);
		if (model_file_row_steps(m, &m->param[i]) && strcmp(name, moment) == 0)
			return true;
	}
	return false;
}

/* A file with a config may hold no other arrays: one that is ignored might matter. */
static const char *
check_known(struct model *m, const struct npz *z)
{
	for (size_t i = 0; i < z->narray; i++)
		if (!is_known(m, z->array[i].name))
			return errmsg_set(&m->err, "array '%s' does not belong "
			    "to this kind of network", z->array[i].name);
	return NULL;
}

/* Parses the array as a table: of the config's unit and rules or, without a config, as a
 * table file. */
static const char *
parse_vocab(struct model *m, const struct npz_array *a)
{
	struct vocab v = { .unit = m->vocab.unit, .rules = m->vocab.rules };
	const char *why = m->has_vocab ? vocab_parse(&v, a->data, a->n) :
	    vocab_table_parse(&v, a->data, a->n);

	if (why != NULL) {
		why = errmsg_set(&m->err, "array 'vocab': %s", why);
		vocab_free(&v);
		return why;
	}
	m->vocab = v;
	m->has_vocab = true;
	return NULL;
}

static const char *
load_vocab(struct model *m, const struct npz_array *a)
{
	const char *why = parse_vocab(m, a);

	if (why == NULL && m->vocab.size != m->shape.vocab)
		why = errmsg_set(&m->err, "array 'vocab' has %lu words, the "
		    "weights have %lu", (unsigned long)m->vocab.size,
		    (unsigned long)m->shape.vocab);
	return why;
}

/* Shape, unit and progress, from the config or the shape of U. */
static const char *
load_shape(struct model *m, struct npz *z, const struct npz_array *config)
{
	struct model read = { 0 };
	const char *why = config == NULL ? infer_shape(&read, z) :
	    config_parse(&read, config->data, config->n);

	if (why == read.err.text)
		return errmsg_set(&m->err, "%s", why);
	if (why == NULL)
		why = model_plan(m, read.shape);
	if (why != NULL)
		return why;
	m->vocab.unit = read.vocab.unit;
	m->vocab.rules = read.vocab.rules;
	m->has_vocab = read.has_vocab;
	m->progress = read.progress;
	m->has_progress = read.has_progress;
	return config == NULL ? NULL : check_known(m, z);
}

static const char *
load_params(struct model *m, struct npz *z)
{
	const char *why = NULL;

	/* checked before any memory is allocated on the word of the config */
	for (size_t i = 0; i < m->nparam && why == NULL; i++)
		why = check_array(m, z, m->param[i].name, m->param[i].rows, m->param[i].cols);
	if (why == NULL)
		why = model_alloc(m);
	for (size_t i = 0; i < m->nparam && why == NULL; i++)
		why = read_array(m, z, m->param[i].name, m->param[i].data);
	return why;
}

static const char *
load_moment(struct model *m, struct npz *z, const struct model_param *p, int k)
{
	char name[NPZ_NAME];
	const char *why;

	model_moment_name(p, k, name);
	if ((why = check_array(m, z, name, p->rows, p->cols)) == NULL)
		why = read_array(m, z, name, p->moment[k]);
	return why;
}

static const char *
load_last(struct model *m, struct npz *z)
{
	const char *why = NULL;
	char name[NPZ_NAME];

	for (size_t i = 0; i < m->nparam && why == NULL; i++) {
		const struct model_param *p = &m->param[i];

		model_last_name(p, name);
		if ((why = check_array(m, z, name, p->rows, p->cols)) == NULL)
			why = read_array(m, z, name, p->last);
	}
	return why;
}

static const char *
load_row_steps(struct model *m, struct npz *z)
{
	const char *why = NULL;

	for (size_t i = 0; i < m->nparam && why == NULL; i++) {
		struct model_param *p = &m->param[i];
		size_t words = model_file_row_steps(m, p);
		char name[NPZ_NAME];

		model_row_steps_name(p, name);
		if (words && (why = check_array(m, z, name, 1, words)) == NULL)
			why = read_array(m, z, name, p->row_steps);
	}
	return why;
}

/* The optimiser's state, and carried hidden states where there are any. */
static const char *
load_state(struct model *m, struct npz *z)
{
	const char *why = model_alloc_optimiser(m);

	for (size_t i = 0; i < m->nparam && why == NULL; i++)
		for (int k = 0; k < model_file_moments(m) && why == NULL; k++)
			why = load_moment(m, z, &m->param[i], k);
	if (why == NULL)
		why = load_row_steps(m, z);
	if (why == NULL && model_is_mean(m))
		why = load_last(m, z);
	if (why || !model_has_carried(m))
		return why;
	why = check_array(m, z, "carry", model_carried_rows(m, m->progress.batch), m->shape.hidden);
	if (why == NULL && (why = model_alloc_carried(m, m->progress.batch)) == NULL)
		why = read_array(m, z, "carry", m->carried.data);
	return why;
}

static const char *
load_arrays(struct model *m, struct npz *z)
{
	struct npz_array *config, *vocab;
	const char *why = read_text(m, z, "config", CONFIG_MAX, &config);

	if (why == NULL)
		why = load_shape(m, z, config);
	if (why == NULL)
		why = read_text(m, z, "vocab", SIZE_MAX, &vocab);
	if (why == NULL)
		why = load_params(m, z);
	if (why == NULL && config != NULL)
		why = load_state(m, z);
	if (why != NULL)
		return why;
	if (m->has_vocab && vocab == NULL)
		return "array 'vocab' is missing";
	if (m->shape.tree && vocab == NULL)
		return "array 'vocab' is missing, from whose counts the tree of the output follows";
	if (vocab != NULL && config != NULL && !m->has_vocab)
		return "config key 'unit' is missing";
	return vocab == NULL ? NULL : load_vocab(m, vocab);
}

/* Opens the file and has it loaded by the function, whose message then lasts with m. */
static const char *
load_by(struct model *m, const char *path, const char *(*load)(struct model *m, struct npz *z))
{
	struct npz z;
	const char *why;

	*m = (struct model){ 0 };
	why = npz_open(&z, path);
	if (why == NULL)
		why = load(m, &z);
	if (why == z.err.text)
		why = errmsg_set(&m->err, "%s", why);
	npz_free(&z);
	return why;
}

const char *
model_load(struct model *m, const char *path)
{
	const char *why = load_by(m, path, load_arrays);

	if (why != NULL)
		model_free(m);
	return why;
}

/* Checks the arrays of a parameter and its optimiser state. */
static const char *
check_param(struct model *m, struct npz *z, const struct model_param *p)
{
	const char *why = check_array(m, z, p->name, p->rows, p->cols);
	size_t words = model_file_row_steps(m, p);
	char name[NPZ_NAME];

	for (int k = 0; k < model_file_moments(m) && why == NULL; k++) {
		model_moment_name(p, k, name);
		why = check_array(m, z, name, p->rows, p->cols);
	}
	model_last_name(p, name);
	if (why == NULL && model_is_mean(m))
		why = check_array(m, z, name, p->rows, p->cols);
	model_row_steps_name(p, name);
	return why == NULL && words ? check_array(m, z, name, 1, words) : why;
}

static const char *
load_heads(struct model *m, struct npz *z)
{
	struct npz_array *config, *vocab = npz_find(z, "vocab");
	const char *why = read_text(m, z, "config", CONFIG_MAX, &config);

	if (why == NULL)
		why = load_shape(m, z, config);
	for (size_t i = 0; i < m->nparam && why == NULL; i++)
		why = check_param(m, z, &m->param[i]);
	if (why == NULL && model_has_carried(m))
		why = check_array(m, z, "carry", model_carried_rows(m, m->progress.batch), m->shape.hidden);
	if (why == NULL && (m->has_vocab || m->shape.tree) && vocab == NULL)
		return "array 'vocab' is missing";
	if (why != NULL || config != NULL || vocab == NULL)
		return why;
	/* the unit is in its first line */
	why = read_text(m, z, "vocab", SIZE_MAX, &vocab);
	return why == NULL ? load_vocab(m, vocab) : why;
}

const char *
model_load_heads(struct model *m, const char *path)
{
	const char *why = load_by(m, path, load_heads);

	if (why != NULL)
		m->has_vocab = false;
	return why;
}

static const char *
load_vocab_only(struct model *m, struct npz *z)
{
	struct npz_array *config = NULL, *vocab = NULL;
	const char *why = read_text(m, z, "config", CONFIG_MAX, &config);

	if (why == NULL)
		why = read_text(m, z, "vocab", SIZE_MAX, &vocab);
	if (why == NULL && vocab == NULL)
		why = "a model without a vocabulary; give its table instead";
	if (why == NULL && config != NULL)
		why = config_parse(m, config->data, config->n);
	return why ? why : parse_vocab(m, vocab);
}

const char *
model_load_vocab(struct model *m, const char *path)
{
	return load_by(m, path, load_vocab_only);
}
