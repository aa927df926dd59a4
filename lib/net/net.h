/*
 * net.h - a network on a device: a model's parameters there, the forward and the
 * backward pass, and the update.
 *
 * Composes the layers of backend.h into a network of any shape.  Where nothing else is
 * said, a function returns NULL or an error message that stays valid as long as the
 * backend; "real" is float or double as the model has it, and t, h and v are the
 * batch's steps, hidden units and the size of the vocabulary.
 */
#ifndef NET_H
#define NET_H

#include "backend.h"
#include "model.h"

struct noise;
struct output_layer;

/* Activations of a layer, on the device; a row per step of the batch. */
struct net_rows {
	void *a;		/* (capacity, gates) input to the cell, then its gates; or s */
	void *s;		/* (capacity, h) hidden states */
	void *saved;		/* (capacity, h) the LSTM's c, the GRU's q; NULL for others */
	void *mask, *masked;	/* (capacity, h) dropout mask, and s times it; or NULL */
};

/* Indexes of a layer's parameters in the model's list; -1: it has none. */
struct net_layer {
	int in, state, bias, state_bias;
};

/* Hidden states carried over from one batch to the next, on the device. */
struct net_state {
	struct net *n;
	int nseq;		/* sequences; a batch may have fewer, the first ones */
	bool begun;		/* false: all states are zero, whatever s and c hold */
	void *s[MODEL_LAYERS_MAX];	/* (nseq, h) */
	void *c[MODEL_LAYERS_MAX];	/* (nseq, h) of the LSTM; NULL for others */
	void *scratch;		/* (nseq, h) of net_state_pick(); NULL until then */
	int *from;		/* (nseq) rows to copy */
};

/* The output layer's part of a network: see output_layer.h. */
struct net_output {
	int v, bias, project;	/* indexes of its parameters; -1: it has none */
	uint32_t width;		/* columns of V */
	void *projected;	/* (capacity, width) output of the projection, or NULL */
	void *state;		/* the layer's own, or NULL */
	double *target_shift;	/* (capacity) of the sampled softmax, or NULL; host memory */
};

struct net {
	struct backend *k;		/* the caller's; must stay open until net_free() */
	struct model_shape shape;
	int h, v;			/* hidden units, words */
	size_t size;			/* bytes of a real */
	size_t nparam;
	struct matrix *p[MODEL_PARAMS_MAX];	/* parameters, in the model's order */
	bool is_bias[MODEL_PARAMS_MAX];
	struct matrix *g[MODEL_PARAMS_MAX];	/* their gradients; NULL until first needed */
	struct matrix *moment[MODEL_MOMENTS][MODEL_PARAMS_MAX];	/* optimiser state, or NULL */
	struct matrix *row_steps[MODEL_PARAMS_MAX];	/* step of each word's row's latest update, or NULL */
	struct net_layer layer[MODEL_LAYERS_MAX];
	int completed_by[MODEL_PARAMS_MAX];	/* the layer whose backward pass completes g[i] */
	int embed;			/* index of the embedding parameter; -1: none */
	const struct output_layer *output;
	struct net_output out;
	const struct noise *noise;	/* of the pass, for the sampled softmax */

	/*
	 * Hook for data-parallel training, set by the caller after net_open(): sums
	 * gradients over workers.  Called by net_step(), once per step after
	 * net_gradient() and before clipping and update, it must replace each n->g[i] by
	 * its sum over all workers, which then take the same step.  A worker may have none
	 * of a step's sequences; its batch is then empty (t 0) and its gradient zero.
	 * Returns NULL or an error message, which ends the step before the update.  NULL:
	 * no other workers.
	 * While it is set, no device fuses gradient and update.
	 */
	const char *(*reduce)(struct net *n, void *arg);
	/*
	 * Optional, set with reduce: called by net_step() whenever the backward pass, which goes
	 * from the output layer (number shape.layers) down to layer 0, has completed the gradients
	 * g[i] with completed_by[i] == layer; until reduce() is called nobody else touches them.
	 * Once for each layer, with an empty batch, too.  NULL or an error message, which ends
	 * the step.
	 */
	const char *(*completed)(struct net *n, int layer, void *arg);
	void *reduce_arg;		/* of both */
	double grad_scale;		/* the gradient is multiplied by it before clipping; 0: by 1 */

	/* Memory of a pass, for `capacity` steps: */
	struct net_rows rows[MODEL_LAYERS_MAX];
	void *embedded;			/* (capacity, e) embeddings of the inputs, or NULL */
	void *ds;			/* (capacity, max(h, e)) error of states or inputs */
	void *d;			/* (capacity, widest layer) error before the gates */
	void *embed_mask;		/* (capacity, E) dropout mask of the embeddings, or NULL */
	void *host_mask;		/* (capacity, h or E) a dropout mask, in host memory */
	size_t capacity;
	bool backward, dropout;		/* memory for a backward pass; for masks */
	struct net_state own_state;	/* of net_next() */
};

/* Copies parameters and optimiser state from m to the device.  m's type of numbers must be
 * the backend's.  net_open() is for using a model, net_open_training() for training it by
 * its hyperparameters, which choose the output layer.  net_free() is due after success and
 * failure. */
const char *net_open(struct net *n, struct backend *k, const struct model *m);
const char *net_open_training(struct net *n, struct backend *k, const struct model *m);
/* Copies them back into m, which must have the same shape and moments; the weights to where
 * training continues from (struct model_param). */
const char *net_store(struct net *n, struct model *m);
/* Copies the weights alone: from the device as net_store() does, and back; and those of the
 * model that is used, which differ where m averages them. */
const char *net_store_weights(struct net *n, struct model *m);
const char *net_put_weights(struct net *n, const struct model *m);
const char *net_put_mean(struct net *n, const struct model *m);
void net_free(struct net *n);

/* Zero states for nseq sequences; net_state_free() is due after success and failure. */
const char *net_state_new(struct net_state *st, struct net *n, int nseq);
void net_state_free(struct net_state *st);
/* Sets all states to zero. */
void net_state_reset(struct net_state *st);
/* Rearranges states: sequence i of the next batch, i below n <= nseq, continues from the
 * current state of sequence from[i], or from zeros where from[i] < 0. */
const char *net_state_pick(struct net_state *st, int n, const int *from);
/* Copies states to and from host memory: for each layer s(nseq,h), and with an LSTM
 * then c(nseq,h), as in struct model_carried. */
const char *net_state_get(struct net_state *st, void *host);
const char *net_state_put(struct net_state *st, const void *host);

/*
 * Forward passes.  Sequences start from the states in st, which are then replaced by
 * those at the sequences' ends; with NULL they start from zeros.
 *
 * net_logp: logp(t), logp[r] = ln P(y_r | x up to r).
 * net_logp_all: l(t,v) of the host, the same for every word of the vocabulary.
 * net_states: s(t,h) of the host, the hidden states of a layer, counted from 0.
 */
const char *net_logp(struct net *n, const struct batch *b, struct net_state *st,
    double *logp);
const char *net_logp_all(struct net *n, const struct batch *b, struct net_state *st,
    void *l);
const char *net_states(struct net *n, const struct batch *b, struct net_state *st,
    int layer, void *s);

/* The output layer that a backend lacks, as an error message, for a network of this shape and
 * training by hyper (NULL: none); NULL if it has it. */
const char *net_lacks(const struct backend *k, const struct model_shape *s,
    const struct hyperparams *hyper);

/* How net_gradient() runs. */
struct net_pass {
	int bptt;		/* truncation length in steps, of cells that are truncated */
	struct net_state *st;	/* as above, or NULL */
	double dropout;		/* fraction of each layer's output set to zero; 0: none */
	double embed_dropout;	/* fraction of the embeddings set to zero; 0: none */
	bool by_sequence;	/* all words of a sequence have one mask, else each its own */
	struct rng *rng;	/* draws the masks; unused without dropout */
	const struct noise *noise;	/* noise words, drawn; NULL unless the softmax is sampled */
	/* Of a batch that is divided among workers, the masks of a layer before and after
	 * those of this one: they are drawn, and not used. */
	size_t masks_before, masks_after;
};

/*
 * Forward and backward pass: adds the gradient of the summed loss -sum logp to n->g,
 * which net_zero() or an update clears.  logp(t) as above, under dropout.
 *
 * Outputs that are kept are divided by 1 - dropout (Srivastava et al. 2014), so that
 * evaluation needs no correction.  Dropout applies to every layer's output, the last
 * one's included (Zaremba et al. 2014, and char-rnn), and by a rate of its own to the
 * embeddings.
 */
const char *net_gradient(struct net *n, const struct batch *b, const struct net_pass *how,
    double *logp);
const char *net_zero(struct net *n);

/* One training step on the summed loss of the batch: net_gradient(), n->reduce if set,
 * clipping, and the update at this learning rate.  step is its number, from 1. */
const char *net_step(struct net *n, const struct batch *b, const struct net_pass *how,
    const struct hyperparams *r, double rate, uint64_t step, double *logp);

/* Whether this is the tutorial's network and SGD, which devices may have a kernel for. */
bool net_is_fusible(const struct model_shape *s, const struct hyperparams *r);

/* Whether net_steps() can be used: the tutorial's network and SGD, no reduce, and a
 * device that takes many steps in one call. */
bool net_has_queue(const struct net *n, const struct net_pass *how, const struct hyperparams *r);
/* One training step on each of the batch's sequences, in order; logp as above. */
const char *net_steps(struct net *n, const struct batch *b, int bptt, double rate,
    double *logp);

/* Word by word: reset the hidden state; then read a word and get l(v) of the host,
 * ln P of every next word. */
void net_restart(struct net *n);
const char *net_next(struct net *n, uint32_t word, void *l);

/* The rest is for lib/net only. */

/* Forward pass from the states in st, which are left as they are, and the backward pass of
 * the output layer alone: n->ds(t,h) = the error of the last layer's states, n->rows as the
 * forward pass left them; adds to n->g of the output layer.  logp(t) as above. */
const char *net_output_errors(struct net *n, const struct batch *b, const struct net_state *st,
    double *logp);

/* Makes room for t steps, for a backward pass and for dropout if asked for; false: out
 * of memory. */
bool net_reserve(struct net *n, size_t t, bool backward, bool dropout);
/* *rows = (t, width) zeros on the device; false: out of memory. */
bool net_new_rows(struct net *n, void **rows, size_t t, size_t width);
/* Frees *rows, which may be NULL, and sets it to NULL. */
void net_free_rows(struct net *n, void **rows);
/* Calls n->completed, if it is set. */
const char *net_complete(struct net *n, int layer);
/* list[i], or NULL where i is -1: a parameter or gradient that may be absent. */
struct matrix *net_optional(struct matrix *const *list, int i);

#endif
