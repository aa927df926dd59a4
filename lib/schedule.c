/*
 * schedule.c - epochs, evaluations, and the learning rate.
 *
 * An evaluation that falls on the schedule (epoch a multiple of p->every) is
 * done once, wherever a run begins or ends, and alone moves the rate: so a run
 * in two halves equals a run in one.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "schedule.h"

enum {
	EVAL_ROWS = 4096,	/* steps packed together when only looking */
	/* What a device with a queue gets at a time: a signal waits for as much. */
	QUEUE_SENTENCES = 128,
	QUEUE_ROWS = 4096
};

static const char *
room(struct schedule *s, size_t t)
{
	return mem_grow(&s->logp, &s->cap, t, sizeof(*s->logp)) ? NULL : "out of memory";
}

static double
total(const double *logp, int t)
{
	double sum = 0;

	for (int i = 0; i < t; i++)
		sum += logp[i];
	return sum;
}

static bool
told_to_stop(struct schedule *s)
{
	if (s->watch.stop && s->watch.stop(s->watch.arg))
		s->stopped = true;
	return s->stopped;
}

static void
tick(struct schedule *s, uint64_t evaluated)
{
	if (s->watch.tick)
		s->watch.tick(s->watch.arg, s->p, evaluated);
}

const char *
schedule_evaluate(struct schedule *s, double *loss)
{
	double sum = 0;

	for (size_t first = 0, taken; first < s->c->n; first += taken) {
		const char *why = batch_frames(&s->batcher, s->c, first, s->c->n - first,
		    EVAL_ROWS, &taken);

		if (why || (why = room(s, (size_t)s->batcher.b.t)) ||
		    (why = net_logp(s->net, &s->batcher.b, s->logp)))
			return why;
		sum += total(s->logp, s->batcher.b.t);
		tick(s, first + taken);
		if (told_to_stop(s))
			break;
	}
	*loss = -sum / (double)s->c->steps;
	return NULL;
}

static const char *
not_a_number(struct schedule *s)
{
	s->diverged = true;
	snprintf(s->err, sizeof(s->err),
	    "the loss is no longer a number in epoch %" PRIu64 " after %" PRIu64
	    " sentences (rate %g)", s->p->epoch + 1, s->p->sentence, s->p->rate);
	return s->err;
}

/* Evaluates; the schedule's own evaluations also move the rate. */
static const char *
look(struct schedule *s, bool scheduled)
{
	struct model_progress *p = s->p;
	bool risen = false;
	double loss;
	const char *why = schedule_evaluate(s, &loss);

	if (why || s->stopped)
		return why;
	if (!isfinite(loss))
		return not_a_number(s);
	if (scheduled) {
		risen = isfinite(p->loss) && loss > p->loss;
		p->loss = loss;
		p->evaluated = p->epoch;
		if (risen)
			p->rate *= 0.5;
	}
	if (s->watch.save && (why = s->watch.save(s->watch.arg)) != NULL)
		return why;
	if (s->watch.evaluated)
		s->watch.evaluated(s->watch.arg, p, loss);
	if (risen && s->watch.slowed)
		s->watch.slowed(s->watch.arg, p->rate);
	return NULL;
}

static bool
is_due(const struct model_progress *p)
{
	bool done = isfinite(p->loss) && p->evaluated == p->epoch;

	return p->every && p->sentence == 0 && p->epoch % p->every == 0 && !done;
}

/* The first of the batch's sequences whose loss is no number; nseq if none is. */
static int
first_bad(const struct kern_batch *b, const double *logp)
{
	int i = 0;

	while (i < b->nseq && isfinite(total(logp + b->start[i], b->start[i + 1] - b->start[i])))
		i++;
	return i;
}

/* An update on each of the next sentences, as many as the device takes at a time. */
static const char *
step_queue(struct schedule *s)
{
	struct model_progress *p = s->p;
	const struct kern_batch *b = &s->batcher.b;
	size_t n = s->c->n - p->sentence, taken;
	const char *why;
	int good;

	n = n < QUEUE_SENTENCES ? n : QUEUE_SENTENCES;
	if ((why = batch_frames(&s->batcher, s->c, p->sentence, n, QUEUE_ROWS, &taken)) ||
	    (why = room(s, (size_t)b->t)) ||
	    (why = net_steps(s->net, b, (int)p->bptt, p->rate, s->logp)))
		return why;
	good = first_bad(b, s->logp);
	p->sentence += (size_t)good;
	p->seen += (size_t)good;
	if (good < b->nseq)
		return not_a_number(s);
	tick(s, 0);
	return NULL;
}

/* One update on the next p->batch sentences. */
static const char *
step(struct schedule *s)
{
	struct model_progress *p = s->p;
	size_t n = s->c->n - p->sentence, taken;
	const char *why;

	n = n < p->batch ? n : p->batch;
	if ((why = batch_frames(&s->batcher, s->c, p->sentence, n, SIZE_MAX, &taken)) ||
	    (why = room(s, (size_t)s->batcher.b.t)) ||
	    (why = net_step(s->net, &s->batcher.b, (int)p->bptt, p->rate, s->logp)))
		return why;
	if (!isfinite(total(s->logp, s->batcher.b.t)))
		return not_a_number(s);
	p->sentence += taken;
	p->seen += taken;
	tick(s, 0);
	return NULL;
}

const char *
schedule_run(struct schedule *s, uint64_t epochs)
{
	struct model_progress *p = s->p;
	const char *why;
	bool fresh = false;	/* an evaluation of where we stand was just said */

	while (!told_to_stop(s)) {
		if (is_due(p)) {
			if ((why = look(s, true)) != NULL)
				return why;
			fresh = true;
			continue;
		}
		if (p->epoch >= epochs)
			break;
		fresh = false;
		why = p->batch == 1 && s->net->k->steps ? step_queue(s) : step(s);
		if (why)
			return why;
		if (p->sentence == s->c->n) {
			p->sentence = 0;
			p->epoch++;
		}
	}
	return p->every && !fresh && !s->stopped ? look(s, false) : NULL;
}

void
schedule_free(struct schedule *s)
{
	batcher_free(&s->batcher);
	free(s->logp);
	s->logp = NULL;
	s->cap = 0;
}
