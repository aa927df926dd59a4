/*
 * output.h - the softmax layer of a large vocabulary: logits, loss, errors of the
 * states and the gradient (or update) of V, in two passes over the panels of V'.
 *
 * Pass 1, for a group of panels and a block of rows at a time: logits by
 * panel_tile(), and for each row a reference (the greatest logit so far in the
 * slab, which is a run of groups) and the sum of exp(logit - reference).  Backward,
 * the exponentials are kept, and panel_dots() computes the group's part of dS
 * from them at once, while they and the group are in the cache; a slab's partial
 * dS is scaled down when the reference rises.  References and sums are then joined
 * over the groups, which gives one factor for each row and group that turns
 * exponentials into probabilities.  dS is the sum of the slabs' partial results times
 * these factors, less V's row of the target.  Pass 2, panel by panel:
 * probabilities, less 1 at the target, and panel_add_outer().
 *
 * With t rows, h and v: 6 t h v operations; V is read twice and written once, the
 * exponentials (t v numbers) are written once and read once.
 *
 * Groups and slabs depend on the sizes alone and are joined in order, so the
 * number of threads does not affect the result.
 */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <stdbool.h>
#include <stdint.h>

#include "panels.h"
#include "pool.h"
#include "scratch.h"
#include "softmax_names.h"

/* A call of the softmax layer on the rows of S, as struct output_args of backend.h. */
struct softmax_call {
	const struct panels *v;		/* V' (h,v) */
	const real *bias;		/* (v, zeros up to whole panels), or NULL for zeros */
	int t;
	const real *s;			/* (t) rows of h numbers, stride apart */
	size_t stride;
	const uint32_t *y;		/* (t) targets; not for output_logp() */
	double *logp;			/* (t): ln P of the targets */
	real *l;			/* (t,v): ln P of all words; output_logp() alone */
	/* backward only, with P = softmax(V S + bias) less 1 at the targets: */
	real *ds;			/* (t) rows of h numbers, dstride apart: P V */
	size_t dstride;
	const struct panels *dv;	/* += scale P' S; may be v itself, see output_rows() */
	real *dbias;			/* += scale times the sum of P's rows; NULL where bias is */
	real scale;
};

/* The call's rows first .. first+n-1 alone. */
INLINE struct softmax_call
softmax_part(const struct softmax_call *c, int first, int n)
{
	struct softmax_call part = *c;
	size_t r = (size_t)first;

	part.t = n;
	part.s += r * c->stride;
	if (part.y)
		part.y += r;
	if (part.logp)
		part.logp += r;
	if (part.l)
		part.l += r * (size_t)c->v->n;
	if (part.ds)
		part.ds += r * c->dstride;
	return part;
}

/* The state of the layer on one device. */
struct output {
	struct pool *pool;	/* the caller's */
	struct scratch mem;
	int capacity;		/* rows of the largest call of output_backward() */
};

void output_free(struct output *o);

void output_forward(struct output *o, const struct softmax_call *c);
void output_logp(struct output *o, const struct softmax_call *c);
void output_backward(struct output *o, const struct softmax_call *c);

/* Rows that take the two passes together; a call with more is divided into parts.
 * Up to so many, dv may be v: all errors are computed before a panel changes. */
int output_rows(const struct panels *vt);

#endif
