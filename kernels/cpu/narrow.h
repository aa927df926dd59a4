/*
 * narrow.h - the softmax layer of a small vocabulary, characters say: V lies in
 * a core's cache whole, so it is the rows that are shared out.
 *
 * Some rows at a time: logits by panel_tile(), probabilities in place, and
 * dS = P V by tiles again, of V turned for the occasion.  Then, once all errors
 * are taken, V's gradient (or update) as of a dense layer.  Probabilities are
 * kept of NARROW_ROWS rows at a time.  output.h states what the calls do.
 */
#ifndef NARROW_H
#define NARROW_H

#include "output.h"

enum { NARROW_ROWS = 4096 };

/* Up to so many words this layer is the faster one. */
INLINE bool
is_narrow(const struct panels *vt)
{
	return vt->n <= 512;
}

void ISA_NAME(narrow_forward)(struct output *o, const struct panels *vt, const real *c, int t,
    const real *s, size_t stride, const uint32_t *y, double *logp);
void ISA_NAME(narrow_logp)(struct output *o, const struct panels *vt, const real *c, int t,
    const real *s, size_t stride, real *l);
/* `to` may be vt itself where t is at most NARROW_ROWS. */
void ISA_NAME(narrow_backward)(struct output *o, const struct panels *vt, const real *c, int t,
    const real *s, size_t stride, const uint32_t *y, real *ds, size_t dstride,
    const struct panels *to, real *dc, real rate, double *logp);

#endif
