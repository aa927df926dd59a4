/*
 * trainer.c - epochs, evaluations, and the learning rate.
 *
 * An evaluation that falls on the schedule (epoch a multiple of p->every) is
 * done once, wherever a run begins or ends, and alone moves the rate: so a run
 * in two halves equals a run in one.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "errmsg.h"
#include "trainer.h"

enum {
	EVAL_ROWS = 4096,	/* steps packed together when only looking */
	EVAL_STREAMS = 32,	/* a stream is looked at as so many */
	/* What a device with a queue gets at a time: a signal waits for as much. */
	QUEUE_SENTENCES = 128,
	QUEUE_ROWS = 4096
};
static const double SMOOTH = 0.999;	/* of min-char-rnn's smoothed loss */
static const double HALF_TURN = 3.14159265358979323846;

static const char *
room(struct trainer *s, size_t t)
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
told_to_stop(struct trainer *s)
{
	if (s->watch.stop && s->watch.stop(s->watch.arg))
		s->stopped = true;
	return s->stopped;
}

static void
tick(struct trainer *s, uint64_t evaluated)
{
	if (s->watch.tick)
		s->watch.tick(s->watch.arg, s->p, evaluated);
}

size_t
trainer_units(const struct corpus *c, const struct model_progress *p)
{
	return p->hyper.chunk ? streams_cut(c->steps, p->batch, p->hyper.chunk).chunks : c->n;
}

void
trainer_note_text(struct model_progress *p, const struct corpus *c, const struct corpus *valid)
{
	p->sentences = trainer_units(c, p);
	p->data_crc = c->crc;
	p->valid_crc = valid->crc;
}

const char *
trainer_check_text(const struct model_progress *p, const struct corpus *c,
    const struct corpus *valid)
{
	bool judged = p->valid_crc || isfinite(p->best);	/* older models have no CRC */

	if (p->data_crc != c->crc || p->sentences != trainer_units(c, p))
		return "these are not the sentences it was trained on; for others begin with -i";
	if (judged && valid->steps == 0)
		return "it was judged by another file; name that with -v again";
	if (!judged && valid->steps)
		return "it was judged by its own text, and -v cannot change that; begin with -i";
	if (p->valid_crc && p->valid_crc != valid->crc)
		return "this is not the text it was judged by; for another begin with -i";
	return NULL;
}

const char *
trainer_begin(struct trainer *s, const struct model *m)
{
	struct model_progress *p = s->p;
	const char *why;

	if (p->hyper.chunk == 0)
		return NULL;
	s->streams = streams_cut(s->c->steps, p->batch, p->hyper.chunk);
	if ((why = net_state_new(&s->state, s->net, (int)p->batch)) != NULL)
		return why;
	return p->sentence && m->carry.data ? net_state_put(&s->state, m->carry.data) : NULL;
}

const char *
trainer_store(struct trainer *s, struct model *m)
{
	const char *why;

	if (s->state.n == NULL || s->p->sentence == 0)
		return NULL;
	why = model_carries(m, s->p->batch);
	return why ? why : net_state_get(&s->state, m->carry.data);
}

/* -ln P of the batch in hand, added to *loss. */
static const char *
look_at_batch(struct trainer *s, struct net_state *st, double *loss)
{
	const struct batch *b = &s->batcher.b;
	const char *why = room(s, (size_t)b->t);

	if (why == NULL && (why = net_logp(s->net, b, st, s->logp)) == NULL)
		*loss -= total(s->logp, b->t);
	return why;
}

static const char *
look_at_frames(struct trainer *s, const struct corpus *c, double *loss)
{
	const char *why = NULL;
	uint64_t steps = 0;

	for (size_t first = 0, taken; first < c->n && why == NULL; first += taken) {
		why = batch_frames(&s->batcher, c, first, c->n - first, EVAL_ROWS, &taken);
		if (why || (why = look_at_batch(s, NULL, loss)) != NULL)
			break;
		tick(s, steps += (uint64_t)s->batcher.b.t);
		if (told_to_stop(s))
			break;
	}
	return why;
}

static const char *
look_at_streams(struct trainer *s, const struct corpus *c, double *loss)
{
	struct streams cut = streams_cut(c->steps, EVAL_STREAMS, EVAL_ROWS / EVAL_STREAMS);
	struct net_state st;
	const char *why = net_state_new(&st, s->net, (int)cut.n);
	uint64_t steps = 0;

	for (size_t i = 0; i < cut.chunks && why == NULL; i++) {
		why = batch_chunk(&s->batcher, c, &cut, i);
		if (why || (why = look_at_batch(s, &st, loss)) != NULL)
			break;
		tick(s, steps += (uint64_t)s->batcher.b.t);
		if (told_to_stop(s))
			break;
	}
	net_state_free(&st);
	return why;
}

const char *
trainer_evaluate(struct trainer *s, double *loss)
{
	const struct corpus *c = s->valid ? s->valid : s->c;
	double sum = 0;
	const char *why = c->joined ? look_at_streams(s, c, &sum) : look_at_frames(s, c, &sum);

	*loss = sum / (double)c->steps;
	return why;
}

const char *
trainer_diverged(struct trainer *s, const char *what)
{
	s->diverged = true;
	return errmsg_set(&s->err, "%s in epoch %" PRIu64 " after %" PRIu64
	    " %s (rate %g)", what, s->p->epoch + 1, s->p->sentence,
	    s->c->joined ? "chunks" : "sentences", s->p->rate);
}

static const char *
not_a_number(struct trainer *s)
{
	return trainer_diverged(s, "the loss is no longer a number");
}

/* What a scheduled evaluation changes; true if the rate was. */
static bool
take_note(struct trainer *s, double loss, bool *best)
{
	struct model_progress *p = s->p;
	bool risen = isfinite(p->loss) && loss > p->loss;

	p->loss = loss;
	p->evaluated = p->epoch;
	if (s->valid) {
		*best = !(loss >= p->best);
		p->best = *best ? loss : p->best;
		p->stale = *best ? 0 : p->stale + 1;
	}
	if (risen && p->hyper.schedule == RATE_HALVED)
		p->rate *= 0.5;
	return risen && p->hyper.schedule == RATE_HALVED;
}

/* Evaluates; the schedule's own evaluations also move the rate. */
static const char *
look(struct trainer *s, bool scheduled)
{
	struct model_progress *p = s->p;
	bool slowed = false, best = false;
	double loss;
	const char *why = trainer_evaluate(s, &loss);

	if (why || s->stopped)
		return why;
	if (!isfinite(loss))
		return not_a_number(s);
	if (scheduled)
		slowed = take_note(s, loss, &best);
	else	/* the end of all epochs: nothing is noted, lest going on differ */
		best = s->valid && p->epoch >= p->epochs && !(loss >= p->best);
	if (s->watch.save && (why = s->watch.save(s->watch.owner, best)) != NULL)
		return why;
	if (s->watch.evaluated)
		s->watch.evaluated(s->watch.arg, p, loss);
	if (slowed && s->watch.slowed)
		s->watch.slowed(s->watch.arg, p->rate);
	return NULL;
}

static bool
is_due(const struct model_progress *p)
{
	bool done = isfinite(p->loss) && p->evaluated == p->epoch;

	return p->every && p->sentence == 0 && p->epoch % p->every == 0 && !done;
}

/* The next batch, and how many sentences or chunks it holds. */
static const char *
next_batch(struct trainer *s, size_t *taken)
{
	struct model_progress *p = s->p;
	size_t n = s->c->n - p->sentence;

	*taken = 1;
	if (s->c->joined) {
		if (p->sentence == 0)
			net_state_reset(&s->state);
		return batch_chunk(&s->batcher, s->c, &s->streams, p->sentence);
	}
	return batch_frames(&s->batcher, s->c, p->sentence, n < p->batch ? n : p->batch, SIZE_MAX,
	    taken);
}

/* Each step draws from a generator of its own: a run that goes on needs to know
 * nothing but the step's number. */
static void
seed_of_step(const struct model_progress *p, struct rng *r)
{
	const uint32_t key[] = { p->seed, (uint32_t)p->steps, (uint32_t)(p->steps >> 32) };

	rng_seed_key(r, key, sizeof(key) / sizeof(key[0]));
}

/* Before a step: the rate that depends on how far the run has come. */
static void
set_rate(const struct trainer *s, size_t units)
{
	struct model_progress *p = s->p;
	double done = (double)p->epoch + (double)p->sentence / (double)units;

	if (p->hyper.schedule == RATE_COSINE && p->epochs)
		p->rate = p->rate0 * 0.5 * (1 + cos(HALF_TURN * done / (double)p->epochs));
}

/* min-char-rnn's smoothed loss: of a chunk, beginning with a guess at random. */
static void
smooth(struct trainer *s, double logp)
{
	struct model_progress *p = s->p;
	double length = p->hyper.chunk ? p->hyper.chunk : 1;
	double loss = -logp / s->batcher.b.t * length;

	if (p->hyper.log == 0)
		return;
	if (isnan(p->smoothed))
		p->smoothed = length * log((double)s->net->v);
	p->smoothed = SMOOTH * p->smoothed + (1 - SMOOTH) * loss;
	if (p->steps % p->hyper.log == 0 && s->watch.smoothed)
		s->watch.smoothed(s->watch.arg, p);
}

/* One update on the next batch. */
static const char *
step(struct trainer *s, size_t units)
{
	struct model_progress *p = s->p;
	struct rng rng;
	struct net_pass how = { (int)p->bptt, s->state.n ? &s->state : NULL, p->hyper.dropout,
	    &rng };
	size_t taken;
	double logp;
	const char *why = next_batch(s, &taken);

	if (why || (why = room(s, (size_t)s->batcher.b.t)))
		return why;
	set_rate(s, units);
	if (p->hyper.dropout > 0)
		seed_of_step(p, &rng);
	why = net_step(s->net, &s->batcher.b, &how, &p->hyper, p->rate, p->steps + 1, s->logp);
	if (why)
		return why;
	logp = total(s->logp, s->batcher.b.t);
	if (!isfinite(logp))
		return not_a_number(s);
	p->sentence += taken;
	p->seen += taken;
	p->steps++;
	smooth(s, logp);
	tick(s, 0);
	return NULL;
}

/* How many steps may be asked for at once; 0: the device, or the run, has no queue. */
static size_t
queue_length(struct trainer *s)
{
	const struct model_progress *p = s->p;
	struct net_pass how = { (int)p->bptt, s->state.n ? &s->state : NULL, p->hyper.dropout,
	    NULL };
	size_t n = s->c->n - p->sentence;

	if (p->batch != 1 || s->c->joined || p->hyper.log || p->hyper.schedule == RATE_COSINE ||
	    !net_has_queue(s->net, &how, &p->hyper))
		return 0;
	if (s->most_steps && s->most_steps - p->steps < n)
		n = (size_t)(s->most_steps - p->steps);
	return n < QUEUE_SENTENCES ? n : QUEUE_SENTENCES;
}

/* The first of the batch's sequences whose loss is no number; nseq if none is. */
static int
first_bad(const struct batch *b, const double *logp)
{
	int i = 0;

	while (i < b->nseq && isfinite(total(logp + b->start[i], b->start[i + 1] - b->start[i])))
		i++;
	return i;
}

/* An update on each of the next n sentences. */
static const char *
step_queue(struct trainer *s, size_t n)
{
	struct model_progress *p = s->p;
	const struct batch *b = &s->batcher.b;
	size_t taken;
	const char *why;
	int good;

	if ((why = batch_frames(&s->batcher, s->c, p->sentence, n, QUEUE_ROWS, &taken)) ||
	    (why = room(s, (size_t)b->t)) ||
	    (why = net_steps(s->net, b, (int)p->bptt, p->rate, s->logp)))
		return why;
	good = first_bad(b, s->logp);
	p->sentence += (size_t)good;
	p->seen += (size_t)good;
	p->steps += (size_t)good;
	if (good < b->nseq)
		return not_a_number(s);
	tick(s, 0);
	return NULL;
}

static void
end_epoch(struct trainer *s)
{
	struct model_progress *p = s->p;

	p->sentence = 0;
	p->epoch++;
	if (p->hyper.schedule != RATE_DECAYED || p->epoch < p->hyper.from)
		return;
	p->rate *= p->hyper.factor;
	if (s->watch.slowed)
		s->watch.slowed(s->watch.arg, p->rate);
}

/* Whether enough has been done. */
static bool
is_done(const struct model_progress *p, uint64_t epochs, uint64_t most_steps)
{
	return p->epoch >= epochs || (most_steps && p->steps >= most_steps) ||
	    (p->hyper.patience && p->stale >= p->hyper.patience);
}

bool
trainer_has_ended(const struct model_progress *p, uint64_t most_steps)
{
	bool last = p->every && p->epoch == p->epochs && p->epoch % p->every;

	return is_done(p, p->epochs, most_steps) && !is_due(p) && !last;
}

/* What a device has no room for is most often the states of a batch: a phrase that
 * says so, with what makes it smaller; other phrases stay. */
static const char *
explain(struct trainer *s, const char *why)
{
	if (why == NULL || strcmp(why, "out of memory") != 0)
		return why;
	return errmsg_set(&s->err, "out of memory for %d words at once; shorter %s, smaller "
	    "batches or fewer hidden units need less", s->batcher.b.t,
	    s->c->joined ? "chunks" : "sentences");
}

static const char *
run(struct trainer *s, uint64_t epochs)
{
	struct model_progress *p = s->p;
	size_t units = trainer_units(s->c, p), n;
	const char *why;
	bool fresh = false;	/* an evaluation of where we stand was just said */

	while (!told_to_stop(s)) {
		if (is_due(p)) {
			if ((why = look(s, true)) != NULL)
				return why;
			fresh = true;
			continue;
		}
		if (is_done(p, epochs, s->most_steps))
			break;
		fresh = false;
		n = queue_length(s);
		if ((why = n ? step_queue(s, n) : step(s, units)) != NULL)
			return why;
		if (p->sentence == units)
			end_epoch(s);
	}
	return p->every && !fresh && !s->stopped ? look(s, false) : NULL;
}

const char *
trainer_run(struct trainer *s, uint64_t epochs)
{
	return explain(s, run(s, epochs));
}

void
trainer_free(struct trainer *s)
{
	net_state_free(&s->state);
	batcher_free(&s->batcher);
	free(s->logp);
	s->logp = NULL;
	s->cap = 0;
}
