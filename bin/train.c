/*
 * train - trains a recurrent language model on index streams
 *
 * Writes the loss log to standard output and the model to a file.  The training loop and
 * the saving of models are in lib/train; this file decides what to start from: new weights,
 * those of another model, or an interrupted run.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "device.h"
#include "lock_file.h"
#include "options.h"
#include "prog.h"
#include "resume_command.h"
#include "share_run.h"
#include "signals.h"
#include "train_options.h"
#include "training_run.h"

static struct train_options *o;
static struct resume_command to_resume;

static void
read_text(struct training_run *run, struct prog_inputs *in)
{
	struct training_text *t = &run->text;
	const struct model_progress *p = &run->model.progress;

	t->any_unit = o->resume != NULL;
	t->chunk = o->resume ? p->hyper.chunk : (uint32_t)o->set.chunk;
	t->stream_only = options_given('T') && o->set.chunk;
	t->train.limit = o->resume ? p->limit : (size_t)o->set.limit;
	die_if(training_text_read(t, &t->train, in));
}

static void
read_validation(struct training_run *run, double fraction)
{
	die_if(training_text_validate(&run->text, fraction, fraction > 0 ? NULL : o->valid));
}

/* A new model with random weights. */
static void
new_model(struct training_run *run)
{
	const struct vocab *v = &run->text.vocab;
	const char *why = model_new(&run->model, train_settings_shape(&o->set, v));

	if (why)
		die("a model of %ld hidden units and %" PRIu32 " words: %s", o->set.hidden, v->size, why);
	die_if(training_run_set_vocab(run, NULL));
	train_settings_init(&o->set, &run->model);
}

/* Loads the model of -i or -R, before any input is read. */
static void
load_model(struct training_run *run)
{
	struct model *m = &run->model;
	const char *path = o->from ? o->from : o->resume, *why;
	struct errmsg line;

	device_load(m, path, o->set.f64);
	o->set.embed = m->shape.embed;
	if (o->resume && !m->has_progress)
		die("%s: the model holds no training progress to resume; start a new run with -i", path);
	train_options_check_bptt(m->shape.cell);
	if (o->from && (why = train_settings_reject(&o->set, options_given_name, m, &line)) != NULL)
		die("%s: %s", path, why);
}

/* Applies the options that may change when a run is resumed. */
static void
apply_options(struct model_progress *p)
{
	if ((uint32_t)o->set.batch != p->batch && options_given('B') && p->hyper.chunk && p->sentence)
		die_usage("-B cannot change in the middle of an epoch of a stream (-R)");
	if (options_given_name("weight-decay") && rule_kinds[p->hyper.rule].weight_decay == 0)
		die_usage("--weight-decay needs -O adamw, and this run (-R) has another rule");
	train_settings_change(&o->set, options_given_name, p);
}

static void
resume(struct training_run *run)
{
	struct model_progress *p = &run->model.progress;
	double fraction = o->set.valid_fraction;
	const char *why;

	die_if(training_run_set_vocab(run, o->resume));
	if (o->valid && fraction != p->hyper.valid)
		die("%s: the fraction of text for validation is %g in this run; repeat its -v", o->resume,
		    p->hyper.valid);
	read_validation(run, p->hyper.valid);
	if ((why = trainer_check_fingerprints(p, &run->text.train, &run->text.valid)) != NULL)
		die("%s: %s", o->resume, why);
	apply_options(p);
	if (options_given('P') && o->set.patience && run->text.valid.steps == 0)
		die("%s: -P needs a validation set, and this run has none; start a new run with -i", o->resume);
	train_options_check_patience(p->hyper.patience, p->every);
}

/* Starts a new run, from random weights or those of -i. */
static void
start(struct training_run *run)
{
	struct model *m = &run->model;

	read_validation(run, o->set.valid_fraction);
	if (o->from)
		die_if(o->set.grow ? training_run_grow(run, &o->set, o->from, prog_note_line) :
		    training_run_set_vocab(run, o->from));
	else
		new_model(run);
	m->has_progress = true;
	m->progress = train_settings_progress(&o->set, training_text_chunk(&run->text, m->vocab.unit));
	die_if(model_alloc_optimiser(m));
}

static struct backend *
with_precision(struct backend *k)
{
	if (o->precision == TRAIN_TF32)
		device_use_tf32(k);
	return k;
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

	return with_precision(device_open(o->device, run->model.shape.real, o->threads, &w));
}

/* All that can be said about the files to write before any input is read. */
static void
claim_output(struct checkpoint *p)
{
	die_if(checkpoint_claim(p, false));
	if (prog_same_file(o->resume, p->model))
		return;
	checkpoint_find_stale(p, o->valid ? NULL : o->from);
	if (o->force)
		return;
	die_if(checkpoint_refuse(p, false, options_given('o')));
	if (o->valid || p->stale)
		die_if(checkpoint_refuse(p, true, options_given('o')));
}

static const char *
command_to_resume(struct errmsg *line)
{
	return resume_command(&to_resume, o->steps ? "-N" : NULL, (uint64_t)o->steps, line);
}

/* Before the first step: what can be said about the files when the run is known. */
static void
begin_output(struct training_run *run)
{
	die_if(training_run_claim_best(run, o->resume, o->force));
	if (!o->force)
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

	die_if(workers_check(&run->workers, &run->model, run->max_steps));
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
	saved = run->saved || prog_same_file(o->resume, o->out) ? o->out : "none";
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
	    " steps; to continue: %s", o->resume, p->epoch, p->steps,
	    resume_command_beyond(&to_resume, p, run->max_steps, &line));
	die_if(share_run(&run->workers, NULL, &run->text, &more));
	workers_close(&run->workers);
	begin_output(run);
	die_if(training_run_copy(run, o->resume));
}

static struct backend *
open_device(enum real_type real, const struct workers *w)
{
	return with_precision(device_open(o->device, real, workers_threads(w, o->threads), NULL));
}

/* What workers other than 0 do.  After a signal, worker 0 ends by it for all: MPICH would kill it
 * in its last words if another did so first. */
static void
follow(struct training_run *run)
{
	const char *why;

	prog_quiet = true;
	why = training_run_follow(run, open_device);
	if (run->workers.t)
		die("process %d: %s", run->workers.rank, why);
	exit(why ? PROG_FAIL : PROG_OK);
}

static void
set_resume_command(const char *program, const struct prog_inputs *in)
{
	to_resume = (struct resume_command){
		.program = program, .model = o->out, .argc = in->argc, .argv = in->argv,
		.valid = o->set.valid_fraction > 0 ? NULL : o->valid,
		.device = options_given('d') ? backend_device[o->device] : NULL,
		.precision = o->precision == TRAIN_TF32 ? "tf32" : NULL,
		.threads = options_given('j') ? o->threads : -1,
		.max_loss_ratio = options_given_name("max-loss-ratio") ? o->max_loss_ratio : -1,
		.save_every = options_given_name("save-every") ? o->save_every : NULL
	};
}

int
main(int argc, char *argv[])
{
	static struct training_run run;
	struct prog_inputs in = { 0 };
	enum real_type real;
	const char *why;
	int operand;

	prog_init(argv[0]);
	o = train_options_parse(argc, argv, &operand);
	in.argv = argv + operand;
	in.argc = (int)(argv + argc - in.argv);
	if ((why = save_schedule_read(&run.schedule, o->save_every)) != NULL)
		die_usage("--save-every: '%s' %s", o->save_every, why);
	signals_catch(lock_file_release);
	set_resume_command(argv[0], &in);
	checkpoint_set(&run.checkpoint, o->out);
	if (options_given('o') && checkpoint_is_read(&run.checkpoint, &in, o->valid))
		die_usage("-o: %s is also an input; choose another output file", run.checkpoint.subject);
	run.warn = prog_warn_line;
	run.max_steps = (uint64_t)o->steps;
	run.max_loss_ratio = o->max_loss_ratio;
	die_if(workers_open(&run.workers));
	if (run.workers.rank > 0)
		follow(&run);
	claim_output(&run.checkpoint);
	if (o->from || o->resume)
		load_model(&run);
	if (o->set.embed_dropout > 0 && o->set.embed == 0)
		die_usage("--embed-dropout needs embeddings (-m)");
	real = o->from || o->resume ? run.model.shape.real : o->set.f64 ? REAL_F64 : REAL_F32;
	/* a device that cannot be opened is reported at once; processes all choose alike */
	if (!device_is_auto(o->device) || run.workers.size > 1)
		run.k = open_device(real, &run.workers);
	else
		device_check_cpu(real);
	read_text(&run, &in);
	if (o->resume)
		resume(&run);
	else
		start(&run);
	if (run.k == NULL)
		run.k = choose_device(&run);
	trainer_set_fingerprints(&run.model.progress, &run.text.train, &run.text.valid);
	if (o->resume && trainer_is_finished(&run.model.progress, run.max_steps))
		resume_finished(&run);
	else
		train(&run);
	training_run_free(&run);
	return prog_finish();
}
