/*
 * output.h - the softmax layer: logits, loss, errors of the states and the
 * gradient (or update) of V, in two passes over the panels of V'.
 *
 * Pass 1, a group of panels and a block of rows at a time: logits by
 * panel_tile(), and for each row a reference (the greatest logit so far in the
 * slab, a run of groups) and the sum of exp(logit - reference).  Going back,
 * the exponentials are kept, and panel_dots() takes the group's share of dS
 * from them at once, while they and the group are in the cache; the shares are
 * scaled down when the reference rises.  References and sums are joined over
 * the groups: that gives one factor a row and group, which makes probabilities
 * of exponentials.  dS is the slabs' shares times these factors, added up,
 * less V's row of the target.  Pass 2, panel by panel: probabilities, less 1
 * at the target, and panel_add_outer().
 *
 * With t rows, h and v: 6 t h v operations in all; V is read twice and
 * written once, the exponentials (t v numbers) written once and read once.
 *
 * Groups and slabs depend on the sizes alone and are joined in their order, so
 * the number of threads cannot show in the result.
 */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <stdbool.h>
#include <stdint.h>

#include "panels.h"
#include "pool.h"
#include "softmax_names.h"

struct output {
	struct pool *pool;	/* the caller's */
	struct memory {
		char *p;
		size_t n;
	} mem;			/* grows to the largest batch, then stays */
	int room;		/* rows of the largest that went back */
	bool failed;		/* there was no memory; sticky */
};

void output_free(struct output *o);

/* n bytes for the time of a call; NULL, noted, when there is no memory. */
void *output_space(struct output *o, size_t n);

/* c below: (v, zeros up to whole panels), or NULL for zeros; dc likewise. */

/*
 * vt is V' (h,v) in panels, S(t,h) plain rows `stride` apart.
 * logp[r] = ln softmax(V S_r + c)[y_r].
 */
void output_forward(struct output *o, const struct panels *vt, const real *c, int t,
    const real *s, size_t stride, const uint32_t *y, double *logp);

/* l(t,v) = ln softmax(V S + c). */
void output_logp(struct output *o, const struct panels *vt, const real *c, int t,
    const real *s, size_t stride, real *l);

/*
 * As output_forward; and with P = softmax(V S + c) less 1 at y, dS(t,h) = P V,
 * to += rate P' S and dc += rate times the sum of P's rows.  `to` may be vt itself
 * if t <= output_rows(): all errors are taken before a panel changes.
 */
void output_backward(struct output *o, const struct panels *vt, const real *c, int t,
    const real *s, size_t stride, const uint32_t *y, real *ds, size_t dstride,
    const struct panels *to, real *dc, real rate, double *logp);

/* Rows that go through the two passes together; more are taken in parts. */
int output_rows(const struct panels *vt);

#endif
