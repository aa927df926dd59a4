/*
 * model_save.c - writes the .npz file of a model; see model(5).
 */
#include <string.h>

#include "mem.h"
#include "model.h"
#include "model_arrays.h"
#include "model_config.h"
#include "errmsg.h"

enum { EXTRAS = 3 };	/* arrays besides the parameters: config, vocab, carry */

static struct npz_array
text_array(const char *name, const struct buf *b)
{
	struct npz_array a = { .type = NPZ_U1, .ndim = 1, .shape = { b->len }, .n = b->len,
	    .data = b->p };

	strcpy(a.name, name);
	return a;
}

/* *a: an array of reals for the file; fails if one is not finite. */
static const char *
real_array(struct model *m, const char *name, const void *data, size_t rows, size_t cols,
    struct npz_array *a)
{
	*a = (struct npz_array){ .type = model_npz_type(m->shape.real), .ndim = 2,
	    .shape = { rows, cols }, .n = rows * cols, .data = (void *)data };
	strcpy(a->name, name);
	if (!model_all_finite(data, a->n, m->shape.real))
		return errmsg_set(&m->err, "array '%s' has a value that is not "
		    "finite", name);
	return NULL;
}

/* Appends a parameter and its state of training to the list a of *n arrays. */
static const char *
param_arrays(struct model *m, const struct model_param *p, struct npz_array *a, size_t *n)
{
	const char *why = real_array(m, p->name, p->data, p->rows, p->cols, &a[(*n)++]);
	char name[NPZ_NAME];

	for (int k = 0; k < model_file_moments(m) && why == NULL; k++) {
		model_moment_name(p, k, name);
		why = real_array(m, name, p->moment[k], p->rows, p->cols, &a[(*n)++]);
	}
	model_last_name(p, name);
	if (why == NULL && model_is_mean(m))
		why = real_array(m, name, p->last, p->rows, p->cols, &a[(*n)++]);
	model_row_steps_name(p, name);
	if (why == NULL && model_file_row_steps(m, p))
		why = real_array(m, name, p->row_steps, 1, model_file_row_steps(m, p), &a[(*n)++]);
	return why;
}

static const char *
save_arrays(struct model *m, const char *path, struct buf *config, struct buf *vocab)
{
	struct npz_array a[MODEL_PARAMS_MAX * (3 + MODEL_MOMENTS) + EXTRAS];
	const char *why = config_format(m, config);
	size_t n = 0;

	for (size_t i = 0; i < m->nparam && why == NULL; i++)
		why = param_arrays(m, &m->param[i], a, &n);
	if (why == NULL && model_has_carried(m))
		why = real_array(m, "carry", m->carried.data, m->carried.rows, m->carried.cols, &a[n++]);
	if (why == NULL && m->has_vocab && m->vocab.size != m->shape.vocab)
		why = "the vocabulary and the weights differ in size";
	if (why == NULL && m->has_vocab) {
		if (!vocab_format(&m->vocab, vocab))
			why = "out of memory";
		a[n++] = text_array("vocab", vocab);
	}
	if (why != NULL)
		return why;
	a[n++] = text_array("config", config);
	return npz_write(path, a, n, &m->err);
}

static bool
param_is_finite(const struct model *m, const struct model_param *p)
{
	bool finite = model_all_finite(p->data, p->rows * p->cols, m->shape.real);

	if (model_is_mean(m))
		finite = finite && model_all_finite(p->last, p->rows * p->cols, m->shape.real);
	for (int k = 0; k < model_file_moments(m); k++)
		finite = finite && model_all_finite(p->moment[k], p->rows * p->cols, m->shape.real);
	return finite;
}

bool
model_is_finite(const struct model *m)
{
	bool finite = !model_has_carried(m) ||
	    model_all_finite(m->carried.data, m->carried.rows * m->carried.cols, m->shape.real);

	for (size_t i = 0; i < m->nparam; i++)
		finite = finite && param_is_finite(m, &m->param[i]);
	return finite;
}

const char *
model_save(struct model *m, const char *path)
{
	struct buf config = { 0 }, vocab = { 0 };
	const char *why = save_arrays(m, path, &config, &vocab);

	buf_free(&config);
	buf_free(&vocab);
	return why;
}
