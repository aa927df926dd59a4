/*
 * gradient_begin.c - sums of gradients that begin in the backward pass, as soon as a layer's are
 * complete, and travel while the layers below compute theirs.
 *
 * These are the large dense ones.  The others wait for gradient_sum.c, which sends all small ones
 * in one message, and must know the rows of all workers first.
 */
#include "workers.h"

enum { LARGE = 1 << 16 };	/* numbers of a gradient that has a message of its own */

bool
gradient_is_begun(const struct grad_view *v)
{
	return v->width == 0 && v->len >= LARGE;
}

/* In w->host, a copy of those of a device that lends none. */
static const char *
copy_layer(struct workers *w, struct net *n, int layer)
{
	struct model m;
	size_t total = 0;

	if (model_plan(&m, n->shape) != NULL)	/* not of a network that was opened */
		return "the model's shape is not valid";
	for (size_t i = 0; i < m.nparam; i++)
		total += m.param[i].rows * m.param[i].cols;
	if (worker_memory(&w->host, total * n->size) == NULL)
		return "out of memory";
	total = 0;
	for (size_t i = 0; i < m.nparam; i++) {
		struct grad_view v = { .p = w->host.p + total * n->size,
		    .len = m.param[i].rows * m.param[i].cols };

		total += v.len;
		if (n->completed_by[i] != layer)
			continue;
		n->k->mat_get(n->k, v.p, n->g[i]);
		w->view[i] = v;
	}
	return NULL;
}

static void
view_layer(struct workers *w, struct net *n, int layer)
{
	for (size_t i = 0; i < n->nparam; i++)
		if (n->completed_by[i] == layer)
			w->view[i] = n->k->grad_view(n->k, n->g[i]);
}

const char *
gradient_begin(struct workers *w, struct net *n, int layer)
{
	const char *why = NULL;

	if (n->k->grad_view)
		view_layer(w, n, layer);
	else
		why = copy_layer(w, n, layer);
	for (size_t i = 0; why == NULL && i < n->nparam; i++)
		if (n->completed_by[i] == layer && gradient_is_begun(&w->view[i]))
			workers_begin_gradient(w, n->k->real == REAL_F64, w->view[i].p, w->view[i].len);
	return why;
}
