/*
 * workload.c - see workload.h.  Operations are those of the products; the rest is less.
 */
#include <math.h>

#include "workload.h"

/* Rows of V that a step of the output layer visits. */
static double
output_rows(const struct workload *w)
{
	const struct model_shape *s = w->shape;

	if (s->tree)
		return log2(s->vocab);
	return w->hyper && w->hyper->softmax == SOFTMAX_SAMPLED ? w->hyper->samples : s->vocab;
}

/* Operations of the forward pass on one row. */
static double
row_flop(const struct workload *w)
{
	const struct model_shape *s = w->shape;
	double h = s->hidden, gates = cell_kinds[s->cell].gates, in = s->embed, sum = 0;

	for (uint32_t layer = 0; layer < s->layers; layer++, in = h)
		sum += gates * h * (h + in);
	return 2 * (sum + h * s->project + (double)model_output_width(s) * output_rows(w));
}

/*
 * Kernels of a GPU that wait for each other: for each step of each layer one in either
 * direction, or as much work of a kernel for all steps and the wait between its blocks; and
 * some 25 for the rest.  In the kernel of many sentences, which V must fit, a word takes a
 * third of a launch.
 */
static double
kernel_chain(const struct workload *w)
{
	const struct model_shape *s = w->shape;
	const double most = 2.5e6;	/* numbers in the shared memory of a large GPU */

	if (w->hyper && w->sequences <= 1 && net_is_fusible(s, w->hyper) &&
	    (double)s->hidden * s->vocab < most)
		return w->steps / 3 + 2;
	return w->steps * s->layers * (w->hyper ? 2 : 1) + (w->hyper ? 25 : 5);
}

struct work
workload_cost(const struct workload *w)
{
	double rows = w->sequences * w->steps, passes = w->hyper ? 3 : 1;

	return (struct work){ .flop = rows * passes * row_flop(w), .chain = kernel_chain(w) };
}
