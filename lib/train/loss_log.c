/*
 * loss_log.c - lines of the loss log.
 */
#include <errno.h>
#include <inttypes.h>
#include <time.h>

#include "loss_log.h"

void
loss_log_begin(struct loss_log *l, FILE *out, const struct corpus *c, const struct corpus *valid,
    uint64_t seen)
{
	*l = (struct loss_log){ .out = out, .c = c, .valid = valid };
	progress_start(&l->steps, seen);
	progress_start(&l->looking, 0);
}

static void
flush(struct loss_log *l)
{
	if (fflush(l->out) != 0 && l->error == 0)
		l->error = errno;
}

static void
line(struct loss_log *l, const char *what, const struct model_progress *p, double loss)
{
	time_t t = time(NULL);
	char when[32];

	strftime(when, sizeof(when), "%Y-%m-%d %H:%M:%S", localtime(&t));
	fprintf(l->out, "%s: %s after num_examples_seen=%" PRIu64 " epoch=%" PRIu64 ": %f\n", when,
	    what, p->seen, p->epoch, loss);
	flush(l);
}

void
loss_log_evaluated(void *arg, const struct model_progress *p, double loss)
{
	struct loss_log *l = arg;

	progress_clear(&l->steps);
	progress_start(&l->steps, p->seen);	/* the rate is that of steps */
	progress_start(&l->looking, 0);
	line(l, l->valid ? "Validation loss" : "Loss", p, loss);
}

void
loss_log_slowed(void *arg, double rate)
{
	struct loss_log *l = arg;

	progress_clear(&l->steps);
	fprintf(l->out, "Setting learning rate to %f\n", rate);
	flush(l);
}

void
loss_log_smoothed(void *arg, const struct model_progress *p)
{
	struct loss_log *l = arg;

	progress_clear(&l->steps);
	line(l, "Smoothed loss", p, p->smoothed);
}

const char *
loss_log_unit(const struct corpus *c)
{
	return c->joined ? "chunks" : "sentences";
}

void
loss_log_tick(void *arg, const struct model_progress *p, uint64_t evaluated)
{
	struct loss_log *l = arg;
	char label[64];

	if (evaluated) {
		progress_show(&l->looking, "evaluating", evaluated,
		    l->valid ? l->valid->steps : l->c->steps, "words");
		return;
	}
	snprintf(label, sizeof(label), "epoch %" PRIu64 " of %" PRIu64, p->epoch + 1, p->epochs);
	progress_show(&l->steps, label, p->seen,
	    p->seen + (p->epochs - p->epoch) * p->sentences - p->sentence, loss_log_unit(l->c));
}

void
loss_log_end(struct loss_log *l)
{
	progress_clear(&l->steps);
}
