/*
 * model_config.c - reads and writes the configuration of a model.
 *
 * One table of keys serves both directions.  A line is key=value; the version comes
 * first, the other keys in any order, each once.  An optional key is omitted when its
 * value is 0, `none` or `words`, which is also what a missing key means: a new feature leaves the
 * files of models that do not use it unchanged.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model_config.h"
#include "errmsg.h"

enum { VERSION_NOW = 1, VALUE_MAX = TOKEN_RULES_TEXT };
#define COUNT_MAX 1000000000000000	/* sentences or epochs, far beyond any run */

enum kind { WORD, U32, U64, REAL, LOSS, CRC, TOKEN_RULES, CUTOFFS };
enum group { ALWAYS, WITH_VOCAB, WITH_PROGRESS, NGROUPS };
enum need { NEEDED, OPTIONAL };

/* All values, in one struct that the table can hold offsets into. */
struct config {
	uint32_t version, unit, cell, type;	/* the last three index their words */
	uint32_t layers, hidden, vocab, embed, project, bias, tied, tree;
	struct token_rules tokens;
	struct clusters clusters;
	struct model_progress progress;
};

static const char *const units[] = { "sentence", "stream", NULL };
#define NAME_OF(id, name, ...) name,
static const char *const cells[] = { CELL_ROWS(NAME_OF) NULL };
static const char *const reals[] = { "float32", "float64", NULL };
static const char *const rules[] = { RULE_ROWS(NAME_OF) NULL };
static const char *const softmaxes[] = { "full", "sampled", NULL };
static const char *const masks[] = { "word", "sequence", NULL };
static const char *const reductions[] = { "full", "bf16", NULL };
static const char *const rates[] = { "halve", "decay", "cosine", "constant", NULL };

#define AT(field) offsetof(struct config, field)

static const struct key {
	const char *name;
	enum group group;
	enum need need;
	enum kind kind;
	size_t at;
	const char *const *words;
	uint64_t least, most;	/* of an integer */
} keys[] = {
	{ "version", ALWAYS, NEEDED, U32, AT(version), NULL, 0, UINT32_MAX },
	{ "unit", WITH_VOCAB, NEEDED, WORD, AT(unit), units, 0, 0 },
	{ "rules", WITH_VOCAB, OPTIONAL, TOKEN_RULES, AT(tokens), NULL, 0, 0 },
	{ "cell", ALWAYS, NEEDED, WORD, AT(cell), cells, 0, 0 },
	{ "layers", ALWAYS, NEEDED, U32, AT(layers), NULL, 0, UINT32_MAX },
	{ "hidden", ALWAYS, NEEDED, U32, AT(hidden), NULL, 0, UINT32_MAX },
	{ "vocab", ALWAYS, NEEDED, U32, AT(vocab), NULL, 0, UINT32_MAX },
	{ "embed", ALWAYS, OPTIONAL, U32, AT(embed), NULL, 0, UINT32_MAX },
	{ "project", ALWAYS, OPTIONAL, U32, AT(project), NULL, 0, UINT32_MAX },
	{ "bias", ALWAYS, OPTIONAL, U32, AT(bias), NULL, 0, 1 },
	{ "tied", ALWAYS, OPTIONAL, U32, AT(tied), NULL, 0, 1 },
	{ "tree", ALWAYS, OPTIONAL, U32, AT(tree), NULL, 0, 1 },
	{ "cutoffs", ALWAYS, OPTIONAL, CUTOFFS, AT(clusters), NULL, 0, 0 },
	{ "reduction", ALWAYS, OPTIONAL, U32, AT(clusters.reduction), NULL, 0, UINT32_MAX },
	{ "type", ALWAYS, NEEDED, WORD, AT(type), reals, 0, 0 },
	{ "epoch", WITH_PROGRESS, NEEDED, U64, AT(progress.epoch), NULL, 0, COUNT_MAX },
	{ "sentence", WITH_PROGRESS, NEEDED, U64, AT(progress.sentence), NULL, 0, COUNT_MAX },
	{ "seen", WITH_PROGRESS, NEEDED, U64, AT(progress.seen), NULL, 0, COUNT_MAX },
	{ "steps", WITH_PROGRESS, OPTIONAL, U64, AT(progress.steps), NULL, 0, COUNT_MAX },
	{ "rate", WITH_PROGRESS, NEEDED, REAL, AT(progress.rate), NULL, 0, 0 },
	{ "rate0", WITH_PROGRESS, NEEDED, REAL, AT(progress.rate0), NULL, 0, 0 },
	{ "loss", WITH_PROGRESS, NEEDED, LOSS, AT(progress.loss), NULL, 0, 0 },
	{ "smoothed", WITH_PROGRESS, OPTIONAL, LOSS, AT(progress.smoothed), NULL, 0, 0 },
	{ "best", WITH_PROGRESS, OPTIONAL, LOSS, AT(progress.best), NULL, 0, 0 },
	{ "stale", WITH_PROGRESS, OPTIONAL, U64, AT(progress.stale), NULL, 0, COUNT_MAX },
	{ "steep", WITH_PROGRESS, OPTIONAL, U32, AT(progress.steep), NULL, 0, 100 },
	{ "train_sum", WITH_PROGRESS, OPTIONAL, REAL, AT(progress.train_sum), NULL, 0, 0 },
	{ "train_words", WITH_PROGRESS, OPTIONAL, U64, AT(progress.train_words), NULL, 0, COUNT_MAX },
	{ "evaluated", WITH_PROGRESS, NEEDED, U64, AT(progress.evaluated), NULL, 0, COUNT_MAX },
	{ "limit", WITH_PROGRESS, NEEDED, U64, AT(progress.limit), NULL, 0, COUNT_MAX },
	{ "sentences", WITH_PROGRESS, NEEDED, U64, AT(progress.sentences), NULL, 0, COUNT_MAX },
	{ "data_crc", WITH_PROGRESS, NEEDED, CRC, AT(progress.data_crc), NULL, 0, 0 },
	{ "valid_crc", WITH_PROGRESS, OPTIONAL, CRC, AT(progress.valid_crc), NULL, 0, 0 },
	{ "seed", WITH_PROGRESS, NEEDED, U32, AT(progress.seed), NULL, 0, UINT32_MAX },
	{ "bptt", WITH_PROGRESS, NEEDED, U32, AT(progress.bptt), NULL, 0, 1000000000 },
	{ "batch", WITH_PROGRESS, NEEDED, U32, AT(progress.batch), NULL, 1, 1000000 },
	{ "every", WITH_PROGRESS, NEEDED, U32, AT(progress.every), NULL, 0, 1000000000 },
	{ "epochs", WITH_PROGRESS, NEEDED, U64, AT(progress.epochs), NULL, 0, COUNT_MAX },
	{ "optimiser", WITH_PROGRESS, OPTIONAL, WORD, AT(progress.hyper.rule), rules, 0, 0 },
	{ "schedule", WITH_PROGRESS, OPTIONAL, WORD, AT(progress.hyper.schedule), rates, 0, 0 },
	{ "factor", WITH_PROGRESS, OPTIONAL, REAL, AT(progress.hyper.factor), NULL, 0, 0 },
	{ "from", WITH_PROGRESS, OPTIONAL, U64, AT(progress.hyper.from), NULL, 0, COUNT_MAX },
	{ "clip", WITH_PROGRESS, OPTIONAL, REAL, AT(progress.hyper.clip), NULL, 0, 0 },
	{ "clip_norm", WITH_PROGRESS, OPTIONAL, REAL, AT(progress.hyper.clip_norm), NULL, 0, 0 },
	{ "weight_decay", WITH_PROGRESS, OPTIONAL, REAL, AT(progress.hyper.weight_decay), NULL, 0, 0 },
	{ "dropout", WITH_PROGRESS, OPTIONAL, REAL, AT(progress.hyper.dropout), NULL, 0, 0 },
	{ "embed_dropout", WITH_PROGRESS, OPTIONAL, REAL, AT(progress.hyper.embed_dropout), NULL, 0, 0 },
	{ "masks", WITH_PROGRESS, OPTIONAL, WORD, AT(progress.hyper.masks), masks, 0, 0 },
	{ "shuffle", WITH_PROGRESS, OPTIONAL, U32, AT(progress.hyper.shuffle), NULL, 0, 1 },
	{ "average", WITH_PROGRESS, OPTIONAL, U32, AT(progress.hyper.average), NULL, 0, 1 },
	{ "local_steps", WITH_PROGRESS, OPTIONAL, U64, AT(progress.hyper.local_steps), NULL, 0, COUNT_MAX },
	{ "reduce", WITH_PROGRESS, OPTIONAL, WORD, AT(progress.hyper.reduce), reductions, 0, 0 },
	{ "warmup", WITH_PROGRESS, OPTIONAL, U64, AT(progress.hyper.warmup), NULL, 0, COUNT_MAX },
	{ "chunk", WITH_PROGRESS, OPTIONAL, U32, AT(progress.hyper.chunk), NULL, 0, 1000000000 },
	{ "valid", WITH_PROGRESS, OPTIONAL, REAL, AT(progress.hyper.valid), NULL, 0, 0 },
	{ "patience", WITH_PROGRESS, OPTIONAL, U64, AT(progress.hyper.patience), NULL, 0, COUNT_MAX },
	{ "softmax", WITH_PROGRESS, OPTIONAL, WORD, AT(progress.hyper.softmax), softmaxes, 0, 0 },
	{ "samples", WITH_PROGRESS, OPTIONAL, U32, AT(progress.hyper.samples), NULL, 0, 1000000 },
	{ "noise_power", WITH_PROGRESS, OPTIONAL, REAL, AT(progress.hyper.noise_power), NULL, 0, 0 },
	{ "log", WITH_PROGRESS, OPTIONAL, U64, AT(progress.hyper.log), NULL, 0, COUNT_MAX },
};

enum { NKEYS = sizeof(keys) / sizeof(keys[0]) };
_Static_assert(NKEYS <= 64, "a bit of `seen` for each key");
_Static_assert((int)CLUSTERS_TEXT <= (int)VALUE_MAX, "the cut-offs fit a value");

static bool
format_real(char out[VALUE_MAX], enum kind kind, double x)
{
	if (kind == LOSS && isnan(x))
		strcpy(out, "none");
	else
		snprintf(out, VALUE_MAX, "%.17g", x);
	return isfinite(x) || (kind == LOSS && isnan(x));
}

/* Whether the key is optional and has the value that its absence means. */
static bool
is_omitted(const struct key *k, const struct config *c)
{
	const char *p = (const char *)c + k->at;
	uint32_t u;
	uint64_t w;
	double x;

	if (k->need == NEEDED)
		return false;
	if (k->kind == TOKEN_RULES)
		return token_rules_default(&c->tokens);
	if (k->kind == CUTOFFS)
		return c->clusters.n == 0;
	memcpy(&u, p, sizeof(u));
	if (k->kind == U32 || k->kind == WORD || k->kind == CRC)
		return u == 0;
	memcpy(&w, p, sizeof(w));
	memcpy(&x, p, sizeof(x));
	return k->kind == U64 ? w == 0 : k->kind == LOSS ? isnan(x) : x == 0;
}

/* Formats the value; false if the format cannot represent it. */
static bool
format_value(const struct key *k, const struct config *c, char out[VALUE_MAX])
{
	const void *p = (const char *)c + k->at;
	uint32_t u;
	uint64_t w;
	double x;

	if (k->kind == TOKEN_RULES) {
		token_rules_text(&c->tokens, out);
		return true;
	}
	if (k->kind == CUTOFFS) {
		clusters_text(&c->clusters, out);
		return true;
	}
	if (k->kind == U64) {
		memcpy(&w, p, sizeof(w));
		snprintf(out, VALUE_MAX, "%llu", (unsigned long long)w);
		return true;
	}
	if (k->kind == REAL || k->kind == LOSS) {
		memcpy(&x, p, sizeof(x));
		return format_real(out, k->kind, x);
	}
	memcpy(&u, p, sizeof(u));
	if (k->kind == WORD)
		snprintf(out, VALUE_MAX, "%s", k->words[u]);
	else
		snprintf(out, VALUE_MAX, k->kind == CRC ? "%08lx" : "%lu",
		    (unsigned long)u);
	return true;
}

/* Decimal digits only, no leading zeros, at most max. */
static bool
parse_integer(const char *s, uint64_t max, uint64_t *out)
{
	char *end;

	if (*s < '0' || *s > '9' || (*s == '0' && s[1] != '\0'))
		return false;
	errno = 0;
	*out = strtoull(s, &end, 10);
	return *end == '\0' && errno == 0 && *out <= max;
}

static bool
parse_real(const char *s, enum kind kind, double *out)
{
	char *end;

	if (kind == LOSS && strcmp(s, "none") == 0) {
		*out = NAN;
		return true;
	}
	if (s[strspn(s, "0123456789.e+-")] != '\0')
		return false;	/* no hexadecimal, infinity or space */
	*out = strtod(s, &end);
	return end != s && *end == '\0' && isfinite(*out) && *out >= 0;
}

static bool
parse_crc(const char *s, uint32_t *out)
{
	if (strlen(s) != 8 || strspn(s, "0123456789abcdef") != 8)
		return false;
	*out = (uint32_t)strtoul(s, NULL, 16);
	return true;
}

static bool
parse_word(const char *s, const char *const *words, uint32_t *out)
{
	for (*out = 0; words[*out] != NULL; ++*out) {
		if (strcmp(s, words[*out]) == 0)
			return true;
	}
	return false;
}

static bool
parse_value(const struct key *k, const char *s, struct config *c)
{
	void *p = (char *)c + k->at;
	uint64_t w = 0;
	uint32_t u = 0;
	double x = 0;
	bool good;

	switch (k->kind) {
	case TOKEN_RULES:
		return token_rules_parse(&c->tokens, s, strlen(s));
	case CUTOFFS:
		return clusters_parse(&c->clusters, s);
	case U64:
		good = parse_integer(s, k->most, &w);
		memcpy(p, &w, sizeof(w));
		return good;
	case REAL:
	case LOSS:
		good = parse_real(s, k->kind, &x);
		memcpy(p, &x, sizeof(x));
		return good;
	case U32:
		good = parse_integer(s, k->most, &w) && w >= k->least;
		u = (uint32_t)w;
		break;
	case CRC:
		good = parse_crc(s, &u);
		break;
	default:
		good = parse_word(s, k->words, &u);
	}
	memcpy(p, &u, sizeof(u));
	return good;
}

/* The version comes first, since the meaning of all other lines depends on it. */
static const char *
check_version(const char *p, size_t len)
{
	static const char start[] = "version=";
	size_t n = sizeof(start) - 1;
	unsigned long version = 0;

	if (len < n || memcmp(p, start, n) != 0)
		return "config does not begin with its version";
	for (size_t i = n; i < len && p[i] >= '0' && p[i] <= '9' && version < 1000000; i++)
		version = version * 10 + (unsigned long)(p[i] - '0');
	if (version > VERSION_NOW)
		return "written by a newer version of this program";
	return version == VERSION_NOW ? NULL : "config has an unknown version";
}

/* Parses a line, without its newline, into c; *seen has a bit for each key. */
static const char *
parse_line(const char *p, size_t len, struct config *c, uint64_t *seen, struct errmsg *err)
{
	char line[64];
	char *value;

	if (len >= sizeof(line) || memchr(p, '\0', len) != NULL)
		return "config has a line that is too long or holds a zero byte";
	memcpy(line, p, len);
	line[len] = '\0';
	value = strchr(line, '=');
	if (value == NULL)
		return errmsg_set(err, "config line '%s' has no '='", line);
	*value++ = '\0';
	for (int i = 0; i < NKEYS; i++) {
		if (strcmp(line, keys[i].name) != 0)
			continue;
		if (*seen >> i & 1)
			return errmsg_set(err, "config key '%s' is repeated", line);
		*seen |= UINT64_C(1) << i;
		if (!parse_value(&keys[i], value, c))
			return errmsg_set(err, "config key '%s' has the invalid value "
			    "'%s'", line, value);
		return NULL;
	}
	return errmsg_set(err, "config key '%s' is unknown", line);
}

/* A group is present as a whole or not at all; the first one always is. */
static const char *
check_groups(uint64_t seen, bool present[NGROUPS], struct errmsg *err)
{
	for (int g = 0; g < NGROUPS; g++)
		present[g] = g == ALWAYS;
	for (int i = 0; i < NKEYS; i++) {
		if (seen >> i & 1)
			present[keys[i].group] = true;
	}
	for (int i = 0; i < NKEYS; i++) {
		if (keys[i].need == NEEDED && present[keys[i].group] && !(seen >> i & 1))
			return errmsg_set(err, "config key '%s' is missing", keys[i].name);
	}
	return NULL;
}

static struct config
config_of(const struct model *m)
{
	return (struct config){
		.version = VERSION_NOW,
		.unit = m->vocab.unit,
		.tokens = m->vocab.rules,
		.cell = m->shape.cell,
		.type = m->shape.real,
		.layers = m->shape.layers,
		.hidden = m->shape.hidden,
		.vocab = m->shape.vocab,
		.embed = m->shape.embed,
		.project = m->shape.project,
		.bias = m->shape.bias,
		.tied = m->shape.tied,
		.tree = m->shape.tree,
		.clusters = m->shape.clusters,
		.progress = m->progress,
	};
}

const char *
config_format(const struct model *m, struct buf *out)
{
	const struct config c = config_of(m);
	const bool present[NGROUPS] = { true, m->has_vocab, m->has_progress };
	char value[VALUE_MAX];

	for (int i = 0; i < NKEYS; i++) {
		if (!present[keys[i].group] || is_omitted(&keys[i], &c))
			continue;
		if (!format_value(&keys[i], &c, value))
			return "learning rate or loss is not finite";
		if (!buf_put(out, keys[i].name, strlen(keys[i].name)) ||
		    !buf_putc(out, '=') || !buf_put(out, value, strlen(value)) ||
		    !buf_putc(out, '\n'))
			return "out of memory";
	}
	return NULL;
}

/* The kind of a value; a real number is formatted anew, with no more digits than needed. */
static enum config_kind
shorten(const struct key *k, const struct config *c, char value[VALUE_MAX])
{
	double x;

	if (k->kind == WORD || k->kind == CRC || k->kind == TOKEN_RULES)
		return CONFIG_TEXT;
	if (k->kind == CUTOFFS)
		return c->clusters.n ? CONFIG_TEXT : CONFIG_NONE;
	if (k->kind != REAL && k->kind != LOSS)
		return CONFIG_NUMBER;
	memcpy(&x, (const char *)c + k->at, sizeof(x));
	if (isnan(x))
		return CONFIG_NONE;
	for (int digits = 1; digits <= 17; digits++) {
		snprintf(value, VALUE_MAX, "%.*g", digits, x);
		if (strtod(value, NULL) == x)
			break;
	}
	return CONFIG_NUMBER;
}

void
config_list(const struct model *m,
    void (*put)(void *arg, const char *key, enum config_kind kind, const char *value), void *arg)
{
	const struct config c = config_of(m);
	const bool present[NGROUPS] = { true, m->has_vocab, m->has_progress };
	char value[VALUE_MAX];

	for (int i = 0; i < NKEYS; i++)
		if (present[keys[i].group] && keys[i].at != AT(version) && format_value(&keys[i], &c, value)) {
			enum config_kind kind = shorten(&keys[i], &c, value);

			put(arg, keys[i].name, kind, value);
		}
}

const char *
config_parse(struct model *m, const char *p, size_t len)
{
	struct config c = { .progress = { .smoothed = NAN, .best = NAN } };
	uint64_t seen = 0;
	bool present[NGROUPS];
	const char *why = check_version(p, len), *end = p + len;

	while (why == NULL && p < end) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));

		if (nl == NULL)
			return "config ends inside a line";
		why = parse_line(p, (size_t)(nl - p), &c, &seen, &m->err);
		p = nl + 1;
	}
	if (why == NULL)
		why = check_groups(seen, present, &m->err);
	if (why == NULL && (c.progress.hyper.dropout >= 1 || c.progress.hyper.valid >= 1))
		why = "config keys 'dropout' and 'valid' must be below 1";
	if (why == NULL && c.progress.sentences && c.progress.sentence >= c.progress.sentences)
		why = "config key 'sentence' must be below 'sentences'";
	if (why != NULL)
		return why;
	m->shape = (struct model_shape){
		.cell = (enum cell)c.cell, .real = (enum real_type)c.type,
		.layers = c.layers, .hidden = c.hidden, .vocab = c.vocab,
		.embed = c.embed, .project = c.project, .bias = c.bias != 0, .tied = c.tied != 0,
		.tree = c.tree != 0, .clusters = c.clusters,
	};
	m->vocab.unit = (enum unit)c.unit;
	m->vocab.rules = c.tokens;
	m->has_vocab = present[WITH_VOCAB];
	m->progress = c.progress;
	m->has_progress = present[WITH_PROGRESS];
	return NULL;
}
