/*
 * local_steps.c - workers that train apart and average their weights every few steps (Stich
 * 2019, algorithm 1).
 *
 * A worker's gradient is that of its part of the batch, times the number of workers, so that its
 * mean over them is the gradient of the batch: averaged after every step, sgd and momentum make
 * the same steps as with sums of gradients.  The moments are averaged, too.
 */
#include "real_array.h"
#include "workers.h"

static const char *
average_matrix(struct workers *w, struct net *n, struct matrix *m, size_t len)
{
	void *x = worker_memory(&w->numbers, len * n->size);

	if (m == NULL)
		return NULL;
	if (x == NULL)
		return "out of memory";
	n->k->mat_get(n->k, x, m);
	workers_sum(w, n->k->real == REAL_F64, x, len);
	for (size_t i = 0; i < len; i++)
		real_put(n->k->real, x, i, real_at(n->k->real, x, i) / w->size);
	n->k->mat_put(n->k, m, x);
	return NULL;
}

const char *
workers_average(struct workers *w, struct net *n)
{
	const char *why = NULL;
	struct model m;

	if ((why = model_plan(&m, n->shape)) != NULL)
		return why;
	for (size_t i = 0; i < n->nparam && why == NULL; i++) {
		size_t len = m.param[i].rows * m.param[i].cols;

		why = average_matrix(w, n, n->p[i], len);
		for (int k = 0; k < MODEL_MOMENTS && why == NULL; k++)
			why = average_matrix(w, n, n->moment[k][i], len);
	}
	return why ? why : n->k->error(n->k);
}
