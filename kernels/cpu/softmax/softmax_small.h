/*
 * softmax_small.h - the softmax layer of a small vocabulary, characters say: V lies in
 * a core's cache whole, so it is the rows that are shared out.
 *
 * Some rows at a time: logits by panel_tile(), probabilities in place, and
 * dS = P V by tiles again, of V turned for the occasion.  Then, once all errors
 * are taken, V's gradient (or update) as of a dense layer.  Probabilities are
 * kept of SMALL_ROWS rows at a time.  output.h states what the calls do.
 */
#ifndef SOFTMAX_SMALL_H
#define SOFTMAX_SMALL_H

#include "output.h"
#include "softmax_names.h"

enum { SMALL_ROWS = 4096 };

/* Up to so many words this layer is the faster one. */
INLINE bool
is_small(const struct panels *vt)
{
	return vt->n <= 512;
}

void softmax_small_forward(struct output *o, const struct panels *vt, const real *c, int t,
    const real *s, size_t stride, const uint32_t *y, double *logp);
void softmax_small_logp(struct output *o, const struct panels *vt, const real *c, int t,
    const real *s, size_t stride, real *l);
/* `to` may be vt itself where t is at most SMALL_ROWS. */
void softmax_small_backward(struct output *o, const struct panels *vt, const real *c, int t,
    const real *s, size_t stride, const uint32_t *y, real *ds, size_t dstride,
    const struct panels *to, real *dc, real rate, double *logp);

#endif
