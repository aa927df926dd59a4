/*
 * trainer.c - the training loop.
 *
 * An evaluation on the schedule (p->epoch a multiple of p->every) is done exactly once,
 * wherever a run ends or is resumed, and only these evaluations change the learning rate:
 * so an interrupted and resumed run equals an uninterrupted one.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "rate_schedule.h"
#include "seconds.h"
#include "trainer.h"
#include "weight_average.h"

enum {
	/* Work for net_steps() in one call; a signal has to wait for it. */
	QUEUE_SENTENCES = 128,
	QUEUE_ROWS = 4096
};
static const double SMOOTHING = 0.999;	/* of min-char-rnn's smoothed loss */

const char *
trainer_reserve(struct trainer *s, size_t t)
{
	return mem_grow(&s->logp, &s->cap, t, sizeof(*s->logp)) ? NULL : "out of memory";
}

double
trainer_sum(const double *logp, int t)
{
	double sum = 0;

	for (int i = 0; i < t; i++)
		sum += logp[i];
	return sum;
}

void
trainer_report_progress(struct trainer *s, uint64_t evaluated)
{
	s->evaluated = evaluated;
	if (s->callbacks.progress)
		s->callbacks.progress(s->callbacks.run_arg, s->p, evaluated);
}

size_t
trainer_units(const struct corpus *train, const struct model_progress *p)
{
	return p->hyper.chunk ? streams_cut(train->steps, p->batch, p->hyper.chunk).chunks :
	    train->n;
}

const char *
trainer_begin(struct trainer *s)
{
	const struct model *m = s->model;
	struct model_progress *p = s->p;
	const char *why;

	if (s->workers->size > 1)
		trainer_join(s);
	s->watch.keeps_sum = s->valid != NULL;
	loss_watch_begin(&s->watch, p, (uint32_t)s->net->v);
	if (p->hyper.softmax == SOFTMAX_SAMPLED && (why = noise_new(&s->noise, &m->vocab,
	    m->shape.vocab, p->hyper.samples, p->hyper.noise_power)) != NULL)
		return why;
	if (p->hyper.chunk == 0)
		return NULL;
	s->streams = streams_cut(s->train->steps, p->batch, p->hyper.chunk);
	streams_divide(&s->streams, p->batch, s->workers->rank, s->workers->size);
	if ((why = net_state_new(&s->state, s->net, (int)(s->streams.end - s->streams.first))) != NULL)
		return why;
	return p->sentence && m->carried.data ?
	    carried_put(m, &s->state, s->streams.first, p->batch) : NULL;
}

const char *
trainer_store(struct trainer *s)
{
	if (s->state.n == NULL || s->p->sentence == 0)
		return NULL;
	return carried_get(s->workers, s->model, &s->state, s->p->batch);
}

const char *
trainer_set_diverged(struct trainer *s, const char *what)
{
	s->diverged = true;
	return errmsg_set(&s->err, "%s in epoch %" PRIu64 " after %" PRIu64
	    " %s (rate %g)", what, s->p->epoch + 1, s->p->sentence,
	    s->train->joined ? "chunks" : "sentences", s->p->rate);
}

static const char *
report_nan_loss(struct trainer *s)
{
	return trainer_set_diverged(s, "the loss is no longer a number");
}

/* Acts on the verdict on an evaluation's loss or, if it is NaN, on the latest steps: a
 * warning, or divergence. */
static const char *
heed(struct trainer *s, enum loss_verdict verdict, double loss)
{
	double times = verdict == LOSS_DIVERGED ? s->watch.limit : LOSS_HIGH;
	struct errmsg what = { "the loss of most of the latest steps" };
	bool diverged = s->diverged;
	const char *line;

	if (verdict == LOSS_FINE)
		return NULL;
	if (isfinite(loss))
		errmsg_set(&what, "the loss, %.4f,", loss);
	errmsg_add(&what, " is above %g times that of guessing, ln %d = %.4f,", times, s->net->v,
	    s->watch.chance);
	line = trainer_set_diverged(s, what.text);
	if (verdict == LOSS_DIVERGED)
		return line;
	s->diverged = diverged;
	if (s->callbacks.warn)
		s->callbacks.warn(s->callbacks.run_arg, line);
	return NULL;
}

/* Records a scheduled evaluation; true if the learning rate has changed.  A model that has
 * had no training is not a best one. */
static bool
record_evaluation(struct trainer *s, double loss, bool *best)
{
	struct model_progress *p = s->p;
	bool rose = isfinite(p->loss) && loss > p->loss;

	p->loss = loss;
	p->evaluated = p->epoch;
	if (s->valid && p->steps) {
		*best = !(loss >= p->best);
		p->best = *best ? loss : p->best;
		p->stale = *best ? 0 : p->stale + 1;
	}
	return rate_after_evaluation(p, rose);
}

/* Evaluates, saves, and reports; only scheduled evaluations are recorded. */
static const char *
evaluate_and_save(struct trainer *s, bool scheduled)
{
	struct model_progress *p = s->p;
	struct evaluation e = { 0 };
	bool rate_changed = false;
	const char *why = trainer_evaluate(s, &e.loss);

	s->evaluated = 0;
	if (why || s->stopped)
		return why;
	if (!isfinite(e.loss))
		return report_nan_loss(s);
	if ((why = heed(s, loss_watch_evaluation(&s->watch, p, e.loss), e.loss)) != NULL)
		return why;
	e.training = loss_watch_mean(&s->watch);
	if (scheduled)
		rate_changed = record_evaluation(s, e.loss, &e.best);
	else	/* after the last epoch; not recorded, so that a resumed run is unaffected */
		e.best = s->valid && p->steps && p->epoch >= p->epochs && !(e.loss >= p->best);
	if (s->callbacks.save && (why = s->callbacks.save(s->callbacks.run_arg, e.best)) != NULL)
		return why;
	if (s->callbacks.evaluated)
		s->callbacks.evaluated(s->callbacks.arg, p, &e);
	if (rate_changed && s->callbacks.rate_changed)
		s->callbacks.rate_changed(s->callbacks.arg, p->rate);
	return NULL;
}

/* Whether a scheduled evaluation is due and not done yet. */
static bool
is_evaluation_due(const struct model_progress *p)
{
	bool done = isfinite(p->loss) && p->evaluated == p->epoch;

	return p->every && p->sentence == 0 && p->epoch % p->every == 0 && !done;
}

/* The training text in the order of the current epoch. */
static const char *
epoch_text(struct trainer *s, const struct corpus **text)
{
	const struct model_progress *p = s->p;

	*text = s->train;
	return p->hyper.shuffle ? shuffle_text(&s->shuffle, s->train, p->seed, p->epoch, text) : NULL;
}

/* Packs this worker's part of the next batch; *taken is the number of sentences in the whole
 * batch, or 1 for a chunk. */
static const char *
next_batch(struct trainer *s, size_t *taken)
{
	struct model_progress *p = s->p;
	size_t n = s->train->n - p->sentence, packed;
	const struct corpus *text;
	const char *why = epoch_text(s, &text);

	*taken = 1;
	if (why)
		return why;
	if (text->joined) {
		if (p->sentence == 0)
			net_state_reset(&s->state);
		s->part = part_of_chunk(&s->streams, p->sentence);
		return batch_chunk(&s->batcher, text, &s->streams, p->sentence);
	}
	*taken = n < p->batch ? n : p->batch;
	s->part = part_of_frames(text, p->sentence, *taken, s->workers->rank, s->workers->size);
	return batch_frames(&s->batcher, text, s->part.first, s->part.n, SIZE_MAX, &packed);
}

/* The log-probability of the whole batch. */
static double
batch_logp(const struct trainer *s)
{
	return s->workers->size > 1 ? s->workers->note.logp : trainer_sum(s->logp, s->batcher.b.t);
}

/* Each step has a generator of its own, so that resuming needs no state but the step's
 * number. */
static void
seed_step(const struct model_progress *p, struct rng *r)
{
	const uint32_t key[] = { p->seed, (uint32_t)p->steps, (uint32_t)(p->steps >> 32) };

	rng_seed_key(r, key, sizeof(key) / sizeof(key[0]));
}

/* min-char-rnn's smoothed loss: summed over a chunk, starting from that of a uniform
 * distribution. */
static void
smooth_loss(struct trainer *s, double logp)
{
	struct model_progress *p = s->p;
	double length = p->hyper.chunk ? p->hyper.chunk : 1;
	double loss = -logp / (double)s->part.all * length;

	if (p->hyper.log == 0)
		return;
	if (isnan(p->smoothed))
		p->smoothed = length * log((double)s->net->v);
	p->smoothed = SMOOTHING * p->smoothed + (1 - SMOOTHING) * loss;
	if (p->steps % p->hyper.log == 0 && s->callbacks.smoothed)
		s->callbacks.smoothed(s->callbacks.arg, p);
}

/* The masks of the other workers' parts: one for each row or sequence. */
static void
count_masks(const struct trainer *s, struct net_pass *how)
{
	const struct batch_part *part = &s->part;

	how->masks_before = how->by_sequence ? part->sequences_before : part->before;
	how->masks_after = how->by_sequence ? part->sequences_after :
	    part->all - part->before - part->rows;
}

/* One training step on the next batch. */
static const char *
step_batch(struct trainer *s, size_t units)
{
	struct model_progress *p = s->p;
	struct rng rng;
	struct net_pass how = {
		.bptt = (int)p->bptt, .st = s->state.n ? &s->state : NULL,
		.dropout = p->hyper.dropout, .embed_dropout = p->hyper.embed_dropout,
		.by_sequence = p->hyper.masks == MASKS_SEQUENCE, .rng = &rng,
		.noise = s->noise.k ? &s->noise : NULL
	};
	size_t taken;
	double logp;
	const char *why = next_batch(s, &taken);

	if (why || (why = trainer_reserve(s, (size_t)s->batcher.b.t)))
		return why;
	count_masks(s, &how);
	rate_before_step(p, units);
	if (p->hyper.dropout > 0 || p->hyper.embed_dropout > 0 || how.noise)
		seed_step(p, &rng);
	if (how.noise)
		noise_draw(&s->noise, &rng);
	why = net_step(s->net, &s->batcher.b, &how, &p->hyper, rate_of_step(p), p->steps + 1, s->logp);
	if (why)
		return why;
	logp = batch_logp(s);
	if (!isfinite(logp))
		return report_nan_loss(s);
	p->sentence += taken;
	p->seen += taken;
	p->steps++;
	smooth_loss(s, logp);
	trainer_report_progress(s, 0);
	return heed(s, loss_watch_step(&s->watch, p, logp, s->part.all), NAN);
}

/* How many steps net_steps() may do in one call; 0: the device or the run rules it out. */
static size_t
queue_length(struct trainer *s)
{
	const struct model_progress *p = s->p;
	struct net_pass how = { .bptt = (int)p->bptt, .st = s->state.n ? &s->state : NULL,
	    .dropout = p->hyper.dropout };
	size_t n = s->train->n - p->sentence;

	if (p->batch != 1 || s->train->joined || p->hyper.log || p->hyper.schedule == RATE_COSINE ||
	    p->steps < p->hyper.warmup ||
	    !net_has_queue(s->net, &how, &p->hyper))
		return 0;
	if (s->max_steps && s->max_steps - p->steps < n)
		n = (size_t)(s->max_steps - p->steps);
	if (p->hyper.average && weight_average_wait(p) < n)
		n = weight_average_wait(p);
	if (s->save_steps && s->save_steps - p->steps % s->save_steps < n)
		n = (size_t)(s->save_steps - p->steps % s->save_steps);
	return n < QUEUE_SENTENCES ? n : QUEUE_SENTENCES;
}

/* Counts the steps of a queue.  NULL or an error message: divergence. */
static const char *
count_steps(struct trainer *s)
{
	struct model_progress *p = s->p;
	const struct batch *b = &s->batcher.b;
	const char *why = NULL;

	for (int i = 0; i < b->nseq && why == NULL; i++) {
		int n = b->start[i + 1] - b->start[i];
		double logp = trainer_sum(s->logp + b->start[i], n);

		if (!isfinite(logp))
			return report_nan_loss(s);
		p->sentence++;
		p->seen++;
		p->steps++;
		why = heed(s, loss_watch_step(&s->watch, p, logp, (uint64_t)n), NAN);
	}
	return why;
}

/* One training step on each of the next n sentences. */
static const char *
step_queue(struct trainer *s, size_t n)
{
	struct model_progress *p = s->p;
	const struct batch *b = &s->batcher.b;
	const struct corpus *text;
	size_t taken;
	const char *why;

	if ((why = epoch_text(s, &text)) || (why = batch_frames(&s->batcher, text, p->sentence, n, QUEUE_ROWS, &taken)) ||
	    (why = trainer_reserve(s, (size_t)b->t)) ||
	    (why = net_steps(s->net, b, (int)p->bptt, p->rate, s->logp)))
		return why;
	why = count_steps(s);
	trainer_report_progress(s, 0);
	return why;
}

static void
end_epoch(struct trainer *s)
{
	struct model_progress *p = s->p;

	p->sentence = 0;
	p->epoch++;
	loss_watch_end_epoch(&s->watch);
	if (rate_after_epoch(p) && s->callbacks.rate_changed)
		s->callbacks.rate_changed(s->callbacks.arg, p->rate);
}

/* Whether a limit is reached, or early stopping applies. */
static bool
is_limit_reached(const struct model_progress *p, uint64_t epochs, uint64_t max_steps)
{
	return p->epoch >= epochs || (max_steps && p->steps >= max_steps) ||
	    (p->hyper.patience && p->stale >= p->hyper.patience);
}

bool
trainer_is_finished(const struct model_progress *p, uint64_t max_steps)
{
	bool final = p->every && p->epoch == p->epochs && p->epoch % p->every;

	return is_limit_reached(p, p->epochs, max_steps) && !is_evaluation_due(p) && !final;
}

/* Memory runs out for the activations of a batch, as a rule: adds its size and a remedy to
 * the message of lib/ or of a device.  Other messages are kept. */
static const char *
explain(struct trainer *s, const char *why)
{
	if (why == NULL || strcmp(why, "out of memory") != 0)
		return why;
	return errmsg_set(&s->err, "out of memory for a batch of %d words; use shorter %s, a "
	    "smaller batch or fewer hidden units", s->batcher.b.t,
	    s->train->joined ? "chunks" : "sentences");
}

/* Not where the loss is above the limit: the run may be about to end for it. */
static const char *
save_if_due(struct trainer *s)
{
	return s->p->steep == 0 && trainer_is_save_due(s) ? s->callbacks.save(s->callbacks.run_arg, false) :
	    NULL;
}

/* One step, or as many as the device takes at a time. */
static const char *
take_steps(struct trainer *s, size_t units)
{
	double start = seconds_now();
	size_t n = queue_length(s);
	const char *why = n ? step_queue(s, n) : step_batch(s, units);

	if (why == NULL)
		why = trainer_average(s, s->p->sentence == units);
	if (why == NULL)
		why = weight_average_step(s->net, s->model);
	s->seconds += seconds_now() - start;
	return why;
}

static const char *
run_epochs(struct trainer *s, uint64_t epochs)
{
	struct model_progress *p = s->p;
	size_t units = trainer_units(s->train, p);
	const char *why;
	bool fresh = false;	/* nothing has changed since the latest evaluation */

	while (!trainer_should_stop(s)) {
		if (is_evaluation_due(p)) {
			if ((why = evaluate_and_save(s, true)) != NULL)
				return why;
			fresh = true;
			continue;
		}
		if (is_limit_reached(p, epochs, s->max_steps))
			break;
		fresh = false;
		if ((why = take_steps(s, units)) != NULL)
			return why;
		if (p->sentence == units)
			end_epoch(s);
		if ((why = save_if_due(s)) != NULL)
			return why;
	}
	return p->every && !fresh && !s->stopped ? evaluate_and_save(s, false) : NULL;
}

const char *
trainer_run(struct trainer *s, uint64_t epochs)
{
	return explain(s, run_epochs(s, epochs));
}

void
trainer_free(struct trainer *s)
{
	net_state_free(&s->state);
	noise_free(&s->noise);
	shuffle_free(&s->shuffle);
	batcher_free(&s->batcher);
	free(s->logp);
	s->logp = NULL;
	s->cap = 0;
}
