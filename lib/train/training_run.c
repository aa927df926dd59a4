/*
 * training_run.c - trains, and saves the model when it is time.
 */
#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "model_grow.h"
#include "seconds.h"
#include "signals.h"
#include "training_run.h"
#include "weight_average.h"

static const char *
device_failure(struct training_run *r, const char *why)
{
	return errmsg_set(&r->err, "device %s: %s", r->k->name, why);
}

/* Writes one of the models.  NULL, or a message, which is kept until the next attempt. */
static const char *
write_model(struct training_run *r, bool best)
{
	struct errmsg *failure = best ? &r->best_failure : &r->latest_failure;
	const char *why = checkpoint_save(&r->checkpoint, &r->model, best);

	*failure->text = '\0';
	return why ? errmsg_set(failure, "%s: not saved: %s", r->checkpoint.subject, why) : NULL;
}

static void
find_best(struct training_run *r, const char *from)
{
	struct checkpoint old = { 0 }, *to = &r->checkpoint;
	struct errmsg line;
	const char *why;

	if (!isfinite(r->model.progress.best))
		return;
	checkpoint_set(&old, from);
	why = checkpoint_check_best(to, &r->model);
	if (!checkpoint_shares_best(&old, to))
		r->best_from = from;
	else if (why && access(to->best, F_OK) == 0)
		r->warn(errmsg_set(&line, "%s: not the best model of this run: %s", to->best, why));
}

const char *
training_run_claim_best(struct training_run *r, const char *from, bool force)
{
	struct checkpoint *p = &r->checkpoint;
	bool validated = r->text.valid.steps;
	const char *why = NULL;

	if (validated || p->stale)
		why = checkpoint_claim(p, true);
	if (why == NULL && from && validated && !force)
		why = checkpoint_refuse(p, true, true);
	if (why == NULL && from)
		find_best(r, from);
	return why;
}

/* Copies the best model from its place, unless it is that of another run.  A resumed best
 * model has none beside it, and may be in the place where it belongs. */
static void
copy_best(struct training_run *r)
{
	struct checkpoint old = { 0 }, *to = &r->checkpoint;
	struct errmsg line;
	const char *why;

	if (r->best_from == NULL)
		return;
	checkpoint_set(&old, r->best_from);
	r->best_from = NULL;
	why = checkpoint_check_best(&old, &r->model);
	if (why == NULL)
		why = checkpoint_copy(to, &old, true);
	if (why && !to->has_best)
		r->warn(errmsg_set(&line, "%s: not copied to %s: %s", old.best, to->best, why));
}

static void
remove_stale(struct training_run *r)
{
	struct errmsg line;
	const char *why = checkpoint_remove_stale(&r->checkpoint);

	if (why)
		r->warn(errmsg_set(&line, "%s: the best model of another run is %s",
		    r->checkpoint.best, why));
}

const char *
training_run_copy(struct training_run *r, const char *from)
{
	struct checkpoint old = { 0 };
	const char *why;

	checkpoint_set(&old, from);
	copy_best(r);
	if ((why = checkpoint_copy(&r->checkpoint, &old, false)) != NULL)
		return errmsg_set(&r->err, "%s: %s", r->checkpoint.model, why);
	remove_stale(r);
	return NULL;
}

/* The best model comes first, so that a run killed in between has it when resumed. */
static const char *
write_files(struct training_run *r, bool best)
{
	const char *why, *latest;

	if (!best)
		copy_best(r);
	r->best_from = NULL;
	why = best ? write_model(r, true) : NULL;
	latest = write_model(r, false);
	save_schedule_restart(&r->schedule);
	if (latest == NULL) {
		r->saved = true;
		r->changed = false;
		remove_stale(r);
	}
	return why ? why : latest;
}

/*
 * Writes the models; worker 0 does, and tells the others what came of it.  NULL or a message:
 * of the device, of divergence, or, with *unsaved true, that a file was not written.
 */
static const char *
write_models(struct training_run *r, bool best, bool *unsaved)
{
	const char *why = weight_average_store(&r->net, &r->model);

	*unsaved = false;
	if (why || (why = trainer_store(&r->trainer)) != NULL)
		return device_failure(r, why);
	if (r->workers.rank == 0)
		why = write_files(r, best);
	*unsaved = why != NULL;
	workers_broadcast(&r->workers, unsaved, sizeof(*unsaved));
	workers_broadcast(&r->workers, &r->saved, sizeof(r->saved));
	workers_broadcast(&r->workers, &r->changed, sizeof(r->changed));
	if (*unsaved && !model_is_finite(&r->model)) {
		*unsaved = false;
		return trainer_set_diverged(&r->trainer, "the weights are no longer finite");
	}
	return *unsaved && why == NULL ? "process 0 could not save the model" : why;
}

/* The functions for struct trainer_callbacks. */

static const char *
save_model(void *arg, bool best)
{
	struct training_run *r = arg;
	struct errmsg line;
	const char *why;
	bool unsaved;

	if (r->model.progress.steps == 0)
		return NULL;
	why = write_models(r, best, &unsaved);
	if (why == NULL || !unsaved)
		return why;
	r->warn(errmsg_set(&line, "%s; training continues, and the next save tries again", why));
	return NULL;
}

static bool
is_save_due(void *arg)
{
	const struct training_run *r = arg;

	return save_schedule_is_due(&r->schedule, r->model.progress.steps);
}

static void
note_progress(void *arg, const struct model_progress *p, uint64_t evaluated)
{
	struct training_run *r = arg;

	r->changed = r->changed || evaluated == 0;
	loss_log_progress(&r->log, p, evaluated);
}

/* The answer to SIGUSR1. */
static void
report_progress(struct training_run *r)
{
	const struct model_progress *p = &r->model.progress;
	const struct corpus *judged = r->trainer.valid ? r->trainer.valid : r->trainer.train;
	uint64_t steps = p->steps - r->first_step;
	struct errmsg line = { "" };

	errmsg_set(&line, "epoch %" PRIu64 " of %" PRIu64 ": %" PRIu64 " of %" PRIu64 " %s; %" PRIu64
	    " steps in %.0f s", p->epoch + (p->epoch < p->epochs), p->epochs, p->sentence,
	    p->sentences, loss_log_unit(r->trainer.train), steps, seconds_now() - r->start);
	if (r->trainer.evaluated)
		errmsg_add(&line, "; evaluating: %" PRIu64 " of %zu words", r->trainer.evaluated,
		    judged->steps);
	if (isfinite(p->loss))
		errmsg_add(&line, "; %s %f", r->trainer.valid ? "validation loss" : "loss", p->loss);
	r->warn(line.text);
}

static bool
should_stop(void *arg)
{
	struct training_run *r = arg;

	if (signals_want_report())
		report_progress(r);
	return signals_came() || r->log.error;
}

static void
warn_user(void *arg, const char *line)
{
	struct training_run *r = arg;
	struct errmsg full;

	loss_log_end(&r->log);
	r->warn(errmsg_set(&full, "%s: training may be diverging; try a smaller -r, or clip the "
	    "gradient with -k or -K", line));
}

const char *
training_run_set_vocab(struct training_run *r, const char *path)
{
	struct model *m = &r->model;
	struct vocab *v = &r->text.vocab;
	const char *why;

	if (path && (why = model_check_vocab(m, v)) != NULL)
		return errmsg_set(&r->err, "%s: %s", path, why);
	if (path && (why = model_check_rules(m, v)) != NULL)
		r->warn(errmsg_set(&r->err, "%s: %s", path, why));
	if (m->has_vocab) {
		m->vocab.rules = v->rules;
		vocab_free(v);
	} else {
		m->vocab = *v;
	}
	m->has_vocab = true;
	*v = (struct vocab){ 0 };
	return NULL;
}

/* A new model for the words of the text, with the weights that m has. */
static const char *
grow_model(struct training_run *r, struct train_settings s)
{
	struct model grown, *m = &r->model;
	struct model_shape shape = m->shape;
	const char *why;

	shape.vocab = r->text.vocab.size;
	if ((why = model_new(&grown, shape)) == NULL) {
		grown.vocab = r->text.vocab;
		grown.has_vocab = true;
		r->text.vocab = (struct vocab){ 0 };
		s.cell = (int)shape.cell;
		train_settings_init(&s, &grown);
		why = model_grow(&grown, m);
	}
	if (why)
		why = errmsg_set(&r->err, "with %" PRIu32 " words: %s", shape.vocab, why);
	model_free(m);
	*m = grown;
	return why;
}

const char *
training_run_grow(struct training_run *r, const struct train_settings *s, const char *path,
    void (*note)(const char *line))
{
	struct model_growth g;
	struct errmsg line;
	const char *why = model_grow_check(&r->model, &r->text.vocab, &g);

	if (why)
		return errmsg_set(&r->err, "%s: %s", path, why);
	if ((why = model_check_rules(&r->model, &r->text.vocab)) != NULL)
		r->warn(errmsg_set(&line, "%s: %s", path, why));
	if ((why = grow_model(r, *s)) != NULL)
		return errmsg_set(&r->err, "%s: %s", path, why);
	note(errmsg_set(&line, "%s: %" PRIu32 " words are new, %" PRIu32 " are the model's%s", path,
	    g.added, g.kept, g.drops_unknown ? "; " VOCAB_UNKNOWN " has no row any more" : ""));
	return NULL;
}

const char *
training_run_open(struct training_run *r)
{
	const char *why = workers_check_device(&r->workers, r->k);

	if (why)
		return why;
	r->trainer = (struct trainer){
		.net = &r->net, .workers = &r->workers, .train = &r->text.train,
		.model = &r->model, .p = &r->model.progress,
		.valid = r->text.valid.steps ? &r->text.valid : NULL, .max_steps = r->max_steps,
		.save_steps = r->schedule.steps, .watch = { .limit = r->max_loss_ratio },
		.callbacks = { .arg = &r->log, .evaluated = loss_log_evaluated,
		    .rate_changed = loss_log_rate_changed, .smoothed = loss_log_smoothed,
		    .run_arg = r, .progress = note_progress, .save = save_model,
		    .is_save_due = is_save_due, .should_stop = should_stop, .warn = warn_user }
	};
	if ((why = net_open_training(&r->net, r->k, &r->model)) != NULL ||
	    (why = weight_average_hide(&r->net, &r->model)) != NULL ||
	    (why = trainer_begin(&r->trainer)) != NULL)
		return device_failure(r, why);
	return NULL;
}

/* The model at the end of the run, unless it is that of the latest save. */
static const char *
save_last(struct training_run *r, bool *unsaved)
{
	bool untrained = r->model.progress.steps == 0;

	if (untrained && r->trainer.stopped)
		return NULL;
	if (r->saved && !r->changed)
		return NULL;
	return write_models(r, false, unsaved);
}

/* Ends with the other workers: a signal that has stopped one of them has stopped all. */
static void
end_together(struct training_run *r)
{
	if (r->trainer.stopped && r->workers.note.stop > 0)
		signals_note(r->workers.note.stop);
	workers_close(&r->workers);
}

static const char *
end_failure(struct training_run *r)
{
	if (*r->best_failure.text)
		return r->best_failure.text;
	if (r->log.error && !signals_came())
		return errmsg_set(&r->log_failure, "write error on standard output: %s",
		    strerror(r->log.error));
	return NULL;
}

const char *
training_run_interruption(const struct training_run *r, int number, const char *resume,
    struct errmsg *line)
{
	const struct model_progress *p = &r->model.progress;

	if (p->steps == 0)
		return errmsg_set(line, "interrupted before the first step; nothing was saved");
	if (trainer_is_finished(p, r->max_steps))
		return NULL;
	return errmsg_set(line, "%s in epoch %" PRIu64 " after %" PRIu64 " %s; resume with: %s",
	    number == SIGPIPE ? "output closed" : "interrupted", p->epoch + 1, p->sentence,
	    loss_log_unit(r->trainer.train), resume);
}

const char *
training_run_train(struct training_run *r, FILE *out)
{
	struct model_progress *p = &r->model.progress;
	const char *why;
	bool unsaved = false;

	r->start = seconds_now();
	r->workers.seconds = r->workers.summed = 0;
	r->first_step = p->steps;
	save_schedule_restart(&r->schedule);
	loss_log_begin(&r->log, out, &r->trainer);
	why = trainer_run(&r->trainer, p->epochs);
	loss_log_end(&r->log);
	if (why && !r->trainer.diverged && why != r->err.text)
		return device_failure(r, why);
	if (why == NULL)
		why = save_last(r, &unsaved);
	if (why == NULL || unsaved || r->trainer.diverged)
		end_together(r);
	return why ? why : end_failure(r);
}

void
training_run_tell(const struct training_run *r, void (*note)(const char *line))
{
	double all = seconds_now() - r->start, steps;
	struct errmsg line;

	run_report_tell(&r->log.report, &r->trainer, &r->checkpoint, note);
	steps = (double)(r->model.progress.steps - r->first_step);
	if (r->workers.size > 1)
		note(errmsg_set(&line, "%d processes; messages between them, and waiting for each other, "
		    "took %.1f %% of the time; they added up %.0f kB in each step", r->workers.size,
		    100 * r->workers.seconds / all, steps > 0 ? r->workers.summed / steps / 1e3 : 0));
}

void
training_run_free(struct training_run *r)
{
	trainer_free(&r->trainer);
	net_free(&r->net);
	r->k->close(r->k);
	training_text_free(&r->text);
	model_free(&r->model);
}
