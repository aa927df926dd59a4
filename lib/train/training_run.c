/*
 * training_run.c - trains, and saves the model when it is time.
 */
#include <string.h>

#include "signals.h"
#include "training_run.h"

static const char *
device_failure(struct training_run *r, const char *why)
{
	return errmsg_set(&r->err, "device %s: %s", r->k->name, why);
}

/* For struct trainer_callbacks. */
static const char *
save_model(void *arg, bool best)
{
	struct training_run *r = arg;
	const char *why = net_store(&r->net, &r->model);

	if (why || (why = trainer_store(&r->trainer, &r->model)) != NULL)
		return device_failure(r, why);
	why = checkpoint_save(&r->checkpoint, &r->model, best);
	if (why && !model_is_finite(&r->model))
		return trainer_set_diverged(&r->trainer, "the weights are no longer finite");
	if (why)
		return errmsg_set(&r->err, "%s: %s", r->checkpoint.subject, why);
	r->saved = true;
	return NULL;
}

static bool
should_stop(void *arg)
{
	const struct loss_log *l = arg;

	return signals_came() || l->error;
}

const char *
training_run_open(struct training_run *r)
{
	const char *why;

	r->trainer = (struct trainer){
		.net = &r->net, .train = &r->text.train, .p = &r->model.progress,
		.valid = r->text.valid.steps ? &r->text.valid : NULL, .max_steps = r->max_steps,
		.callbacks = { &r->log, loss_log_evaluated, loss_log_rate_changed,
		    loss_log_smoothed, r, save_model, loss_log_progress, should_stop }
	};
	if ((why = net_open(&r->net, r->k, &r->model)) != NULL ||
	    (why = trainer_begin(&r->trainer, &r->model)) != NULL)
		return device_failure(r, why);
	return NULL;
}

const char *
training_run_train(struct training_run *r, FILE *out)
{
	struct model_progress *p = &r->model.progress;
	const char *why;

	loss_log_begin(&r->log, out, &r->text.train, r->trainer.valid, p->seen);
	why = trainer_run(&r->trainer, p->epochs);
	loss_log_end(&r->log);
	if (r->log.error)
		return errmsg_set(&r->err, "write error on standard output: %s",
		    strerror(r->log.error));
	if (why && !r->trainer.diverged && why != r->err.text)
		return device_failure(r, why);
	return why ? why : save_model(r, false);
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
