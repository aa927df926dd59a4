/*
 * kern.h - all the arithmetic of the suite, as one table of functions on
 * layers over whole sequences.
 *
 * lib/ and bin/ see only this header of the folder.  Rules every backend obeys:
 *
 *  - a real is a float or a double, as kern_open() was asked; activations are
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
 *    it to within the bounds of tests/unit/kern.c, which runs every entry.
 *
 * A new operation: its definition in ref/ with its derivative beside it, an
 * entry here, a test in tests/unit/kern.c, then the fast ones.
 *
 * The network (one layer, no bias), with x_t and y_t words:
 *	s_t = tanh(U[:,x_t] + W s_{t-1})	o_t = softmax(V s_t)
 *	loss = sum over t of -ln o_t[y_t]
 */
#ifndef KERN_H
#define KERN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum kern_real { KERN_F32, KERN_F64 };

/* What a parameter is for: it decides the layout inside a backend. */
enum kern_role {
	KERN_EMBED,	/* (h, v): a column for each input word */
	KERN_SQUARE,	/* (h, h): state to state */
	KERN_OUT	/* (v, h): a row for each output word */
};

struct kern_mat;	/* a parameter or its gradient */

/* Sequences packed one after another; row r of sequence i is start[i] + r. */
struct kern_batch {
	int nseq;
	int t;			/* rows in all = start[nseq] */
	const int *start;	/* (nseq + 1), rising, start[0] = 0; none is empty */
	const uint32_t *x;	/* (t) input words, each below v */
	const uint32_t *y;	/* (t) words to predict, each below v */
};

/* The parameters of a one-layer net, for entries that fuse. */
struct kern_net {
	struct kern_mat *u, *v, *w;
};

struct kern {
	const char *name;
	const char *isa;		/* what it runs on, for people */
	enum kern_real real;
	void *ctx;			/* the backend's own state */

	void (*close)(struct kern *);
	/* The first failure since open, a static phrase, or NULL.  Sticky. */
	const char *(*error)(struct kern *);

	/* Activations: n reals of zero, or NULL; host side is real, too. */
	void *(*alloc)(struct kern *, size_t n);
	void (*free)(struct kern *, void *);
	void (*put)(struct kern *, void *dev, const void *host, size_t n);
	void (*get)(struct kern *, void *host, const void *dev, size_t n);

	/* Parameters: zeros, or NULL.  Host side: row-major (rows, cols) of real. */
	struct kern_mat *(*mat_new)(struct kern *, enum kern_role, int rows, int cols);
	void (*mat_free)(struct kern *, struct kern_mat *);
	void (*mat_put)(struct kern *, struct kern_mat *, const void *host);
	void (*mat_get)(struct kern *, void *host, struct kern_mat *);

	/* A(t,h): row r = U[:, x_r]. */
	void (*embed_forward)(struct kern *, const struct kern_mat *u,
	    const struct kern_batch *, void *a);
	/* dU[:, x_r] += D(t,h)[r]. */
	void (*embed_backward)(struct kern *, const struct kern_batch *, const void *d,
	    struct kern_mat *du);

	/*
	 * S(t,h): s_r = tanh(A_r + W s_{r-1}).  Before the first row of sequence
	 * i stands S0(nseq,h)[i], or zeros where s0 is NULL.  S may be A.
	 */
	void (*rnn_forward)(struct kern *, const struct kern_mat *w, const struct kern_batch *,
	    const void *a, const void *s0, void *s);
	/*
	 * Truncated back-propagation through time: the error dS(t,h) of every row
	 * goes back over that row and at most bptt rows before it.
	 * D(t,h) = all error that reached A; dW += sum of D_r s_{r-1}'.
	 */
	void (*rnn_backward)(struct kern *, const struct kern_mat *w, const struct kern_batch *,
	    int bptt, const void *s, const void *s0, const void *ds, void *d,
	    struct kern_mat *dw);

	/* logp[r] = ln softmax(V S_r)[y_r], t doubles of the host. */
	void (*out_forward)(struct kern *, const struct kern_mat *v, int t, const void *s,
	    const uint32_t *y, double *logp);
	/* The same, and with P = softmax(V S) less 1 at y: dS(t,h) = P V, dV += P' S. */
	void (*out_backward)(struct kern *, const struct kern_mat *v, int t, const void *s,
	    const uint32_t *y, void *ds, struct kern_mat *dv, double *logp);
	/* L(t,v) = ln softmax(V S), reals of the host. */
	void (*out_logp)(struct kern *, const struct kern_mat *v, int t, const void *s, void *l);

	/* P -= rate G; then G = 0. */
	void (*sgd)(struct kern *, struct kern_mat *p, struct kern_mat *g, double rate);

	/*
	 * Optional (NULL): one step of SGD on a batch in one call, U, V and W
	 * updated together; the same as the composition of the entries above.
	 */
	void (*step)(struct kern *, const struct kern_net *, const struct kern_batch *, int bptt,
	    double rate, double *logp);
	/*
	 * Optional (NULL): a step for each sequence of the batch, in order; the
	 * same as step() on one after another.  So a device gets much to do at once.
	 */
	void (*steps)(struct kern *, const struct kern_net *, const struct kern_batch *, int bptt,
	    double rate, double *logp);
};

/* The devices: as an option's words, and one by one in the same order. */
#define KERN_DEVICES "auto|cpu|cuda|blas|ref"
extern const char *const kern_device[];

/*
 * name: one of the devices.  threads: 0 for as many as there are processors.
 * NULL on failure, with *why at the reason.  close() when done.  A device that
 * is named is that one or none; "auto" takes a GPU if it is the faster one.
 * Where auto had a choice, *why says for which reason it chose k->name; else
 * it is NULL.
 */
struct kern *kern_open(const char *name, enum kern_real real, int threads, const char **why);

/* Processors this process may run on, at least 1. */
int kern_processors(void);

#ifdef __cplusplus
}
#endif

#endif
