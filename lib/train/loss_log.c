/*
 * loss_log.c - the lines of the loss log.
 */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <time.h>

#include "loss_log.h"

void
loss_log_begin(struct loss_log *l, FILE *out, const struct trainer *s)
{
	*l = (struct loss_log){ .out = out, .train = s->train, .valid = s->valid,
		.watch = &s->watch };
	run_report_begin(&l->report, s->p, s->watch.chance);
	progress_start(&l->steps, s->p->seen);
	progress_start(&l->evaluation, 0);
}

static void
flush_log(struct loss_log *l)
{
	if (fflush(l->out) != 0 && l->error == 0)
		l->error = errno;
}

static void
write_loss(struct loss_log *l, const char *what, const struct model_progress *p, double loss)
{
	time_t t = time(NULL);
	char when[32];

	strftime(when, sizeof(when), "%Y-%m-%d %H:%M:%S", localtime(&t));
	fprintf(l->out, "%s: %s after num_examples_seen=%" PRIu64 " epoch=%" PRIu64 ": %f\n", when,
	    what, p->seen, p->epoch, loss);
	flush_log(l);
}

void
loss_log_evaluated(void *arg, const struct model_progress *p, const struct evaluation *e)
{
	struct loss_log *l = arg;

	progress_clear(&l->steps);
	progress_start(&l->steps, p->seen);	/* its speed is that of training alone */
	progress_start(&l->evaluation, 0);
	if (l->valid && isfinite(e->training))
		write_loss(l, p->hyper.softmax == SOFTMAX_SAMPLED ? "Sampled training loss" :
		    "Training loss", p, e->training);
	write_loss(l, l->valid ? "Validation loss" : "Loss", p, e->loss);
	run_report_evaluated(&l->report, p, e);
}

void
loss_log_rate_changed(void *arg, double rate)
{
	struct loss_log *l = arg;

	progress_clear(&l->steps);
	fprintf(l->out, "Setting learning rate to %f\n", rate);
	flush_log(l);
}

void
loss_log_smoothed(void *arg, const struct model_progress *p)
{
	struct loss_log *l = arg;

	progress_clear(&l->steps);
	write_loss(l, "Smoothed loss", p, p->smoothed);
}

const char *
loss_log_unit(const struct corpus *c)
{
	return c->joined ? "chunks" : "sentences";
}

/* "epoch 3 of 10", and with a validation set both losses beside each other. */
static void
set_label(const struct loss_log *l, const struct model_progress *p, char *label, size_t size)
{
	double training = loss_watch_mean(l->watch);
	int n = snprintf(label, size, "epoch %" PRIu64 " of %" PRIu64, p->epoch + 1, p->epochs);

	if (isfinite(training) && n > 0 && (size_t)n < size)
		n += snprintf(label + n, size - (size_t)n, ", loss %.4f", training);
	if (l->valid && isfinite(p->loss) && n > 0 && (size_t)n < size)
		snprintf(label + n, size - (size_t)n, ", validation loss %.4f", p->loss);
}

void
loss_log_progress(void *arg, const struct model_progress *p, uint64_t evaluated)
{
	struct loss_log *l = arg;
	char label[128];

	if (evaluated) {
		progress_show(&l->evaluation, "evaluating", evaluated,
		    l->valid ? l->valid->steps : l->train->steps, "words");
		return;
	}
	set_label(l, p, label, sizeof(label));
	progress_show(&l->steps, label, p->seen,
	    p->seen + (p->epochs - p->epoch) * p->sentences - p->sentence, loss_log_unit(l->train));
}

void
loss_log_end(struct loss_log *l)
{
	progress_clear(&l->steps);
}
