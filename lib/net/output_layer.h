/*
 * output_layer.h - the interface of an output layer, which turns the last layer's hidden
 * states into probabilities of the next word.
 *
 * Training uses it for the loss and its gradient, score for the probabilities of given
 * words, sample for the whole distribution; none of them depends on how it is computed.
 * A layer may be for training alone and share the parameters of another (output_sampled.c).
 * To add an output layer, write a file beside output_full.c that fills in this struct,
 * list its parameters in lib/model/model.c (list_params), and select it in
 * output_layer_of().
 *
 * S is (t,h) on the device: the hidden states after dropout.  Device work is
 * asynchronous; failures are kept in the backend's error().
 */
#ifndef OUTPUT_LAYER_H
#define OUTPUT_LAYER_H

#include "net.h"

struct output_layer {
	const char *name;
	enum role weights, bias;	/* of V and c */
	bool is_lazy;	/* an update visits only the rows that a step touched */

	/* Optional (NULL): what follows from the model's vocabulary, kept in n->out.state.  NULL or
	 * an error message; close() is due after success and failure. */
	const char *(*open)(struct net *n, const struct model *m);
	void (*close)(struct net *n);

	/* If p, the model's parameter number i, belongs to this layer, records i in n->out. */
	void (*index_param)(struct net *n, const struct model_param *p, int i);
	/* Allocates memory for t steps; false: out of memory.  release() frees it. */
	bool (*reserve)(struct net *n, size_t t);
	void (*release)(struct net *n);
	/* Reals per row that backward() needs in n->d. */
	size_t (*error_width)(const struct net *n);

	/* logp[r] = ln P(y_r | S_r). */
	void (*forward)(struct net *n, const struct batch *b, const void *s, double *logp);
	/* The same, and the gradient of the summed loss: n->ds(t,h) = dS, and adds to
	 * n->g of its parameters.  n->d may be overwritten. */
	void (*backward)(struct net *n, const struct batch *b, const void *s, double *logp);
	/* l(t,v) = ln P of every word, in host memory. */
	void (*distribution)(struct net *n, const struct batch *b, const void *s, void *l);

	/* Optional (NULL), both or none, for a layer of which a step may leave whole parameters
	 * alone.  begin_update(): the gradients of a step are complete.  is_due(): whether it
	 * changes parameter i. */
	void (*begin_update)(struct net *n);
	bool (*is_due)(const struct net *n, size_t i);
};

extern const struct output_layer output_full, output_sampled, output_tree, output_adaptive;

/* The output layer for a network of this shape; hyper: it is for training by them, or
 * NULL. */
static inline const struct output_layer *
output_layer_of(const struct model_shape *shape, const struct hyperparams *hyper)
{
	if (shape->tree)
		return &output_tree;
	if (shape->clusters.n)
		return &output_adaptive;
	return hyper && hyper->softmax == SOFTMAX_SAMPLED ? &output_sampled : &output_full;
}

/* For layers with the parameters of output_full.c: applies the projection, if any, to S,
 * and returns the arguments of the softmax layer; where that leaves its dS; and the
 * projection's backward pass from there to n->ds. */
struct output_args output_args_of(struct net *n, const struct batch *b, const void *s);
void *output_errors(struct net *n);
void output_backward_projection(struct net *n, const struct batch *b, const void *s);

#endif
