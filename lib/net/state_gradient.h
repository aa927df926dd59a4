/*
 * state_gradient.h - how far back the loss at a word reaches: the norm of its derivative
 * by the hidden states that came before.
 *
 * For a word t with the loss L_t = -ln P(t) and a layer's hidden state s_t, from which it
 * is predicted, the norm at k is |dL_t / ds_{t-k}|, Euclidean, the derivative being through
 * everything that s_{t-k} has an influence on: later states of its layer, and the layers
 * above.  Of an LSTM it is the derivative by all that a step hands on to the next, s_{t-k}
 * and the cell state c_{t-k} together, as independent variables.  If the norms fall with k
 * by a constant factor, gradients vanish (Hochreiter 1991; Bengio, Simard and Frasconi 1994;
 * Pascanu, Mikolov and Bengio 2013).  Nothing is truncated, no dropout is applied.
 *
 * The calls that return a string return NULL or an error message.
 */
#ifndef STATE_GRADIENT_H
#define STATE_GRADIENT_H

#include "net.h"

struct state_gradient_rows;

/* Sums over words; mean norms are their quotients with words[k]. */
struct state_gradient {
	struct net *n;
	int lags;		/* k is 0 to lags - 1 */
	size_t chunk;		/* words of a sequence that are processed together, at least
				 * 1; the sums depend on it by rounding alone */
	uint64_t *words;	/* (lags) words that have a state k words before */
	double *norm;		/* (layers, lags) */
	double *norm0;		/* (layers, lags) the norms at k = 0 of words[k] words */

	/* private */
	struct net_state state;	/* before the first row of the next pass */
	uint32_t *w;		/* (nw) indexes of the sequence: context, then new ones */
	size_t nw, cap_w;
	size_t context;		/* rows at the beginning that are already counted */
	double *logp;
	size_t cap_logp;
	struct state_gradient_rows *rows;
};

/* For the network n, which must outlive g.  state_gradient_free() is due after success and
 * failure. */
const char *state_gradient_new(struct state_gradient *g, struct net *n, int lags);
void state_gradient_free(struct state_gradient *g);

/* Appends words to the current sequence, which begins with zero states; the first word is
 * given, and the loss is that of all others. */
const char *state_gradient_add(struct state_gradient *g, const uint32_t *w, size_t n);

/* Ends the current sequence, if there is one: adds what is left of it to the sums. */
const char *state_gradient_end(struct state_gradient *g);

#endif
