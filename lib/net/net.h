/*
 * net.h - a model's parameters on a device, and what can be done with them:
 * the composition of backend.h's layers into a network of any shape.
 */
#ifndef NET_H
#define NET_H

#include "backend.h"
#include "model.h"

struct output_layer;

/* What a layer computes in a pass; rows are those of the batch. */
struct net_rows {
	void *a;		/* (cap, gates): what enters the cell, then its gates; or s */
	void *s;		/* (cap, h) hidden states */
	void *extra;		/* (cap, h) LSTM's c, GRU's q; NULL: the plain cell */
	void *mask, *masked;	/* (cap, h) of dropout; NULL until it is used */
};

/* Where a layer's parameters are in the model's list; -1: it has none. */
struct net_layer {
	int in, state, bias, state_bias;
};

/* Hidden states that are carried from one batch to the next. */
struct net_state {
	struct net *n;
	int nseq;		/* sequences; a batch may have fewer, the first ones */
	bool begun;		/* false: zeros */
	void *s[MODEL_LAYERS_MAX], *c[MODEL_LAYERS_MAX];	/* (nseq, h); c LSTM's */
	void *spare;		/* (nseq, h) of net_state_pick(); NULL until then */
	int *last;		/* (nseq) the rows of a batch that go on */
};

/* Of an output layer: output_layer.h. */
struct net_output {
	int v, bias, project;	/* where its parameters are; -1: it has none */
	uint32_t width;		/* columns of V */
	void *projected;	/* (cap, width), if there is a projection */
};

struct net {
	struct backend *k;		/* the caller's, open as long as the net */
	struct model_shape shape;
	int h, v;		/* hidden units, words */
	size_t size;		/* bytes of a real */
	size_t nparam;
	struct matrix *p[MODEL_PARAMS_MAX];	/* parameters, in the model's order */
	bool is_bias[MODEL_PARAMS_MAX];
	struct matrix *g[MODEL_PARAMS_MAX];	/* their gradients; NULL until first needed */
	struct matrix *moment[MODEL_MOMENTS][MODEL_PARAMS_MAX];	/* NULL: none */
	struct net_layer at[MODEL_LAYERS_MAX];
	int embed;		/* likewise */
	const struct output_layer *output;
	struct net_output out;	/* its parameters and memory */
	struct net_rows rows[MODEL_LAYERS_MAX];
	void *first;		/* (cap, e) embeddings */
	void *ds, *d;		/* (cap, wide) errors of states, and of what enters */
	void *host;		/* (cap, h) a mask being drawn */
	size_t cap;		/* rows that there is room for */
	bool back, drop;	/* room for going backward; for masks */
	struct net_state one;	/* of net_next() */
};

/* Each gives NULL or a phrase; net_free() frees after either. */

/* Parameters, and moments, from m, whose real must be the kern's. */
const char *net_open(struct net *n, struct backend *k, const struct model *m);
/* ... and back into m, of the same shape. */
const char *net_store(struct net *n, struct model *m);

/* States of zeros for so many sequences; net_state_free() after either result. */
const char *net_state_new(struct net_state *st, struct net *n, int nseq);
void net_state_free(struct net_state *st);
/* The next batch begins with zeros. */
void net_state_forget(struct net_state *st);
/* Sequence i of the next batch, of n at most nseq, goes on from what is now the state
 * of sequence from[i], or begins with zeros where that is below 0. */
const char *net_state_pick(struct net_state *st, int n, const int *from);
/* To and from a model's carry: reals of the host, layer by layer s(nseq,h), and
 * c(nseq,h) where there is one. */
const char *net_state_get(struct net_state *st, void *host);
const char *net_state_put(struct net_state *st, const void *host);

/*
 * Forward only: logp[r] = ln P(y_r | x up to r), for each of the batch's rows.
 * Sequences begin with st, which then moves to their ends; NULL: with zeros.
 */
const char *net_logp(struct net *n, const struct batch *b, struct net_state *st,
    double *logp);
/* The same for every word: l(t,v) reals of the host. */
const char *net_logp_all(struct net *n, const struct batch *b, struct net_state *st,
    void *l);
/* The hidden states of a layer, from 0, at each row: s(t,h) reals of the host. */
const char *net_states(struct net *n, const struct batch *b, struct net_state *st,
    int layer, void *s);

/* How a gradient is taken. */
struct net_pass {
	int bptt;		/* steps an error goes back in plain cells; others: all */
	struct net_state *st;	/* as above, or NULL */
	double dropout;		/* share of each layer's output left out; 0: none */
	struct rng *rng;	/* that draws which, if dropout is not 0 */
};

/*
 * The gradient of the summed loss, added to n->g; call net_zero() between.
 * logp as above, with what dropout makes of it.  What is left of an output is
 * divided by 1 - dropout (Srivastava et al. 2014), so that looking needs no
 * change.  Every layer's output is thinned, the last one's too (Zaremba et al.
 * 2014, as char-rnn has it).
 */
const char *net_gradient(struct net *n, const struct batch *b, const struct net_pass *how,
    double *logp);
const char *net_zero(struct net *n);

/* One step on the summed loss of the batch: update number `step`, from 1. */
const char *net_step(struct net *n, const struct batch *b, const struct net_pass *how,
    const struct hyperparams *r, double rate, uint64_t step, double *logp);

/* Whether net_steps() can be: the tutorial's net and SGD, on a device with a queue. */
bool net_has_queue(const struct net *n, const struct net_pass *how, const struct hyperparams *r);
/* A step on each of the batch's sequences, in order; logp as above. */
const char *net_steps(struct net *n, const struct batch *b, int bptt, double rate,
    double *logp);

/* For writing text: forget the state; then read a word, l(v) as above. */
void net_restart(struct net *n);
const char *net_next(struct net *n, uint32_t word, void *l);
/* The state of a layer, from 0, after that word: s(h) reals of the host. */
const char *net_peek(struct net *n, int layer, void *s);

void net_free(struct net *n);

/* For lib/net: room for t rows, for going backward and for masks or not; false: there
 * is no memory. */
bool net_room(struct net *n, size_t t, bool back, bool drop);
/* *rows(t, width) of zeros on the device; net_release() frees.  False likewise. */
bool net_reserve(struct net *n, void **rows, size_t t, size_t width);
void net_release(struct net *n, void **rows);
/* The parameter, or its gradient, at a place that may be -1: NULL. */
struct matrix *net_at(struct matrix *const *list, int i);

#endif
