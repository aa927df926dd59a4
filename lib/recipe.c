/*
 * recipe.c - the optimisers' constants.
 */
#include "recipe.h"

static const struct rule {
	int moments;
	double rate, decay, decay2, epsilon;
} rules[] = {
	[KERN_SGD] = { 0, 0.005, 0, 0, 0 },
	[KERN_MOMENTUM] = { 1, 0.0005, 0.9, 0, 0 },
	[KERN_ADAGRAD] = { 1, 0.1, 0, 0, 1e-8 },
	[KERN_RMSPROP] = { 1, 0.002, 0.95, 0, 1e-8 },
	[KERN_ADAM] = { 2, 0.001, 0.9, 0.999, 1e-8 },
};

double
recipe_rate(enum kern_rule rule)
{
	return rules[rule].rate;
}

int
recipe_moments(const struct recipe *r)
{
	return rules[r->rule].moments;
}

struct kern_update
recipe_update(const struct recipe *r, double rate, uint64_t step, double norm)
{
	const struct rule *c = &rules[r->rule];
	struct kern_update u = {
		.rule = (enum kern_rule)r->rule, .rate = rate, .scale = 1, .clip = r->clip,
		.decay = c->decay, .decay2 = c->decay2, .epsilon = c->epsilon,
		.step = (double)step
	};

	if (r->clip_norm > 0 && norm > r->clip_norm)
		u.scale = r->clip_norm / norm;
	return u;
}
