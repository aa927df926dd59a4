/*
 * rule_step.h - the arithmetic of every update rule for one element; backend.h has the
 * formulas.
 *
 * Written once for all backends except ref: the including file chooses the number type as
 * for cells/units.h, with these functions besides:
 *
 *	num_set(x)		a real
 *	num_div  num_sqrt
 *	num_clip(g, limit)	g, at most limit away from zero; NaN stays NaN
 */
#ifndef RULE_STEP_H
#define RULE_STEP_H

#include <math.h>

#include "backend.h"
#include "real.h"

/* A rule with its constants as reals. */
struct rule_constants {
	enum update_rule rule;
	real rate, scale, clip;		/* clip: infinity for none */
	real decay, fresh;		/* of the first moment; 1 - decay */
	real decay2, fresh2;
	real grow, grow2;		/* Adam's 1 / (1 - decay^step), likewise for decay2 */
	real epsilon, weight_decay;
};

static inline struct rule_constants
rule_constants_of(const struct update *u)
{
	struct rule_constants c;

	c.rule = u->rule;
	c.rate = (real)u->rate;
	c.scale = (real)u->scale;
	c.clip = u->clip > 0 ? (real)u->clip : (real)INFINITY;
	c.decay = (real)u->decay;
	c.fresh = (real)(1 - u->decay);
	c.decay2 = (real)u->decay2;
	c.fresh2 = (real)(1 - u->decay2);
	c.grow = (real)(1 / (1 - pow(u->decay, u->step)));
	c.grow2 = (real)(1 / (1 - pow(u->decay2, u->step)));
	c.epsilon = (real)u->epsilon;
	c.weight_decay = (real)u->weight_decay;
	return c;
}

/* a decay + b fresh */
CELL_FN num
rule_blend(num a, real decay, num b, real fresh)
{
	return num_fma(num_set(decay), a, num_mul(num_set(fresh), b));
}

/* Adam's quotient; updates the moments. */
CELL_FN num
rule_adam(const struct rule_constants *u, num g, num *m, num *n)
{
	*m = rule_blend(*m, u->decay, g, u->fresh);
	*n = rule_blend(*n, u->decay2, num_mul(g, g), u->fresh2);
	return num_div(num_mul(num_set(u->grow), *m),
	    num_add(num_sqrt(num_mul(num_set(u->grow2), *n)), num_set(u->epsilon)));
}

/* What is subtracted from p, before the rate, for a gradient that is scaled and clipped;
 * updates the moments. */
CELL_FN num
rule_step(const enum update_rule rule, const struct rule_constants *u, num p, num g, num *m, num *n)
{
	num epsilon = num_set(u->epsilon);

	switch (rule) {
	case RULE_SGD:
		break;
	case RULE_MOMENTUM:
		*m = num_fma(num_set(u->decay), *m, g);
		return *m;
	case RULE_ADAGRAD:
		*m = num_fma(g, g, *m);
		return num_div(g, num_sqrt(num_add(*m, epsilon)));
	case RULE_RMSPROP:
		*m = rule_blend(*m, u->decay, num_mul(g, g), u->fresh);
		return num_div(g, num_add(num_sqrt(*m), epsilon));
	case RULE_ADAM:
		return rule_adam(u, g, m, n);
	case RULE_ADAMW:
		return num_fma(num_set(u->weight_decay), p, rule_adam(u, g, m, n));
	case NRULES:
		break;
	}
	return g;
}

/* The element p of a parameter after its update by the gradient g. */
CELL_FN num
rule_apply(const enum update_rule rule, const struct rule_constants *u, num p, num g, num *m, num *n)
{
	num by = rule_step(rule, u, p, num_clip(num_mul(num_set(u->scale), g), u->clip), m, n);

	return num_fma(num_set(-u->rate), by, p);
}

#endif
