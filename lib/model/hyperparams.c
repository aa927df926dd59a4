/*
 * hyperparams.c - the optimisers' constants.
 */
#include "hyperparams.h"

static const struct rule_constants {
	int moments;
	double rate, decay, decay2, epsilon;
} rules[] = {
	[RULE_SGD] = { 0, 0.005, 0, 0, 0 },
	[RULE_MOMENTUM] = { 1, 0.0005, 0.9, 0, 0 },
	[RULE_ADAGRAD] = { 1, 0.1, 0, 0, 1e-8 },
	[RULE_RMSPROP] = { 1, 0.002, 0.95, 0, 1e-8 },
	[RULE_ADAM] = { 2, 0.001, 0.9, 0.999, 1e-8 },
};

double
hyperparams_rate(enum update_rule rule)
{
	return rules[rule].rate;
}

int
hyperparams_moments(const struct hyperparams *r)
{
	return rules[r->rule].moments;
}

struct update
hyperparams_update(const struct hyperparams *r, double rate, uint64_t step, double norm)
{
	const struct rule_constants *c = &rules[r->rule];
	struct update u = {
		.rule = (enum update_rule)r->rule, .rate = rate, .scale = 1, .clip = r->clip,
		.decay = c->decay, .decay2 = c->decay2, .epsilon = c->epsilon,
		.step = (double)step
	};

	if (r->clip_norm > 0 && norm > r->clip_norm)
		u.scale = r->clip_norm / norm;
	return u;
}
