/*
 * net.h - a model's parameters on a device, and what can be done with them:
 * the composition of kern.h's layers into a network.
 */
#ifndef NET_H
#define NET_H

#include "kern.h"
#include "model.h"

struct net {
	struct kern *k;		/* the caller's, open as long as the net */
	int h, v;		/* hidden units, words */
	size_t size;		/* bytes of a real */
	struct kern_net p;	/* parameters */
	struct kern_net g;	/* their gradients; NULL until first needed */
	void *s, *ds, *d;	/* (cap, h) states, errors of states, of inputs */
	void *s0, *s1;		/* (1, h) the state that net_next() carries, and the next */
	void *zeros;		/* (1, h) of the host */
	size_t cap;		/* rows of s; of ds and d, too, once g is there */
};

/* Each gives NULL or a phrase; net_free() frees after either. */

/* Parameters from m, whose real must be the kern's. */
const char *net_open(struct net *n, struct kern *k, const struct model *m);
/* ... and back into m, of the same shape. */
const char *net_store(struct net *n, struct model *m);

/* Forward only: logp[r] = ln P(y_r | x up to r), for each of the batch's rows. */
const char *net_logp(struct net *n, const struct kern_batch *b, double *logp);
/* The same for every word: l(t,v) reals of the host. */
const char *net_logp_all(struct net *n, const struct kern_batch *b, void *l);

/* One step of SGD on the summed loss of the batch; logp as above. */
const char *net_step(struct net *n, const struct kern_batch *b, int bptt, double rate,
    double *logp);
/* net_step() on each of the batch's sequences, in order; one call if the device has it. */
const char *net_steps(struct net *n, const struct kern_batch *b, int bptt, double rate,
    double *logp);

/* The gradient of the summed loss, left in n->g; call net_zero() between. */
const char *net_gradient(struct net *n, const struct kern_batch *b, int bptt, double *logp);
const char *net_zero(struct net *n);

/* For writing text: forget the state; then read a word, l(v) as above. */
void net_restart(struct net *n);
const char *net_next(struct net *n, uint32_t word, void *l);

void net_free(struct net *n);

#endif
