/*
 * hyperparams.c - from hyperparameters and the table of update rules to an update.
 */
#include "hyperparams.h"

double
hyperparams_rate(enum update_rule rule)
{
	return rule_kinds[rule].rate;
}

int
hyperparams_moments(const struct hyperparams *r)
{
	return rule_kinds[r->rule].moments;
}

struct update
hyperparams_update(const struct hyperparams *r, double rate, uint64_t step, double norm)
{
	const struct rule_kind *c = &rule_kinds[r->rule];
	struct update u = {
		.rule = (enum update_rule)r->rule, .rate = rate, .scale = 1, .clip = r->clip,
		.decay = c->decay, .decay2 = c->decay2, .epsilon = c->epsilon,
		.weight_decay = r->weight_decay, .step = (double)step
	};

	if (r->clip_norm > 0 && norm > r->clip_norm)
		u.scale = r->clip_norm / norm;
	return u;
}
