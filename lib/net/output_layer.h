/*
 * output_layer.h - what turns the last layer's hidden states into probabilities of
 * the next word.
 *
 * Training asks it for the loss and its gradient, score for the probabilities of
 * given words, sample and the tables of next words for the whole distribution: none
 * of them knows how it is computed.  To add an output layer: a file beside
 * output_full.c that fills in this struct, its parameters in lib/model/model.c
 * (list_params), and a row in output_layer_of().
 *
 * S is (t,h), of the device: the hidden states after dropout.  Kernels run
 * asynchronously; failures stay in the backend's error().
 */
#ifndef OUTPUT_LAYER_H
#define OUTPUT_LAYER_H

#include "net.h"

struct output_layer {
	const char *name;

	/* Notes where parameter number i of the model, p, is, if it is one of its own. */
	void (*place)(struct net *n, const struct model_param *p, int i);
	/* Memory for t rows; false: there is none.  release() frees it. */
	bool (*reserve)(struct net *n, size_t t);
	void (*release)(struct net *n);
	/* Reals a row that n->d must hold in backward(). */
	size_t (*error_width)(const struct net *n);

	/* logp[r] = ln P(y_r | S_r). */
	void (*forward)(struct net *n, const struct batch *b, const void *s, double *logp);
	/* The same, and the gradient of the summed loss: n->ds(t,h) = dS, and += in the
	 * gradients of its parameters.  n->d may be overwritten. */
	void (*backward)(struct net *n, const struct batch *b, const void *s, double *logp);
	/* l(t,v) = ln P of every word, reals of the host. */
	void (*distribution)(struct net *n, const struct batch *b, const void *s, void *l);
};

extern const struct output_layer output_full;

/* The output layer of this shape. */
static inline const struct output_layer *
output_layer_of(const struct model_shape *shape)
{
	(void)shape;
	return &output_full;
}

#endif
