/*
 * rules.h - the table of update rules (optimisers): how a gradient changes a parameter.
 *
 * To add a rule: a row below, its formula in the list of backend.h, and the formula's
 * code in ref/update.c and rule_step.h (for the other backends).
 * Options, files and tests follow from the row.
 */
#ifndef RULES_H
#define RULES_H

#include <stdbool.h>

struct rule_kind {
	const char *name;	/* of -O and of the model's config */
	int moments;		/* moments kept per element of a parameter: 0, 1 or 2 */
	bool is_sparse;		/* changes nothing where the gradient is zero */
	double rate;		/* the usual learning rate */
	double decay, decay2, epsilon;
	double weight_decay;	/* the usual one; 0: the rule has none */
};

/*
 * Rates: the tutorial's, a tenth of it, min-char-rnn's, char-rnn's, Kingma and Ba's.
 * Constants: min-char-rnn's epsilon of adagrad, char-rnn's rmsprop, Kingma and Ba
 * 2015, and PyTorch's weight decay of adamw.
 *
 *	enumerator, name,             moments, sparse, rate, decay, decay2, epsilon, weight decay
 */
#define RULE_WEIGHT_DECAY 0.01
#define RULE_ROWS(ROW) \
	ROW(RULE_SGD,      "sgd",      0, true,  0.005,  0,    0,     0,    0) \
	ROW(RULE_MOMENTUM, "momentum", 1, false, 0.0005, 0.9,  0,     0,    0) \
	ROW(RULE_ADAGRAD,  "adagrad",  1, true,  0.1,    0,    0,     1e-8, 0) \
	ROW(RULE_RMSPROP,  "rmsprop",  1, false, 0.002,  0.95, 0,     1e-8, 0) \
	ROW(RULE_ADAM,     "adam",     2, false, 0.001,  0.9,  0.999, 1e-8, 0) \
	ROW(RULE_ADAMW,    "adamw",    2, false, 0.001,  0.9,  0.999, 1e-8, RULE_WEIGHT_DECAY)

#define RULE_ENUMERATOR(id, ...) id,
enum update_rule { RULE_ROWS(RULE_ENUMERATOR) NRULES };

/* The names as an option's words, "sgd|momentum|...". */
#define RULE_WORD(id, name, ...) "|" name
#define RULE_WORDS (&("" RULE_ROWS(RULE_WORD))[1])

#ifdef __cplusplus
#define RULE_TABLE static constexpr
#else
#define RULE_TABLE static const
#endif

/* By enum update_rule. */
#define RULE_KIND(id, ...) { __VA_ARGS__ },
RULE_TABLE struct rule_kind rule_kinds[] = { RULE_ROWS(RULE_KIND) };

#endif
