/*
 * train - index stream to model: truncated BPTT and SGD, as the tutorial has it
 *
 * Standard output is the loss log; the model is a file.  The work is in
 * lib/schedule; this file says what to start from and what to tell.
 */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "device.h"
#include "signals.h"
#include "loss_log.h"
#include "model.h"
#include "net.h"
#include "options.h"
#include "checkpoint.h"
#include "prog.h"
#include "trainer.h"
#include "training_text.h"

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
	.weight_decay = 0.01,
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

struct run {
	struct backend *k;
	struct model model;
	struct training_text text;	/* its vocabulary is moved into the model */
	struct net net;
	struct trainer trainer;
	struct loss_log log;
	struct checkpoint checkpoint;
	bool saved;			/* o.out is of this run */
};

/* The share that -v asks for; 0: it names a file, or is not there. */
static double
valid_share(void)
{
	char *end;
	double x = o.valid ? strtod(o.valid, &end) : 0;
	bool number = o.valid && *o.valid && *end == '\0';

	if (number && !(x > 0 && x < 1))
		die_usage("-v: a share is above 0 and below 1, not '%s'", o.valid);
	return number ? x : 0;
}

static void
read_text(struct run *run, struct prog_inputs *in)
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
hold_out(struct run *run, double fraction)
{
	const char *why = training_text_validate(&run->text, fraction, fraction > 0 ? NULL : o.valid);

	if (why)
		die("%s", why);
}

/* The model takes over the streams' vocabulary, or holds the same already. */
static void
take_vocab(struct run *run, const char *path)
{
	struct model *m = &run->model;
	const char *why;

	if (path && (why = model_check_vocab(m, &run->text.vocab)) != NULL)
		die("%s: %s", path, why);
	if (m->has_vocab)
		vocab_free(&run->text.vocab);
	else
		m->vocab = run->text.vocab;
	m->has_vocab = true;
	run->text.vocab = (struct vocab){ 0 };
}

static void
begin_progress(struct run *run)
{
	struct model *m = &run->model;
	uint32_t t = training_text_chunk(&run->text, m->vocab.unit);
	long bptt = t && !options_given('b') ? (long)t : o.bptt;	/* the whole chunk */
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
			.valid = valid_share(), .patience = (uint64_t)o.patience,
			.log = (uint64_t)o.log
		}
	};
}

/* Weights drawn from the seed. */
static void
start_new(struct run *run)
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
	take_vocab(run, NULL);
}

/* An option that gated cells would not look at. */
static void
check_bptt(enum cell cell)
{
	if (options_given('b') && !cell_kinds[cell].is_truncated)
		die_usage("-b goes with cell rnn only: others send errors back to the first step");
}

/* The model of -i or -R, before any stream is waited for. */
static void
load(struct run *run)
{
	struct model *m = &run->model;
	const char *path = o.from ? o.from : o.resume;

	device_load(m, path, o.f64);
	if (o.resume && !m->has_progress)
		die("%s: it does not say where its training stopped; begin with -i", path);
	check_bptt(m->shape.cell);
	if (o.from && options_given('H') && (uint32_t)o.hidden != m->shape.hidden)
		die("%s: it has %" PRIu32 " hidden units, not the %ld of -H", path,
		    m->shape.hidden, o.hidden);
}

/* What the command line says again about a run that goes on. */
static void
override(struct model_progress *p)
{
	if ((uint32_t)o.batch != p->batch && options_given('B') && p->hyper.chunk && p->sentence)
		die_usage("-B cannot change in the middle of a stream's epoch (-R)");
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
		die_usage("-P counts evaluations, and with -E 0 there are none");
}

static void
resume(struct run *run)
{
	struct model_progress *p = &run->model.progress;
	double share = valid_share();
	const char *why;

	take_vocab(run, o.resume);
	if (o.valid && share != p->hyper.valid)
		die("%s: it holds out %g of its text, and -v cannot change that", o.resume,
		    p->hyper.valid);
	hold_out(run, p->hyper.valid);
	if ((why = trainer_check_text(p, &run->text.train, &run->text.valid)) != NULL)
		die("%s: %s", o.resume, why);
	override(p);
	if (options_given('P') && o.patience && run->text.valid.steps == 0)
		die("%s: it has no text held out for -P to count evaluations of", o.resume);
	check_patience(p->hyper.patience, p->every);
}

/* Weights drawn, or another model's; everything else begins. */
static void
start(struct run *run)
{
	const char *why;

	hold_out(run, valid_share());
	if (o.from)
		take_vocab(run, o.from);
	else
		start_new(run);
	begin_progress(run);
	if ((why = model_moments(&run->model, hyperparams_moments(&run->model.progress.hyper))) != NULL)
		die("%s", why);
}

static const char *
save(void *arg, bool best)
{
	struct run *run = arg;
	const char *why = net_store(&run->net, &run->model);

	if (why || (why = trainer_store(&run->trainer, &run->model)) != NULL)
		die("%s: %s", o.out, why);
	why = checkpoint_save(&run->checkpoint, &run->model, best);
	if (why && !model_is_finite(&run->model))
		return trainer_diverged(&run->trainer, "the weights are no longer finite");
	if (why)
		die("%s: %s", run->checkpoint.subject, why);
	run->saved = true;
	return NULL;
}

static bool
told_to_stop(void *arg)
{
	const struct loss_log *l = arg;

	return signals_came() || l->error;
}

/* Better said now than after hours. */
static void
check_output(struct checkpoint *p, bool best)
{
	const char *why = checkpoint_check(p, best);

	if (why)
		die("%s: %s", p->subject, why);
}

/* The run gone on with had a model here, or its best: it begins in a new place, too. */
static void
bring(struct run *run, bool best)
{
	struct checkpoint old;
	const char *why;

	checkpoint_set(&old, o.resume);
	why = checkpoint_copy(&run->checkpoint, &old, best);
	if (why && best)	/* it may have been taken away */
		prog_warn("%s: not copied to %s: %s", old.best, run->checkpoint.best, why);
	else if (why)
		die("%s: %s", o.out, why);
}

static void
learn(struct run *run)
{
	struct model_progress *p = &run->model.progress;
	const char *why;

	run->trainer = (struct trainer){
		.net = &run->net, .c = &run->text.train, .p = p,
		.valid = run->text.valid.steps ? &run->text.valid : NULL, .most_steps = (uint64_t)o.steps,
		.watch = { &run->log, loss_log_evaluated, loss_log_slowed, loss_log_smoothed, run,
		    save, loss_log_tick, told_to_stop }
	};
	if ((why = net_open(&run->net, run->k, &run->model)) != NULL ||
	    (why = trainer_begin(&run->trainer, &run->model)) != NULL)
		die("device %s: %s", run->k->name, why);
	if (run->trainer.valid)
		check_output(&run->checkpoint, true);
	if (o.resume && isfinite(p->best))
		bring(run, true);
	loss_log_begin(&run->log, stdout, &run->text.train, run->trainer.valid, p->seen);
	signals_catch();
	why = trainer_run(&run->trainer, p->epochs);
	loss_log_end(&run->log);
	if (run->log.error) {
		errno = run->log.error;
		die_errno("write error on standard output");
	}
	why = why ? why : save(run, false);
	if (why && !run->trainer.diverged)
		die("device %s: %s", run->k->name, why);
	if (p->hyper.patience && p->stale >= p->hyper.patience)
		prog_note("no lower loss in %" PRIu64 " evaluations (-P): %s is the best model",
		    p->stale, run->checkpoint.best);
	if (why && run->saved)
		die("%s; try a smaller -r (%s holds the last model that was saved)", why, o.out);
	if (why)
		die("%s; try a smaller -r (no model was saved yet)", why);
}

/* The run has come to its end: what it made is left as it is. */
static void
leave(struct run *run)
{
	const struct model_progress *p = &run->model.progress;

	prog_note("%s: nothing to do: it ended after %" PRIu64 " epochs, %" PRIu64
	    " steps; for more ask with -e, -N or -P", o.resume, p->epoch, p->steps);
	if (isfinite(p->best))
		bring(run, true);
	bring(run, false);
}

/* Options that go with another one only, and those that are a run's own. */
static void
check_options(void)
{
	if (o.from && o.resume)
		die_usage("-i begins anew and -R goes on: use one of them");
	if (o.resume && !options_given('o'))
		o.out = o.resume;
	for (const char *c = "aDcfFHILmnOsStT"; o.resume && *c; c++)
		if (options_given(*c))
			die_usage("-%c cannot change in a run that goes on (-R)", *c);
	for (const char *c = "acHILmt"; o.from && *c; c++)
		if (options_given(*c) && *c != 'H')
			die_usage("-%c is the model's own with -i", *c);
	for (const char *c = "fF"; o.schedule != RATE_DECAYED && *c; c++)
		if (options_given(*c))
			die_usage("-%c goes with -S decay only", *c);
	if (options_given_name("weight-decay") && !o.resume && rule_kinds[o.rule].weight_decay == 0)
		die_usage("--weight-decay goes with -O adamw only");
	if (o.project && o.tied)
		die_usage("--project: with -t the embedding size (-m) is that of the projection");
	if (options_given_name("project") && (o.resume || o.from))
		die_usage("--project is the model's own with -i and -R");
	if (o.tied && o.embed == 0)
		die_usage("-t ties embeddings to the output; ask for them with -m");
	if (o.patience && o.valid == NULL && !o.resume)
		die_usage("-P counts evaluations of a text held out; name it with -v");
	if (o.resume == NULL)
		check_patience((uint64_t)o.patience, (uint32_t)o.every);
	check_bptt((enum cell)o.cell);
}

int
main(int argc, char *argv[])
{
	static struct run run;
	struct prog_inputs in = { 0 };

	prog_init(argv[0]);
	in.argv = argv + options_parse(argc, argv, &command);
	in.argc = (int)(argv + argc - in.argv);
	check_options();
	checkpoint_set(&run.checkpoint, o.out);
	if (options_given('o') && checkpoint_is_read(&run.checkpoint, &in, o.valid))
		die_usage("-o: %s is read, too: it would be written over", run.checkpoint.subject);
	check_output(&run.checkpoint, false);
	if (o.from || o.resume)
		load(&run);
	run.k = device_open(o.device, o.from || o.resume ? run.model.shape.real :
	    o.f64 ? REAL_F64 : REAL_F32, o.threads);
	read_text(&run, &in);
	if (o.resume)
		resume(&run);
	else
		start(&run);
	trainer_note_text(&run.model.progress, &run.text.train, &run.text.valid);
	if (o.resume && trainer_has_ended(&run.model.progress, (uint64_t)o.steps))
		leave(&run);
	else
		learn(&run);
	if (signals_came())
		die("stopped by a signal in epoch %" PRIu64 " after %" PRIu64 " %s; "
		    "go on with: %s -R %s and the same text", run.model.progress.epoch + 1,
		    run.model.progress.sentence, loss_log_unit(&run.text.train), prog_name, o.out);
	trainer_free(&run.trainer);
	net_free(&run.net);
	run.k->close(run.k);
	training_text_free(&run.text);
	model_free(&run.model);
	return prog_finish();
}
