/*
 * train - trains a recurrent language model on index streams
 *
 * Writes the loss log to standard output and the model to a file.  The training loop and
 * the saving of models are in lib/train; this file decides what to start from: new weights,
 * those of another model, or an interrupted run.
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "device.h"
#include "options.h"
#include "prog.h"
#include "signals.h"
#include "training_run.h"

static struct {
	long batch, bptt, chunk, embed, epochs, every, from_epoch, hidden, layers, limit, log,
	    patience, project, seed, steps, threads;
	double clip, clip_norm, dropout, factor, rate, weight_decay;
	bool f64, tied;
	int bias, cell, device, init, rule, schedule;
	const char *from, *resume, *out, *valid;
} o = {
	.batch = 1, .bptt = 4, .chunk = 50, .epochs = 100, .every = 5, .factor = 0.97,
	.from_epoch = 10, .hidden = 100, .layers = 1, .seed = 10, .rate = 0.005,
	.weight_decay = RULE_WEIGHT_DECAY,
	.out = "model.npz"
};
enum { AUTO, YES, NO };		/* -a */

static const struct opt options[] = {
	{ 'a', "bias", OPT_WORD, { .word = &o.bias }, "auto|yes|no", 0, 0,
	    "biases; auto: for streams, lstm and gru" },
	{ 'B', "batch", OPT_INT, { .i = &o.batch }, "n", 1, 1e6,
	    "batch size: sentences, or parts of a stream" },
	{ 'b', "bptt", OPT_INT, { .i = &o.bptt }, "n", 0, 1e9, "BPTT truncation length; rnn only" },
	{ 'c', "cell", OPT_WORD, { .word = &o.cell }, CELL_WORDS, 0, 0, "recurrent cell" },
	{ 'd', "device", OPT_WORD, { .word = &o.device }, BACKEND_DEVICES, 0, 0, "device to use" },
	{ 'D', "double", OPT_FLAG, { .flag = &o.f64 }, NULL, 0, 0, "double precision" },
	{ 'e', "epochs", OPT_INT, { .i = &o.epochs }, "n", 0, 1e9, "total number of epochs" },
	{ 'E', "evaluate", OPT_INT, { .i = &o.every }, "n", 0, 1e9, "every n epochs; 0: never" },
	{ 'f', "factor", OPT_REAL, { .x = &o.factor }, "x", 0, 1,
	    "with -S decay: factor applied each epoch" },
	{ 'F', "decay-after", OPT_INT, { .i = &o.from_epoch }, "n", 0, 1e9,
	    "with -S decay: from the end of epoch n on" },
	{ 'H', "hidden", OPT_INT, { .i = &o.hidden }, "n", 1, 65536, "hidden units in each layer" },
	{ 'i', "from", OPT_STR, { .s = &o.from }, "model", 0, 0, "start from its weights" },
	{ 'I', "init", OPT_WORD, { .word = &o.init }, "auto|" INIT_NAMES, 0, 0, "initial weights" },
	{ 'j', "threads", OPT_INT, { .i = &o.threads }, "n", 0, 1024,
	    "threads; 0: one per processor" },
	{ 'k', "clip", OPT_REAL, { .x = &o.clip }, "x", 0, 1e15,
	    "clip each gradient component to +-x; 0: off" },
	{ 'K', "clip-norm", OPT_REAL, { .x = &o.clip_norm }, "x", 0, 1e15,
	    "clip the norm of the gradient to x; 0: off" },
	{ 'l', "log", OPT_INT, { .i = &o.log }, "n", 0, 1e15, "smoothed loss every n steps" },
	{ 'L', "layers", OPT_INT, { .i = &o.layers }, "n", 1, MODEL_LAYERS_MAX, "hidden layers" },
	{ 'm', "embed", OPT_INT, { .i = &o.embed }, "n", 0, 65536, "embedding size; 0: none" },
	{ 'n', "limit", OPT_INT, { .i = &o.limit }, "n", 0, 1e15, "only the first n sentences" },
	{ 'N', "steps", OPT_INT, { .i = &o.steps }, "n", 0, 1e15, "stop after n steps; 0: never" },
	{ 'o', "output", OPT_STR, { .s = &o.out }, "file", 0, 0, "model file to write" },
	{ 'O', "optimiser", OPT_WORD, { .word = &o.rule }, RULE_WORDS, 0, 0, "update rule" },
	{ 'p', "dropout", OPT_REAL, { .x = &o.dropout }, "rate", 0, 0.99,
	    "dropout rate: fraction of outputs dropped" },
	{ 'P', "patience", OPT_INT, { .i = &o.patience }, "n", 0, 1e15,
	    "early stopping: n evaluations without gain" },
	{ 'r', "rate", OPT_REAL, { .x = &o.rate }, "rate", 0, 1e6, "initial learning rate; sgd:" },
	{ 'R', "resume", OPT_STR, { .s = &o.resume }, "model", 0, 0, "resume its training" },
	{ 's', "seed", OPT_INT, { .i = &o.seed }, "n", 0, 4294967295.0, "random seed" },
	{ 'S', "schedule", OPT_WORD, { .word = &o.schedule }, HYPERPARAMS_RATES, 0, 0,
	    "learning rate schedule" },
	{ 't', "tie", OPT_FLAG, { .flag = &o.tied }, NULL, 0, 0,
	    "tie the output weights to the embeddings (-m)" },
	{ 'T', "seq-length", OPT_INT, { .i = &o.chunk }, "n", 0, 1e9,
	    "tokens of a stream per step; 0: line by line" },
	{ 'v', "valid", OPT_STR, { .s = &o.valid }, "file|fraction", 0, 0,
	    "validation set: a file, or the last fraction" },
	{ 0, "project", OPT_INT, { .i = &o.project }, "n", 0, 65536,
	    "size of a projection layer; 0: none" },
	{ 0, "weight-decay", OPT_REAL, { .x = &o.weight_decay }, "x", 0, 1e6, "with -O adamw" },
	{ 0 }
};
static const struct command command = {
	.summary = "train a recurrent neural network language model",
	.operands = "[index-stream ...]", .table = options,
	.example = "tok comments.csv | vocab -n 500 | encode | train -c lstm -O adam -e 5"
};

/* The fraction given to -v; 0: a file, or no -v. */
static double
valid_fraction(void)
{
	char *end;
	double x = o.valid ? strtod(o.valid, &end) : 0;
	bool number = o.valid && *o.valid && *end == '\0';

	if (number && !(x > 0 && x < 1))
		die_usage("-v: a fraction must be between 0 and 1, not '%s'", o.valid);
	return number ? x : 0;
}

static void
read_text(struct training_run *run, struct prog_inputs *in)
{
	struct training_text *t = &run->text;
	const struct model_progress *p = &run->model.progress;
	const char *why;

	t->any_unit = o.resume != NULL;
	t->chunk = o.resume ? p->hyper.chunk : (uint32_t)o.chunk;
	t->stream_only = options_given('T') && o.chunk;
	t->train.limit = o.resume ? p->limit : (size_t)o.limit;
	if ((why = training_text_read(t, &t->train, in)) != NULL)
		die("%s", why);
}

static void
read_validation(struct training_run *run, double fraction)
{
	const char *why = training_text_validate(&run->text, fraction, fraction > 0 ? NULL : o.valid);

	if (why)
		die("%s", why);
}

/* Moves the streams' vocabulary into the model, unless it has the same one already. */
static void
set_vocab(struct training_run *run, const char *path)
{
	struct model *m = &run->model;
	const char *why;

	if (path && (why = model_check_vocab(m, &run->text.vocab)) != NULL)
		die("%s: %s", path, why);
	if (path && (why = model_check_rules(m, &run->text.vocab)) != NULL)
		prog_warn("%s: %s", path, why);
	if (m->has_vocab) {
		m->vocab.rules = run->text.vocab.rules;
		vocab_free(&run->text.vocab);
	} else {
		m->vocab = run->text.vocab;
	}
	m->has_vocab = true;
	run->text.vocab = (struct vocab){ 0 };
}

/* The progress and hyperparameters of a new run. */
static void
init_progress(struct training_run *run)
{
	struct model *m = &run->model;
	uint32_t t = training_text_chunk(&run->text, m->vocab.unit);
	long bptt = t && !options_given('b') ? (long)t : o.bptt;	/* a whole chunk */
	bool decays = o.schedule == RATE_DECAYED;
	const struct rule_kind *rule = &rule_kinds[o.rule];
	double rate = options_given('r') ? o.rate : rule->rate;
	double weight_decay = rule->weight_decay > 0 ? o.weight_decay : 0;

	m->has_progress = true;
	m->progress = (struct model_progress){
		.rate = rate, .rate0 = rate, .loss = NAN, .smoothed = NAN,
		.best = NAN, .limit = (uint64_t)o.limit, .seed = (uint32_t)o.seed,
		.bptt = (uint32_t)bptt, .batch = (uint32_t)o.batch,
		.every = (uint32_t)o.every, .epochs = (uint64_t)o.epochs,
		.hyper = {
			.rule = (uint32_t)o.rule, .schedule = (uint32_t)o.schedule,
			.factor = decays ? o.factor : 0,
			.from = decays ? (uint64_t)o.from_epoch : 0, .clip = o.clip,
			.clip_norm = o.clip_norm, .dropout = o.dropout, .chunk = t,
			.weight_decay = weight_decay,
			.valid = valid_fraction(), .patience = (uint64_t)o.patience,
			.log = (uint64_t)o.log
		}
	};
}

/* A new model with random weights. */
static void
new_model(struct training_run *run)
{
	bool gated = cell_kinds[o.cell].gates > 1, stream = run->text.vocab.unit == UNIT_STREAM;
	struct model_shape shape = {
		.cell = (enum cell)o.cell, .real = o.f64 ? REAL_F64 : REAL_F32,
		.layers = (uint32_t)o.layers, .hidden = (uint32_t)o.hidden,
		.vocab = run->text.vocab.size, .embed = (uint32_t)o.embed,
		.project = (uint32_t)o.project, .tied = o.tied,
		.bias = o.bias == YES || (o.bias == AUTO && (gated || stream))
	};
	enum init init = o.init ? (enum init)(o.init - 1) : gated ? INIT_UNIFORM : INIT_TUTORIAL;
	const char *why = model_new(&run->model, shape);

	if (why)
		die("a model of %ld hidden units and %" PRIu32 " words: %s", o.hidden,
		    run->text.vocab.size, why);
	model_init(&run->model, init, (uint32_t)o.seed);
	set_vocab(run, NULL);
}

/* Gated cells ignore the truncation length. */
static void
check_bptt(enum cell cell)
{
	if (options_given('b') && !cell_kinds[cell].is_truncated)
		die_usage("-b applies to cell rnn only; gated cells back-propagate to the first step");
}

/* Loads the model of -i or -R, before any input is read. */
static void
load_model(struct training_run *run)
{
	struct model *m = &run->model;
	const char *path = o.from ? o.from : o.resume;

	device_load(m, path, o.f64);
	if (o.resume && !m->has_progress)
		die("%s: the model holds no training progress to resume; start a new run with -i", path);
	check_bptt(m->shape.cell);
	if (o.from && options_given('H') && (uint32_t)o.hidden != m->shape.hidden)
		die("%s: the model has %" PRIu32 " hidden units, not %ld; omit -H", path,
		    m->shape.hidden, o.hidden);
}

/* Applies the options that may change when a run is resumed. */
static void
apply_options(struct model_progress *p)
{
	if ((uint32_t)o.batch != p->batch && options_given('B') && p->hyper.chunk && p->sentence)
		die_usage("-B cannot change in the middle of an epoch of a stream (-R)");
	if (options_given('B'))
		p->batch = (uint32_t)o.batch;
	if (options_given('b'))
		p->bptt = (uint32_t)o.bptt;
	if (options_given('e'))
		p->epochs = (uint64_t)o.epochs;
	if (options_given('E'))
		p->every = (uint32_t)o.every;
	if (options_given('k'))
		p->hyper.clip = o.clip;
	if (options_given('K'))
		p->hyper.clip_norm = o.clip_norm;
	if (options_given('l'))
		p->hyper.log = (uint64_t)o.log;
	if (options_given('p'))
		p->hyper.dropout = o.dropout;
	if (options_given('P'))
		p->hyper.patience = (uint64_t)o.patience;
	if (options_given('r'))
		p->rate = p->rate0 = o.rate;
	if (options_given_name("weight-decay"))
		p->hyper.weight_decay = o.weight_decay;
}

static void
check_patience(uint64_t patience, uint32_t every)
{
	if (patience && every == 0)
		die_usage("-P counts evaluations, which -E 0 turns off");
}

static void
resume(struct training_run *run)
{
	struct model_progress *p = &run->model.progress;
	double fraction = valid_fraction();
	const char *why;

	set_vocab(run, o.resume);
	if (o.valid && fraction != p->hyper.valid)
		die("%s: the fraction of text for validation is %g in this run; repeat its -v", o.resume,
		    p->hyper.valid);
	read_validation(run, p->hyper.valid);
	if ((why = trainer_check_fingerprints(p, &run->text.train, &run->text.valid)) != NULL)
		die("%s: %s", o.resume, why);
	apply_options(p);
	if (options_given('P') && o.patience && run->text.valid.steps == 0)
		die("%s: -P needs a validation set, and this run has none; start a new run with -i", o.resume);
	check_patience(p->hyper.patience, p->every);
}

/* Starts a new run, from random weights or those of -i. */
static void
start(struct training_run *run)
{
	const char *why;

	read_validation(run, valid_fraction());
	if (o.from)
		set_vocab(run, o.from);
	else
		new_model(run);
	init_progress(run);
	if ((why = model_moments(&run->model, hyperparams_moments(&run->model.progress.hyper))) != NULL)
		die("%s", why);
}

/* Fails now rather than after hours of training. */
static void
check_output(struct checkpoint *p, bool best)
{
	const char *why = checkpoint_check(p, best);

	if (why)
		die("%s: %s", p->subject, why);
}

/* Copies the latest or the best model of the resumed run to the new path. */
static void
copy_model(struct training_run *run, bool best)
{
	struct checkpoint old;
	const char *why;

	checkpoint_set(&old, o.resume);
	why = checkpoint_copy(&run->checkpoint, &old, best);
	if (why && best)	/* it may have been deleted */
		prog_warn("%s: not copied to %s: %s", old.best, run->checkpoint.best, why);
	else if (why)
		die("%s: %s", o.out, why);
}

static void
train(struct training_run *run)
{
	struct model_progress *p = &run->model.progress;
	const char *why = training_run_open(run);

	if (why)
		die("%s", why);
	if (run->trainer.valid)
		check_output(&run->checkpoint, true);
	if (o.resume && isfinite(p->best))
		copy_model(run, true);
	signals_catch();
	why = training_run_train(run, stdout);
	if (why && !run->trainer.diverged)
		die("%s", why);
	if (p->hyper.patience && p->stale >= p->hyper.patience)
		prog_note("no lower validation loss in %" PRIu64 " evaluations (-P); the best model is %s",
		    p->stale, run->checkpoint.best);
	if (why && run->saved)
		die("%s; try a smaller -r (%s is the last model saved)", why, o.out);
	if (why)
		die("%s; try a smaller -r (no model was saved)", why);
}

/* Resuming a finished run only copies its models. */
static void
resume_finished(struct training_run *run)
{
	const struct model_progress *p = &run->model.progress;

	prog_note("%s: nothing to do: the run has finished after %" PRIu64 " epochs, %" PRIu64
	    " steps; to continue, raise -e, -N or -P", o.resume, p->epoch, p->steps);
	if (isfinite(p->best))
		copy_model(run, true);
	copy_model(run, false);
}

/* Options that need or exclude another one. */
static void
check_options(void)
{
	if (o.from && o.resume)
		die_usage("-i starts a new run and -R resumes one; use one of them");
	if (o.resume && !options_given('o'))
		o.out = o.resume;
	for (const char *c = "aDcfFHILmnOsStT"; o.resume && *c; c++)
		if (options_given(*c))
			die_usage("-%c cannot change in a resumed run (-R)", *c);
	for (const char *c = "acHILmt"; o.from && *c; c++)
		if (options_given(*c) && *c != 'H')
			die_usage("-%c cannot be used with -i; the model determines it", *c);
	for (const char *c = "fF"; o.schedule != RATE_DECAYED && *c; c++)
		if (options_given(*c))
			die_usage("-%c needs -S decay", *c);
	if (options_given_name("weight-decay") && !o.resume && rule_kinds[o.rule].weight_decay == 0)
		die_usage("--weight-decay needs -O adamw");
	if (o.project && o.tied)
		die_usage("--project cannot be used with -t, whose projection has the embedding size (-m)");
	if (options_given_name("project") && (o.resume || o.from))
		die_usage("--project cannot be used with -i or -R; the model determines it");
	if (o.tied && o.embed == 0)
		die_usage("-t needs embeddings; give their size with -m");
	if (o.patience && o.valid == NULL && !o.resume)
		die_usage("-P needs a validation set; give it with -v");
	if (o.resume == NULL)
		check_patience((uint64_t)o.patience, (uint32_t)o.every);
	check_bptt((enum cell)o.cell);
}

int
main(int argc, char *argv[])
{
	static struct training_run run;
	struct prog_inputs in = { 0 };

	prog_init(argv[0]);
	in.argv = argv + options_parse(argc, argv, &command);
	in.argc = (int)(argv + argc - in.argv);
	check_options();
	checkpoint_set(&run.checkpoint, o.out);
	if (options_given('o') && checkpoint_is_read(&run.checkpoint, &in, o.valid))
		die_usage("-o: %s is also an input; choose another output file", run.checkpoint.subject);
	check_output(&run.checkpoint, false);
	run.max_steps = (uint64_t)o.steps;
	if (o.from || o.resume)
		load_model(&run);
	run.k = device_open(o.device, o.from || o.resume ? run.model.shape.real :
	    o.f64 ? REAL_F64 : REAL_F32, o.threads);
	read_text(&run, &in);
	if (o.resume)
		resume(&run);
	else
		start(&run);
	trainer_set_fingerprints(&run.model.progress, &run.text.train, &run.text.valid);
	if (o.resume && trainer_is_finished(&run.model.progress, run.max_steps))
		resume_finished(&run);
	else
		train(&run);
	if (signals_came())
		die("interrupted in epoch %" PRIu64 " after %" PRIu64 " %s; "
		    "resume with: %s -R %s and the same text", run.model.progress.epoch + 1,
		    run.model.progress.sentence, loss_log_unit(&run.text.train), prog_name, o.out);
	training_run_free(&run);
	return prog_finish();
}
