/*
 * run_report.c - see run_report.h.
 */
#include <inttypes.h>
#include <math.h>

#include "run_report.h"
#include "seconds.h"

/* A resumed run's best evaluation was `stale` scheduled ones before the latest.  Its first
 * one is known as long as it is the latest. */
void
run_report_begin(struct run_report *r, const struct model_progress *p, double chance)
{
	bool begun = isfinite(p->loss) && p->evaluated == 0;

	*r = (struct run_report){ .start = seconds_now(), .first = begun ? p->loss : chance,
		.last = NAN, .best = p->best, .best_epoch = p->evaluated - p->stale * p->every };
}

void
run_report_evaluated(struct run_report *r, const struct model_progress *p,
    const struct evaluation *e)
{
	if (p->steps == 0)
		r->first = e->loss;
	r->last = e->loss;
	if (e->best) {
		r->best = e->loss;
		r->best_epoch = p->epoch;
	}
}

enum run_end
run_report_reason(const struct model_progress *p, uint64_t max_steps)
{
	if (p->hyper.patience && p->stale >= p->hyper.patience)
		return RUN_PATIENCE;
	if (p->epoch >= p->epochs)
		return RUN_EPOCHS;
	return max_steps && p->steps >= max_steps ? RUN_STEPS : RUN_GOES_ON;
}

/* "1:02:03" or "2:03". */
static void
add_time(struct errmsg *line, double seconds)
{
	long s = (long)(seconds + 0.5);

	if (s >= 3600)
		errmsg_add(line, "%ld:%02ld:%02ld", s / 3600, s / 60 % 60, s % 60);
	else
		errmsg_add(line, "%ld:%02ld", s / 60, s % 60);
}

/* Why the run ended. */
static void
set_end(const struct run_report *r, const struct trainer *s, struct errmsg *line)
{
	const struct model_progress *p = s->p;
	double seconds = seconds_now() - r->start;

	switch (run_report_reason(p, s->max_steps)) {
	case RUN_PATIENCE:
		errmsg_set(line, "early stopping after epoch %" PRIu64 ": no lower validation loss in "
		    "%" PRIu64 " evaluations (-P)", p->epoch, p->stale);
		break;
	case RUN_EPOCHS:
		errmsg_set(line, "finished after %" PRIu64 " epochs (-e)", p->epoch);
		break;
	case RUN_STEPS:
		errmsg_set(line, "stopped after %" PRIu64 " steps (-N)", p->steps);
		break;
	default:
		break;
	}
	errmsg_add(line, "; ");
	add_time(line, seconds);
	errmsg_add(line, ", %" PRIu64 " %s", s->watch.total, s->train->joined ? "tokens" : "words");
	if (s->seconds > 0)
		errmsg_add(line, ", %.0f/s", (double)s->watch.total / s->seconds);
}

static void
add_loss(struct errmsg *line, double loss)
{
	double perplexity = exp(loss);

	errmsg_add(line, perplexity < 1e6 ? "%.4f (perplexity %.2f)" : "%.4f (perplexity %.3g)", loss,
	    perplexity);
}

/* The loss of the model at the end: evaluated or, if never, that of training. */
static double
last_loss(const struct run_report *r, const struct trainer *s)
{
	return isfinite(r->last) ? r->last : loss_watch_mean(&s->watch);
}

/* With the file only if its model has that loss. */
static void
add_best(const struct run_report *r, const struct checkpoint *files, struct errmsg *line)
{
	if (files->has_best)
		errmsg_add(line, "; %s: the lowest, ", files->best);
	else
		errmsg_add(line, "; the lowest was ");
	add_loss(line, r->best);
	errmsg_add(line, ", after epoch %" PRIu64, r->best_epoch);
	if (!files->has_best)
		errmsg_add(line, ", but its model is not there");
}

static void
set_losses(const struct run_report *r, const struct trainer *s, const struct checkpoint *files,
    struct errmsg *line)
{
	const char *what = s->valid ? "validation loss" : "loss";
	double training = loss_watch_mean(&s->watch);

	errmsg_set(line, "%s: ", files->model);
	if (s->p->steps == 0)
		errmsg_add(line, "a model that has had no training");
	else if (isfinite(r->last)) {
		errmsg_add(line, "%s ", what);
		add_loss(line, r->last);
	} else
		errmsg_add(line, "never evaluated");
	if (s->p->steps && isfinite(training) && (s->valid || isnan(r->last)))
		errmsg_add(line, ", training loss %.4f%s", training,
		    s->p->hyper.softmax == SOFTMAX_SAMPLED ? " over the sample" : "");
	if (s->valid && isfinite(r->best))
		add_best(r, files, line);
}

void
run_report_tell(const struct run_report *r, const struct trainer *s,
    const struct checkpoint *files, void (*note)(const char *line))
{
	double last = last_loss(r, s);
	struct errmsg line = { "" };

	if (run_report_reason(s->p, s->max_steps) != RUN_GOES_ON) {
		set_end(r, s, &line);
		note(line.text);
	}
	set_losses(r, s, files, &line);
	note(line.text);
	if (s->p->steps && last > r->first)
		note(errmsg_set(&line, "%s: the model is worse than at the beginning: its loss is "
		    "%.4f, and was %.4f; try a smaller -r, or clip the gradient with -k or -K",
		    files->model, last, r->first));
}
