/*
 * backend.h - the interface of a backend: all the arithmetic of the suite, as one table
 * of functions on layers over whole sequences.
 *
 * lib/ includes this header, the tables it includes and registry.h; nothing else of the
 * folder.  Rules that every backend obeys:
 *
 *  - a real is a float or a double, as backend_open() was asked; activations are
 *    row-major, a row a time step, and comments give each with its shape: t
 *    rows (the steps of all sequences), h hidden units, v words;
 *  - activations come from this backend's alloc() and parameters from its
 *    mat_new(); both are opaque to the caller, so that a backend may keep them
 *    on a device and in the layout it likes;
 *  - outputs are written in full, except those marked +=; inputs and outputs
 *    do not overlap unless a comment allows it;
 *  - calls may be asynchronous; those that write host memory, and error(), wait;
 *  - no random numbers: the caller draws them, so that one seed fixes the run;
 *  - the result does not depend on the number of threads, nor the forward result of a
 *    sequence on the others of the batch (except with blas);
 *  - "ref" is the definition, with double accumulators.  The others agree with
 *    it to within the bounds of tests/unit/agree.h; tests/unit/backend.c and
 *    backend_cells.c run every entry.
 *
 * To add
 *
 *  - an operation: an entry in struct backend below; its definition in ref/, with the
 *    derivative next to it; a test in tests/unit/backend.c; then the fast versions in
 *    cpu/, blas/ and cuda/.  A backend may take ref's version (ref.h).
 *  - a cell: a row in cells/cells.h, whose top comment lists the rest;
 *  - an update rule: a row in rules.h, whose top comment lists the rest;
 *  - a device: a folder that fills a struct backend, with a row in devices.h; as a
 *    plugin (plugin.h), if it needs a library that programs should not load.
 *
 * The network, for words x_t and y_t, layers 1 to n, and optional biases:
 *	a_t = U[:,x_t] + b, or in layers above the first U s_t + b, with s_t of the layer below
 *	s_t = cell(a_t, s_{t-1}); for the plain cell tanh(a_t + W s_{t-1})
 *	o_t = softmax(V s_t + c) of the last layer
 *	loss = sum over t of -ln o_t[y_t]
 * An update applies the gradient of the loss summed over all rows of a batch.
 */
#ifndef BACKEND_H
#define BACKEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cells.h"
#include "devices.h"
#include "rules.h"

#ifdef __cplusplus
extern "C" {
#endif

enum real_type { REAL_F32, REAL_F64 };

/* What a parameter is for: it decides the layout inside a backend. */
enum role {
	ROLE_EMBED,	/* (n, v): embeddings, a column per input word */
	ROLE_SQUARE,	/* (h, h): recurrent weights of the plain cell */
	ROLE_OUT,	/* (v, h): output layer, a row per word */
	ROLE_OUT_ROWS,	/* the same, for steps that touch a few rows: the sampled softmax */
	ROLE_GATES,	/* (gates h, h): recurrent weights of gated cells */
	ROLE_DENSE,	/* (m, n): dense layer, n inputs, m outputs */
	ROLE_BIAS,	/* (1, n): added to every row */
	ROLE_OUT_BIAS	/* (1, v): the bias that belongs to a ROLE_OUT_ROWS */
};

struct matrix;	/* a parameter or its gradient */

/*
 * An update.  First g = scale G, each element clipped to -clip .. clip.  Then,
 * elementwise, with the moments M and N, which the caller keeps, from zeros:
 *	sgd		p -= rate g
 *	momentum	m = decay m + g				p -= rate m
 *	adagrad		m += g^2				p -= rate g / sqrt(m + epsilon)
 *	rmsprop		m = decay m + (1 - decay) g^2		p -= rate g / (sqrt(m) + epsilon)
 *	adam		m = decay m + (1 - decay) g, n = decay2 n + (1 - decay2) g^2,
 *			p -= rate (m / (1 - decay^step)) / (sqrt(n / (1 - decay2^step)) + epsilon)
 *	adamw		m and n as adam's; then weight decay beside the gradient:
 *			p -= rate (adam's quotient + weight_decay p)
 * after Duchi et al. 2011 (as min-char-rnn has it), Tieleman and Hinton 2012 (as Torch
 * has it), Kingma and Ba 2015, algorithm 1, and Loshchilov and Hutter 2019, algorithm 2
 * (weight_decay being multiplied by the rate, as PyTorch has it).  rules.h says
 * which rules keep moments, and which leave a parameter unchanged where g is zero.
 *
 * A lazy update visits only the rows of a sparse gradient (touched.h) that are in its
 * set, whatever the rule: the cost of a step then does not depend on the size of the
 * vocabulary.  Rules with moments go on changing a row whose gradient is zero; a row makes
 * up for the k steps that passed it by when it is touched again, before that step's update:
 *	momentum	p -= rate m (d + d^2 + ... + d^k), d = decay
 *	adam		p -= rate m / (sqrt(n) + epsilon) (a_1 q + a_2 q^2 + ... + a_k q^k),
 *			q = decay / sqrt(decay2), a_j being Adam's corrections in those steps
 *	adamw		as adam, p shrinking by 1 - rate weight_decay in each of the steps
 *	all		m *= decay^k, n *= decay2^k
 * These are the k updates themselves, with the rate of the present step, and an epsilon
 * that is small beside the root.  row_steps holds the number of the step that updated a
 * row last.  A dense gradient may have a row_steps, too, of one number: its parameter makes up
 * for the steps in which the caller did not update it.
 */
struct update {
	enum update_rule rule;
	double rate;
	double scale;			/* 1, or less where the norm is clipped */
	double clip;			/* 0: no clipping */
	double decay, decay2, epsilon;
	double weight_decay;		/* for adamw */
	double step;			/* number of this update, from 1; for Adam */
	bool lazy;
	struct matrix *row_steps;	/* ROLE_BIAS (1, rows), dense (1, 1): with lazy, the step of each row's
					 * latest update, 0: none yet; set by the update; NULL:
					 * there is nothing to make up for */
};

/* Sequences packed one after another; row r of sequence i is start[i] + r. */
struct batch {
	int nseq;
	int t;			/* total number of rows = start[nseq] */
	const int *start;	/* (nseq + 1), rising, start[0] = 0; none is empty */
	const uint32_t *x;	/* (t) input words, each below v */
	const uint32_t *y;	/* (t) words to predict, each below v */
};

/*
 * One recurrent layer over a batch, h hidden units of `gates` gates each:
 * cell_kinds[cell] says how many, and which of the arrays below the cell has.
 *
 * Forward: A(t, gates h) holds the inputs of the gates, gate by gate in a row; it is
 * overwritten by the gates' values where there are several.  S(t,h) and SAVED(t,h)
 * are written.  Of the plain cell S may be A.
 *
 * Backward: A, S and SAVED as forward left them.  The error dS(t,h) of every row
 * goes back to the first row of its sequence or, with cells that are truncated,
 * over at most bptt rows before its own (truncated back-propagation through time).
 * D(t, gates h) = all error that reached A.  dW += sum of E_r s_{r-1}', and dbias +=
 * sum of E_r, where E is the error of W s_{r-1} (+ bias): D, but where
 * has_product_errors says otherwise.
 *
 * DSTATE(t,h), where it is asked for, = all error that reached S: dS, and what came back
 * from the row after.  DSAVED(t,h), likewise, of cells with a second state: the error of
 * SAVED that came back from the row after, without what S passes on to it.  Nothing may be
 * cut off then: bptt is no less than the longest sequence less 1.
 */
struct cell_args {
	enum cell cell;
	const struct matrix *w;		/* ROLE_SQUARE (h,h), or ROLE_GATES (gates h, h) */
	const struct matrix *bias;	/* ROLE_BIAS (1,h), or NULL for zeros; has_state_bias */
	const struct batch *b;
	const void *s0, *saved0;	/* (nseq,h) before the first rows, or NULL for zeros */
	void *a, *s, *saved;
	/* backward only: */
	int bptt;
	const void *ds;
	void *d;
	void *dstate, *dsaved;		/* or NULL; dsaved only with dstate */
	struct matrix *dw, *dbias;	/* dbias NULL where bias is */
};

/*
 * The softmax layer on the rows of S(t,h), V being ROLE_OUT (v,h) or, except for
 * out_backward, ROLE_OUT_ROWS:
 *
 *	out_forward	logp[r] = ln softmax(V S_r + c)[y_r]
 *	out_backward	the same, and with P = softmax(V S + c) less 1 at y:
 *			dS = P V, dV += P' S, dc += the sum of the rows of P
 *	out_logp	L(t,v) = ln softmax(V S + c)
 */
struct output_args {
	const struct matrix *v, *c;	/* c: a bias (1,v), or NULL for zeros */
	int t;
	const void *s;
	const uint32_t *y;		/* (t) */
	double *logp;			/* (t) of the host */
	void *ds;			/* (t,h) */
	struct matrix *dv, *dc;		/* dc NULL where c is */
	void *l;			/* (t,v) reals of the host */
};

/*
 * The sampled softmax (Bengio and Senecal 2008; Jean et al. 2015, equation 8): row r is
 * normalised over its target and n noise words instead of all v words:
 *
 *	l_i  = V_i S_r + c_i + noise_shift[i]	for the noise words, l_i = -infinity where
 *						noise word i is the target
 *	l_y  = V_y S_r + c_y + target_shift[r]	for the target y = y[r]
 *	logp[r] = l_y - ln(exp(l_y) + sum over i of exp(l_i))
 *
 * A shift is -ln of the number of times that the word is expected in the sample, and for a
 * noise word that was drawn m times + ln m.  The noise words are the same for all rows.
 *
 * With P the probabilities, less 1 at the target: dS = P V, dV += P' S, dc += the sum of
 * P's rows; of V and c, only the rows of noise words and targets.
 */
struct sampled_args {
	const struct matrix *v, *c;	/* ROLE_OUT_ROWS (v,h); ROLE_OUT_BIAS (1,v), or NULL */
	int t;
	const void *s;			/* (t,h) */
	const uint32_t *y;		/* (t) */
	const double *target_shift;	/* (t) */
	int n;				/* noise words, at least 1 */
	const uint32_t *noise;		/* (n) rising, each below v */
	const double *noise_shift;	/* (n) */
	double *logp;			/* (t) of the host */
	void *ds;			/* (t,h) */
	struct matrix *dv, *dc;		/* of V's and c's roles; dc NULL where c is */
};

/*
 * The hierarchical softmax (Morin and Bengio 2005, equation 2) on a binary tree whose leaves
 * are the words: V has a row for each of the n inner nodes.  The path of row r's word, from
 * the root, are the nodes node[i] for i from start[r] to start[r + 1] - 1; turn[i] is 1 or
 * -1, for the two children.  sigma is the logistic function:
 *
 *	z_i = V_node[i] S_r + c_node[i]
 *	logp[r] = sum over i of ln sigma(turn[i] z_i)
 *
 * With e_i = -turn[i] sigma(-turn[i] z_i): dS_r = sum of e_i V_node[i], dV_node[i] += e_i S_r,
 * dc_node[i] += e_i; of V and c, only the rows of nodes on the paths.
 */
struct tree_args {
	const struct matrix *v, *c;	/* ROLE_OUT_ROWS (n,h); ROLE_OUT_BIAS (1,n), or NULL */
	int t;
	const void *s;			/* (t,h) */
	const int *start;		/* (t + 1) rising, start[0] = 0 */
	const uint32_t *node;		/* (start[t]) each below n */
	const signed char *turn;	/* (start[t]) */
	double *logp;			/* (t) of the host */
	void *ds;			/* (t,h) */
	struct matrix *dv, *dc;		/* of V's and c's roles; dc NULL where c is */
	void *l;			/* (t,n) reals of the host */
};

/* The parameters of a one-layer net, for entries that fuse. */
struct plain_net {
	struct matrix *u, *v, *w;
};

struct step_args {
	struct plain_net net;
	const struct batch *b;
	int bptt;
	double rate;
	double *logp;			/* (t) of the host: ln P(y_r) */
};

/*
 * The numbers of a gradient in host memory, in the layout of its backend, which depends on
 * name and isa alone.  Those of a sparse gradient (touched.h) are rows of `width` numbers,
 * row i from i width on; all are zero but those in `row`.
 */
struct grad_view {
	void *p;		/* (len) reals */
	size_t len;
	int width;		/* 0: dense */
	int n;
	const uint32_t *row;	/* (n) until the gradient changes */
};

struct backend {
	const char *name;
	const char *isa;		/* instruction set or GPU, for messages */
	enum real_type real;
	int threads_missing;		/* of those asked for: the system allowed fewer */
	long fused;			/* steps so far of which each ran as a single kernel */
	void (*note)(const char *);	/* the program's, or NULL: gets each message of what works,
					 * but not as promised */
	void *ctx;			/* the backend's own state */

	void (*close)(struct backend *);
	/* The first failure since open, a static error message, or NULL.  Sticky. */
	const char *(*error)(struct backend *);

	/* Optional (NULL): from now on, products of whole batches round their operands to TF32,
	 * which has 10 bits of fraction, and add in float.  NULL, or a static error message. */
	const char *(*use_tf32)(struct backend *);

	/* Activations: n reals of zero, or NULL; host side is real, too. */
	void *(*alloc)(struct backend *, size_t n);
	void (*free)(struct backend *, void *);
	void (*put)(struct backend *, void *dev, const void *host, size_t n);
	void (*get)(struct backend *, void *host, const void *dev, size_t n);

	/* Parameters: zeros, or NULL.  Host side: row-major (rows, cols) of real. */
	struct matrix *(*mat_new)(struct backend *, enum role, int rows, int cols);
	void (*mat_free)(struct backend *, struct matrix *);
	void (*mat_put)(struct backend *, struct matrix *, const void *host);
	void (*mat_get)(struct backend *, void *host, struct matrix *);

	/* A(t,n): row r = U[:, x_r].  U is ROLE_EMBED (n,v); or, where input and
	 * output are tied, ROLE_OUT (v,n), of which it takes row x_r. */
	void (*embed_forward)(struct backend *, const struct matrix *u,
	    const struct batch *, void *a);
	/* dU[:, x_r] += D(t,n)[r]; dU of either role, likewise. */
	void (*embed_backward)(struct backend *, const struct batch *, const void *d,
	    struct matrix *du);

	/*
	 * A recurrent layer over a batch: cells/cells.h lists the cells, struct
	 * cell_args above says what is read and written, and each cell's formulas
	 * are in its header in cells/.
	 */
	void (*cell_forward)(struct backend *, const struct cell_args *);
	void (*cell_backward)(struct backend *, const struct cell_args *);

	/* TO(n,h)[i] = row from[i] of S, rows of h, or zeros where from[i] is below 0.
	 * Carries hidden states over to another batch.  TO is not S. */
	void (*pick_rows)(struct backend *, int n, const int *from, int h, const void *s, void *to);

	/* Optional (NULL): row to[i] of S += row i of X(n,h), which is what pick_rows() does
	 * backward; the rows to[i] are different ones.  For the adaptive softmax. */
	void (*add_rows)(struct backend *, int n, const int *to, int h, const void *x, void *s);

	/* A(t,m) = X(t,n) M', M ROLE_DENSE (m,n). */
	void (*dense_forward)(struct backend *, const struct matrix *m, int t, const void *x,
	    void *a);
	/* dX(t,n) = D(t,m) M, unless dX is NULL; dM += D' X. */
	void (*dense_backward)(struct backend *, const struct matrix *m, int t, const void *x,
	    const void *d, void *dx, struct matrix *dm);

	/* A(t,n) += b in every row; db += the sum of the rows of D(t,n). */
	void (*bias_forward)(struct backend *, const struct matrix *b, int t, void *a);
	void (*bias_backward)(struct backend *, int t, const void *d, struct matrix *db);

	/* OUT(n) = X(n) Y(n), elementwise: dropout, forward and backward, with the
	 * mask in Y.  OUT may be X. */
	void (*multiply)(struct backend *, size_t n, const void *x, const void *y, void *out);

	/* The softmax layer; struct output_args says what is read and written. */
	void (*out_forward)(struct backend *, const struct output_args *);
	void (*out_backward)(struct backend *, const struct output_args *);
	void (*out_logp)(struct backend *, const struct output_args *);

	/* Optional (NULL): the sampled softmax; struct sampled_args says what is read and
	 * written. */
	void (*sampled_backward)(struct backend *, const struct sampled_args *);
	/* Optional (NULL), all or none: the hierarchical softmax; struct tree_args says what is
	 * read and written.  tree_forward: logp; tree_backward: the same and the gradients;
	 * tree_logits: l = the z of every node. */
	void (*tree_forward)(struct backend *, const struct tree_args *);
	void (*tree_backward)(struct backend *, const struct tree_args *);
	void (*tree_logits)(struct backend *, const struct tree_args *);

	/* P by the rule above; then G = 0.  M and N have P's role and shape, or are NULL
	 * where the rule has none.  A sparse G (touched.h) may be visited in part. */
	void (*update)(struct backend *, struct matrix *p, struct matrix *g, struct matrix *m,
	    struct matrix *n, const struct update *);
	/* The sum of squares of G, accumulated in double. */
	double (*sum_squares)(struct backend *, const struct matrix *g);

	/*
	 * Optional (NULL), both or neither: sums of gradients over several processes.
	 * grad_view lends G's numbers, which may be overwritten.  Whoever overwrites rows of a
	 * sparse G then calls grad_set_rows: the set of its touched rows becomes these, in
	 * this order, on which rounding errors of sum_squares depend.
	 */
	struct grad_view (*grad_view)(struct backend *, struct matrix *g);
	void (*grad_set_rows)(struct backend *, struct matrix *g, const uint32_t *rows, int n);

	/*
	 * Optional (NULL): one step of plain SGD on a batch in one call, for the net
	 * of one plain layer without biases, U, V and W updated together; the same
	 * as the composition of the entries above.
	 */
	void (*step)(struct backend *, const struct step_args *);
	/*
	 * Optional (NULL): a step for each sequence of the batch, in order; the
	 * same as step() on each in turn, but gives a device more work per call.
	 */
	void (*steps)(struct backend *, const struct step_args *);
};

/* "auto" and the devices of devices.h, in the order of an option's words. */
extern const char *const backend_device[];

/*
 * name: one of the devices.  threads: 0 for as many as there are processors.
 * NULL on failure, with the reason in *why.  Call close() when done.  A named
 * device is never replaced by another; "auto" takes a GPU if it is the faster one,
 * and blas where cpu has no kernels for the processor's vector instructions.
 * If auto had a choice, *why is the reason for choosing k->name; otherwise it is
 * NULL.  Fewer threads do where the system allows no more: see threads_missing.
 */
struct backend *backend_open(const char *name, enum real_type real, int threads, const char **why);

/* What a program is to compute, again and again: so much before the next depends on it. */
struct work {
	double flop;		/* operations of products, multiplication and addition apart */
	double chain;		/* kernels of a GPU that wait for each other */
};

/* The same, "auto" judging by this work; NULL: by a great deal of it. */
struct backend *backend_open_for(const struct work *w, const char *name, enum real_type real,
    int threads, const char **why);

/* Where a machine has several devices of a kind, as GPUs: the number of the one to open, modulo how
 * many there are; the first without it.  For processes that share a machine. */
void backend_choose(int n);

/* Processors this process may run on, at least 1. */
int backend_processors(void);

#ifdef __cplusplus
}
#endif

#endif
