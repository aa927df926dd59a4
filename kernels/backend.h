/*
 * backend.h - all the arithmetic of the suite, as one table of functions on
 * layers over whole sequences.
 *
 * lib/ and bin/ see only this header of the folder.  Rules every backend obeys:
 *
 *  - a real is a float or a double, as backend_open() was asked; activations are
 *    row-major, a row a time step, and a comment names each with its shape:
 *    t rows (steps of all sequences together), h hidden units, v words;
 *  - activations come from this backend's alloc() and parameters from its
 *    mat_new(); both are opaque to the caller, so that a backend may keep them
 *    on a device and in the layout it likes;
 *  - outputs are written in full, except those marked +=; inputs and outputs
 *    do not overlap unless a comment allows it;
 *  - calls may be asynchronous; those that write host memory, and error(), wait;
 *  - no random numbers in here: one seed means one result on every device;
 *  - the result does not depend on the number of threads, nor that of going
 *    forward on the other sequences of the batch (blas excepted);
 *  - "ref" is the definition, with double accumulators.  The others agree with
 *    it to within the bounds of tests/unit/backend.c, which runs every entry.
 *
 * A new operation: its definition in ref/ with its derivative beside it, an
 * entry here, a test in tests/unit/backend.c, then the fast ones.
 *
 * The network, with x_t and y_t words, layers from 1 to n, and biases only
 * where asked for:
 *	a_t = U[:,x_t] + b, or in layers above the first U s_t + b of the layer below
 *	s_t = cell(a_t, s_{t-1}); of the plain cell tanh(a_t + W s_{t-1})
 *	o_t = softmax(V s_t + c) of the last layer
 *	loss = sum over t of -ln o_t[y_t]
 * An update applies the gradient of the loss summed over all rows of a batch.
 */
#ifndef BACKEND_H
#define BACKEND_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum real_type { REAL_F32, REAL_F64 };

/* What a parameter is for: it decides the layout inside a backend. */
enum role {
	ROLE_EMBED,	/* (n, v): a column for each input word */
	ROLE_SQUARE,	/* (h, h): state to state, of the plain cell */
	ROLE_OUT,	/* (v, h): a row for each output word */
	ROLE_GATES,	/* (4 h, h) or (3 h, h): state to gates, of LSTM and GRU */
	ROLE_DENSE,	/* (m, n): from n numbers a row to m */
	ROLE_BIAS	/* (1, n): added to every row */
};

/* How a gradient becomes a change of a parameter. */
enum update_rule { RULE_SGD, RULE_MOMENTUM, RULE_ADAGRAD, RULE_RMSPROP, RULE_ADAM };

/*
 * First g = scale G, then each number of g is cut to -clip .. clip.  Then, number
 * by number, with M and N (the moments) kept by the caller from zeros:
 *	sgd		p -= rate g
 *	momentum	m = decay m + g				p -= rate m
 *	adagrad		m += g^2				p -= rate g / sqrt(m + epsilon)
 *	rmsprop		m = decay m + (1 - decay) g^2		p -= rate g / (sqrt(m) + epsilon)
 *	adam		m = decay m + (1 - decay) g, n = decay2 n + (1 - decay2) g^2,
 *			p -= rate (m / (1 - decay^step)) / (sqrt(n / (1 - decay2^step)) + epsilon)
 * after Duchi et al. 2011 (as min-char-rnn has it), Tieleman and Hinton 2012
 * (as Torch has it), and Kingma and Ba 2015, algorithm 1.
 */
struct update {
	enum update_rule rule;
	double rate;
	double scale;			/* 1, or less where the norm is clipped */
	double clip;			/* 0: nothing is cut */
	double decay, decay2, epsilon;
	double step;			/* this update's number, from 1; Adam's */
};

struct matrix;	/* a parameter or its gradient */

/* Sequences packed one after another; row r of sequence i is start[i] + r. */
struct batch {
	int nseq;
	int t;			/* rows in all = start[nseq] */
	const int *start;	/* (nseq + 1), rising, start[0] = 0; none is empty */
	const uint32_t *x;	/* (t) input words, each below v */
	const uint32_t *y;	/* (t) words to predict, each below v */
};

/* The parameters of a one-layer net, for entries that fuse. */
struct plain_net {
	struct matrix *u, *v, *w;
};

struct backend {
	const char *name;
	const char *isa;		/* what it runs on, for people */
	enum real_type real;
	void *ctx;			/* the backend's own state */

	void (*close)(struct backend *);
	/* The first failure since open, a static phrase, or NULL.  Sticky. */
	const char *(*error)(struct backend *);

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
	 * output share a matrix, ROLE_OUT (v,n), of which it takes row x_r. */
	void (*embed_forward)(struct backend *, const struct matrix *u,
	    const struct batch *, void *a);
	/* dU[:, x_r] += D(t,n)[r]; dU of either role, likewise. */
	void (*embed_backward)(struct backend *, const struct batch *, const void *d,
	    struct matrix *du);

	/*
	 * S(t,h): s_r = tanh(A_r + W s_{r-1}).  Before the first row of sequence
	 * i stands S0(nseq,h)[i], or zeros where s0 is NULL.  S may be A.
	 */
	void (*rnn_forward)(struct backend *, const struct matrix *w, const struct batch *,
	    const void *a, const void *s0, void *s);
	/*
	 * Truncated back-propagation through time: the error dS(t,h) of every row
	 * goes back over that row and at most bptt rows before it.
	 * D(t,h) = all error that reached A; dW += sum of D_r s_{r-1}'.
	 */
	void (*rnn_backward)(struct backend *, const struct matrix *w, const struct batch *,
	    int bptt, const void *s, const void *s0, const void *ds, void *d,
	    struct matrix *dw);

	/*
	 * LSTM (Hochreiter and Schmidhuber 1997, with Gers's forget gate).  The
	 * gates of a row stand side by side in the order i, f, g, o:
	 *	(i f g o)_r = A_r + W s_{r-1}; i, f, o through the logistic
	 *	function, g through tanh
	 *	c_r = f c_{r-1} + i g		s_r = o tanh(c_r)
	 * W is ROLE_GATES (4h,h).  A(t,4h) is overwritten by the gates after their
	 * functions; S(t,h), C(t,h); s0, c0 (nseq,h), or NULL for zeros.
	 */
	void (*lstm_forward)(struct backend *, const struct matrix *w, const struct batch *,
	    void *a, const void *s0, const void *c0, void *s, void *c);
	/*
	 * The error dS(t,h) of every row goes back to the sequence's first row.
	 * A, C, S as forward left them.  D(t,4h) = all error that reached A;
	 * dW += sum of D_r s_{r-1}'.
	 */
	void (*lstm_backward)(struct backend *, const struct matrix *w, const struct batch *,
	    const void *a, const void *s, const void *c, const void *s0, const void *c0,
	    const void *ds, void *d, struct matrix *dw);

	/*
	 * GRU (Cho et al. 2014, with the reset gate after the product, as cuDNN and
	 * PyTorch have it).  Gates in the order r, z, n; q is kept for going back:
	 *	r, z = logistic(A_rz + W_rz s_{r-1})
	 *	q = W_n s_{r-1} + bn		n = tanh(A_n + r q)
	 *	s_r = (1 - z) n + z s_{r-1}
	 * W is ROLE_GATES (3h,h), bn ROLE_BIAS (1,h) or NULL for zeros.  A(t,3h) is
	 * overwritten by the gates after their functions; S(t,h), Q(t,h); s0
	 * (nseq,h), or NULL for zeros.
	 */
	void (*gru_forward)(struct backend *, const struct matrix *w, const struct matrix *bn,
	    const struct batch *, void *a, const void *s0, void *s, void *q);
	/* As lstm_backward; D(t,3h); dbn += sum of the errors of q, if not NULL. */
	void (*gru_backward)(struct backend *, const struct matrix *w, const struct batch *,
	    const void *a, const void *s, const void *q, const void *s0, const void *ds, void *d,
	    struct matrix *dw, struct matrix *dbn);

	/* TO(n,h)[i] = row from[i] of S, rows of h, or zeros where from[i] is below 0.
	 * So states go on into another batch.  TO is not S. */
	void (*pick_rows)(struct backend *, int n, const int *from, int h, const void *s, void *to);

	/* A(t,m) = X(t,n) M', M ROLE_DENSE (m,n). */
	void (*dense_forward)(struct backend *, const struct matrix *m, int t, const void *x,
	    void *a);
	/* dX(t,n) = D(t,m) M, unless dX is NULL; dM += D' X. */
	void (*dense_backward)(struct backend *, const struct matrix *m, int t, const void *x,
	    const void *d, void *dx, struct matrix *dm);

	/* A(t,n) += b in every row; db += the sum of the rows of D(t,n). */
	void (*bias_forward)(struct backend *, const struct matrix *b, int t, void *a);
	void (*bias_backward)(struct backend *, int t, const void *d, struct matrix *db);

	/* OUT(n) = X(n) Y(n), number by number: dropout, forward and backward, its
	 * mask in Y.  OUT may be X. */
	void (*multiply)(struct backend *, size_t n, const void *x, const void *y, void *out);

	/* logp[r] = ln softmax(V S_r + c)[y_r], t doubles of the host.  c is
	 * ROLE_BIAS (1,v), or NULL for zeros, here and below. */
	void (*out_forward)(struct backend *, const struct matrix *v, const struct matrix *c,
	    int t, const void *s, const uint32_t *y, double *logp);
	/* The same, and with P = softmax(V S + c) less 1 at y: dS(t,h) = P V,
	 * dV += P' S, dc += the sum of the rows of P (dc NULL where c is). */
	void (*out_backward)(struct backend *, const struct matrix *v, const struct matrix *c,
	    int t, const void *s, const uint32_t *y, void *ds, struct matrix *dv,
	    struct matrix *dc, double *logp);
	/* L(t,v) = ln softmax(V S + c), reals of the host. */
	void (*out_logp)(struct backend *, const struct matrix *v, const struct matrix *c, int t,
	    const void *s, void *l);

	/* P by the rule above; then G = 0.  M and N have P's role and shape, or are
	 * NULL where the rule has none. */
	void (*update)(struct backend *, struct matrix *p, struct matrix *g, struct matrix *m,
	    struct matrix *n, const struct update *);
	/* The sum of the squares of G's numbers, added up in double. */
	double (*sum_squares)(struct backend *, const struct matrix *g);

	/*
	 * Optional (NULL): one step of plain SGD on a batch in one call, for the net
	 * of one plain layer without biases, U, V and W updated together; the same
	 * as the composition of the entries above.
	 */
	void (*step)(struct backend *, const struct plain_net *, const struct batch *, int bptt,
	    double rate, double *logp);
	/*
	 * Optional (NULL): a step for each sequence of the batch, in order; the
	 * same as step() on one after another.  So a device gets much to do at once.
	 */
	void (*steps)(struct backend *, const struct plain_net *, const struct batch *, int bptt,
	    double rate, double *logp);
};

/* The devices: as an option's words, and one by one in the same order. */
#define BACKEND_DEVICES "auto|cpu|cuda|blas|ref"
extern const char *const backend_device[];

/*
 * name: one of the devices.  threads: 0 for as many as there are processors.
 * NULL on failure, with *why at the reason.  close() when done.  A device that
 * is named is that one or none; "auto" takes a GPU if it is the faster one.
 * Where auto had a choice, *why says for which reason it chose k->name; else
 * it is NULL.
 */
struct backend *backend_open(const char *name, enum real_type real, int threads, const char **why);

/* Processors this process may run on, at least 1. */
int backend_processors(void);

#ifdef __cplusplus
}
#endif

#endif
