/*
 * output_layer.h - the interface of an output layer, which turns the last layer's hidden
 * states into probabilities of the next word.
 *
 * Training uses it for the loss and its gradient, score for the probabilities of given
 * words, sample for the whole distribution; none of them depends on how it is computed.
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
};

extern const struct output_layer output_full;

/* The output layer for a network of this shape. */
static inline const struct output_layer *
output_layer_of(const struct model_shape *shape)
{
	(void)shape;
	return &output_full;
}

#endif
