/*
 * train - trains a recurrent language model on index streams
 *
 * Writes the loss log to standard output and the model to a file.  The training loop and
 * the saving of models are in lib/train; this file decides what to start from: new weights,
 * those of another model, or an interrupted run.
 */
#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "device.h"
#include "lock_file.h"
#include "options.h"
#include "prog.h"
#include "progress.h"
#include "resume_command.h"
#include "share_run.h"
#include "signals.h"
#include "train_settings.h"
#include "training_run.h"

static struct train_settings set = {
	.batch = 1, .bptt = TRAIN_BPTT, .chunk = 50, .epochs = 100, .every = TRAIN_EVERY, .factor = 0.97,
	.from_epoch = 10, .hidden = 100, .layers = 1, .seed = 10, .rate = 0.005, .noise_power = 1,
	.samples = 1024, .reduction = CLUSTERS_REDUCTION, .weight_decay = RULE_WEIGHT_DECAY
};
static struct {
	long steps, threads;
	double max_loss_ratio;
	bool force;
	int device;
	const char *cutoffs, *from, *resume, *out, *save_every, *valid;
} o = { .max_loss_ratio = 10, .out = "model.npz", .save_every = "10m" };

static struct resume_command to_resume;

static const struct opt options[] = {
	{ 'a', "bias", OPT_WORD, { .word = &set.bias }, "auto|yes|no", 0, 0,
	    "biases; auto: for streams, lstm and gru" },
	{ 'B', "batch", OPT_INT, { .i = &set.batch }, "n", 1, 1e6,
	    "batch size: sentences, or parts of a stream" },
	{ 'b', "bptt", OPT_INT, { .i = &set.bptt }, "n", 0, 1e9, "BPTT truncation length; rnn only" },
	{ 'c', "cell", OPT_WORD, { .word = &set.cell }, CELL_WORDS, 0, 0, "recurrent cell" },
	{ 'd', "device", OPT_WORD, { .word = &o.device }, BACKEND_DEVICES, 0, 0, "device to use" },
	{ 'D', "double", OPT_FLAG, { .flag = &set.f64 }, NULL, 0, 0, "double precision" },
	{ 'e', "epochs", OPT_INT, { .i = &set.epochs }, "n", 0, 1e9, "total number of epochs" },
	{ 'E', "evaluate", OPT_INT, { .i = &set.every }, "n", 0, 1e9, "every n epochs; 0: never; with -v: 1" },
	{ 'f', "factor", OPT_REAL, { .x = &set.factor }, "x", 0, 1,
	    "with -S decay: factor applied each epoch" },
	{ 'F', "decay-after", OPT_INT, { .i = &set.from_epoch }, "n", 0, 1e9,
	    "with -S decay: from the end of epoch n on" },
	{ 'H', "hidden", OPT_INT, { .i = &set.hidden }, "n", 1, 65536, "hidden units in each layer" },
	{ 'i', "from", OPT_STR, { .s = &o.from }, "model", 0, 0, "start from its weights" },
	{ 'I', "init", OPT_WORD, { .word = &set.init }, "auto|" INIT_NAMES, 0, 0, "initial weights" },
	{ 'j', "threads", OPT_INT, { .i = &o.threads }, "n", 0, 1024,
	    "threads; 0: one per processor" },
	{ 'k', "clip", OPT_REAL, { .x = &set.clip }, "x", 0, 1e15,
	    "clip each gradient component to +-x; 0: off" },
	{ 'K', "clip-norm", OPT_REAL, { .x = &set.clip_norm }, "x", 0, 1e15,
	    "clip the norm of the gradient to x; 0: off" },
	{ 'l', "log", OPT_INT, { .i = &set.log }, "n", 0, 1e15, "smoothed loss every n steps" },
	{ 'L', "layers", OPT_INT, { .i = &set.layers }, "n", 1, MODEL_LAYERS_MAX, "hidden layers" },
	{ 'm', "embed", OPT_INT, { .i = &set.embed }, "n", 0, 65536, "embedding size; 0: none" },
	{ 'n', "limit", OPT_INT, { .i = &set.limit }, "n", 0, 1e15, "only the first n sentences" },
	{ 'N', "steps", OPT_INT, { .i = &o.steps }, "n", 0, 1e15, "stop after n steps; 0: never" },
	{ 'o', "output", OPT_STR, { .s = &o.out }, "file", 0, 0, "model file to write" },
	{ 'O', "optimiser", OPT_WORD, { .word = &set.rule }, RULE_WORDS, 0, 0, "update rule" },
	{ 'p', "dropout", OPT_REAL, { .x = &set.dropout }, "rate", 0, 0.99,
	    "dropout rate: fraction of outputs dropped" },
	{ 'P', "patience", OPT_INT, { .i = &set.patience }, "n", 0, 1e15,
	    "early stopping: n evaluations without gain" },
	{ 'r', "rate", OPT_REAL, { .x = &set.rate }, "rate", 0, 1e6, "initial learning rate; sgd:" },
	{ 'R', "resume", OPT_STR, { .s = &o.resume }, "model", 0, 0, "resume its training" },
	{ 's', "seed", OPT_INT, { .i = &set.seed }, "n", 0, 4294967295.0, "random seed" },
	{ 'S', "schedule", OPT_WORD, { .word = &set.schedule }, HYPERPARAMS_RATES, 0, 0,
	    "learning rate schedule" },
	{ 't', "tie", OPT_FLAG, { .flag = &set.tied }, NULL, 0, 0,
	    "tie the output weights to the embeddings (-m)" },
	{ 'T', "seq-length", OPT_INT, { .i = &set.chunk }, "n", 0, 1e9,
	    "tokens of a stream per step; 0: line by line" },
	{ 'v', "valid", OPT_STR, { .s = &o.valid }, "file|fraction", 0, 0,
	    "validation set: a file, or the last fraction" },
	{ 0, "dropout-masks", OPT_WORD, { .word = &set.masks }, DROPOUT_MASKS, 0, 0,
	    "a mask for each word or sequence" },
	{ 0, "embed-dropout", OPT_REAL, { .x = &set.embed_dropout }, "rate", 0, 0.99,
	    "dropout rate of the embeddings" },
	{ 0, "force", OPT_FLAG, { .flag = &o.force }, NULL, 0, 0, "replace any file at -o" },
	{ 0, "grow", OPT_FLAG, { .flag = &set.grow }, NULL, 0, 0, "with -i: the text may have new words" },
	{ 0, "max-loss-ratio", OPT_REAL, { .x = &o.max_loss_ratio }, "x", 0, 1e6,
	    "stop at a loss of x times ln C; 0: never" },
	PROGRESS_OPTION,
	{ 0, "project", OPT_INT, { .i = &set.project }, "n", 0, 65536,
	    "size of a projection layer; 0: none" },
	{ 0, "save-every", OPT_STR, { .s = &o.save_every }, "time|steps", 0, 0,
	    "save between evaluations; 0: never" },
	{ 0, "shuffle", OPT_FLAG, { .flag = &set.shuffle }, NULL, 0, 0,
	    "another order of the lines in each epoch" },
	{ 0, "softmax", OPT_WORD, { .word = &set.softmax }, SOFTMAX_NAMES, 0, 0,
	    "output layer in training" },
	{ 0, "samples", OPT_INT, { .i = &set.samples }, "n", 1, 1e6,
	    "with --softmax sampled: noise words per step" },
	{ 0, "noise-power", OPT_REAL, { .x = &set.noise_power }, "x", 0, 4,
	    "the same: power of the words' counts" },
	{ 0, "cutoffs", OPT_STR, { .s = &o.cutoffs }, "list", 0, 0,
	    "first words of adaptive's clusters" },
	{ 0, "reduction", OPT_INT, { .i = &set.reduction }, "n", 1, CLUSTERS_REDUCTION_MAX,
	    "the same: how much shorter their rows are" },
	{ 0, "warmup", OPT_INT, { .i = &set.warmup }, "n", 0, 1e9,
	    "first steps, with a rising learning rate" },
	{ 0, "weight-decay", OPT_REAL, { .x = &set.weight_decay }, "x", 0, 1e6, "with -O adamw" },
	{ 0 }
};
static const struct command command = {
	.summary = "train a recurrent neural network language model",
	.operands = "[index-stream ...]", .table = options,
	.example = "tok comments.csv | vocab -n 500 | encode | train -c gru -e 5 -o m.npz"
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

	t->any_unit = o.resume != NULL;
	t->chunk = o.resume ? p->hyper.chunk : (uint32_t)set.chunk;
	t->stream_only = options_given('T') && set.chunk;
	t->train.limit = o.resume ? p->limit : (size_t)set.limit;
	die_if(training_text_read(t, &t->train, in));
}

static void
read_validation(struct training_run *run, double fraction)
{
	die_if(training_text_validate(&run->text, fraction, fraction > 0 ? NULL : o.valid));
}

/* Settings that follow from the text or from others, unless they are given. */
static void
leave_open(void)
{
	if (!options_given('b'))
		set.bptt = -1;
	if (!options_given('E'))
		set.every = -1;
	if (!options_given('r'))
		set.rate = -1;
	set.has_valid = o.valid != NULL;
	set.valid_fraction = valid_fraction();
}

/* A new model with random weights. */
static void
new_model(struct training_run *run)
{
	const struct vocab *v = &run->text.vocab;
	const char *why = model_new(&run->model, train_settings_shape(&set, v));

	if (why)
		die("a model of %ld hidden units and %" PRIu32 " words: %s", set.hidden, v->size, why);
	die_if(training_run_set_vocab(run, NULL));
	train_settings_init(&set, &run->model);
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
	const char *path = o.from ? o.from : o.resume, *why;
	struct errmsg line;

	device_load(m, path, set.f64);
	set.embed = m->shape.embed;
	if (o.resume && !m->has_progress)
		die("%s: the model holds no training progress to resume; start a new run with -i", path);
	check_bptt(m->shape.cell);
	if (o.from && (why = train_settings_reject(&set, options_given_name, m, &line)) != NULL)
		die("%s: %s", path, why);
}

/* Applies the options that may change when a run is resumed. */
static void
apply_options(struct model_progress *p)
{
	if ((uint32_t)set.batch != p->batch && options_given('B') && p->hyper.chunk && p->sentence)
		die_usage("-B cannot change in the middle of an epoch of a stream (-R)");
	if (options_given_name("weight-decay") && rule_kinds[p->hyper.rule].weight_decay == 0)
		die_usage("--weight-decay needs -O adamw, and this run (-R) has another rule");
	train_settings_change(&set, options_given_name, p);
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

	die_if(training_run_set_vocab(run, o.resume));
	if (o.valid && fraction != p->hyper.valid)
		die("%s: the fraction of text for validation is %g in this run; repeat its -v", o.resume,
		    p->hyper.valid);
	read_validation(run, p->hyper.valid);
	if ((why = trainer_check_fingerprints(p, &run->text.train, &run->text.valid)) != NULL)
		die("%s: %s", o.resume, why);
	apply_options(p);
	if (options_given('P') && set.patience && run->text.valid.steps == 0)
		die("%s: -P needs a validation set, and this run has none; start a new run with -i", o.resume);
	check_patience(p->hyper.patience, p->every);
}

/* Starts a new run, from random weights or those of -i. */
static void
start(struct training_run *run)
{
	struct model *m = &run->model;

	leave_open();
	read_validation(run, set.valid_fraction);
	if (o.from)
		die_if(set.grow ? training_run_grow(run, &set, o.from, prog_note_line) :
		    training_run_set_vocab(run, o.from));
	else
		new_model(run);
	m->has_progress = true;
	m->progress = train_settings_progress(&set, training_text_chunk(&run->text, m->vocab.unit));
	die_if(model_alloc_optimiser(m));
}

/* What "auto" takes for the batches of this run. */
static struct backend *
choose_device(const struct training_run *run)
{
	const struct model_progress *p = &run->model.progress;
	const struct corpus *text = &run->text.train;
	double words = text->n ? (double)text->steps / (double)text->n : 1;
	struct workload w = { &run->model.shape, &p->hyper, p->batch,
	    p->hyper.chunk ? p->hyper.chunk : words };

	return device_open(o.device, run->model.shape.real, o.threads, &w);
}

/* All that can be said about the files to write before any input is read. */
static void
claim_output(struct checkpoint *p)
{
	die_if(checkpoint_claim(p, false));
	if (prog_same_file(o.resume, p->model))
		return;
	checkpoint_find_stale(p, o.valid ? NULL : o.from);
	if (o.force)
		return;
	die_if(checkpoint_refuse(p, false, options_given('o')));
	if (o.valid || p->stale)
		die_if(checkpoint_refuse(p, true, options_given('o')));
}

static const char *
command_to_resume(struct errmsg *line)
{
	return resume_command(&to_resume, o.steps ? "-N" : NULL, (uint64_t)o.steps, line);
}

/* Before the first step: what can be said about the files when the run is known. */
static void
begin_output(struct training_run *run)
{
	die_if(training_run_claim_best(run, o.resume, o.force));
	if (!o.force)
		checkpoint_tell(&run->checkpoint, prog_note_line);
}

/* Ends as the signal would have ended the program, which stops a loop of the shell. */
static void
end_by_signal(struct training_run *run, const char *why)
{
	int number = signals_came();
	struct errmsg resume, line;

	if (why == NULL && run->model.progress.steps && number != SIGPIPE)
		training_run_tell(run, prog_note_line);
	if (why == NULL)
		why = training_run_interruption(run, number, command_to_resume(&resume), &line);
	if (why)
		prog_warn("%s", why);
	training_run_free(run);
	lock_file_release();
	signals_die(number);
}

static void
train(struct training_run *run)
{
	struct model_progress *p = &run->model.progress;
	struct errmsg line;
	const char *why, *saved;
	bool more;

	die_if(workers_check(&run->workers, p));
	die_if(share_run(&run->workers, &run->model, &run->text, &more));
	die_if(training_run_open(run));
	begin_output(run);
	signals_defer();
	why = training_run_train(run, stdout);
	if (signals_came() && !run->trainer.diverged)
		end_by_signal(run, why);
	if (why == run->log_failure.text && p->steps)
		die("%s; the model is saved; resume with: %s", why, command_to_resume(&line));
	if (!run->trainer.diverged)
		die_if(why);
	saved = run->saved || prog_same_file(o.resume, o.out) ? o.out : "none";
	if (why)
		die("%s; try a smaller -r, or clip the gradient with -k or -K (last model saved: %s)",
		    why, saved);
	training_run_tell(run, prog_note_line);
	if (run_report_reason(p, run->max_steps) == RUN_PATIENCE)
		prog_note("to continue: %s", resume_command_beyond(&to_resume, p, run->max_steps, &line));
}

/* Resuming a finished run only copies its models. */
static void
resume_finished(struct training_run *run)
{
	const struct model_progress *p = &run->model.progress;
	struct errmsg line;
	bool more;

	prog_note("%s: nothing to do: the run has finished after %" PRIu64 " epochs, %" PRIu64
	    " steps; to continue: %s", o.resume, p->epoch, p->steps,
	    resume_command_beyond(&to_resume, p, run->max_steps, &line));
	die_if(share_run(&run->workers, NULL, &run->text, &more));
	workers_close(&run->workers);
	begin_output(run);
	die_if(training_run_copy(run, o.resume));
}

static struct backend *
open_device(enum real_type real, const struct workers *w)
{
	return device_open(o.device, real, workers_threads(w, o.threads), NULL);
}

/* What workers other than 0 do. */
static void
follow(struct training_run *run)
{
	const char *why;

	prog_quiet = true;
	why = training_run_follow(run, open_device);
	if (run->workers.t)
		die("process %d: %s", run->workers.rank, why);
	if (signals_came() && !run->trainer.diverged)
		signals_die(signals_came());
	exit(why ? PROG_FAIL : PROG_OK);
}

/* The options of --softmax adaptive. */
static void
check_clusters(void)
{
	if (o.cutoffs && !clusters_parse(&set.clusters, o.cutoffs))
		die_usage("--cutoffs: '%s' is not a list of at most %d rising word numbers, as in "
		    "2000,10000", o.cutoffs, CLUSTERS_MAX);
	if (set.softmax != SOFTMAX_ADAPTIVE)
		options_reject("cutoffs reduction", "needs --softmax adaptive");
}

/* Options that need or exclude another one. */
static void
check_options(void)
{
	const char *why;

	if (o.from && o.resume)
		die_usage("-i starts a new run and -R resumes one; use one of them");
	if (o.resume && !options_given('o'))
		o.out = o.resume;
	if (o.resume)
		options_reject("a D c f F H I L m n O s S t T softmax samples noise-power cutoffs reduction "
		    "shuffle warmup",
		    "cannot change in a resumed run (-R)");
	if (o.from)
		options_reject("a c I L m t", "cannot be used with -i; the model determines it");
	else
		options_reject("grow", "needs -i");
	if (set.schedule != RATE_DECAYED)
		options_reject("f F", "needs -S decay");
	if (!o.resume && rule_kinds[set.rule].weight_decay == 0)
		options_reject("weight-decay", "needs -O adamw");
	if (set.softmax != SOFTMAX_SAMPLED)
		options_reject("samples noise-power", "needs --softmax sampled");
	check_clusters();
	if (o.resume || o.from)
		options_reject("project cutoffs reduction", "cannot be used with -i or -R; the model determines it");
	if ((why = train_settings_conflict(&set)) != NULL)
		die_usage("%s", why);
	if (set.patience && o.valid == NULL && !o.resume)
		die_usage("-P needs a validation set; give it with -v");
	if (o.resume == NULL)
		check_patience((uint64_t)set.patience, (uint32_t)set.every);
	check_bptt((enum cell)set.cell);
}

static void
set_resume_command(const char *program, const struct prog_inputs *in)
{
	to_resume = (struct resume_command){
		.program = program, .model = o.out, .argc = in->argc, .argv = in->argv,
		.valid = valid_fraction() > 0 ? NULL : o.valid,
		.device = options_given('d') ? backend_device[o.device] : NULL,
		.threads = options_given('j') ? o.threads : -1,
		.max_loss_ratio = options_given_name("max-loss-ratio") ? o.max_loss_ratio : -1,
		.save_every = options_given_name("save-every") ? o.save_every : NULL
	};
}

int
main(int argc, char *argv[])
{
	static struct training_run run;
	struct prog_inputs in = { 0 };
	enum real_type real;
	const char *why;

	prog_init(argv[0]);
	in.argv = argv + options_parse(argc, argv, &command);
	in.argc = (int)(argv + argc - in.argv);
	check_options();
	if ((why = save_schedule_read(&run.schedule, o.save_every)) != NULL)
		die_usage("--save-every: '%s' %s", o.save_every, why);
	signals_catch(lock_file_release);
	set_resume_command(argv[0], &in);
	checkpoint_set(&run.checkpoint, o.out);
	if (options_given('o') && checkpoint_is_read(&run.checkpoint, &in, o.valid))
		die_usage("-o: %s is also an input; choose another output file", run.checkpoint.subject);
	run.warn = prog_warn_line;
	run.max_steps = (uint64_t)o.steps;
	run.max_loss_ratio = o.max_loss_ratio;
	die_if(workers_open(&run.workers));
	if (run.workers.rank > 0)
		follow(&run);
	claim_output(&run.checkpoint);
	if (o.from || o.resume)
		load_model(&run);
	if (set.embed_dropout > 0 && set.embed == 0)
		die_usage("--embed-dropout needs embeddings (-m)");
	real = o.from || o.resume ? run.model.shape.real : set.f64 ? REAL_F64 : REAL_F32;
	/* a device that cannot be opened is reported at once; processes all choose alike */
	if (!device_is_auto(o.device) || run.workers.size > 1)
		run.k = open_device(real, &run.workers);
	else
		device_check_cpu(real);
	read_text(&run, &in);
	if (o.resume)
		resume(&run);
	else
		start(&run);
	if (run.k == NULL)
		run.k = choose_device(&run);
	trainer_set_fingerprints(&run.model.progress, &run.text.train, &run.text.valid);
	if (o.resume && trainer_is_finished(&run.model.progress, run.max_steps))
		resume_finished(&run);
	else
		train(&run);
	training_run_free(&run);
	return prog_finish();
}
