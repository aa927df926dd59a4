/*
 * softmax_small.h - the softmax layer of a small vocabulary, of characters for
 * example: all of V fits a core's cache, so the rows are divided among threads.
 *
 * For some rows at a time: logits by panel_tile(), probabilities in place, and
 * dS = P V by tiles again, from a transposed copy of V'.  Once all errors are
 * computed, V's gradient (or update) follows as that of a dense layer.
 * Probabilities are kept for SMALL_ROWS rows at a time.  output.h says what the
 * calls do.
 */
#ifndef SOFTMAX_SMALL_H
#define SOFTMAX_SMALL_H

#include "output.h"
#include "softmax_names.h"

enum { SMALL_ROWS = 4096 };

/* Whether this layer is the faster one. */
INLINE bool
is_small(const struct panels *vt)
{
	return vt->n <= 512;
}

void softmax_small_forward(struct output *o, const struct softmax_call *c);
void softmax_small_logp(struct output *o, const struct softmax_call *c);
/* dv may be v where t is at most SMALL_ROWS. */
void softmax_small_backward(struct output *o, const struct softmax_call *c);

#endif
