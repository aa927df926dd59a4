/*
 * net.c - a network's parameters and working memory on a device.
 */
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "output_layer.h"
#include "real_array.h"

/* The device's own message may say how much memory was missing. */
static const char *
no_memory(struct net *n)
{
	const char *why = n->k->error(n->k);

	return why ? why : "out of memory";
}

static const struct cell_kind *
kind_of(const struct net *n)
{
	return &cell_kinds[n->shape.cell];
}

static enum role
role_of(const struct net *n, const struct model_param *p)
{
	switch (p->kind) {
	case PARAM_EMBED:
		return ROLE_EMBED;
	case PARAM_IN:
		return p->layer == 0 && n->shape.embed == 0 ? ROLE_EMBED : ROLE_DENSE;
	case PARAM_OUT:
		return n->output->weights;
	case PARAM_OUT_BIAS:
		return n->output->bias;
	case PARAM_STATE:
		return kind_of(n)->gates == 1 ? ROLE_SQUARE : ROLE_GATES;
	case PARAM_PROJECT:
		return ROLE_DENSE;
	default:
		return ROLE_BIAS;
	}
}

/* Records the index of a parameter. */
static void
index_param(struct net *n, const struct model_param *p, int i)
{
	struct net_layer *layer = &n->layer[p->layer];

	switch (p->kind) {
	case PARAM_EMBED:
		n->embed = i;
		break;
	case PARAM_OUT:
	case PARAM_OUT_BIAS:
	case PARAM_PROJECT:
		n->output->index_param(n, p, i);
		break;
	case PARAM_IN:
		layer->in = i;
		break;
	case PARAM_STATE:
		layer->state = i;
		break;
	case PARAM_BIAS:
		layer->bias = i;
		break;
	case PARAM_STATE_BIAS:
		layer->state_bias = i;
		break;
	}
}

static void
index_params(struct net *n, const struct model *m)
{
	n->embed = n->out.v = n->out.bias = n->out.project = -1;
	for (int l = 0; l < MODEL_LAYERS_MAX; l++)
		n->layer[l] = (struct net_layer){ -1, -1, -1, -1 };
	for (size_t i = 0; i < m->nparam; i++) {
		index_param(n, &m->param[i], (int)i);
		n->completed_by[i] = (int)m->param[i].layer;
	}
	if (n->shape.tied) {
		n->embed = n->out.v;
		n->completed_by[n->embed] = 0;
	}
}

static struct matrix *
new_matrix(struct net *n, const struct model_param *p, const void *host)
{
	struct matrix *mat = n->k->mat_new(n->k, role_of(n, p), (int)p->rows, (int)p->cols);

	if (mat && host)
		n->k->mat_put(n->k, mat, host);
	return mat;
}

/* The step of the latest update of each word's row; NULL: out of memory. */
static struct matrix *
new_row_steps(struct net *n, const struct model_param *p)
{
	struct matrix *mat = n->k->mat_new(n->k, ROLE_BIAS, 1, (int)model_param_words(&n->shape, p));

	if (mat)
		n->k->mat_put(n->k, mat, p->row_steps);
	return mat;
}

static bool
new_params(struct net *n, const struct model *m)
{
	for (size_t i = 0; i < m->nparam; i++) {
		const struct model_param *p = &m->param[i];

		n->nparam = i + 1;
		n->is_bias[i] = role_of(n, p) == ROLE_BIAS || role_of(n, p) == ROLE_OUT_BIAS;
		if ((n->p[i] = new_matrix(n, p, p->data)) == NULL)
			return false;
		for (int k = 0; k < MODEL_MOMENTS; k++)
			if (p->moment[k] && (n->moment[k][i] = new_matrix(n, p, p->moment[k])) == NULL)
				return false;
		if (p->row_steps && (n->row_steps[i] = new_row_steps(n, p)) == NULL)
			return false;
	}
	return true;
}

/* Gradients have the roles and shapes of the parameters, which follow from n->shape. */
static bool
new_gradients(struct net *n)
{
	struct model m;

	if (model_plan(&m, n->shape) != NULL)
		return false;
	for (size_t i = 0; i < n->nparam; i++)
		if (n->g[i] == NULL && (n->g[i] = new_matrix(n, &m.param[i], NULL)) == NULL)
			return false;
	return true;
}

const char *
net_lacks(const struct backend *k, const struct model_shape *s, const struct hyperparams *hyper)
{
	const struct output_layer *o = output_layer_of(s, hyper);

	if (o == &output_sampled && k->sampled_backward == NULL)
		return "has no sampled softmax; choose another device with -d, or --softmax full";
	if (o == &output_tree && k->tree_forward == NULL)
		return "has no hierarchical softmax; choose another device with -d";
	if (o == &output_adaptive && k->add_rows == NULL)
		return "has no adaptive softmax; choose another device with -d";
	return NULL;
}

/* hyper as in output_layer_of(). */
static const char *
open_net(struct net *n, struct backend *k, const struct model *m, const struct hyperparams *hyper)
{
	const char *why;

	*n = (struct net){ .k = k, .shape = m->shape, .h = (int)m->shape.hidden,
	    .v = (int)m->shape.vocab, .output = output_layer_of(&m->shape, hyper) };
	if ((why = net_lacks(k, &m->shape, hyper)) != NULL)
		return why;
	n->out.width = model_output_width(&m->shape);
	n->size = real_size(k->real);
	index_params(n, m);
	if (n->output->open && (why = n->output->open(n, m)) != NULL)
		return why;
	if (!new_params(n, m))
		return no_memory(n);
	if ((why = net_state_new(&n->own_state, n, 1)) != NULL)
		return why;
	return k->error(k);
}

const char *
net_open(struct net *n, struct backend *k, const struct model *m)
{
	return open_net(n, k, m, NULL);
}

const char *
net_open_training(struct net *n, struct backend *k, const struct model *m)
{
	return open_net(n, k, m, &m->progress.hyper);
}

/* The weights that training continues from. */
static void *
latest_weights(const struct model_param *p)
{
	return p->last ? p->last : p->data;
}

const char *
net_store_weights(struct net *n, struct model *m)
{
	for (size_t i = 0; i < m->nparam; i++)
		n->k->mat_get(n->k, latest_weights(&m->param[i]), n->p[i]);
	return n->k->error(n->k);
}

const char *
net_put_weights(struct net *n, const struct model *m)
{
	for (size_t i = 0; i < m->nparam; i++)
		n->k->mat_put(n->k, n->p[i], latest_weights(&m->param[i]));
	return n->k->error(n->k);
}

const char *
net_put_mean(struct net *n, const struct model *m)
{
	for (size_t i = 0; i < m->nparam; i++)
		n->k->mat_put(n->k, n->p[i], m->param[i].data);
	return n->k->error(n->k);
}

const char *
net_store(struct net *n, struct model *m)
{
	const char *why = net_store_weights(n, m);

	if (why)
		return why;
	for (size_t i = 0; i < m->nparam; i++) {
		for (int k = 0; k < MODEL_MOMENTS; k++)
			if (n->moment[k][i])
				n->k->mat_get(n->k, m->param[i].moment[k], n->moment[k][i]);
		if (n->row_steps[i])
			n->k->mat_get(n->k, m->param[i].row_steps, n->row_steps[i]);
	}
	return n->k->error(n->k);
}

void
net_free_rows(struct net *n, void **rows)
{
	if (*rows)
		n->k->free(n->k, *rows);
	*rows = NULL;
}

struct matrix *
net_optional(struct matrix *const *list, int i)
{
	return i < 0 ? NULL : list[i];
}

static void
free_memory(struct net *n)
{
	for (uint32_t l = 0; l < n->shape.layers; l++) {
		struct net_rows *r = &n->rows[l];

		if (r->a != r->s)
			net_free_rows(n, &r->a);
		r->a = NULL;
		net_free_rows(n, &r->s);
		net_free_rows(n, &r->saved);
		net_free_rows(n, &r->mask);
		net_free_rows(n, &r->masked);
	}
	net_free_rows(n, &n->embedded);
	net_free_rows(n, &n->embed_mask);
	n->output->release(n);
	net_free_rows(n, &n->ds);
	net_free_rows(n, &n->d);
	free(n->host_mask);
	n->host_mask = NULL;
	n->capacity = 0;
}

bool
net_new_rows(struct net *n, void **rows, size_t t, size_t width)
{
	size_t reals;

	if (!mem_mul(t, width, &reals))
		return false;
	*rows = n->k->alloc(n->k, reals);
	return *rows != NULL;
}

static bool
new_layer_rows(struct net *n, struct net_rows *r, size_t t)
{
	const struct cell_kind *kind = kind_of(n);
	size_t h = (size_t)n->h;

	if (!net_new_rows(n, &r->s, t, h))
		return false;
	if (kind->gates == 1)
		r->a = r->s;	/* the only gate is the state */
	else if (!net_new_rows(n, &r->a, t, h * (size_t)kind->gates))
		return false;
	if (kind->has_saved && !net_new_rows(n, &r->saved, t, h))
		return false;
	return !n->dropout || (net_new_rows(n, &r->mask, t, h) && net_new_rows(n, &r->masked, t, h));
}

static size_t
larger(size_t a, size_t b)
{
	return a > b ? a : b;
}

static bool
new_memory(struct net *n, size_t t)
{
	size_t h = (size_t)n->h, e = n->shape.embed, reals;
	size_t wide = larger(larger(h * (size_t)kind_of(n)->gates, e), n->output->error_width(n));

	for (uint32_t l = 0; l < n->shape.layers; l++)
		if (!new_layer_rows(n, &n->rows[l], t))
			return false;
	if (e && !net_new_rows(n, &n->embedded, t, e))
		return false;
	if (!n->output->reserve(n, t))
		return false;
	if (n->dropout && e && !net_new_rows(n, &n->embed_mask, t, e))
		return false;
	if (n->dropout && (!mem_mul(t, larger(h, e), &reals) || (n->host_mask = mem_zeros(reals, n->size)) == NULL))
		return false;
	return !n->backward || (net_new_rows(n, &n->ds, t, larger(h, e)) &&
	    net_new_rows(n, &n->d, t, wide));
}

bool
net_reserve(struct net *n, size_t t, bool backward, bool dropout)
{
	if (backward && n->g[0] == NULL && !new_gradients(n))
		return false;
	if (t <= n->capacity && backward <= n->backward && dropout <= n->dropout)
		return true;
	t = larger(t, n->capacity);
	free_memory(n);
	n->backward = n->backward || backward;
	n->dropout = n->dropout || dropout;
	if (!new_memory(n, t))
		return false;
	n->capacity = t;
	return true;
}

static void
free_matrices(struct net *n, struct matrix *m[MODEL_PARAMS_MAX])
{
	for (size_t i = 0; i < n->nparam; i++) {
		if (m[i])
			n->k->mat_free(n->k, m[i]);
		m[i] = NULL;
	}
}

void
net_free(struct net *n)
{
	if (n->k == NULL)
		return;
	net_state_free(&n->own_state);
	free_memory(n);
	if (n->output->close)
		n->output->close(n);
	free_matrices(n, n->p);
	free_matrices(n, n->g);
	for (int k = 0; k < MODEL_MOMENTS; k++)
		free_matrices(n, n->moment[k]);
	free_matrices(n, n->row_steps);
	*n = (struct net){ 0 };
}
