#include "train_settings.h"

#include <inttypes.h>
#include <math.h>

#include "model_grow.h"

static bool
settings_have_bias(const struct train_settings *s, enum unit unit)
{
	if (s->bias != BIAS_AUTO)
		return s->bias == BIAS_YES;
	return cell_kinds[s->cell].gates > 1 || unit == UNIT_STREAM || s->softmax != SOFTMAX_FULL;
}

static struct clusters
settings_clusters(const struct train_settings *s, uint32_t words)
{
	struct clusters c = s->clusters.n ? s->clusters : clusters_default(words);

	if (s->softmax != SOFTMAX_ADAPTIVE)
		return (struct clusters){ 0 };
	c.reduction = (uint32_t)s->reduction;
	return c;
}

struct model_shape
train_settings_shape(const struct train_settings *s, const struct vocab *v)
{
	return (struct model_shape){
		.cell = (enum cell)s->cell, .real = s->f64 ? REAL_F64 : REAL_F32,
		.layers = (uint32_t)s->layers, .hidden = (uint32_t)s->hidden, .vocab = v->size,
		.embed = (uint32_t)s->embed, .project = (uint32_t)s->project,
		.bias = settings_have_bias(s, v->unit), .tied = s->tied,
		.tree = s->softmax == SOFTMAX_TREE, .clusters = settings_clusters(s, v->size)
	};
}

/* NULL, or the name of the model's output layer, if it has other parameters than that of the
 * settings. */
static const char *
other_output(const struct train_settings *s, const struct model *m)
{
	static const char *const name[] = { [SOFTMAX_FULL] = "a softmax over all words",
	    [SOFTMAX_TREE] = "a tree", [SOFTMAX_ADAPTIVE] = "an adaptive softmax" };
	enum softmax own = model_shape_softmax(&m->shape), asked = (enum softmax)s->softmax;

	if (asked == SOFTMAX_SAMPLED)
		asked = SOFTMAX_FULL;
	return own == asked ? NULL : name[own];
}

const char *
train_settings_reject(const struct train_settings *s, bool (*given)(const char *option),
    const struct model *m, struct errmsg *line)
{
	const char *own;

	if (given("softmax") && (own = other_output(s, m)) != NULL)
		return errmsg_set(line, "the model's output layer is %s; omit --softmax", own);
	if (given("hidden") && (uint32_t)s->hidden != m->shape.hidden)
		return errmsg_set(line, "the model has %" PRIu32 " hidden units, not %ld; omit -H",
		    m->shape.hidden, s->hidden);
	return s->grow ? model_grow_refuse(m) : NULL;
}

void
train_settings_init(const struct train_settings *s, struct model *m)
{
	bool gated = cell_kinds[s->cell].gates > 1;
	enum init init = s->init ? (enum init)(s->init - 1) : gated ? INIT_UNIFORM : INIT_TUTORIAL;

	model_init(m, init, (uint32_t)s->seed);
	if (s->softmax == SOFTMAX_SAMPLED || s->softmax == SOFTMAX_ADAPTIVE)
		model_init_output_bias(m);
}

static struct hyperparams
settings_hyperparams(const struct train_settings *s, uint32_t chunk)
{
	bool decays = s->schedule == RATE_DECAYED, sampled = s->softmax == SOFTMAX_SAMPLED;

	return (struct hyperparams){
		.rule = (uint32_t)s->rule, .schedule = (uint32_t)s->schedule,
		.factor = decays ? s->factor : 0, .from = decays ? (uint64_t)s->from_epoch : 0,
		.clip = s->clip, .clip_norm = s->clip_norm, .dropout = s->dropout,
		.embed_dropout = s->embed_dropout, .masks = (uint32_t)s->masks,
		.warmup = (uint64_t)s->warmup, .shuffle = s->shuffle,
		.average = s->average, .local_steps = (uint64_t)s->local_steps, .chunk = chunk,
		.reduce = (uint32_t)s->reduce,
		.weight_decay = rule_kinds[s->rule].weight_decay > 0 ? s->weight_decay : 0,
		.softmax = sampled ? SOFTMAX_SAMPLED : SOFTMAX_FULL,
		.samples = sampled ? (uint32_t)s->samples : 0,
		.noise_power = sampled ? s->noise_power : 0,
		.valid = s->valid_fraction, .patience = (uint64_t)s->patience,
		.log = (uint64_t)s->log
	};
}

struct model_progress
train_settings_progress(const struct train_settings *s, uint32_t chunk)
{
	double rate = s->rate < 0 ? hyperparams_rate((enum update_rule)s->rule) : s->rate;
	long bptt = s->bptt >= 0 ? s->bptt : chunk ? (long)chunk : TRAIN_BPTT;
	/* what an evaluation of a validation set costs is small beside an epoch */
	long every = s->every >= 0 ? s->every : s->has_valid ? 1 : TRAIN_EVERY;

	return (struct model_progress){
		.rate = rate, .rate0 = rate, .loss = NAN, .smoothed = NAN, .best = NAN,
		.limit = (uint64_t)s->limit, .seed = (uint32_t)s->seed, .bptt = (uint32_t)bptt,
		.batch = (uint32_t)s->batch, .every = (uint32_t)every,
		.epochs = (uint64_t)s->epochs, .hyper = settings_hyperparams(s, chunk)
	};
}

const char *
train_settings_conflict(const struct train_settings *s)
{
	if (s->average && s->local_steps)
		return "--local-steps cannot be used with --average; both average weights";
	if (s->reduce == REDUCE_BF16 && s->local_steps)
		return "--reduce cannot be used with --local-steps, which adds no gradients up";
	if (!s->tied)
		return NULL;
	if (s->project)
		return "--project cannot be used with -t, whose projection has the embedding size (-m)";
	if (s->softmax == SOFTMAX_TREE)
		return "-t cannot be used with --softmax tree, which has no row for each word";
	if (s->softmax == SOFTMAX_ADAPTIVE)
		return "-t cannot be used with --softmax adaptive, whose clusters have shorter rows "
		    "than the embeddings";
	return s->embed ? NULL : "-t needs embeddings; give their size with -m";
}

static void
change_hyperparams(const struct train_settings *s, bool (*given)(const char *option),
    struct hyperparams *r)
{
	if (given("clip"))
		r->clip = s->clip;
	if (given("clip-norm"))
		r->clip_norm = s->clip_norm;
	if (given("log"))
		r->log = (uint64_t)s->log;
	if (given("dropout"))
		r->dropout = s->dropout;
	if (given("dropout-masks"))
		r->masks = (uint32_t)s->masks;
	if (given("embed-dropout"))
		r->embed_dropout = s->embed_dropout;
	if (given("patience"))
		r->patience = (uint64_t)s->patience;
	if (given("weight-decay"))
		r->weight_decay = s->weight_decay;
}

void
train_settings_change(const struct train_settings *s, bool (*given)(const char *option),
    struct model_progress *p)
{
	if (given("batch"))
		p->batch = (uint32_t)s->batch;
	if (given("bptt"))
		p->bptt = (uint32_t)s->bptt;
	if (given("epochs"))
		p->epochs = (uint64_t)s->epochs;
	if (given("evaluate"))
		p->every = (uint32_t)s->every;
	if (given("rate"))
		p->rate = p->rate0 = s->rate;
	change_hyperparams(s, given, &p->hyper);
}
